/* open(2), openat(2), creat(2). Next: vfs/open.c. */
#include "sys/syscall.h"

#define O_TMPFILE_BIT 020000000u
/* Bits that open(2) knows; it ignores others, as ever. */
#define OPEN_FLAGS                                                                               \
	((u32)(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK |       \
	       O_SYNC | FASYNC | O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | \
	       O_CLOEXEC | O_PATH) |                                                             \
	 O_TMPFILE_BIT)

static long open_named(int dirfd, const char *name, u32 flags, u32 mode)
{
	const struct vfs_ctx *ctx = &current->vfs;
	struct file *f;
	int fd = fd_alloc(ctx->files, 0, ctx->limit_nofile, flags & O_CLOEXEC);

	if (unlikely(fd < 0))
		return fd;
	f = vfs_open(ctx, dirfd, name, flags, mode, 0);
	if (IS_ERR(f)) {
		fd_cancel(ctx->files, (unsigned)fd);
		return PTR_ERR(f);
	}
	fd_install(ctx->files, (unsigned)fd, f);
	return fd;
}

static long do_open(int dirfd, uaddr_t path, u32 flags, u32 mode)
{
	struct user_path up;
	char *name;
	long fd;

	flags = (flags & OPEN_FLAGS) | O_LARGEFILE;
	if ((flags & O_CREAT) && (flags & O_DIRECTORY) && !(flags & O_PATH))
		return -EINVAL;
	mode = flags & (O_CREAT | O_TMPFILE_BIT) ? mode & 07777 : 0;
	name = user_path_get(&up, path, false);
	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = open_named(dirfd, name, flags, mode);
	user_path_put(&up);
	return fd;
}

long sys_open(uaddr_t path, int flags, unsigned int mode)
{
	return do_open(AT_FDCWD, path, (u32)flags, mode);
}

long sys_openat(int dirfd, uaddr_t path, int flags, unsigned int mode)
{
	return do_open(dirfd, path, (u32)flags, mode);
}

long sys_creat(uaddr_t path, unsigned int mode)
{
	return do_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* close(2): the descriptor is gone whatever flush says; so it must not be restarted. */
long sys_close(int fd)
{
	int err = fd_close(current->vfs.files, (unsigned)fd);

	if (unlikely(err <= -ERESTARTSYS && err >= -ERESTART_RESTARTBLOCK))
		err = -EINTR;
	return err;
}
