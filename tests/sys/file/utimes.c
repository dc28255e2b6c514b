/* SPDX-License-Identifier: Apache-2.0 */
#include "times_common.h"
#include <sys/time.h>

#define sys_utimes(path, times) ((int)syscall(SYS_utimes, path, times))
#define SET(path)		sys_utimes(path, t)
#define SET_NOW(path)		sys_utimes(path, NULL)

TEST_MAIN
{
	struct timeval t[2] = {{1000000, 1}, {2000000, 999999}};

	t_touch("f");
	T_OK(SET("f"));
	expect_times("f", 1000000, 1000, 2000000, 999999000);
	T_OK(SET_NOW("f"));
	expect_now("f");
	T_OK(symlink("f", "s"));
	T_OK(SET("s"));
	expect_times("f", 1000000, 1000, 2000000, 999999000);
	t[0].tv_usec = 1000000;
	T_ERR(SET("f"), EINVAL);
	t[0].tv_usec = -1;
	T_ERR(SET("f"), EINVAL);
	t[0].tv_usec = 0;
	t[1].tv_usec = 1000000;
	T_ERR(SET("f"), EINVAL);
	T_ERR(SET("none"), EINVAL);
	t[1].tv_usec = 0;
	expect_times("f", 1000000, 1000, 2000000, 999999000);
	T_ERR(SET("none"), ENOENT);
	T_EFAULT(p, sys_utimes("f", p));
	TIMES_PERMISSIONS(SET, SET_NOW);
	T_PATH_ERRORS(p, SET(p));
	T_ERR(SET("pf-loop1"), ELOOP);
}
