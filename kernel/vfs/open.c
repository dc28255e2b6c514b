/* open(2): from a name to an open file. Called by sys/open.c and exec; hands over to file_ops.open.
 */
#include "vfs/internal.h"
#include "vfs/lease.h"
#include "vfs/notify.h"
#include "vfs/stack.h"

#define O_ACCESS_NONE 3u /* access mode 3: neither read nor write, for ioctl only */
#define O_TMPFILE_BIT 020000000u

int vfs_protected_regular, vfs_protected_fifos;

struct open_req {
	const struct vfs_ctx *ctx;
	u32 flags, mode;
	unsigned may; /* MAY_* asked of the file */
	bool was_created;
};

static unsigned wanted_access(u32 flags)
{
	static const u8 by_mode[4] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE,
				      MAY_READ | MAY_WRITE};
	unsigned may = by_mode[flags & O_ACCMODE];

	if (flags & O_TRUNC)
		may |= MAY_WRITE;
	if (flags & VFS_O_EXEC)
		may = MAY_EXEC;
	return may;
}

static u32 file_mode(u32 flags)
{
	u32 mode = (flags + 1) & O_ACCMODE; /* FMODE_READ and FMODE_WRITE are its two bits */

	return flags & VFS_O_EXEC ? mode | FMODE_EXEC : mode;
}

/* --- the last step: an inode we may have, and a file for it --- */

static const struct file_ops *ops_of(const struct inode *i)
{
	if (i->fops)
		return i->fops;
	switch (i->mode & S_IFMT) {
	case S_IFIFO:
		return &fifo_ops;
	case S_IFCHR:
		return &chr_ops;
	default:
		return &no_device_ops; /* block devices and sockets: ENXIO (open(2)) */
	}
}

/* Count what is open: for reading only (leases), for writing. */
static int get_file_write(struct file *f)
{
	int err;

	if (!S_ISREG(f->inode->mode))
		return 0;
	if (!(f->mode & FMODE_WRITE)) {
		if (f->mode & FMODE_READ) {
			f->mode |= FMODE_READER;
			atomic_add(&f->inode->read_count, 1);
		}
		return 0;
	}
	err = inode_get_write(f->inode);
	if (!err)
		f->mode |= FMODE_WRITER;
	return err;
}

/* A file on `p`, whose references it takes over, also on failure; permission has been checked.
 * ERR_PTR. */
struct file *file_from_path(const struct path *p, u32 o_flags)
{
	struct file *f = file_alloc();
	struct inode *i = p->dentry->inode;
	int err;

	if (!f) {
		path_put(p);
		return ERR_PTR(-ENOMEM);
	}
	f->path = *p;
	f->inode = inode_get(i);
	if (o_flags & O_PATH) {
		f->mode = FMODE_PATH;
		f->flags = o_flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW);
		return f;
	}
	f->flags = o_flags & ~(u32)(O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC | VFS_O_EXEC);
	f->mode = file_mode(o_flags);
	if (S_ISREG(i->mode) || S_ISDIR(i->mode))
		f->mode |= FMODE_ATOMIC_POS;
	f->ops = ops_of(i);
	err = get_file_write(f);
	if (!err && unlikely(i->leases))
		err = lease_break_slow(i, (o_flags & O_ACCMODE) || (o_flags & O_TRUNC),
				       !(o_flags & O_NONBLOCK));
	if (!err && (o_flags & O_DIRECT) && !S_ISREG(i->mode) && !S_ISFIFO(i->mode) &&
	    !S_ISBLK(i->mode))
		err = -EINVAL;
	/* open(2), EOVERFLOW */
	if (!err && !(o_flags & (O_LARGEFILE | VFS_O_EXEC)) && S_ISREG(i->mode) &&
	    i->obj.size_bytes > MAX_NON_LFS)
		err = -EOVERFLOW;
	if (!err && f->ops->open) {
		f->flags |= o_flags & O_NOCTTY; /* of interest to terminals, while they open */
		err = f->ops->open(i, f);
		f->flags &= ~(u32)O_NOCTTY;
	}
	if (err) {
		file_put(f);
		return ERR_PTR(err);
	}
	f->flags &= ~(u32)O_TRUNC;
	f->mode |= FMODE_OPENED;
	notify_file(f, IN_OPEN);
	return f;
}

struct file *stack_open(const struct path *p, u32 o_flags)
{
	path_get(p);
	return file_from_path(p, o_flags);
}

/* May this object be opened this way? Linux's may_open(). */
static int may_open(struct open_req *r, const struct path *p)
{
	struct inode *i = p->dentry->inode;
	bool writes = r->may & MAY_WRITE;
	int err;

	switch (i->mode & S_IFMT) {
	case S_IFLNK:
		return -ELOOP;
	case S_IFDIR:
		if (writes)
			return -EISDIR;
		if (r->may & MAY_EXEC)
			return -EACCES;
		break;
	case S_IFBLK:
	case S_IFCHR:
		if (p->mnt->flags & MS_NODEV)
			return -EACCES;
		/* fall through */
	case S_IFIFO:
	case S_IFSOCK:
		if (r->may & MAY_EXEC)
			return -EACCES;
		r->flags &= ~(u32)O_TRUNC;
		break;
	case S_IFREG:
		if ((r->may & MAY_EXEC) && (p->mnt->flags & MS_NOEXEC))
			return -EACCES;
		break;
	}
	err = r->was_created ? 0 : inode_permission(i, r->ctx->cred, r->may);
	if (!err && writes && S_ISREG(i->mode))
		err = mount_want_write(p->mnt);
	/* ioctl_iflags(2), FS_APPEND_FL. */
	if (!err && unlikely(i->attr_flags & FS_APPEND_FL) && writes &&
	    (!(r->flags & O_APPEND) || (r->flags & O_TRUNC)))
		err = -EPERM;
	if (!err && (r->flags & O_NOATIME) && !inode_is_owner(i, r->ctx->cred))
		err = -EPERM;
	return err;
}

/* O_TRUNC on a file of which we may write; execve's ETXTBSY counts. */
static int open_truncate(struct open_req *r, struct inode *i)
{
	int err = inode_get_write(i);

	if (err)
		return err;
	err = vfs_truncate(r->ctx, i, 0);
	inode_put_write(i);
	return err;
}

/* proc(5), protected_regular and protected_fifos: O_CREAT on somebody else's file in a directory
 * where everybody may write. */
static int may_create_in_sticky(struct open_req *r, const struct path *dir, struct inode *i)
{
	int level = S_ISFIFO(i->mode)  ? vfs_protected_fifos
		    : S_ISREG(i->mode) ? vfs_protected_regular
				       : 0;
	const struct inode *d = dir->dentry->inode;

	if (!level || !(d->mode & S_ISVTX) || i->uid == d->uid || i->uid == r->ctx->cred->fsuid)
		return 0;
	if ((d->mode & S_IWOTH) || (level >= 2 && (d->mode & S_IWGRP)))
		return -EACCES;
	return 0;
}

/* What must hold of the object whatever may_open() says. */
static int check_kind(const struct open_req *r, const struct inode *i)
{
	if ((r->flags & O_CREAT) && !r->was_created) {
		if (r->flags & O_EXCL)
			return -EEXIST; /* "." and the like: nothing to create */
		if (S_ISDIR(i->mode))
			return -EISDIR;
	}
	return (r->flags & O_DIRECTORY) && !S_ISDIR(i->mode) ? -ENOTDIR : 0;
}

/* Takes over the references of `p`. */
static struct file *open_found(struct open_req *r, const struct path *p)
{
	struct inode *i = p->dentry->inode;
	struct file *f;
	int err = check_kind(r, i);

	if (!err && !(r->flags & O_PATH))
		err = may_open(r, p);
	if (err) {
		path_put(p);
		return ERR_PTR(err);
	}
	f = file_from_path(p, r->flags);
	if (!IS_ERR(f) && r->was_created)
		f->mode |= FMODE_CREATED;
	if (!IS_ERR(f) && (r->flags & O_TRUNC) && !r->was_created && S_ISREG(i->mode)) {
		err = open_truncate(r, i);
		if (err) {
			file_put(f);
			return ERR_PTR(err);
		}
		notify_file(f, IN_MODIFY);
	}
	return f;
}

/* --- O_CREAT --- */

static int create_here(struct open_req *r, struct walk *w, struct dentry *d)
{
	struct inode *dir = w->path.dentry->inode;
	struct new_node n;
	int err = mount_want_write(w->path.mnt);

	if (!err)
		err = may_create(w->path.dentry, r->ctx->cred);
	if (!err && !dir->ops->create)
		err = -EACCES;
	if (err)
		return err;
	new_node_init(&n, r->ctx, dir, S_IFREG | (r->mode & 07777), 0);
	err = dir->ops->create(dir, d, &n);
	r->was_created = !err;
	return err;
}

/* Find or make the last component. Referenced and positive, or ERR_PTR. */
static struct dentry *lookup_or_create(struct open_req *r, struct walk *w)
{
	struct inode *dir = w->path.dentry->inode;
	struct dentry *d;
	int err;

	down_write(&dir->rwsem);
	d = lookup_locked(w->path.dentry, &w->last);
	if (!IS_ERR(d) && !d->inode) {
		err = create_here(r, w, d);
		if (err) {
			dentry_put(d);
			d = ERR_PTR(err);
		} else {
			d = dentry_hash_in(d);
			notify_create(dir, d);
		}
	}
	up_write(&dir->rwsem);
	return d;
}

/* 0, an error, or 1 to go on with a link's target. */
static int create_last(struct open_req *r, struct walk *w)
{
	struct dentry *d;
	int err;

	if (w->last_type != LAST_NORM)
		return walk_last(w, true); /* a directory: EISDIR comes from open_found() */
	if (w->has_trailing_slash)
		return -EISDIR;
	d = lookup_or_create(r, w);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	if (r->was_created) {
		walk_hold(w);
		dentry_put(w->path.dentry);
		w->path.dentry = d;
		return 0;
	}
	if (r->flags & O_EXCL)
		err = -EEXIST;
	else
		err = may_create_in_sticky(r, &w->path, d->inode);
	if (err) {
		dentry_put(d);
		return err;
	}
	return walk_step(w, d, !(r->flags & O_NOFOLLOW));
}

static struct file *open_create(struct open_req *r, int dfd, const char *name,
				unsigned lookup_flags)
{
	struct walk w;
	struct file *f;
	int err = walk_start(&w, r->ctx, dfd, NULL, name, lookup_flags);

	if (err)
		return ERR_PTR(err);
	do {
		err = walk_cached(&w, false, true);
		if (!err)
			err = walk_to_last(&w);
		if (!err)
			err = create_last(r, &w);
	} while (err > 0);
	if (err) {
		f = ERR_PTR(err);
	} else {
		walk_hold(&w);
		w.path_held = false; /* handed over */
		f = open_found(r, &w.path);
	}
	walk_end(&w);
	return f;
}

/* --- O_TMPFILE --- */

static struct file *tmpfile_in(struct open_req *r, const struct path *dir)
{
	struct inode *d = dir->dentry->inode, *inode;
	struct new_node n;
	struct path p = {dir->mnt, NULL};
	char name[24];
	struct qname q = {name, 0, 0};
	int err = mount_want_write(dir->mnt);

	if (!err)
		err = inode_permission(d, r->ctx->cred, MAY_WRITE | MAY_EXEC);
	if (!err && !d->ops->tmpfile)
		err = -EOPNOTSUPP;
	if (err)
		return ERR_PTR(err);
	new_node_init(&n, r->ctx, d, S_IFREG | (r->mode & 07777), 0);
	err = d->ops->tmpfile(d, &inode, &n);
	if (err)
		return ERR_PTR(err);
	q.len = (u32)scnprintf(name, sizeof(name), "#%lu", (unsigned long)inode->ino);
	p.dentry = dentry_alloc(dir->dentry, &q);
	if (!p.dentry) {
		inode_put(inode);
		return ERR_PTR(-ENOMEM);
	}
	dentry_set_inode(p.dentry, inode);
	p.dentry->flags |= DE_UNLINKED | (r->flags & O_EXCL ? 0 : DE_TMPFILE);
	mount_get(p.mnt);
	return file_from_path(&p, r->flags);
}

static struct file *open_tmpfile(struct open_req *r, int dfd, const char *name,
				 unsigned lookup_flags)
{
	struct path dir;
	struct file *f;
	int err;

	if (!(r->may & MAY_WRITE))
		return ERR_PTR(-EINVAL);
	err = vfs_lookup(r->ctx, dfd, name, lookup_flags | LOOKUP_DIRECTORY, &dir);
	if (err)
		return ERR_PTR(err);
	f = tmpfile_in(r, &dir);
	path_put(&dir);
	return f;
}

/* --- entry --- */

struct file *vfs_open(const struct vfs_ctx *ctx, int dfd, const char *name, u32 o_flags, u32 mode,
		      unsigned lookup_flags)
{
	struct open_req r = {.ctx = ctx, .flags = o_flags, .mode = mode};
	struct path p;
	int err;

	if ((o_flags & __O_SYNC) && !(o_flags & O_DSYNC))
		r.flags |= O_DSYNC; /* O_SYNC is both bits */
	if (o_flags & O_PATH)
		r.flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	r.may = wanted_access(r.flags);
	if ((r.flags & O_CREAT) && (r.flags & O_DIRECTORY))
		return ERR_PTR(-EINVAL);
	if (!(r.flags & O_NOFOLLOW))
		lookup_flags |= LOOKUP_FOLLOW;
	if (r.flags & O_TMPFILE_BIT) {
		if (!(r.flags & O_DIRECTORY))
			return ERR_PTR(-EINVAL);
		return open_tmpfile(&r, dfd, name, lookup_flags);
	}
	if (r.flags & O_CREAT)
		return open_create(&r, dfd, name, lookup_flags);
	if (r.flags & O_DIRECTORY)
		lookup_flags |= LOOKUP_DIRECTORY;
	err = vfs_lookup(ctx, dfd, name, lookup_flags, &p);
	if (err) {
		/* open(2): O_NOFOLLOW | O_DIRECTORY on a symlink is ENOTDIR, O_NOFOLLOW alone
		 * ELOOP; the walk and may_open() say just that. */
		return ERR_PTR(err);
	}
	return open_found(&r, &p);
}

struct file *vfs_open_path(const struct vfs_ctx *ctx, const struct path *p, u32 o_flags)
{
	struct open_req r = {.ctx = ctx, .flags = o_flags & ~(u32)(O_CREAT | O_EXCL)};

	r.may = wanted_access(r.flags);
	path_get(p);
	return open_found(&r, p);
}
