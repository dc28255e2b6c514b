/* Room and copies inside the kernel: fallocate(2), copy_file_range(2), readahead(2). */
#include "sys/syscall.h"
#include <asm/signal.h>
#include <linux/falloc.h>

#define MAX_RW_BYTES 0x7ffff000UL
#define FALLOC_KNOWN                                                             \
	(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE | \
	 FALLOC_FL_ZERO_RANGE | FALLOC_FL_INSERT_RANGE | FALLOC_FL_UNSHARE_RANGE)

/* --- fallocate(2) --- */

static long check_mode(int mode)
{
	if (mode & ~FALLOC_KNOWN)
		return -EOPNOTSUPP;
	if ((mode & FALLOC_FL_PUNCH_HOLE) &&
	    (!(mode & FALLOC_FL_KEEP_SIZE) || (mode & FALLOC_FL_ZERO_RANGE)))
		return -EOPNOTSUPP;
	if ((mode & FALLOC_FL_COLLAPSE_RANGE) && (mode & ~FALLOC_FL_COLLAPSE_RANGE))
		return -EINVAL;
	if ((mode & FALLOC_FL_INSERT_RANGE) && (mode & ~FALLOC_FL_INSERT_RANGE))
		return -EINVAL;
	if ((mode & FALLOC_FL_UNSHARE_RANGE) &&
	    (mode & ~(FALLOC_FL_UNSHARE_RANGE | FALLOC_FL_KEEP_SIZE)))
		return -EINVAL;
	return 0;
}

static long allocate(struct file *f, int mode, long offset, long len)
{
	struct inode *i = f->inode;
	long err = check_mode(mode), end;

	if (err)
		return err;
	if (!(f->mode & FMODE_WRITE))
		return -EBADF;
	if (S_ISFIFO(i->mode))
		return -ESPIPE;
	if (S_ISDIR(i->mode))
		return -EISDIR;
	if (!S_ISREG(i->mode))
		return -ENODEV;
	if (__builtin_add_overflow(offset, len, &end))
		return -EFBIG;
	if (!f->ops->fallocate)
		return -EOPNOTSUPP;
	if (!(mode & FALLOC_FL_KEEP_SIZE) && (u64)end > i->obj.size_bytes &&
	    (u64)end > current->vfs.limit_fsize) {
		current->vfs.send_signal(SIGXFSZ);
		return -EFBIG;
	}
	return f->ops->fallocate(f, mode, offset, len);
}

long sys_fallocate(int fd, int mode, long offset, long len)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long err;

	if (!r.file)
		return -EBADF;
	err = offset < 0 || len <= 0 ? -EINVAL : allocate(r.file, mode, offset, len);
	fd_put(r);
	return err;
}

/* --- copy_file_range(2) --- */

static long check_pair(const struct file *in, const struct file *out, unsigned flags)
{
	if (flags)
		return -EINVAL;
	if (S_ISDIR(in->inode->mode) || S_ISDIR(out->inode->mode))
		return -EISDIR;
	if (!S_ISREG(in->inode->mode) || !S_ISREG(out->inode->mode))
		return -EINVAL;
	if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE) || (out->flags & O_APPEND))
		return -EBADF;
	return in->inode->sb != out->inode->sb ? -EXDEV : 0;
}

static bool overlaps(const struct file *in, const struct file *out, s64 from, s64 to, size_t len)
{
	return in->inode == out->inode && from < to + (s64)len && to < from + (s64)len;
}

static long copy_bytes(struct file *in, struct file *out, s64 *from, s64 *to, size_t len)
{
	char *buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	long done = 0, n = 0;

	if (!buf)
		return -ENOMEM;
	while (len && !(done && thread_signal_pending())) {
		n = kernel_read(in, buf, MIN(len, PAGE_SIZE), *from);
		if (n > 0)
			n = kernel_write(&current->vfs, out, buf, (size_t)n, *to);
		if (n <= 0)
			break;
		*from += n;
		*to += n;
		done += n;
		len -= (size_t)n;
		cond_resched();
	}
	kfree(buf);
	return done ? done : n;
}

/* Where to begin: at the caller's offset, or where the file stands. */
static long get_offset(uaddr_t user, const struct file *f, s64 *pos)
{
	*pos = f->pos;
	return user.v ? copy_from_user(pos, user, sizeof(*pos)) : 0;
}

static long put_offset(uaddr_t user, struct file *f, s64 pos)
{
	if (user.v)
		return copy_to_user(user, &pos, sizeof(pos));
	f->pos = pos;
	return 0;
}

static long copy_range(struct file *in, uaddr_t off_in, struct file *out, uaddr_t off_out,
		       size_t len, unsigned flags)
{
	s64 from, to;
	u64 end;
	long n = get_offset(off_in, in, &from), err;

	if (!n)
		n = get_offset(off_out, out, &to);
	if (!n)
		n = check_pair(in, out, flags);
	if (n)
		return n;
	if (__builtin_add_overflow((u64)from, len, &end) ||
	    __builtin_add_overflow((u64)to, len, &end))
		return -EOVERFLOW;
	if (from < 0 || to < 0)
		return -EINVAL;
	if ((u64)from >= in->inode->obj.size_bytes)
		return 0;
	len = MIN(len, in->inode->obj.size_bytes - (u64)from);
	len = MIN(len, MAX_RW_BYTES);
	if (overlaps(in, out, from, to, len))
		return -EINVAL;
	n = len ? copy_bytes(in, out, &from, &to, len) : 0;
	if (n <= 0)
		return n;
	err = put_offset(off_in, in, from);
	if (!err)
		err = put_offset(off_out, out, to);
	return err ? err : n;
}

long sys_copy_file_range(int fd_in, uaddr_t off_in, int fd_out, uaddr_t off_out, size_t len,
			 unsigned int flags)
{
	struct fdref in = fd_get(current->vfs.files, (unsigned)fd_in), out;
	long n = -EBADF;

	if (!in.file)
		return -EBADF;
	out = fd_get(current->vfs.files, (unsigned)fd_out);
	if (out.file) {
		n = copy_range(in.file, off_in, out.file, off_out, len, flags);
		fd_put(out);
	}
	fd_put(in);
	return n;
}

/* --- readahead(2): a hint; what is read is read ahead anyway --- */

long sys_readahead(int fd, long offset, size_t count)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long err = 0;

	if (!r.file)
		return -EBADF;
	if (!(r.file->mode & FMODE_READ))
		err = -EBADF;
	else if (!S_ISREG(r.file->inode->mode))
		err = -EINVAL;
	fd_put(r);
	return err;
}
