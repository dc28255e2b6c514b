// SPDX-License-Identifier: Apache-2.0
/* Calls on files whose arguments have 64 bits: two registers of this machine, or another call. */

#include <asm/unistd_32.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include "arch.h"

#define MMAP2_SHIFT 12

static int fail(int error)
{
	errno = error;
	return -1;
}

int openat(int dirfd, const char *path, int flags, ...)
{
	unsigned int mode = 0;
	va_list args;

	if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {
		va_start(args, flags);
		mode = va_arg(args, unsigned int);
		va_end(args);
	}
	return (int)syscall(__NR_openat, dirfd, path, flags | O_LARGEFILE, mode);
}

int creat(const char *path, mode_t mode)
{
	return openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

off_t lseek(int fd, off_t offset, unsigned int whence)
{
	off_t result;

	return _llseek(fd, HIGH(offset), LOW(offset), &result, whence) < 0 ? -1 : result;
}

void *mmap(void *addr, size_t length, unsigned long prot, unsigned long flags, int fd,
	   unsigned long long offset)
{
	/* What the page number in one register cannot say. */
	if (offset & ((1u << MMAP2_SHIFT) - 1) || offset >> (32 + MMAP2_SHIFT)) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	return mmap2(addr, length, prot, flags, fd, (unsigned long)(offset >> MMAP2_SHIFT));
}

ssize_t pread64(int fd, void *buf, size_t count, off_t offset)
{
	return syscall(__NR_pread64, fd, buf, count, LOW(offset), HIGH(offset));
}

ssize_t pwrite64(int fd, const void *buf, size_t count, off_t offset)
{
	return syscall(__NR_pwrite64, fd, buf, count, LOW(offset), HIGH(offset));
}

int truncate(const char *path, off_t length)
{
	return truncate64(path, LOW(length), HIGH(length));
}

int ftruncate(int fd, off_t length)
{
	return ftruncate64(fd, LOW(length), HIGH(length));
}

ssize_t readahead(int fd, off_t offset, size_t count)
{
	return syscall(__NR_readahead, fd, LOW(offset), HIGH(offset), count);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
	return (int)syscall(__NR_fallocate, fd, mode, LOW(offset), HIGH(offset), LOW(length),
			    HIGH(length));
}

int sync_file_range(int fd, off_t offset, off_t length, unsigned int flags)
{
	return (int)syscall(__NR_sync_file_range, fd, LOW(offset), HIGH(offset), LOW(length),
			    HIGH(length), flags);
}

int __libsys_fadvise(int fd, off_t offset, off_t length, int advice)
{
	return fadvise64_64(fd, LOW(offset), HIGH(offset), LOW(length), HIGH(length), advice);
}

int fadvise64(int fd, off_t offset, size_t length, int advice)
{
	return __libsys_fadvise(fd, offset, (off_t)length, advice);
}

int statfs(const char *path, struct statfs *buf)
{
	return statfs64(path, sizeof(*buf), buf);
}

int fstatfs(int fd, struct statfs *buf)
{
	return fstatfs64(fd, sizeof(*buf), buf);
}

/* As the kernel joins the two numbers of a device for 64-bit programs. */
static dev_t device(unsigned int major, unsigned int minor)
{
	return (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
}

int newfstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	struct statx x;

	if (statx(dirfd, path, AT_NO_AUTOMOUNT | flags, STATX_BASIC_STATS, &x) < 0)
		return -1;
	memset(st, 0, sizeof(*st));
	st->st_dev = device(x.stx_dev_major, x.stx_dev_minor);
	st->st_ino = x.stx_ino;
	st->st_nlink = x.stx_nlink;
	st->st_mode = x.stx_mode;
	st->st_uid = x.stx_uid;
	st->st_gid = x.stx_gid;
	st->st_rdev = device(x.stx_rdev_major, x.stx_rdev_minor);
	st->st_size = (off_t)x.stx_size;
	st->st_blksize = (long)x.stx_blksize;
	st->st_blocks = (off_t)x.stx_blocks;
	st->st_atime = x.stx_atime.tv_sec;
	st->st_atime_nsec = x.stx_atime.tv_nsec;
	st->st_mtime = x.stx_mtime.tv_sec;
	st->st_mtime_nsec = x.stx_mtime.tv_nsec;
	st->st_ctime = x.stx_ctime.tv_sec;
	st->st_ctime_nsec = x.stx_ctime.tv_nsec;
	return 0;
}

int fstat(int fd, struct stat *st)
{
	return fd < 0 ? fail(EBADF) : newfstatat(fd, "", st, AT_EMPTY_PATH);
}

int sys_stat(const char *path, struct stat *st)
{
	return newfstatat(AT_FDCWD, path, st, 0);
}

int sys_lstat(const char *path, struct stat *st)
{
	return newfstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

int accept(int fd, struct sockaddr *addr, int *length)
{
	return accept4(fd, addr, length, 0);
}
