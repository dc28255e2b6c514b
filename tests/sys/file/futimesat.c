/* SPDX-License-Identifier: Apache-2.0 */
#include "times_common.h"
#include <sys/time.h>

#define sys_futimesat(fd, path, times) ((int)syscall(SYS_futimesat, fd, path, times))
#define SET(path)		       sys_futimesat(AT_FDCWD, path, t)
#define SET_NOW(path)		       sys_futimesat(AT_FDCWD, path, NULL)

TEST_MAIN
{
	struct timeval t[2] = {{1000000, 1}, {2000000, 999999}};
	int d, f;

	t_touch("f");
	T_OK(mkdir("d", 0755));
	t_touch("d/in");
	d = T_OK(open("d", O_RDONLY));
	f = T_OK(open("f", O_RDONLY));
	T_OK(sys_futimesat(d, "in", t));
	expect_times("d/in", 1000000, 1000, 2000000, 999999000);
	T_OK(sys_futimesat(d, "../f", t));
	expect_times("f", 1000000, 1000, 2000000, 999999000);
	T_OK(SET_NOW("f"));
	expect_now("f");
	/* Without a path, the descriptor's file. */
	T_OK(sys_futimesat(f, NULL, t));
	expect_times("f", 1000000, 1000, 2000000, 999999000);
	T_OK(sys_futimesat(f, NULL, NULL));
	expect_now("f");
	T_ERR(sys_futimesat(-1, NULL, t), EBADF);
	T_ERR(sys_futimesat(-1, "f", t), EBADF);
	T_ERR(sys_futimesat(f, "f", t), ENOTDIR);
	T_ERR(sys_futimesat(f, "", t), ENOENT);
	t[1].tv_usec = 1000000;
	T_ERR(SET("f"), EINVAL);
	t[1].tv_usec = 0;
	T_EFAULT(p, sys_futimesat(AT_FDCWD, "f", p));
	TIMES_PERMISSIONS(SET, SET_NOW);
	T_PATH_ERRORS(p, SET(p));
}
