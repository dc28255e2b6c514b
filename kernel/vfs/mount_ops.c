/* mount(2) and umount2(2), on the tree of vfs/mount.c. */
#include "vfs/internal.h"
#include "vfs/mount_impl.h"
#include "vfs/user_ns.h"

/* mount(2): relatime unless something else is asked for. */
unsigned long mount_flags(unsigned long flags)
{
	unsigned long f = flags & PER_MOUNT_FLAGS;

	if (!(f & MS_NOATIME))
		f |= MS_RELATIME;
	if (f & MS_STRICTATIME)
		f &= ~(unsigned long)(MS_RELATIME | MS_NOATIME);
	return f;
}

int mount_graft(const struct vfs_ctx *ctx, struct mount *m, struct path *at)
{
	mount_to_top(at);
	if (!mount_is_mine(ctx, at->mnt))
		return -EINVAL;
	if (S_ISDIR(m->root->inode->mode) != S_ISDIR(at->dentry->inode->mode))
		return -ENOTDIR;
	if (at->dentry->flags & DE_UNLINKED)
		return -ENOENT;
	return mount_graft_tree(m, at);
}

/* A new file system is the mounter's: options and defaults gave its root ids of his namespace. */
static int give_to_user(const struct cred *c, struct super_block *sb)
{
	struct inode *root = sb->root->inode;
	u32 uid = make_kuid(c->user_ns, root->uid), gid = make_kgid(c->user_ns, root->gid);

	if ((uid == NO_KID && root->uid) || (gid == NO_KID && root->gid))
		return fail(EINVAL, "an owner that is nobody here");
	root->uid = uid == NO_KID ? c->fsuid : uid;
	root->gid = gid == NO_KID ? c->fsgid : gid;
	sb->user_ns = user_ns_get(c->user_ns);
	return 0;
}

struct super_block *super_make(const struct vfs_ctx *ctx, struct fs_type *t, const char *source,
			       unsigned long flags, const char *options)
{
	struct super_block *sb;
	int err;

	if (!(t->is_for_users ? cred_has_own_cap : cred_has_cap)(ctx->cred, CAP_SYS_ADMIN))
		return ERR_PTR(-EPERM);
	sb = t->mount_at ? t->mount_at(ctx, t, flags, options ? options : "")
			 : t->mount(t, source, flags, options ? options : "");
	if (IS_ERR(sb))
		return sb;
	if (!sb->source[0])
		str_copy(sb->source, source && *source ? source : "none", sizeof(sb->source));
	err = t->is_for_users && !sb->user_ns ? give_to_user(ctx->cred, sb) : 0;
	if (!err && super_reveals(ctx, sb))
		err = -EPERM;
	if (!err)
		return sb;
	super_put(sb);
	return ERR_PTR(err);
}

static int mount_fs(const struct vfs_ctx *ctx, const char *source, struct path *at,
		    const char *type, unsigned long flags, const char *options)
{
	struct fs_type *t;
	struct super_block *sb;
	struct mount *m;
	int err;

	if (!type)
		return -EINVAL;
	t = fs_find(type);
	if (!t)
		return -ENODEV;
	sb = super_make(ctx, t, source, flags, options);
	if (IS_ERR(sb))
		return (int)PTR_ERR(sb);
	m = mount_new(sb, sb->root, mount_flags(flags));
	if (!m)
		return -ENOMEM;
	mutex_lock(&mount_mutex);
	mount_to_top(at);
	/* The same file system twice on one place is refused. */
	if (at->mnt->sb == sb && at->dentry == at->mnt->root)
		err = -EBUSY;
	else
		err = mount_graft(ctx, m, at);
	mutex_unlock(&mount_mutex);
	if (err)
		mount_put(m);
	return err;
}

/* The place that bind and move mounts start from. */
static int find_source(const struct vfs_ctx *ctx, const char *source, struct path *from)
{
	if (!source || !*source)
		return -EINVAL;
	return vfs_lookup(ctx, AT_FDCWD, source, LOOKUP_FOLLOW, from);
}

static int mount_bind(const struct vfs_ctx *ctx, const char *source, struct path *at, bool rec)
{
	struct path from;
	struct mount *m;
	int err = find_source(ctx, source, &from);

	if (err)
		return err;
	mutex_lock(&mount_mutex);
	/* The copy is complete before it is attached: it must not find itself below its source. */
	if (mount_may_bind(ctx, &from) && (rec || !mount_has_locked(from.mnt, from.dentry)))
		m = mount_copy_tree(from.mnt, from.dentry, rec ? COPY_CHILDREN : 0);
	else
		m = ERR_PTR(-EINVAL);
	err = IS_ERR(m) ? (int)PTR_ERR(m) : mount_graft(ctx, m, at);
	if (err && !IS_ERR(m))
		mount_detach_tree(m);
	mutex_unlock(&mount_mutex);
	path_put(&from);
	return err;
}

static bool mount_is_below(const struct mount *m, const struct mount *top)
{
	for (; m; m = m->parent)
		if (m == top)
			return true;
	return false;
}

/* Is something mounted on `d` of `m`? */
static bool is_overmounted(struct mount *m, struct dentry *d)
{
	bool found;

	spin_lock(&dcache_lock);
	found = (d->flags & DE_MOUNTED) && mount_find(m, d);
	spin_unlock(&dcache_lock);
	return found;
}

static bool has_unbindable(struct mount *top)
{
	for (struct mount *m = top; m; m = mount_tree_next(m, top))
		if (m->is_unbindable)
			return true;
	return false;
}

/*
 * MOVE_MOUNT_BENEATH: `m` goes between the mount `top` and what that is mounted on. Not below the
 * caller's root or what is mounted on that of the name space, whose users would not follow; and not
 * where the parent is shared, for copies would have to go beneath others.
 */
static int may_go_beneath(const struct vfs_ctx *ctx, struct mount *m, const struct path *at)
{
	const struct mount *top = at->mnt;

	if (!top->parent || at->dentry != top->root || is_overmounted(m, m->root))
		return -EINVAL;
	if (top == ctx->fs->root.mnt || !top->parent->parent || mount_is_below(m, top))
		return -EINVAL;
	return top->parent->group_id || top->parent->master ? -EINVAL : 0;
}

static int put_beneath(struct mount *m, struct mount *top)
{
	struct path place, on = {m, m->root};
	int err;

	mount_unhook(top, &place);
	err = mount_graft_tree(m, &place);
	mount_attach(top, err ? &place : &on);
	path_put(&place);
	return err;
}

/* Also of a tree that hangs nowhere: open_tree(2), fsmount(2). */
int mount_move(const struct vfs_ctx *ctx, const struct path *from, struct path *at, bool beneath)
{
	struct mount *m = from->mnt, *target;
	struct path was_at = {NULL, NULL};
	int err;

	mount_to_top(at);
	if (!mount_is_mine(ctx, at->mnt) || from->dentry != m->root)
		return -EINVAL;
	if (m->parent ? !mount_is_mine(ctx, m) || m->parent->group_id : !m->is_loose)
		return -EINVAL;
	if (m->is_locked)
		return fail(EINVAL, "it would show what it covers");
	if (S_ISDIR(from->dentry->inode->mode) != S_ISDIR(at->dentry->inode->mode))
		return -EINVAL;
	err = beneath ? may_go_beneath(ctx, m, at) : 0;
	if (err)
		return err;
	target = beneath ? at->mnt->parent : at->mnt;
	if (target->group_id && has_unbindable(m))
		return -EINVAL;
	if (mount_is_below(target, m))
		return -ELOOP;
	if (at->dentry->flags & DE_UNLINKED)
		return -ENOENT;
	if (m->parent)
		mount_unhook(m, &was_at);
	err = beneath ? put_beneath(m, at->mnt) : mount_graft_tree(m, at);
	if (err && was_at.mnt)
		mount_attach(m, &was_at);
	if (!err)
		m->is_loose = false;
	path_put(&was_at);
	return err;
}

static int mount_move_by_name(const struct vfs_ctx *ctx, const char *source, struct path *at)
{
	struct path from;
	int err = find_source(ctx, source, &from);

	if (err)
		return err;
	mutex_lock(&mount_mutex);
	err = from.mnt->parent ? mount_move(ctx, &from, at, false) : -EINVAL;
	mutex_unlock(&mount_mutex);
	path_put(&from);
	return err;
}

/* Read-only means that no file is open for writing. */
bool super_has_writers(struct super_block *sb)
{
	struct inode *i;
	bool found = false;

	spin_lock(&sb->lock);
	list_for_each_entry (i, &sb->inodes, sb_node) {
		if (READ_ONCE(i->write_count) > 0) {
			found = true;
			break;
		}
	}
	spin_unlock(&sb->lock);
	return found;
}

int super_reconfigure(const struct vfs_ctx *ctx, struct super_block *sb, unsigned long flags,
		      const char *options)
{
	int err = 0;

	if (!cred_capable_in(ctx->cred, sb->user_ns ? sb->user_ns : &init_user_ns, CAP_SYS_ADMIN))
		err = -EPERM;
	else if ((flags & MS_RDONLY) && !(sb->flags & MS_RDONLY) && super_has_writers(sb))
		err = -EBUSY;
	else if (sb->ops->remount)
		err = sb->ops->remount(sb, options ? options : "");
	if (!err)
		sb->flags = (sb->flags & ~(unsigned long)MS_RDONLY) | (flags & MS_RDONLY);
	return err;
}

/* MS_REMOUNT, and with MS_BIND: flags of the mount alone. */
static int mount_again(const struct vfs_ctx *ctx, struct path *at, unsigned long flags,
		       const char *options)
{
	unsigned long want = mount_flags(flags);
	int err = 0;

	if (at->dentry != at->mnt->root)
		return -EINVAL;
	mutex_lock(&mount_mutex);
	/* Without any atime flag the mount keeps its own (mount(2), MS_REMOUNT). */
	if (!(flags & (MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME)))
		want = (want & ~(unsigned long)MS_RELATIME) |
		       (at->mnt->flags &
			(MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME));
	if (!mount_is_mine(ctx, at->mnt))
		err = -EINVAL;
	else if (!mount_may_have_flags(at->mnt, want))
		err = -EPERM;
	else if (!(flags & MS_BIND))
		err = super_reconfigure(ctx, at->mnt->sb, flags, options);
	if (!err)
		WRITE_ONCE(at->mnt->flags, want);
	mutex_unlock(&mount_mutex);
	return err;
}

static int change_propagation(const struct vfs_ctx *ctx, struct path *at, unsigned long flags)
{
	unsigned long type = flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE);
	struct mount *m;
	int err = 0;

	if (flags & ~(unsigned long)(type | MS_REC | MS_SILENT) || (type & (type - 1)))
		return -EINVAL;
	if (at->dentry != at->mnt->root)
		return -EINVAL;
	mutex_lock(&mount_mutex);
	if (!mount_is_mine(ctx, at->mnt))
		err = -EINVAL;
	for (m = err ? NULL : at->mnt; m; m = mount_tree_next(m, at->mnt)) {
		mount_set_propagation(m, type);
		if (!(flags & MS_REC))
			break;
	}
	mutex_unlock(&mount_mutex);
	return err;
}

int vfs_mount(const struct vfs_ctx *ctx, const char *source, const char *target, const char *type,
	      unsigned long flags, const char *options)
{
	struct path at;
	int err;

	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~(unsigned long)MS_MGC_MSK;
	err = vfs_lookup(ctx, AT_FDCWD, target, LOOKUP_FOLLOW, &at);
	if (err)
		return err;
	if (!vfs_may_mount(ctx))
		err = -EPERM;
	else if (flags & MS_NOUSER)
		err = -EINVAL;
	else if (flags & MS_REMOUNT)
		err = mount_again(ctx, &at, flags, options);
	else if (flags & MS_BIND)
		err = mount_bind(ctx, source, &at, flags & MS_REC);
	else if (flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))
		err = change_propagation(ctx, &at, flags);
	else if (flags & MS_MOVE)
		err = mount_move_by_name(ctx, source, &at);
	else
		err = mount_fs(ctx, source, &at, type, flags, options);
	path_put(&at);
	return err;
}

/* --- umount2(2) --- */

#define MNT_FORCE_K	  1
#define MNT_DETACH_K	  2
#define MNT_EXPIRE_K	  4
#define UMOUNT_NOFOLLOW_K 8

/* `busy` references: the tree's, and the caller's path. */
static int umount_locked(struct mount *m, int flags)
{
	bool in_use = ref_read(&m->ref) > 2 || !list_empty(&m->children);

	if (!m->parent)
		return flags & MNT_EXPIRE_K ? -EINVAL : -EBUSY;
	if (flags & MNT_DETACH_K) {
		mount_propagate_umount(m, true);
		mount_detach_tree(m);
		return 0;
	}
	if (in_use)
		return -EBUSY;
	if ((flags & MNT_EXPIRE_K) && !m->expires) {
		m->expires = true;
		return -EAGAIN;
	}
	mount_propagate_umount(m, false);
	mount_detach_tree(m);
	return 0;
}

int vfs_umount(const struct vfs_ctx *ctx, const char *target, int flags)
{
	struct path p;
	struct mount *m;
	int err;

	if (flags & ~(MNT_FORCE_K | MNT_DETACH_K | MNT_EXPIRE_K | UMOUNT_NOFOLLOW_K))
		return -EINVAL;
	err = vfs_lookup(ctx, AT_FDCWD, target, flags & UMOUNT_NOFOLLOW_K ? 0 : LOOKUP_FOLLOW, &p);
	if (err)
		return err;
	m = p.mnt;
	if (!vfs_may_mount(ctx))
		err = -EPERM;
	else if (p.dentry != m->root)
		err = -EINVAL;
	else if ((flags & MNT_EXPIRE_K) && (flags & (MNT_FORCE_K | MNT_DETACH_K)))
		err = -EINVAL;
	dentry_put(p.dentry);
	if (!err) {
		mutex_lock(&mount_mutex);
		if (!mount_is_mine(ctx, m) || m->is_locked)
			err = -EINVAL;
		else if (m == ctx->fs->root.mnt && (flags & MNT_EXPIRE_K))
			err = -EINVAL;
		else if (m == ctx->fs->root.mnt && !(flags & MNT_DETACH_K))
			err = super_reconfigure(ctx, m->sb, m->sb->flags | MS_RDONLY, NULL);
		else
			err = umount_locked(m, flags);
		mutex_unlock(&mount_mutex);
	}
	if (err == -EAGAIN) {
		/* the put below would count as a use */
		mount_put(m);
		m->expires = true;
		return err;
	}
	mount_put(m);
	return err;
}
