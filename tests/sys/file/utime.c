/* SPDX-License-Identifier: Apache-2.0 */
#include "times_common.h"
#include <utime.h>

#define sys_utime(path, times) ((int)syscall(SYS_utime, path, times))
#define SET(path)	       sys_utime(path, &t)
#define SET_NOW(path)	       sys_utime(path, NULL)

TEST_MAIN
{
	struct utimbuf t = {1000000, 2000000};

	t_touch("f");
	T_OK(SET("f"));
	expect_times("f", 1000000, 0, 2000000, 0);
	t = (struct utimbuf){-100, 0};
	T_OK(SET("f"));
	expect_times("f", -100, 0, 0, 0);
	t = (struct utimbuf){0x80000005L, 0x7fffffffL};
	T_OK(SET("f"));
	expect_times("f", 0x80000005L, 0, 0x7fffffffL, 0);
	T_OK(SET_NOW("f"));
	expect_now("f");
	T_OK(symlink("f", "s"));
	t = (struct utimbuf){7, 8};
	T_OK(SET("s"));
	expect_times("f", 7, 0, 8, 0);
	T_OK(SET("."));
	expect_times(".", 7, 0, 8, 0);
	T_ERR(SET("none"), ENOENT);
	T_ERR(SET("f/"), ENOTDIR);
	T_EFAULT(p, sys_utime("f", p));
	TIMES_PERMISSIONS(SET, SET_NOW);
	T_PATH_ERRORS(p, SET(p));
	T_ERR(SET("pf-loop1"), ELOOP);
}
