/* open(2), openat(2), openat2(2), creat(2). Next: vfs/open.c. */
#include "sys/syscall.h"
#include <linux/openat2.h>

#define O_TMPFILE_BIT 020000000u
/* Bits that open(2) knows; it ignores others, as ever. */
#define OPEN_FLAGS                                                                               \
	((u32)(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK |       \
	       O_SYNC | FASYNC | O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | \
	       O_CLOEXEC | O_PATH) |                                                             \
	 O_TMPFILE_BIT)

static long open_named(int dirfd, const char *name, u32 flags, u32 mode, unsigned lookup)
{
	const struct vfs_ctx *ctx = &current->vfs;
	struct file *f;
	int fd = fd_alloc(ctx->files, 0, ctx->limit_nofile, flags & O_CLOEXEC);

	if (unlikely(fd < 0))
		return fd;
	f = vfs_open(ctx, dirfd, name, flags, mode, lookup);
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

	flags &= OPEN_FLAGS;
	if (!arch_in_compat_syscall())
		flags |= O_LARGEFILE; /* i386: for who asks */
	if ((flags & O_CREAT) && (flags & O_DIRECTORY) && !(flags & O_PATH))
		return -EINVAL;
	mode = flags & (O_CREAT | O_TMPFILE_BIT) ? mode & 07777 : 0;
	name = user_path_get(&up, path, false);
	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = open_named(dirfd, name, flags, mode, 0);
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

/* --- openat2(2): unlike open(2) it refuses what it does not know --- */

static long check_how(const struct open_how *how)
{
	u64 flags = how->flags;
	u64 resolve_all = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |
			  RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_CACHED;

	if (flags & ~(u64)OPEN_FLAGS)
		return -EINVAL;
	if (how->resolve & ~resolve_all)
		return -EINVAL;
	if ((how->resolve & RESOLVE_BENEATH) && (how->resolve & RESOLVE_IN_ROOT))
		return -EINVAL;
	if (flags & (O_CREAT | O_TMPFILE_BIT)) {
		if (how->mode & ~07777ull)
			return -EINVAL;
	} else if (how->mode) {
		return -EINVAL;
	}
	if ((flags & O_CREAT) && (flags & O_DIRECTORY))
		return -EINVAL;
	if (flags & O_TMPFILE_BIT) {
		if (!(flags & O_DIRECTORY) || !(flags & (O_WRONLY | O_RDWR)))
			return -EINVAL;
	}
	if ((flags & O_PATH) && (flags & ~(u64)(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)))
		return -EINVAL;
	/* These may have to ask a file system whatever is cached. */
	if ((how->resolve & RESOLVE_CACHED) && (flags & (O_TRUNC | O_CREAT | O_TMPFILE_BIT)))
		return -EAGAIN;
	return 0;
}

static long get_how(struct open_how *how, uaddr_t uhow, size_t size)
{
	if (size < sizeof(*how))
		return -EINVAL;
	return copy_struct_from_user(how, sizeof(*how), uhow, size);
}

static unsigned lookup_flags(u64 resolve)
{
	return (resolve & RESOLVE_NO_XDEV ? LOOKUP_NO_XDEV : 0) |
	       (resolve & RESOLVE_NO_MAGICLINKS ? LOOKUP_NO_MAGICLINKS : 0) |
	       (resolve & RESOLVE_NO_SYMLINKS ? LOOKUP_NO_SYMLINKS : 0) |
	       (resolve & RESOLVE_BENEATH ? LOOKUP_BENEATH : 0) |
	       (resolve & RESOLVE_IN_ROOT ? LOOKUP_IN_ROOT : 0) |
	       (resolve & RESOLVE_CACHED ? LOOKUP_CACHED : 0);
}

long sys_openat2(int dirfd, uaddr_t path, uaddr_t uhow, size_t size)
{
	struct user_path up;
	struct open_how how;
	char *name;
	long ret = get_how(&how, uhow, size);

	if (!ret)
		ret = check_how(&how);
	if (ret)
		return ret;
	name = user_path_get(&up, path, false);
	if (IS_ERR(name))
		return PTR_ERR(name);
	ret = open_named(dirfd, name, (u32)how.flags | O_LARGEFILE, (u32)how.mode,
			 lookup_flags(how.resolve));
	user_path_put(&up);
	return ret;
}

/* close(2): the descriptor is gone whatever flush says; so it must not be restarted. */
long sys_close(int fd)
{
	int err = fd_close(current->vfs.files, (unsigned)fd);

	if (unlikely(err <= -ERESTARTSYS && err >= -ERESTART_RESTARTBLOCK))
		err = -EINTR;
	return err;
}
