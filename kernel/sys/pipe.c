/* pipe(2), pipe2(2). Next: vfs/pipe_open.c. */
#include "sys/syscall.h"
#include <linux/capability.h>

static long install_pair(struct file *ends[2], uaddr_t to, bool cloexec)
{
	const struct vfs_ctx *ctx = &current->vfs;
	int fds[2];

	fds[0] = fd_alloc(ctx->files, 0, ctx->limit_nofile, cloexec);
	if (fds[0] < 0)
		return fds[0];
	fds[1] = fd_alloc(ctx->files, 0, ctx->limit_nofile, cloexec);
	if (fds[1] < 0) {
		fd_cancel(ctx->files, (unsigned)fds[0]);
		return fds[1];
	}
	if (copy_to_user(to, fds, sizeof(fds))) {
		fd_cancel(ctx->files, (unsigned)fds[0]);
		fd_cancel(ctx->files, (unsigned)fds[1]);
		return -EFAULT;
	}
	fd_install(ctx->files, (unsigned)fds[0], ends[0]);
	fd_install(ctx->files, (unsigned)fds[1], ends[1]);
	return 0;
}

/* pipe(7): a limit below the usual size holds for new pipes, too. */
static void keep_to_limit(struct file *f)
{
	if (!cred_has_cap(current->vfs.cred, CAP_SYS_RESOURCE))
		pipe_set_size(f, pipe_max_size_bytes, true);
}

long sys_pipe2(uaddr_t fds, int flags)
{
	struct file *ends[2];
	long err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	err = pipe_create(ends, (u32)flags);
	if (err)
		return err;
	if (unlikely(pipe_max_size_bytes < PIPE_DEFAULT_BYTES))
		keep_to_limit(ends[0]);
	err = install_pair(ends, fds, flags & O_CLOEXEC);
	if (err) {
		file_put(ends[0]);
		file_put(ends[1]);
	}
	return err;
}

long sys_pipe(uaddr_t fds)
{
	return sys_pipe2(fds, 0);
}
