/* splice(2), tee(2), vmsplice(2), sync_file_range(2). Next: vfs/splice.c. */
#include "abi/linux/missing.h"
#include "sys/syscall.h"
#include "vfs/splice.h"
#include <linux/fs.h>

#define MAX_RW_BYTES 0x7ffff000UL
#define SPLICE_KNOWN (SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT)

/* SPLICE_F_NONBLOCK is also what O_NONBLOCK of a pipe's end means. */
static unsigned with_nonblock(unsigned flags, const struct file *pipe)
{
	return pipe->flags & O_NONBLOCK ? flags | SPLICE_F_NONBLOCK : flags;
}

/* The position of the file that is no pipe. -EINVAL: it has none and one was given. */
static int check_position(const struct file *f, s64 *pos, bool has_offset)
{
	if (!has_offset) {
		*pos = READ_ONCE(f->pos);
		return 0;
	}
	if (f->mode & FMODE_STREAM)
		return -EINVAL;
	return *pos < 0 ? -EINVAL : 0;
}

static long from_pipe(struct file *in, struct file *out, s64 *pos, bool has_offset, size_t len,
		      unsigned flags)
{
	long n = check_position(out, pos, has_offset);

	if (n)
		return n;
	if (out->flags & O_APPEND)
		return fail(EINVAL, "the target is open for appending");
	n = splice_pipe_to_file(&current->vfs, in, out, out->mode & FMODE_STREAM ? NULL : pos, len,
				with_nonblock(flags, in));
	if (n > 0 && !has_offset)
		WRITE_ONCE(out->pos, *pos);
	return n;
}

static long to_pipe(struct file *in, struct file *out, s64 *pos, bool has_offset, size_t len,
		    unsigned flags)
{
	long n = check_position(in, pos, has_offset);

	if (n)
		return n;
	n = splice_file_to_pipe(&current->vfs, in, pos, out, len, with_nonblock(flags, out));
	if (n > 0 && !has_offset)
		WRITE_ONCE(in->pos, *pos);
	return n;
}

/* *pos: of the side that is no pipe. */
static long splice_files(struct file *in, struct file *out, s64 *pos, bool has_offset, size_t len,
			 unsigned flags)
{
	if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE))
		return -EBADF;
	if (file_is_pipe(in) && file_is_pipe(out)) {
		if (files_are_one_pipe(in, out))
			return -EINVAL;
		return splice_pipe_to_pipe(&current->vfs, in, out, len,
					   with_nonblock(with_nonblock(flags, in), out), false);
	}
	if (file_is_pipe(in))
		return from_pipe(in, out, pos, has_offset, len, flags);
	if (file_is_pipe(out))
		return to_pipe(in, out, pos, has_offset, len, flags);
	return fail(EINVAL, "neither is a pipe");
}

static long splice_offsets(struct file *in, uaddr_t off_in, struct file *out, uaddr_t off_out,
			   size_t len, unsigned flags)
{
	s64 pos_in = 0, pos_out = 0, *pos = file_is_pipe(in) ? &pos_out : &pos_in;
	bool has_offset = file_is_pipe(in) ? off_out.v : off_in.v;
	long n;

	if ((file_is_pipe(in) && off_in.v) || (file_is_pipe(out) && off_out.v))
		return -ESPIPE;
	if (off_out.v && copy_from_user(&pos_out, off_out, sizeof(pos_out)))
		return -EFAULT;
	if (off_in.v && copy_from_user(&pos_in, off_in, sizeof(pos_in)))
		return -EFAULT;
	n = splice_files(in, out, pos, has_offset, len, flags);
	if (n < 0)
		return n;
	if (off_out.v && copy_to_user(off_out, &pos_out, sizeof(pos_out)))
		return -EFAULT;
	if (off_in.v && copy_to_user(off_in, &pos_in, sizeof(pos_in)))
		return -EFAULT;
	return n;
}

long sys_splice(int fd_in, uaddr_t off_in, int fd_out, uaddr_t off_out, size_t len, unsigned flags)
{
	struct fdref in, out;
	long n = -EBADF;

	if (!len)
		return 0;
	if (flags & ~(unsigned)SPLICE_KNOWN)
		return -EINVAL;
	in = fd_get(current->vfs.files, (unsigned)fd_in);
	if (!in.file)
		return n;
	out = fd_get(current->vfs.files, (unsigned)fd_out);
	if (out.file) {
		n = splice_offsets(in.file, off_in, out.file, off_out, MIN(len, MAX_RW_BYTES),
				   flags);
		fd_put(out);
	}
	fd_put(in);
	return n;
}

static long tee_files(struct file *in, struct file *out, size_t len, unsigned flags)
{
	if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE))
		return -EBADF;
	if (!file_is_pipe(in) || !file_is_pipe(out) || files_are_one_pipe(in, out))
		return -EINVAL;
	return splice_pipe_to_pipe(&current->vfs, in, out, len,
				   with_nonblock(with_nonblock(flags, in), out), true);
}

long sys_tee(int fd_in, int fd_out, size_t len, unsigned flags)
{
	struct fdref in, out;
	long n = -EBADF;

	if (flags & ~(unsigned)SPLICE_KNOWN)
		return -EINVAL;
	if (!len)
		return 0;
	in = fd_get(current->vfs.files, (unsigned)fd_in);
	if (!in.file)
		return n;
	out = fd_get(current->vfs.files, (unsigned)fd_out);
	if (out.file) {
		n = tee_files(in.file, out.file, MIN(len, MAX_RW_BYTES), flags);
		fd_put(out);
	}
	fd_put(in);
	return n;
}

static long vmsplice_file(struct file *f, struct iter *it, unsigned flags)
{
	if (!it->count)
		return 0;
	if (!file_is_pipe(f))
		return -EBADF;
	flags = with_nonblock(flags, f);
	return f->mode & FMODE_WRITE ? splice_iter_to_pipe(&current->vfs, it, f, flags)
				     : splice_pipe_to_iter(f, it, flags);
}

long sys_vmsplice(int fd, uaddr_t iov, unsigned long iovcnt, unsigned flags)
{
	struct iter_seg fast[8], *seg;
	struct iter it;
	struct fdref r;
	long n;

	if (flags & ~(unsigned)SPLICE_KNOWN)
		return -EINVAL;
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return -EBADF;
	n = r.file->mode & (FMODE_READ | FMODE_WRITE) ? iovec_get(iov, iovcnt, fast, &seg) : -EBADF;
	if (n >= 0) {
		iter_user_vec(&it, seg, iovcnt, (size_t)n);
		n = vmsplice_file(r.file, &it, flags);
		if (seg != fast)
			kfree(seg);
	}
	fd_put(r);
	return n;
}

/* --- sync_file_range(2) --- */

#define SYNC_KNOWN \
	(SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)

static long sync_range(struct file *f, s64 offset, s64 nbytes, unsigned flags)
{
	u32 mode = f->inode->mode;
	s64 end = (s64)((u64)offset + (u64)nbytes);

	if (flags & ~(unsigned)SYNC_KNOWN)
		return -EINVAL;
	if (offset < 0 || end < 0 || end < offset)
		return -EINVAL;
	if (!nbytes)
		end = INT64_MAX;
	if (!S_ISREG(mode) && !S_ISBLK(mode) && !S_ISDIR(mode) && !S_ISLNK(mode))
		return -ESPIPE;
	return S_ISREG(mode) && flags ? vmobj_sync(&f->inode->obj, (u64)offset, (u64)end) : 0;
}

long sys_sync_file_range(int fd, long offset, long nbytes, unsigned flags)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long err;

	if (!r.file)
		return -EBADF;
	err = sync_range(r.file, offset, nbytes, flags);
	fd_put(r);
	return err;
}
