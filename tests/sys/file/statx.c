/* SPDX-License-Identifier: Apache-2.0 */
#include "stat_common.h"

#define sys_statx(fd, path, flags, mask, stx) \
	((int)syscall(SYS_statx, fd, path, (long)(flags), (unsigned)(mask), stx))

static void check_against_stat(const struct statx *stx, const struct stat *st)
{
	T_EQ(stx->stx_mask & STATX_BASIC_STATS, STATX_BASIC_STATS);
	T_EQ(stx->stx_mode, st->st_mode);
	T_EQ(stx->stx_ino, st->st_ino);
	T_EQ(stx->stx_size, st->st_size);
	T_EQ(stx->stx_blocks, st->st_blocks);
	T_EQ(stx->stx_blksize, st->st_blksize);
	T_EQ(stx->stx_nlink, st->st_nlink);
	T_EQ(stx->stx_uid, st->st_uid);
	T_EQ(stx->stx_gid, st->st_gid);
	T_EQ(stx->stx_mtime.tv_sec, st->st_mtim.tv_sec);
	T_EQ(stx->stx_mtime.tv_nsec, st->st_mtim.tv_nsec);
	T_EQ(stx->stx_atime.tv_sec, st->st_atim.tv_sec);
	T_EQ(stx->stx_ctime.tv_nsec, st->st_ctim.tv_nsec);
	T_EQ(makedev(stx->stx_dev_major, stx->stx_dev_minor), st->st_dev);
	T_EQ(makedev(stx->stx_rdev_major, stx->stx_rdev_minor), st->st_rdev);
}

TEST_MAIN
{
	struct statx stx;
	struct stat st;
	int d, f;

	make_kinds();
	d = T_OK(open("dir", O_RDONLY));
	f = T_OK(open("file", O_RDONLY));
	memset(&stx, 0xff, sizeof(stx));
	T_OK(sys_statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &stx));
	T_OK(stat("file", &st));
	check_against_stat(&stx, &st);
	T_EQ(stx.stx_blksize, st.st_blksize);
	T_OK(sys_statx(d, "../link", AT_SYMLINK_NOFOLLOW, STATX_ALL, &stx));
	T_OK(lstat("link", &st));
	check_against_stat(&stx, &st);
	T_OK(sys_statx(AT_FDCWD, "/dev/null", 0, STATX_BASIC_STATS, &stx));
	T_OK(stat("/dev/null", &st));
	check_against_stat(&stx, &st);
	T_OK(sys_statx(f, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx));
	T_OK(fstat(f, &st));
	check_against_stat(&stx, &st);
	T_OK(sys_statx(AT_FDCWD, "", AT_EMPTY_PATH, STATX_TYPE, &stx));
	T_TRUE(S_ISDIR(stx.stx_mode));
	T_TRUE(stx.stx_mask & STATX_TYPE);
	/* More may come than was asked for, and no request at all is fine. */
	T_OK(sys_statx(AT_FDCWD, "file", 0, 0, &stx));
	T_OK(sys_statx(AT_FDCWD, "file", AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &stx));
	T_OK(sys_statx(AT_FDCWD, "file", AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &stx));
	T_OK(sys_statx(AT_FDCWD, "file", AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &stx));
	/* The root of a mount is marked. */
	T_OK(sys_statx(AT_FDCWD, "/", 0, STATX_BASIC_STATS, &stx));
	T_TRUE(stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT);
	T_TRUE(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
	T_OK(sys_statx(AT_FDCWD, "dir", 0, STATX_BASIC_STATS, &stx));
	T_TRUE(!(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT));

	T_ERR(sys_statx(AT_FDCWD, "file", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, 0, &stx),
	      EINVAL);
	T_ERR(sys_statx(AT_FDCWD, "file", 0x40000000, STATX_BASIC_STATS, &stx), EINVAL);
	T_ERR(sys_statx(AT_FDCWD, "file", 0, 0x80000000U, &stx), EINVAL);
	T_ERR(sys_statx(f, "", 0, STATX_BASIC_STATS, &stx), ENOENT);
	T_ERR(sys_statx(-1, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx), EBADF);
	T_ERR(sys_statx(-1, "file", 0, STATX_BASIC_STATS, &stx), EBADF);
	T_ERR(sys_statx(f, "x", 0, STATX_BASIC_STATS, &stx), ENOTDIR);
	T_EFAULT_NULL(q, sys_statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, q));
	T_PATH_ERRORS(q, sys_statx(AT_FDCWD, q, 0, STATX_BASIC_STATS, &stx));
}
