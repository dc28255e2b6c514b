/* SPDX-License-Identifier: Apache-2.0 */
#include "times_common.h"

#define sys_utimensat(fd, path, times, flags) \
	((int)syscall(SYS_utimensat, fd, path, times, (long)(flags)))
#define SET(path)     sys_utimensat(AT_FDCWD, path, t, 0)
#define SET_NOW(path) sys_utimensat(AT_FDCWD, path, NULL, 0)

static void special_values(void)
{
	struct timespec t[2] = {{5, 6}, {7, 8}};
	struct stat before, after;

	T_OK(SET("f"));
	expect_times("f", 5, 6, 7, 8);
	T_OK(stat("f", &before));
	t_sleep_ms(30);
	t[0] = (struct timespec){99, UTIME_OMIT};
	t[1] = (struct timespec){100, 1};
	T_OK(SET("f"));
	expect_times("f", 5, 6, 100, 1);
	T_OK(stat("f", &after));
	T_NE(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
	t[0] = (struct timespec){200, 2};
	t[1] = (struct timespec){99, UTIME_OMIT};
	T_OK(SET("f"));
	expect_times("f", 200, 2, 100, 1);
	/* Both omitted: nothing at all is done. */
	t[0].tv_nsec = t[1].tv_nsec = UTIME_OMIT;
	T_OK(SET("f"));
	T_OK(SET("none"));
	expect_times("f", 200, 2, 100, 1);
	t[0].tv_nsec = UTIME_NOW;
	T_OK(SET("f"));
	T_OK(stat("f", &after));
	T_CMP(after.st_atim.tv_sec, >, 1000000);
	T_EQ(after.st_mtim.tv_sec, 100);
	t[1].tv_nsec = UTIME_NOW;
	T_OK(SET("f"));
	expect_now("f");
	t[0] = (struct timespec){0, 1000000000};
	t[1] = (struct timespec){0, 0};
	T_ERR(SET("f"), EINVAL);
	t[0].tv_nsec = -1;
	T_ERR(SET("f"), EINVAL);
	t[0].tv_nsec = 0;
	t[1].tv_nsec = 0x3ffffffd;
	T_ERR(SET("f"), EINVAL);
	t[1].tv_nsec = 999999999;
	T_OK(SET("f"));
	expect_times("f", 0, 0, 0, 999999999);
}

static void special_permissions(void)
{
	struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
	struct timespec one[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
	struct timespec omit[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};

	if (!t_is_root())
		return;
	T_AS_USER
	{
		T_OK(sys_utimensat(AT_FDCWD, "rw", now, 0));
		T_ERR(sys_utimensat(AT_FDCWD, "rw", one, 0), EPERM);
		T_OK(sys_utimensat(AT_FDCWD, "ro", omit, 0));
		T_ERR(sys_utimensat(AT_FDCWD, "ro", now, 0), EACCES);
		T_OK(sys_utimensat(AT_FDCWD, "own", one, 0));
	}
}

TEST_MAIN
{
	struct timespec t[2] = {{1000000, 123456789}, {2000000, 987654321}};
	struct stat st;
	int d, f, o;

	t_touch("f");
	T_OK(mkdir("d", 0755));
	t_touch("d/in");
	T_OK(symlink("f", "s"));
	d = T_OK(open("d", O_RDONLY));
	f = T_OK(open("f", O_RDONLY));
	T_OK(sys_utimensat(d, "in", t, 0));
	expect_times("d/in", 1000000, 123456789, 2000000, 987654321);
	T_OK(SET_NOW("d/in"));
	expect_now("d/in");
	T_OK(SET("s"));
	expect_times("f", 1000000, 123456789, 2000000, 987654321);
	t[0].tv_sec = 3;
	T_OK(sys_utimensat(AT_FDCWD, "s", t, AT_SYMLINK_NOFOLLOW));
	T_OK(lstat("s", &st));
	T_EQ(st.st_mtim.tv_sec, 2000000);
	T_OK(stat("f", &st));
	T_EQ(st.st_atim.tv_sec, 1000000);
	T_OK(sys_utimensat(d, ".", t, 0));
	expect_times("d", 3, 123456789, 2000000, 987654321);
	/* By descriptor. */
	t[0].tv_sec = 4;
	T_OK(sys_utimensat(f, NULL, t, 0));
	expect_times("f", 4, 123456789, 2000000, 987654321);
	t[0].tv_sec = 5;
	T_OK(sys_utimensat(f, "", t, AT_EMPTY_PATH));
	expect_times("f", 5, 123456789, 2000000, 987654321);
	o = T_OK(open("f", O_PATH));
	T_ERR(sys_utimensat(o, NULL, t, 0), EBADF);
	T_OK(sys_utimensat(o, "", t, AT_EMPTY_PATH));
	T_ERR(sys_utimensat(-1, NULL, t, 0), EBADF);
	T_ERR(sys_utimensat(f, NULL, t, AT_SYMLINK_NOFOLLOW), EINVAL);
	T_ERR(sys_utimensat(AT_FDCWD, NULL, t, 0), EFAULT);
	special_values();

	T_ERR(sys_utimensat(-1, "f", t, 0), EBADF);
	T_ERR(sys_utimensat(f, "f", t, 0), ENOTDIR);
	T_ERR(sys_utimensat(f, "", t, 0), ENOENT);
	T_ERR(sys_utimensat(AT_FDCWD, "f", t, 0x40000000), EINVAL);
	T_ERR(sys_utimensat(AT_FDCWD, "f", t, AT_SYMLINK_FOLLOW), EINVAL);
	T_ERR(SET("none"), ENOENT);
	T_EFAULT(p, sys_utimensat(AT_FDCWD, "f", p, 0));
	TIMES_PERMISSIONS(SET, SET_NOW);
	special_permissions();
	T_PATH_ERRORS(p, SET(p));
	T_PATH_ERRORS(p, sys_utimensat(AT_FDCWD, p, t, AT_SYMLINK_NOFOLLOW));
	T_ERR(SET("pf-loop1"), ELOOP);
}
