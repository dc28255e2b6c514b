/* Making and removing names: mknod mkdir symlink link unlink rmdir. The order of the checks is
 * Linux's (fs/namei.c), as programs see it. */
#include "vfs/internal.h"
#include "vfs/notify.h"
#include "vfs/user_ns.h"

/* --- permission to change a directory; its i_rwsem is held --- */

int may_create(struct dentry *dir, const struct cred *c)
{
	if (dir->flags & DE_UNLINKED)
		return -ENOENT;
	return inode_permission(dir->inode, c, MAY_WRITE | MAY_EXEC);
}

/* unlink(2): EPERM by the sticky bit. */
static bool sticky_forbids(const struct inode *dir, const struct inode *i, const struct cred *c)
{
	if (!(dir->mode & S_ISVTX))
		return false;
	return c->fsuid != i->uid && c->fsuid != dir->uid && !cred_capable_over(c, i, CAP_FOWNER);
}

int may_delete(struct dentry *dir, struct dentry *victim, const struct cred *c, bool is_dir)
{
	int err = inode_permission(dir->inode, c, MAY_WRITE | MAY_EXEC);

	if (err)
		return err;
	if (sticky_forbids(dir->inode, victim->inode, c))
		return -EPERM;
	if (unlikely((victim->inode->attr_flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) ||
		     (dir->inode->attr_flags & FS_APPEND_FL)))
		return -EPERM;
	if (is_dir) {
		if (!S_ISDIR(victim->inode->mode))
			return -ENOTDIR;
		if (victim->parent == victim)
			return -EBUSY;
	} else if (S_ISDIR(victim->inode->mode)) {
		return -EISDIR;
	}
	return dir->flags & DE_UNLINKED ? -ENOENT : 0;
}

void new_node_init(struct new_node *n, const struct vfs_ctx *ctx, const struct inode *dir, u32 mode,
		   u64 rdev)
{
	const struct cred *c = ctx->cred;

	n->mode = mode & ~(ctx->fs->umask & 0777);
	n->rdev = rdev;
	n->uid = c->fsuid;
	n->gid = c->fsgid;
	if (!(dir->mode & S_ISGID))
		return;
	n->gid = dir->gid;
	if (S_ISDIR(mode))
		n->mode |= S_ISGID;
	else if ((n->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
		 !cred_in_group(c, dir->gid) && !cred_capable_over(c, dir, CAP_FSETID))
		n->mode &= ~(u32)S_ISGID;
}

/* --- creation --- */

/*
 * Walk to the place of a new name and lock its directory. The result is the negative entry,
 * referenced; end with create_end().
 */
static struct dentry *create_begin(struct walk *w, const struct vfs_ctx *ctx, int dfd,
				   const char *name, bool is_dir)
{
	struct dentry *d;
	int err = walk_parent(w, ctx, dfd, name, 0);

	if (err)
		return ERR_PTR(err);
	if (w->last_type != LAST_NORM) {
		walk_end(w);
		return ERR_PTR(-EEXIST);
	}
	down_write(&w->path.dentry->inode->rwsem);
	d = lookup_locked(w->path.dentry, &w->last);
	if (IS_ERR(d))
		err = (int)PTR_ERR(d);
	else if (d->inode)
		err = -EEXIST;
	else if (w->has_trailing_slash && !is_dir)
		err = -ENOENT; /* "name/" asks for a directory that is not there */
	else
		err = mount_want_write(w->path.mnt);
	if (!err)
		err = may_create(w->path.dentry, ctx->cred);
	if (!err)
		return d;
	if (!IS_ERR(d))
		dentry_put(d);
	up_write(&w->path.dentry->inode->rwsem);
	walk_end(w);
	return ERR_PTR(err);
}

/* `linked`: the file that has one more name; NULL: a new one. */
static int create_end(struct walk *w, struct dentry *d, int err, struct inode *linked)
{
	struct inode *dir = w->path.dentry->inode;

	if (!err && d->inode)
		d = dentry_hash_in(d);
	if (!err && linked)
		notify_link(dir, d, linked);
	else if (!err)
		notify_create(dir, d);
	up_write(&w->path.dentry->inode->rwsem);
	dentry_put(d);
	walk_end(w);
	return err;
}

int vfs_mknod(const struct vfs_ctx *ctx, int dfd, const char *name, u32 mode, u64 rdev)
{
	return vfs_mknod_path(ctx, dfd, name, mode, rdev, NULL);
}

int vfs_mknod_path(const struct vfs_ctx *ctx, int dfd, const char *name, u32 mode, u64 rdev,
		   struct path *out)
{
	struct walk w;
	struct dentry *d;
	struct inode *dir;
	struct new_node n;
	int err = 0;

	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if (S_ISDIR(mode))
		return -EPERM;
	if (!S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) &&
	    !S_ISSOCK(mode))
		return -EINVAL;
	d = create_begin(&w, ctx, dfd, name, false);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	dir = w.path.dentry->inode;
	/* A whiteout, 0/0, is no device: anybody may make it, as in Linux since 5.8. */
	if (((S_ISCHR(mode) && rdev) || S_ISBLK(mode)) && !cred_has_cap(ctx->cred, CAP_MKNOD))
		err = -EPERM;
	else if (!dir->ops->create)
		err = S_ISREG(mode) ? -EACCES : -EPERM;
	if (!err) {
		bool has_rdev = S_ISCHR(mode) || S_ISBLK(mode);

		new_node_init(&n, ctx, dir, mode, has_rdev ? rdev : 0);
		err = dir->ops->create(dir, d, &n);
	}
	if (!err && out) {
		*out = (struct path){w.path.mnt, d};
		path_get(out);
	}
	return create_end(&w, d, err, NULL);
}

int vfs_mkdir(const struct vfs_ctx *ctx, int dfd, const char *name, u32 mode)
{
	struct walk w;
	struct new_node n;
	struct dentry *d = create_begin(&w, ctx, dfd, name, true);
	struct inode *dir;
	int err = -EPERM;

	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	dir = w.path.dentry->inode;
	if (dir->ops->mkdir) {
		new_node_init(&n, ctx, dir, S_IFDIR | (mode & 01777), 0);
		err = dir->ops->mkdir(dir, d, &n);
	}
	return create_end(&w, d, err, NULL);
}

int vfs_symlink(const struct vfs_ctx *ctx, const char *target, int dfd, const char *name)
{
	struct walk w;
	struct new_node n;
	struct dentry *d;
	struct inode *dir;
	int err = -EPERM;

	if (!*target)
		return -ENOENT;
	d = create_begin(&w, ctx, dfd, name, false);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	dir = w.path.dentry->inode;
	if (dir->ops->symlink) {
		new_node_init(&n, ctx, dir, S_IFLNK, 0);
		n.mode = S_IFLNK | 0777;
		err = dir->ops->symlink(dir, d, target, &n);
	}
	return create_end(&w, d, err, NULL);
}

/* proc(5), protected_hardlinks: who does not own a file links it only when it is a plain one that
 * he may read and write. */
static bool may_link(struct inode *i, const struct cred *c)
{
	if (likely(!vfs_protected_hardlinks) || inode_is_owner(i, c))
		return true;
	if (!S_ISREG(i->mode) || (i->mode & S_ISUID) || !(~i->mode & (S_ISGID | S_IXGRP)))
		return false;
	return !inode_permission(i, c, MAY_READ | MAY_WRITE);
}

static int link_checked(struct inode *inode, struct walk *w, struct dentry *d,
			const struct path *old)
{
	struct inode *dir = w->path.dentry->inode;
	int err;

	if (old->mnt != w->path.mnt || inode->sb != dir->sb)
		return -EXDEV;
	if (!may_link(inode, w->ctx->cred))
		return -EPERM;
	if (!dir->ops->link || S_ISDIR(inode->mode))
		return -EPERM;
	if (inode->attr_flags & (FS_IMMUTABLE_FL | FS_APPEND_FL))
		return -EPERM;
	down_write(&inode->rwsem);
	/* A file without a name stays so, but for O_TMPFILE's (linkat(2)). */
	if (!inode->nlink && !(old->dentry->flags & DE_TMPFILE))
		err = -ENOENT;
	else
		err = dir->ops->link(inode, dir, d);
	up_write(&inode->rwsem);
	return err;
}

int vfs_link(const struct vfs_ctx *ctx, int odfd, const char *oname, int ndfd, const char *nname,
	     int at_flags)
{
	struct walk w;
	struct path old;
	struct dentry *d;
	unsigned lookup_flags = 0;
	int err;

	if (at_flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (at_flags & AT_EMPTY_PATH) {
		/* linkat(2): "the caller must have the CAP_DAC_READ_SEARCH capability" */
		if (!*oname && !cred_has_cap(ctx->cred, CAP_DAC_READ_SEARCH))
			return -ENOENT;
		lookup_flags |= LOOKUP_EMPTY;
	}
	if (at_flags & AT_SYMLINK_FOLLOW)
		lookup_flags |= LOOKUP_FOLLOW;
	err = vfs_lookup(ctx, odfd, oname, lookup_flags, &old);
	if (err)
		return err;
	d = create_begin(&w, ctx, ndfd, nname, false);
	if (IS_ERR(d))
		err = (int)PTR_ERR(d);
	else
		err = create_end(&w, d, link_checked(old.dentry->inode, &w, d, &old),
				 old.dentry->inode);
	path_put(&old);
	return err;
}

/* --- removal --- */

/* Locks the directory and finds the victim, which exists; ends with remove_end(). */
static struct dentry *remove_begin(struct walk *w)
{
	struct dentry *d;
	int err = mount_want_write(w->path.mnt);

	if (err)
		return ERR_PTR(err);
	down_write(&w->path.dentry->inode->rwsem);
	d = lookup_locked(w->path.dentry, &w->last);
	if (!IS_ERR(d) && !d->inode) {
		dentry_put(d);
		d = ERR_PTR(-ENOENT);
	}
	if (IS_ERR(d))
		up_write(&w->path.dentry->inode->rwsem);
	return d;
}

static void remove_end(struct walk *w, struct dentry *d)
{
	up_write(&w->path.dentry->inode->rwsem);
	dentry_put(d);
}

/* The directory is locked; op is its unlink or rmdir, NULL when its file system has none. */
static int remove_entry(struct inode *dir, struct dentry *d,
			int (*op)(struct inode *dir, struct dentry *d))
{
	struct inode *i = d->inode;
	int err;

	if (!op)
		return -EPERM;
	down_write(&i->rwsem);
	err = d->flags & DE_MOUNTED ? -EBUSY : op(dir, d);
	if (!err)
		dentry_removed(d);
	up_write(&i->rwsem);
	if (!err)
		notify_unlink(dir, d);
	return err;
}

static int unlink_checked(struct walk *w, struct dentry *d)
{
	struct inode *dir = w->path.dentry->inode;
	int err;

	if (w->has_trailing_slash)
		return S_ISDIR(d->inode->mode) ? -EISDIR : -ENOTDIR;
	err = may_delete(w->path.dentry, d, w->ctx->cred, false);
	if (err)
		return err;
	return remove_entry(dir, d, dir->ops->unlink);
}

int vfs_unlink(const struct vfs_ctx *ctx, int dfd, const char *name)
{
	struct walk w;
	struct dentry *d;
	int err = walk_parent(&w, ctx, dfd, name, 0);

	if (err)
		return err;
	if (w.last_type != LAST_NORM) {
		err = -EISDIR;
		goto out;
	}
	d = remove_begin(&w);
	if (IS_ERR(d)) {
		err = (int)PTR_ERR(d);
		goto out;
	}
	err = unlink_checked(&w, d);
	remove_end(&w, d);
out:
	walk_end(&w);
	return err;
}

static int rmdir_checked(struct walk *w, struct dentry *d)
{
	struct inode *dir = w->path.dentry->inode;
	int err = may_delete(w->path.dentry, d, w->ctx->cred, true);

	if (err)
		return err;
	return remove_entry(dir, d, dir->ops->rmdir);
}

int vfs_rmdir(const struct vfs_ctx *ctx, int dfd, const char *name)
{
	struct walk w;
	struct dentry *d;
	int err = walk_parent(&w, ctx, dfd, name, 0);

	if (err)
		return err;
	switch (w.last_type) {
	case LAST_DOTDOT:
		err = -ENOTEMPTY;
		goto out;
	case LAST_DOT:
		err = -EINVAL;
		goto out;
	case LAST_ROOT:
		err = -EBUSY;
		goto out;
	case LAST_NORM:
		break;
	}
	d = remove_begin(&w);
	if (IS_ERR(d)) {
		err = (int)PTR_ERR(d);
		goto out;
	}
	err = rmdir_checked(&w, d);
	remove_end(&w, d);
out:
	walk_end(&w);
	return err;
}

int vfs_readlink(const struct path *p, char *buf, size_t size)
{
	struct inode *i = p->dentry->inode;

	if (!S_ISLNK(i->mode) || !i->ops->readlink)
		return -EINVAL;
	return i->ops->readlink(i, buf, size);
}
