/*
 * read(2) and write(2) below the system call: mode, position, limits; then the file's operation.
 * Called by sys/rw.c with the data in a struct iter; next is file_ops.read or .write.
 */
#include "vfs/internal.h"
#include "vfs/notify.h"
#include <asm/signal.h>
#include <linux/xattr.h>

/*
 * f->pos belongs to the open file: two threads (or processes) that share it take pos_lock. A file
 * with one reference has one user; devices and pipes have no position.
 */
static inline bool pos_lock(struct file *f)
{
	if (!(f->mode & FMODE_ATOMIC_POS) || ref_read(&f->ref) == 1)
		return false;
	mutex_lock(&f->pos_lock);
	return true;
}

static __cold __attribute__((noinline)) long why_not_read(const struct file *f)
{
	if (!(f->mode & FMODE_READ))
		return -EBADF;
	return S_ISDIR(f->inode->mode) ? -EISDIR : -EINVAL;
}

/* Linux's rw_verify_area(). */
static inline int check_pos(s64 pos, size_t count)
{
	if (unlikely(pos < 0))
		return -EINVAL;
	return unlikely((s64)((u64)pos + count) < 0) ? -EINVAL : 0;
}

static inline long read_done(struct file *f, long n)
{
	if (n > 0)
		notify_file(f, IN_ACCESS);
	return n;
}

long vfs_read_full(struct file *f, struct iter *it, s64 *pos)
{
	bool locked;
	long n;

	if (unlikely(!(f->mode & FMODE_READ) || !f->ops->read))
		return why_not_read(f);
	if (pos) {
		n = check_pos(*pos, it->count);
		return n ? n : read_done(f, f->ops->read(f, it, pos));
	}
	locked = pos_lock(f);
	n = check_pos(f->pos, it->count);
	if (likely(!n))
		n = f->ops->read(f, it, &f->pos);
	if (locked)
		mutex_unlock(&f->pos_lock);
	return read_done(f, n);
}

/*
 * RLIMIT_FSIZE and the largest offset (write(2): EFBIG, SIGXFSZ); regular files only. Shortens *it,
 * and sets *cut to what was taken off.
 */
static long check_size_limit(const struct vfs_ctx *ctx, struct file *f, struct iter *it, s64 pos,
			     size_t *cut)
{
	u64 at = file_appends(f, it) ? f->inode->obj.size_bytes : (u64)pos;
	u64 max = f->flags & O_LARGEFILE ? (u64)MAX_FILE_SIZE : MAX_NON_LFS, limit = max;

	*cut = 0;
	if (ctx && ctx->limit_fsize < limit) {
		limit = ctx->limit_fsize;
		if (at >= limit) {
			ctx->send_signal(SIGXFSZ);
			return -EFBIG;
		}
	}
	if (at >= max)
		return -EFBIG;
	if (it->count > limit - at) {
		*cut = it->count - (limit - at);
		it->count = limit - at;
	}
	return 0;
}

/* O_DSYNC, O_SYNC: the data is on its store when write returns. */
static long sync_written(struct file *f, long n)
{
	int err = n > 0 && f->ops->fsync ? f->ops->fsync(f, !(f->flags & __O_SYNC)) : 0;

	return err ? err : n;
}

static long write_regular(const struct vfs_ctx *ctx, struct file *f, struct iter *it, s64 *pos)
{
	struct inode *i = f->inode;
	size_t cut;
	long n;

	if (!it->count)
		return f->ops->write(f, it, pos);
	n = check_size_limit(ctx, f, it, *pos, &cut);
	if (n)
		return n;
	if (unlikely((i->mode & (S_ISUID | S_ISGID)) || i->has_caps)) {
		n = file_remove_privs(ctx, i);
		if (n)
			return n;
	}
	n = f->ops->write(f, it, pos);
	it->count += cut;
	return unlikely(f->flags & O_DSYNC) ? sync_written(f, n) : n;
}

static inline long write_at(const struct vfs_ctx *ctx, struct file *f, struct iter *it, s64 *pos)
{
	int err = check_pos(*pos, it->count);

	if (unlikely(err))
		return err;
	if (S_ISREG(f->inode->mode))
		return write_regular(ctx, f, it, pos);
	return f->ops->write(f, it, pos);
}

/* pipe(7): "If all file descriptors referring to the read end of a pipe have been closed ..." */
long vfs_broken_pipe(const struct vfs_ctx *ctx, struct file *f)
{
	/* Pipes, sockets, and the console ports that stand for the host's pipes. */
	if (ctx && (f->mode & (FMODE_STREAM | FMODE_NOSIGPIPE)) == FMODE_STREAM)
		ctx->send_signal(SIGPIPE);
	return -EPIPE;
}

static inline long write_done(const struct vfs_ctx *ctx, struct file *f, long n)
{
	if (n > 0)
		notify_file(f, IN_MODIFY);
	return unlikely(n == -EPIPE) ? vfs_broken_pipe(ctx, f) : n;
}

long vfs_write_full(const struct vfs_ctx *ctx, struct file *f, struct iter *it, s64 *pos)
{
	bool locked;
	long n;

	if (unlikely(!(f->mode & FMODE_WRITE)))
		return -EBADF;
	if (unlikely(!f->ops->write))
		return -EINVAL;
	if (pos)
		return write_done(ctx, f, write_at(ctx, f, it, pos));
	locked = pos_lock(f);
	n = write_at(ctx, f, it, &f->pos);
	if (locked)
		mutex_unlock(&f->pos_lock);
	return write_done(ctx, f, n);
}

/* Writing takes the set-ID bits away unless the writer is privileged (inode(7)). */
int file_remove_privs(const struct vfs_ctx *ctx, struct inode *i)
{
	struct iattr a = {.valid = ATTR_MODE | ATTR_CTIME};
	u32 kill = i->mode & S_ISUID;
	int err = 0;

	if ((i->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		kill |= S_ISGID;
	/* File capabilities go whoever writes (capabilities(7)). */
	if (unlikely(i->has_caps) && i->ops->setxattr) {
		down_write(&i->rwsem);
		err = i->ops->setxattr(i, XATTR_NAME_CAPS, NULL, 0, XATTR_REPLACE);
		up_write(&i->rwsem);
		if (err && err != -ENODATA)
			return err;
		err = 0;
	}
	if (!kill || !ctx || cred_has_cap(ctx->cred, CAP_FSETID))
		return 0;
	down_write(&i->rwsem);
	a.mode = i->mode & ~kill;
	a.ctime = ktime_now();
	err = setattr_locked(i, &a);
	up_write(&i->rwsem);
	return err;
}

long kernel_read(struct file *f, void *buf, size_t n, s64 pos)
{
	size_t done = 0;

	if (!f->ops || !f->ops->read)
		return S_ISDIR(f->inode->mode) ? -EISDIR : -EINVAL;
	while (done < n) {
		struct iter it;
		long r;

		iter_kernel(&it, (char *)buf + done, n - done);
		r = f->ops->read(f, &it, &pos);
		if (r < 0)
			return done ? (long)done : r;
		if (!r)
			break;
		done += (size_t)r;
	}
	return read_done(f, (long)done);
}

long kernel_write(const struct vfs_ctx *ctx, struct file *f, const void *buf, size_t n, s64 pos)
{
	struct iter it;

	iter_kernel(&it, (void *)buf, n);
	return vfs_write(ctx, f, &it, f->mode & FMODE_STREAM ? NULL : &pos);
}

/* --- lseek(2) --- */

static s64 seek_to(struct file *f, s64 base, s64 off)
{
	s64 pos;

	if (__builtin_add_overflow(base, off, &pos))
		return -EOVERFLOW;
	if (pos < 0)
		return -EINVAL;
	if (pos != f->pos) {
		f->pos = pos;
	}
	return pos;
}

s64 llseek_size(struct file *f, s64 off, int whence, u64 size)
{
	switch (whence) {
	case SEEK_SET:
		return seek_to(f, 0, off);
	case SEEK_CUR:
		return seek_to(f, f->pos, off);
	case SEEK_END:
		return seek_to(f, (s64)size, off);
	case SEEK_DATA: /* without holes all is data, and one hole is at the end */
		return off < 0 || (u64)off >= size ? -ENXIO : seek_to(f, 0, off);
	case SEEK_HOLE:
		return off < 0 || (u64)off >= size ? -ENXIO : seek_to(f, 0, (s64)size);
	}
	return -EINVAL;
}

s64 llseek_object(struct file *f, const struct vmobj *o, s64 off, int whence)
{
	u64 size = o->size_bytes, at;

	if ((whence != SEEK_DATA && whence != SEEK_HOLE) || (o->ops && o->ops->fill))
		return llseek_size(f, off, whence, size);
	/* Pages that were never made are holes: only where nothing fills them from elsewhere. */
	if (off < 0 || (u64)off >= size)
		return -ENXIO;
	at = vmobj_seek((struct vmobj *)o, (u64)off >> PAGE_SHIFT, whence == SEEK_DATA);
	at = at > size >> PAGE_SHIFT ? size : at << PAGE_SHIFT;
	at = MAX(at, (u64)off);
	if (at >= size) {
		if (whence == SEEK_DATA)
			return -ENXIO;
		at = size;
	}
	return seek_to(f, 0, (s64)at);
}

s64 generic_llseek(struct file *f, s64 off, int whence)
{
	return llseek_object(f, &f->inode->obj, off, whence);
}

s64 vfs_llseek(struct file *f, s64 off, int whence)
{
	bool locked;
	s64 pos;

	if (!f->ops->llseek)
		return -ESPIPE;
	locked = pos_lock(f);
	pos = f->ops->llseek(f, off, whence);
	if (locked)
		mutex_unlock(&f->pos_lock);
	return pos;
}

/* fsync(2): EINVAL where there is nothing to synchronize. */
int vfs_fsync(struct file *f, bool data_only)
{
	return f->ops->fsync ? f->ops->fsync(f, data_only) : -EINVAL;
}

int vfs_readdir(struct file *f, struct dir_context *ctx)
{
	struct inode *i = f->inode;
	int err;

	if (!f->ops->readdir || !S_ISDIR(i->mode))
		return -ENOTDIR;
	down_read(&i->rwsem);
	err = f->path.dentry->flags & DE_UNLINKED ? -ENOENT : f->ops->readdir(f, ctx);
	up_read(&i->rwsem);
	if (!err) {
		file_accessed(f);
		notify_file(f, IN_ACCESS);
	}
	return err;
}
