/* SPDX-License-Identifier: Apache-2.0 */
/* What stat, lstat, fstat and newfstatat all must say about a file. */
#ifndef TESTS_SYS_FILE_STAT_COMMON_H
#define TESTS_SYS_FILE_STAT_COMMON_H

#include "test.h"
#include <sys/sysmacros.h>
#include <time.h>

/* Makes a file, a directory, a FIFO, a socket, symlinks, and, when allowed, device nodes. */
static inline void make_kinds(void)
{
	t_write_file("file", "0123456789", 10);
	T_NEED(chmod("file", 0640));
	T_NEED(mkdir("dir", 0751));
	T_NEED(mkfifo("fifo", 0604));
	T_NEED(mknod("sock", S_IFSOCK | 0600, 0));
	T_NEED(symlink("file", "link"));
	T_NEED(symlink("nowhere", "dangling"));
}

static inline void check_file(const struct stat *st)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	T_EQ(st->st_mode, S_IFREG | 0640);
	T_EQ(st->st_size, 10);
	T_EQ(st->st_nlink, 1);
	T_EQ(st->st_uid, geteuid());
	T_EQ(st->st_gid, getegid());
	T_NE(st->st_ino, 0);
	T_CMP(st->st_blksize, >=, 512);
	T_CMP(st->st_blocks, >=, 0);
	T_CMP(now.tv_sec - st->st_mtim.tv_sec, <=, 30);
	T_CMP(now.tv_sec - st->st_mtim.tv_sec, >=, 0);
	T_CMP(now.tv_sec - st->st_ctim.tv_sec, <=, 30);
	T_CMP(now.tv_sec - st->st_atim.tv_sec, <=, 30);
	T_CMP(st->st_mtim.tv_nsec, <, 1000000000);
}

#endif
