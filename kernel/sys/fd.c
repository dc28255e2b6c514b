/* Descriptors: dup(2), close_range(2). close(2) is in open.c, fcntl(2) in fcntl.c. Next:
 * vfs/fdtable.c. */
#include "sys/syscall.h"
#include <linux/close_range.h>

long sys_dup(int oldfd)
{
	const struct vfs_ctx *ctx = &current->vfs;
	struct fdref r = fd_get_any(ctx->files, (unsigned)oldfd);
	int fd;

	if (!r.file)
		return -EBADF;
	fd = fd_alloc(ctx->files, 0, ctx->limit_nofile, false);
	if (fd >= 0)
		fd_install(ctx->files, (unsigned)fd, file_get(r.file));
	fd_put(r);
	return fd;
}

static long dup_to(int oldfd, int newfd, bool cloexec)
{
	const struct vfs_ctx *ctx = &current->vfs;
	struct fdref r;
	long ret;

	if ((unsigned)newfd >= ctx->limit_nofile)
		return -EBADF;
	r = fd_get_any(ctx->files, (unsigned)oldfd);
	if (!r.file)
		return -EBADF;
	ret = fd_replace(ctx->files, (unsigned)newfd, r.file, ctx->limit_nofile, cloexec);
	fd_put(r);
	return ret;
}

long sys_dup2(int oldfd, int newfd)
{
	struct fdref r;

	if (oldfd != newfd)
		return dup_to(oldfd, newfd, false);
	/* dup(2): "If oldfd is a valid file descriptor, and newfd has the same value ..." */
	r = fd_get_any(current->vfs.files, (unsigned)oldfd);
	if (!r.file)
		return -EBADF;
	fd_put(r);
	return newfd;
}

long sys_dup3(int oldfd, int newfd, int flags)
{
	if (flags & ~O_CLOEXEC)
		return -EINVAL;
	if (oldfd == newfd)
		return -EINVAL;
	return dup_to(oldfd, newfd, flags & O_CLOEXEC);
}

long unshare_files(void)
{
	struct fdtable *old = current->vfs.files, *own;

	if (ref_read(&old->ref) == 1)
		return 0;
	own = fdtable_clone(old);
	if (IS_ERR(own))
		return PTR_ERR(own);
	current->vfs.files = own;
	fdtable_put(old);
	return 0;
}

long sys_close_range(unsigned int first, unsigned int last, unsigned int flags)
{
	if (flags & ~(unsigned)(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC))
		return -EINVAL;
	if (first > last)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE) {
		long err = unshare_files();

		if (err)
			return err;
	}
	if (flags & CLOSE_RANGE_CLOEXEC)
		fd_cloexec_range(current->vfs.files, first, last);
	else
		fd_close_range(current->vfs.files, first, last);
	return 0;
}
