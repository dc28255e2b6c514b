/*
 * Mount namespaces, mount_namespaces(7): trees of mounts. A task's is that of its fs_struct, since
 * root and current directory lie in it. Also pivot_root(2).
 */
#include "lib/printf.h"
#include "vfs/internal.h"
#include "vfs/mount_impl.h"
#include <linux/nsfs.h>
#include <linux/sched.h>

#define FIRST_INO 4026531832u /* as Linux numbers the first one */

struct mnt_ns first_ns = {.ref = {1}, .ino = FIRST_INO, .id = 1};
struct mount *ns_mount; /* of the files that stand for namespaces */
static u32 last_ino = FIRST_INO + 300;
static u64 last_id = 1;

struct mnt_ns *mnt_ns_get(struct mnt_ns *ns)
{
	ref_get(&ns->ref);
	return ns;
}

void mnt_ns_put(struct mnt_ns *ns)
{
	struct mount *root;

	if (!ns || !ref_put(&ns->ref))
		return;
	root = ns->root;
	mutex_lock(&mount_mutex);
	mount_detach_tree(root);
	mutex_unlock(&mount_mutex);
	mount_put(root);
	kfree(ns);
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

static struct mnt_ns *copy_ns(struct mnt_ns *old)
{
	struct mnt_ns *ns = kzalloc(sizeof(*ns), GFP_KERNEL);
	struct mount *top;

	if (!ns)
		return ERR_PTR(-ENOMEM);
	top = mount_copy_tree(old->root, old->root->root, COPY_CHILDREN | COPY_UNBINDABLE);
	if (IS_ERR(top)) {
		kfree(ns);
		return ERR_PTR(PTR_ERR(top));
	}
	ref_init(&ns->ref, 1);
	ns->ino = ++last_ino;
	ns->id = ++last_id;
	ns->root = mount_get(top);
	list_add_tail(&top->all_node, &all_mounts);
	mount_tree_set_ns(top, ns);
	return ns;
}

int fs_new_mounts(struct fs_struct *fs)
{
	struct mnt_ns *old = fs->ns, *ns;
	struct path root = fs->root, cwd = fs->cwd, root_was, cwd_was;

	mutex_lock(&mount_mutex);
	ns = copy_ns(old);
	if (!IS_ERR(ns)) {
		follow_copy(&root, old, &root_was);
		follow_copy(&cwd, old, &cwd_was);
	}
	mutex_unlock(&mount_mutex);
	if (IS_ERR(ns))
		return (int)PTR_ERR(ns);
	spin_lock(&fs->lock);
	fs->root = root;
	fs->cwd = cwd;
	fs->ns = ns;
	spin_unlock(&fs->lock);
	path_put(&root_was);
	path_put(&cwd_was);
	mnt_ns_put(old);
	return 0;
}

/* setns(2): "the caller's root directory and current working directory [become] the root". */
int fs_enter_mounts(struct fs_struct *fs, struct mnt_ns *ns)
{
	struct path p, root_was, cwd_was;
	struct mnt_ns *old;

	if (ref_read(&fs->ref) != 1)
		return fail(EINVAL, "root and cwd are shared with another task");
	mutex_lock(&mount_mutex);
	p = (struct path){mount_get(ns->root), dentry_get(ns->root->root)};
	mount_to_top(&p);
	mutex_unlock(&mount_mutex);
	path_get(&p);
	mnt_ns_get(ns);
	spin_lock(&fs->lock);
	root_was = fs->root;
	cwd_was = fs->cwd;
	old = fs->ns;
	fs->root = fs->cwd = p;
	fs->ns = ns;
	spin_unlock(&fs->lock);
	path_put(&root_was);
	path_put(&cwd_was);
	mnt_ns_put(old);
	return 0;
}

/* --- files that stand for a namespace: /proc/PID/ns/mnt --- */

static long ns_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	(void)f;
	(void)arg;
	(void)value;
	return cmd == NS_GET_NSTYPE ? CLONE_NEWNS : -ENOTTY;
}

static const struct file_ops ns_fops = {.ioctl = ns_ioctl};

static void ns_evict(struct inode *i)
{
	mnt_ns_put(i->private);
	i->private = NULL;
}

const struct super_ops ns_super_ops = {.evict_inode = ns_evict};

struct mnt_ns *fs_mounts(struct fs_struct *fs)
{
	struct mnt_ns *ns;

	spin_lock(&fs->lock);
	ns = mnt_ns_get(fs->ns);
	spin_unlock(&fs->lock);
	return ns;
}

u32 fs_mounts_ino(const struct fs_struct *fs)
{
	return fs->ns->ino;
}

int fs_mounts_path(struct fs_struct *fs, struct path *out)
{
	struct inode *i = inode_new(ns_mount->sb, S_IFREG | 0444, 0);
	struct dentry *d;
	char name[32];

	if (!i)
		return -ENOMEM;
	i->private = fs_mounts(fs);
	i->fops = &ns_fops;
	i->ino = ((struct mnt_ns *)i->private)->ino;
	snprintf(name, sizeof(name), "mnt:[%u]", (u32)i->ino);
	d = dentry_alloc_anon(i->sb, name);
	if (!d) {
		inode_put(i);
		return -ENOMEM;
	}
	d->inode = i;
	*out = (struct path){mount_get(ns_mount), d};
	return 0;
}

struct mnt_ns *file_mnt_ns(const struct file *f)
{
	return f->inode && f->inode->fops == &ns_fops ? f->inode->private : NULL;
}

/* --- pivot_root(2) --- */

static bool is_reachable(const struct path *p, const struct path *root)
{
	struct mount *m = p->mnt;
	struct dentry *d = p->dentry;

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
	if (new->dentry->flags & DE_UNLINKED)
		return -ENOENT;
	if (new->mnt == root->mnt || old->mnt == root->mnt)
		return -EBUSY;
	if (root->mnt->root != root->dentry || new->mnt->root != new->dentry)
		return fail(EINVAL, "not the root of a mount");
	if (!is_reachable(old, new) || !is_reachable(new, root))
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

	if (!cred_has_cap(ctx->cred, CAP_SYS_ADMIN))
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
