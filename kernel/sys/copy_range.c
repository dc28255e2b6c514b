/* copy_file_range(2). Next: vfs/rw.c. */
#include "sys/syscall.h"
#include <linux/fcntl.h>

#define MAX_RW_BYTES  0x7ffff000UL
#define MAX_FILE_SIZE 0x7fffffffffffffffL
#define CHUNK_BYTES   (16 * PAGE_SIZE)

static long check_copy(const struct file *in, const struct file *out, s64 pos_in, s64 pos_out,
		       size_t *len)
{
	const struct inode *i = in->inode, *o = out->inode;
	u64 limit = current->vfs.limit_fsize;

	if (S_ISDIR(i->mode) || S_ISDIR(o->mode))
		return -EISDIR;
	if (!S_ISREG(i->mode) || !S_ISREG(o->mode))
		return -EINVAL;
	if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE) || (out->flags & O_APPEND))
		return -EBADF;
	if (i->sb != o->sb)
		return fail(EXDEV, "two file systems");
	if (pos_in < 0 || pos_out < 0)
		return -EINVAL;
	if ((u64)pos_in + *len > MAX_FILE_SIZE || (u64)pos_out + *len > MAX_FILE_SIZE ||
	    (s64)*len < 0)
		return -EOVERFLOW;
	if ((u64)pos_in >= i->obj.size_bytes)
		*len = 0;
	else
		*len = MIN(*len, i->obj.size_bytes - (u64)pos_in);
	if (*len && (u64)pos_out >= limit) {
		current->vfs.send_signal(SIGXFSZ);
		return -EFBIG;
	}
	if (*len)
		*len = MIN(*len, limit - (u64)pos_out);
	if (i == o && pos_out + (s64)*len > pos_in && pos_out < pos_in + (s64)*len)
		return -EINVAL;
	return 0;
}

static long copy_bytes(struct file *in, struct file *out, s64 *pos_in, s64 *pos_out, size_t len)
{
	char *buf = kmalloc(CHUNK_BYTES, GFP_KERNEL);
	long done = 0, n = 0;

	if (!buf)
		return -ENOMEM;
	while (len) {
		struct iter it;
		long got = kernel_read(in, buf, MIN(len, CHUNK_BYTES), *pos_in);

		n = got;
		if (n <= 0)
			break;
		iter_kernel(&it, buf, (size_t)got);
		n = vfs_write(&current->vfs, out, &it, pos_out);
		if (n <= 0)
			break;
		*pos_in += n;
		done += n;
		len -= (size_t)n;
		if (n < got || thread_signal_pending())
			break;
		cond_resched();
	}
	kfree(buf);
	return done ? done : n;
}

static long copy_range(struct file *in, uaddr_t off_in, struct file *out, uaddr_t off_out,
		       size_t len, unsigned flags)
{
	s64 pos_in = in->pos, pos_out = out->pos;
	long n;

	if (off_in.v && copy_from_user(&pos_in, off_in, sizeof(pos_in)))
		return -EFAULT;
	if (off_out.v && copy_from_user(&pos_out, off_out, sizeof(pos_out)))
		return -EFAULT;
	if (flags)
		return -EINVAL;
	n = check_copy(in, out, pos_in, pos_out, &len);
	if (n || !len)
		return n;
	n = copy_bytes(in, out, &pos_in, &pos_out, MIN(len, MAX_RW_BYTES));
	if (n <= 0)
		return n;
	if (!off_in.v)
		WRITE_ONCE(in->pos, pos_in);
	else if (copy_to_user(off_in, &pos_in, sizeof(pos_in)))
		return -EFAULT;
	if (!off_out.v)
		WRITE_ONCE(out->pos, pos_out);
	else if (copy_to_user(off_out, &pos_out, sizeof(pos_out)))
		return -EFAULT;
	return n;
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
