/*
 * read(2), write(2) and their family. Called through sys_call_table by sys/entry.c; each finds the
 * file, describes the user's memory with a struct iter and goes on in vfs/rw.c.
 */
#include "abi/linux/missing.h"
#include "sys/syscall.h"
#include "vfs/eventfd.h"
#include <linux/fadvise.h>
#include <linux/fs.h>

#define MAX_RW_BYTES 0x7ffff000UL
#define RWF_KNOWN    (RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND | RWF_NOAPPEND)

/* The whole buffer must lie in user space, though one call moves MAX_RW_BYTES at most. */
static inline bool buffer_ok(uaddr_t buf, size_t n)
{
	return n <= USER_END && buf.v <= USER_END - n;
}

/* Surely ok, and as large as one call may move. */
static inline bool buffer_plain(uaddr_t buf, size_t n)
{
	return likely(n <= MAX_RW_BYTES) && likely(buf.v <= USER_END - MAX_RW_BYTES);
}

/* Any descriptor, also of a table that others may change meanwhile: with a reference of our own on
 * the file. Any buffer. */
static __attribute__((noinline)) long read_any(int fd, uaddr_t buf, size_t count)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct iter it;
	long n;

	if (!r.file)
		return -EBADF;
	if (buffer_ok(buf, count)) {
		iter_user(&it, buf, MIN(count, MAX_RW_BYTES));
		n = vfs_read(r.file, &it, NULL);
	} else {
		n = r.file->mode & FMODE_READ ? -EFAULT : -EBADF;
	}
	fd_put(r);
	return n;
}

static __attribute__((noinline)) long write_any(int fd, uaddr_t buf, size_t count)
{
	struct task *t = current;
	struct fdref r = fd_get(t->vfs.files, (unsigned)fd);
	struct iter it;
	long n;

	if (!r.file)
		return -EBADF;
	if (buffer_ok(buf, count)) {
		iter_user(&it, buf, MIN(count, MAX_RW_BYTES));
		n = vfs_write(&t->vfs, r.file, &it, NULL);
	} else {
		n = r.file->mode & FMODE_WRITE ? -EFAULT : -EBADF;
	}
	fd_put(r);
	return n;
}

/* The table of one user: nothing to count, so nothing to do after the operation. An O_PATH file can
 * be neither read nor written. */
long sys_read(int fd, uaddr_t buf, size_t count)
{
	struct file *f = fd_peek(current->vfs.files, (unsigned)fd);
	struct iter it;

	if (unlikely(!f) || unlikely(!buffer_plain(buf, count)))
		return read_any(fd, buf, count);
	iter_user(&it, buf, count);
	return vfs_read(f, &it, NULL);
}

long sys_write(int fd, uaddr_t buf, size_t count)
{
	struct task *t = current;
	struct file *f = fd_peek(t->vfs.files, (unsigned)fd);
	struct iter it;

	if (unlikely(!f) || unlikely(!buffer_plain(buf, count)))
		return write_any(fd, buf, count);
	iter_user(&it, buf, count);
	return vfs_write(&t->vfs, f, &it, NULL);
}

/* Why pread or pwrite cannot be: pread(2), in Linux's order. */
static __cold __attribute__((noinline)) long why_not_at(const struct file *f, u32 need)
{
	if (f->mode & FMODE_STREAM)
		return -ESPIPE;
	return f->mode & need ? -EFAULT : -EBADF;
}

/* May the file be read, or written, at a place? */
static inline bool has_places(const struct file *f, u32 need)
{
	return likely((f->mode & (need | FMODE_STREAM)) == need);
}

static __attribute__((noinline)) long pread_any(int fd, uaddr_t buf, size_t count, s64 pos)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct iter it;
	long n;

	if (!r.file)
		return -EBADF;
	if (has_places(r.file, FMODE_READ) && buffer_ok(buf, count)) {
		iter_user(&it, buf, MIN(count, MAX_RW_BYTES));
		n = vfs_read(r.file, &it, &pos);
	} else {
		n = why_not_at(r.file, FMODE_READ);
	}
	fd_put(r);
	return n;
}

static __attribute__((noinline)) long pwrite_any(int fd, uaddr_t buf, size_t count, s64 pos)
{
	struct task *t = current;
	struct fdref r = fd_get(t->vfs.files, (unsigned)fd);
	struct iter it;
	long n;

	if (!r.file)
		return -EBADF;
	if (has_places(r.file, FMODE_WRITE) && buffer_ok(buf, count)) {
		iter_user(&it, buf, MIN(count, MAX_RW_BYTES));
		n = vfs_write(&t->vfs, r.file, &it, &pos);
	} else {
		n = why_not_at(r.file, FMODE_WRITE);
	}
	fd_put(r);
	return n;
}

long sys_pread64(int fd, uaddr_t buf, size_t count, long offset)
{
	struct file *f;
	s64 pos = offset;
	struct iter it;

	if (unlikely(offset < 0))
		return -EINVAL;
	f = fd_peek(current->vfs.files, (unsigned)fd);
	if (unlikely(!f) || !has_places(f, FMODE_READ) || unlikely(!buffer_plain(buf, count)))
		return pread_any(fd, buf, count, pos);
	iter_user(&it, buf, count);
	return vfs_read_at(f, &it, &pos);
}

long sys_pwrite64(int fd, uaddr_t buf, size_t count, long offset)
{
	struct task *t = current;
	struct file *f;
	s64 pos = offset;
	struct iter it;

	if (unlikely(offset < 0))
		return -EINVAL;
	f = fd_peek(t->vfs.files, (unsigned)fd);
	if (unlikely(!f) || !has_places(f, FMODE_WRITE) || unlikely(!buffer_plain(buf, count)))
		return pwrite_any(fd, buf, count, pos);
	iter_user(&it, buf, count);
	return vfs_write_full(&t->vfs, f, &it, &pos);
}

/* --- vectors --- */

#define POS_OWN (-1L) /* the file's own position */

/* RWF_DSYNC and RWF_SYNC: as with O_DSYNC and O_SYNC, for this call. */
static long sync_if_asked(struct file *f, int rwf, long n)
{
	int err;

	if (n <= 0 || !(rwf & (RWF_DSYNC | RWF_SYNC)) || !f->ops->fsync)
		return n;
	err = vfs_fsync(f, !(rwf & RWF_SYNC));
	return err ? err : n;
}

/* How much of [pos, pos + n) is in the page cache from its start. */
static size_t cached_bytes(struct vmobj *o, u64 pos, size_t n)
{
	u64 end = MIN(pos + n, READ_ONCE(o->size_bytes)), at = pos;

	while (at < end) {
		struct page *p = vmobj_find_page(o, at >> PAGE_SHIFT);

		if (!p)
			break;
		page_put(p);
		at = (at | (PAGE_SIZE - 1)) + 1;
	}
	return at >= end ? n : at - pos;
}

/*
 * RWF_NOWAIT. Pipes, sockets and the like are told; files in memory never wait; of others only what
 * is cached is read. -EOPNOTSUPP: cannot tell whether it would wait.
 */
static long keep_from_waiting(struct file *f, struct iter *it, s64 pos, bool is_write)
{
	struct inode *i = f->inode;
	struct vmobj *o = &i->obj;

	if (S_ISFIFO(i->mode) || S_ISSOCK(i->mode) || file_is_eventfd(f)) {
		it->how |= ITER_NOWAIT;
		return 0;
	}
	if (f->ops->object)
		o = f->ops->object(f);
	else if (f->ops->read != generic_file_read)
		return -EOPNOTSUPP;
	if (!o->ops || !o->ops->fill)
		return 0;
	if (is_write)
		return -EOPNOTSUPP;
	it->count = cached_bytes(o, (u64)(pos == POS_OWN ? f->pos : pos), it->count);
	return it->count ? 0 : -EAGAIN;
}

long rw_with_flags(struct file *f, struct iter *it, s64 pos, int rwf, bool is_write)
{
	long n;

	if (rwf & ~RWF_KNOWN)
		return -EOPNOTSUPP;
	if ((rwf & RWF_APPEND) && (rwf & RWF_NOAPPEND))
		return -EINVAL;
	if (unlikely(rwf & RWF_NOWAIT) && it->count) {
		n = keep_from_waiting(f, it, pos, is_write);
		if (n)
			return n;
	}
	if (!is_write)
		return vfs_read(f, it, pos == POS_OWN ? NULL : &pos);
	it->how |= rwf & RWF_APPEND ? ITER_APPEND : 0;
	it->how |= rwf & RWF_NOAPPEND ? ITER_NOAPPEND : 0;
	n = vfs_write(&current->vfs, f, it, pos == POS_OWN ? NULL : &pos);
	return sync_if_asked(f, rwf, n);
}

static long rw_vec(int fd, uaddr_t iov, unsigned long nr, s64 pos, int rwf, bool is_write)
{
	struct iter_seg fast[8], *seg;
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct iter it;
	long n;

	if (!r.file)
		return -EBADF;
	if (pos != POS_OWN && (r.file->mode & FMODE_STREAM)) {
		fd_put(r);
		return -ESPIPE;
	}
	if (!(r.file->mode & (is_write ? FMODE_WRITE : FMODE_READ))) {
		fd_put(r);
		return -EBADF;
	}
	n = iovec_get(iov, nr, fast, &seg);
	if (n >= 0) {
		iter_user_vec(&it, seg, nr, (size_t)n);
		n = rw_with_flags(r.file, &it, pos, rwf, is_write);
		if (seg != fast)
			kfree(seg);
	}
	fd_put(r);
	return n;
}

long sys_readv(int fd, uaddr_t iov, unsigned long iovcnt)
{
	return rw_vec(fd, iov, iovcnt, POS_OWN, 0, false);
}

long sys_writev(int fd, uaddr_t iov, unsigned long iovcnt)
{
	return rw_vec(fd, iov, iovcnt, POS_OWN, 0, true);
}

/* On 64-bit machines the low half is the whole position; the high one is shifted out. */
static long rw_vec_at(int fd, uaddr_t iov, unsigned long nr, s64 pos, bool is_write)
{
	return pos < 0 ? -EINVAL : rw_vec(fd, iov, nr, pos, 0, is_write);
}

long sys_preadv(int fd, uaddr_t iov, unsigned long iovcnt, unsigned long pos_l, unsigned long pos_h)
{
	(void)pos_h;
	return rw_vec_at(fd, iov, iovcnt, (s64)pos_l, false);
}

long sys_pwritev(int fd, uaddr_t iov, unsigned long iovcnt, unsigned long pos_l,
		 unsigned long pos_h)
{
	(void)pos_h;
	return rw_vec_at(fd, iov, iovcnt, (s64)pos_l, true);
}

/* preadv2(2): "If the offset argument is -1, the current file offset is used and updated." */
long sys_preadv2(int fd, uaddr_t iov, unsigned long iovcnt, unsigned long pos_l,
		 unsigned long pos_h, int flags)
{
	(void)pos_h;
	if ((s64)pos_l < -1)
		return -EINVAL;
	return rw_vec(fd, iov, iovcnt, (s64)pos_l, flags, false);
}

long sys_pwritev2(int fd, uaddr_t iov, unsigned long iovcnt, unsigned long pos_l,
		  unsigned long pos_h, int flags)
{
	(void)pos_h;
	if ((s64)pos_l < -1)
		return -EINVAL;
	return rw_vec(fd, iov, iovcnt, (s64)pos_l, flags, true);
}

/* --- position --- */

long sys_lseek(int fd, long offset, unsigned int whence)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long pos;

	if (!r.file)
		return -EBADF;
	pos = whence > SEEK_HOLE ? -EINVAL : vfs_llseek(r.file, offset, (int)whence);
	fd_put(r);
	return pos;
}

/* posix_fadvise(2): advice may be ignored, nonsense may not. */
long sys_fadvise64(int fd, long offset, size_t len, int advice)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long ret = 0;

	(void)offset;
	if (!r.file)
		return -EBADF;
	if (S_ISFIFO(r.file->inode->mode))
		ret = -ESPIPE;
	else if ((long)len < 0 || advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE)
		ret = -EINVAL;
	fd_put(r);
	return ret;
}
