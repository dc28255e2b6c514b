/* sendfile(2). */
#include "sys/syscall.h"

#define MAX_RW_BYTES 0x7ffff000UL

/* Bytes go through one page. What the output does not take is read again by the next call: *pos
 * counts what was written. */
static long copy_file(struct file *in, struct file *out, s64 *pos, size_t count)
{
	char *buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	long done = 0, n = 0;

	if (!buf)
		return -ENOMEM;
	while (count) {
		struct iter it;
		long got;

		n = kernel_read(in, buf, MIN(count, PAGE_SIZE), *pos);
		if (n <= 0)
			break;
		got = n;
		iter_kernel(&it, buf, (size_t)got);
		n = vfs_write(&current->vfs, out, &it, NULL);
		if (n <= 0)
			break;
		*pos += n;
		done += n;
		count -= (size_t)n;
		if (n < got)
			break;
		if (thread_signal_pending())
			break;
		cond_resched();
	}
	kfree(buf);
	return done ? done : n;
}

static long check_files(const struct file *in, const struct file *out, bool has_offset)
{
	if (!(in->mode & FMODE_READ))
		return -EBADF;
	if (in->mode & FMODE_STREAM)
		return has_offset ? -ESPIPE : -EINVAL;
	if (!(out->mode & FMODE_WRITE))
		return -EBADF;
	/* sendfile(2): "out_fd has the O_APPEND flag set. This is not currently supported" */
	if (out->flags & O_APPEND)
		return -EINVAL;
	return S_ISDIR(in->inode->mode) || !in->ops->read ? -EINVAL : 0;
}

static long do_sendfile(struct file *in, struct file *out, s64 *pos, size_t count)
{
	if (*pos < 0)
		return -EINVAL;
	if ((long)count < 0)
		return -EINVAL;
	return copy_file(in, out, pos, MIN(count, MAX_RW_BYTES));
}

static int put_offset(uaddr_t to, s64 pos, bool is_short)
{
	if (!is_short)
		return arch_put_user64(to, (u64)pos);
	return pos > INT32_MAX ? -EOVERFLOW : arch_put_user32(to, (u32)pos);
}

static long sendfile_from(struct file *in, struct file *out, uaddr_t offset, size_t count,
			  bool is_short)
{
	s64 pos;
	long n = check_files(in, out, offset.v);

	if (n)
		return n;
	if (!offset.v) {
		/* Not locked, as on Linux: out's position is taken inside, and in may be the same
		 * file. */
		pos = READ_ONCE(in->pos);
		n = do_sendfile(in, out, &pos, count);
		WRITE_ONCE(in->pos, pos);
		return n;
	}
	pos = 0;
	if (copy_from_user(&pos, offset, is_short ? sizeof(s32) : sizeof(pos)))
		return -EFAULT;
	if (is_short)
		pos = (s32)pos;
	n = do_sendfile(in, out, &pos, count);
	if (n >= 0 && put_offset(offset, pos, is_short))
		return -EFAULT;
	return n;
}

long sendfile_fds(int out_fd, int in_fd, uaddr_t offset, size_t count, bool is_short)
{
	struct fdref in = fd_get(current->vfs.files, (unsigned)in_fd);
	struct fdref out;
	long n = -EBADF;

	if (!in.file)
		return -EBADF;
	out = fd_get(current->vfs.files, (unsigned)out_fd);
	if (out.file) {
		n = sendfile_from(in.file, out.file, offset, count, is_short);
		fd_put(out);
	}
	fd_put(in);
	return n;
}

long sys_sendfile(int out_fd, int in_fd, uaddr_t offset, size_t count)
{
	return sendfile_fds(out_fd, in_fd, offset, count, false);
}
