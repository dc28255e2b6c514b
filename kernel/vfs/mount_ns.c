/*
 * Mount namespaces, mount_namespaces(7): trees of mounts. A task's is that of its fs_struct, since
 * root and current directory lie in it. Also pivot_root(2).
 */
#include "vfs/internal.h"
#include "vfs/mount_impl.h"
#include "vfs/user_ns.h"
#include <linux/sched.h>

#define FIRST_INO 4026531832u /* as Linux numbers the first one */

static void free_ns(struct ns_common *ns)
{
	struct mnt_ns *m = container_of(ns, struct mnt_ns, ns);

	if (m->root) {
		mutex_lock(&mount_mutex);
		mount_detach_tree(m->root);
		mutex_unlock(&mount_mutex);
		mount_put(m->root);
	}
	kfree(m);
}

static const struct ns_type mnt_ns_type = {
	.name = "mnt",
	.kind = NS_MNT,
	.flag = CLONE_NEWNS,
	.free = free_ns,
};

struct mnt_ns first_ns = {
	.ns = {.ref = {1},
	       .ino = NS_FIRST_INO,
	       .id = 1,
	       .type = &mnt_ns_type,
	       .owner = &init_user_ns},
};

struct mnt_ns *mnt_ns_get(struct mnt_ns *ns)
{
	ns_get(&ns->ns);
	return ns;
}

void mnt_ns_put(struct mnt_ns *ns)
{
	ns_put(&ns->ns);
}

/* The same place in the copy of the tree. mount_mutex held; *p's references are exchanged. */
static void follow_copy(struct path *p, const struct mnt_ns *old, struct path *was)
{
	*was = *p;
	if (p->mnt->ns != old) {
		path_get(p);
		return;
	}
	p->mnt = mount_get(p->mnt->copy);
	dentry_get(p->dentry);
}

/* mount_mutex held. */
static int copy_tree(struct mnt_ns *ns, struct mnt_ns *old)
{
	bool is_same_owner = ns->ns.owner == old->ns.owner;
	struct mount *top = mount_copy_tree(old->root, old->root->root,
					    COPY_CHILDREN | COPY_UNBINDABLE |
						    (is_same_owner ? 0 : COPY_TO_SLAVE));

	if (IS_ERR(top))
		return (int)PTR_ERR(top);
	if (!is_same_owner)
		mount_lock_tree(top);
	ns->root = mount_get(top);
	list_add_tail(&top->all_node, &all_mounts);
	mount_tree_set_ns(top, ns);
	return 0;
}

/* Another namespace, root and directory: takes the references given, drops the old ones. */
static void replace(struct fs_struct *fs, struct mnt_ns *ns, const struct path *root,
		    const struct path *cwd)
{
	struct path root_was, cwd_was;
	struct mnt_ns *old;

	spin_lock(&fs->lock);
	root_was = fs->root;
	cwd_was = fs->cwd;
	old = fs->ns;
	fs->root = *root;
	fs->cwd = *cwd;
	fs->ns = ns;
	spin_unlock(&fs->lock);
	path_put(&root_was);
	path_put(&cwd_was);
	mnt_ns_put(old);
}

int fs_new_mounts(struct fs_struct *fs, const struct cred *maker)
{
	struct ns_common *common = ns_new(sizeof(struct mnt_ns), &mnt_ns_type, maker);
	struct mnt_ns *old = fs->ns, *ns = container_of(common, struct mnt_ns, ns);
	struct path root = fs->root, cwd = fs->cwd, root_was, cwd_was;
	int err;

	if (IS_ERR(common))
		return (int)PTR_ERR(common);
	mutex_lock(&mount_mutex);
	err = copy_tree(ns, old);
	if (!err) {
		follow_copy(&root, old, &root_was);
		follow_copy(&cwd, old, &cwd_was);
	}
	mutex_unlock(&mount_mutex);
	if (err) {
		ns_put(&ns->ns);
		return err;
	}
	replace(fs, ns, &root, &cwd);
	return 0;
}

/* setns(2): "the caller's root directory and current working directory [become] the root". */
int fs_enter_mounts(struct fs_struct *fs, struct ns_common *common)
{
	struct mnt_ns *ns = container_of(common, struct mnt_ns, ns);
	struct path p;

	if (ref_read(&fs->ref) != 1)
		return fail(EINVAL, "root and cwd are shared with another task");
	mutex_lock(&mount_mutex);
	p = (struct path){mount_get(ns->root), dentry_get(ns->root->root)};
	mount_to_top(&p);
	mutex_unlock(&mount_mutex);
	path_get(&p);
	mnt_ns_get(ns);
	replace(fs, ns, &p, &p);
	return 0;
}

struct ns_common *fs_mounts(struct fs_struct *fs)
{
	struct mnt_ns *ns;

	spin_lock(&fs->lock);
	ns = mnt_ns_get(fs->ns);
	spin_unlock(&fs->lock);
	return &ns->ns;
}

bool mount_shows_mounts(const struct mount *m)
{
	const struct ns_common *ns = inode_ns(m->root->inode);

	return ns && ns->type == &mnt_ns_type;
}

bool mount_may_bind(const struct vfs_ctx *ctx, const struct path *p)
{
	const struct ns_common *ns = inode_ns(p->dentry->inode);

	if (!ns)
		return mount_is_mine(ctx, p->mnt);
	/* Not one that is as old as the tree it would be in: that one may know ours. */
	return ns->type != &mnt_ns_type || ns->id > ctx->fs->ns->ns.id;
}

/* --- user namespaces: mount_namespaces(7), "Restrictions on mount namespaces" --- */

bool vfs_may_mount(const struct vfs_ctx *ctx)
{
	return cred_capable_in(ctx->cred, ctx->fs->ns->ns.owner, CAP_SYS_ADMIN);
}

void mount_lock_tree(struct mount *top)
{
	const unsigned long kept = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

	for (struct mount *m = top; m; m = mount_tree_next(m, top)) {
		m->locked_flags |= (m->flags & kept) | MS_RELATIME;
		if (m != top)
			m->is_locked = true;
	}
}

bool mount_has_locked(const struct mount *m, struct dentry *d)
{
	struct mount *c;

	list_for_each_entry (c, &m->children, sibling)
		if (c->is_locked && dentry_is_ancestor(d, c->mountpoint))
			return true;
	return false;
}

bool mount_may_have_flags(const struct mount *m, unsigned long flags)
{
	const unsigned long times = MS_NOATIME | MS_NODIRATIME | MS_RELATIME;

	if ((m->locked_flags & MS_RELATIME) && ((flags ^ m->flags) & times))
		return false;
	return !(m->locked_flags & ~flags & ~(unsigned long)MS_RELATIME);
}

/* All of a file system of the type: its root, and nothing locked upon it. */
static bool shows_all(const struct mount *m, const struct super_block *sb)
{
	return m->sb->type == sb->type && m->root == m->sb->root && !mount_has_locked(m, m->root) &&
	       !(m->locked_flags & MS_RDONLY);
}

bool super_reveals(const struct vfs_ctx *ctx, const struct super_block *sb)
{
	struct mount *top = ctx->fs->ns->root, *m;
	bool is_seen = false;

	if (!sb->type->must_be_visible || ctx->fs->ns->ns.owner == &init_user_ns)
		return false;
	mutex_lock(&mount_mutex);
	for (m = top; m && !is_seen; m = mount_tree_next(m, top))
		is_seen = shows_all(m, sb);
	mutex_unlock(&mount_mutex);
	return !is_seen;
}

bool path_may_suid(const struct vfs_ctx *ctx, const struct path *p)
{
	const struct user_ns *u = p->mnt ? p->mnt->sb->user_ns : NULL;

	return p->mnt && !(p->mnt->flags & MS_NOSUID) && mount_is_mine(ctx, p->mnt) &&
	       (!u || user_ns_is_within(ctx->cred->user_ns, u));
}

bool fs_is_chrooted(struct fs_struct *fs)
{
	struct path top, root;
	bool is;

	mutex_lock(&mount_mutex);
	top = (struct path){mount_get(fs->ns->root), dentry_get(fs->ns->root->root)};
	mount_to_top(&top);
	mutex_unlock(&mount_mutex);
	fs_get_root(fs, &root);
	is = root.mnt != top.mnt || root.dentry != top.dentry;
	path_put(&root);
	path_put(&top);
	return is;
}

/* --- pivot_root(2) --- */

bool mount_place_is_below(const struct mount *m, struct dentry *d, const struct path *root)
{
	while (m != root->mnt) {
		if (!m->parent)
			return false;
		d = m->mountpoint;
		m = m->parent;
	}
	return dentry_is_ancestor(root->dentry, d);
}

/* The order is that of the manual page's errors; mount_mutex held. */
static int check_pivot(const struct vfs_ctx *ctx, const struct path *new, const struct path *old,
		       const struct path *root)
{
	if (old->mnt->group_id || new->mnt->parent == NULL || root->mnt->parent == NULL)
		return -EINVAL;
	if (new->mnt->parent->group_id || root->mnt->parent->group_id)
		return fail(EINVAL, "what propagates cannot be turned");
	if (!mount_is_mine(ctx, root->mnt) || !mount_is_mine(ctx, new->mnt))
		return -EINVAL;
	if (new->mnt->is_locked)
		return fail(EINVAL, "it would show what it covers");
	if (new->dentry->flags & DE_UNLINKED)
		return -ENOENT;
	if (new->mnt == root->mnt || old->mnt == root->mnt)
		return -EBUSY;
	if (root->mnt->root != root->dentry || new->mnt->root != new->dentry)
		return fail(EINVAL, "not the root of a mount");
	if (!mount_place_is_below(old->mnt, old->dentry, new) ||
	    !mount_place_is_below(new->mnt, new->dentry, root))
		return -EINVAL;
	return 0;
}

static int pivot(const struct vfs_ctx *ctx, const struct path *new, struct path *old,
		 const struct path *root)
{
	struct path root_at, new_at;
	int err;

	mount_to_top(old);
	err = check_pivot(ctx, new, old, root);
	if (err)
		return err;
	if (root->mnt->is_locked) { /* the new root is what is kept in its place */
		new->mnt->is_locked = true;
		root->mnt->is_locked = false;
	}
	mount_unhook(new->mnt, &new_at);
	mount_unhook(root->mnt, &root_at);
	mount_attach(root->mnt, old);
	mount_attach(new->mnt, &root_at);
	path_put(&new_at);
	path_put(&root_at);
	return 0;
}

static int lookup_dir(const struct vfs_ctx *ctx, const char *name, struct path *out)
{
	return vfs_lookup(ctx, AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, out);
}

int vfs_pivot_root(const struct vfs_ctx *ctx, const char *new_root, const char *put_old,
		   struct path *was, struct path *now)
{
	struct path new, old;
	int err;

	if (!vfs_may_mount(ctx))
		return -EPERM;
	err = lookup_dir(ctx, new_root, &new);
	if (err)
		return err;
	err = lookup_dir(ctx, put_old, &old);
	if (err) {
		path_put(&new);
		return err;
	}
	fs_get_root(ctx->fs, was);
	mutex_lock(&mount_mutex);
	err = pivot(ctx, &new, &old, was);
	mutex_unlock(&mount_mutex);
	path_put(&old);
	if (err) {
		path_put(&new);
		path_put(was);
	} else {
		*now = new;
	}
	return err;
}

static bool same(const struct path *a, const struct path *b)
{
	return a->mnt == b->mnt && a->dentry == b->dentry;
}

/*
 * A task that is alone with its fs_struct walks without references on where it starts (namei.c). So
 * what another task's root was is never given back: it may be under that task's feet, and the
 * caller may unmount it next.
 */
void fs_replace(struct fs_struct *fs, const struct path *was, const struct path *now, bool is_own)
{
	bool may_put = is_own || ref_read(&fs->ref) > 2;
	int puts = 0;

	spin_lock(&fs->lock);
	if (same(&fs->root, was)) {
		path_get(now);
		fs->root = *now;
		puts++;
	}
	if (same(&fs->cwd, was)) {
		path_get(now);
		fs->cwd = *now;
		puts++;
	}
	spin_unlock(&fs->lock);
	while (may_put && puts--)
		path_put(was);
}
