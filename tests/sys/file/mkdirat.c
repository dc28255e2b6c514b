/* SPDX-License-Identifier: Apache-2.0 */
#define sys_mkdirat(fd, path, mode) ((int)syscall(SYS_mkdirat, fd, path, (long)(mode)))
#define do_mkdir(path, mode)	    sys_mkdirat(AT_FDCWD, path, mode)
#include "mkdir_common.h"

TEST_MAIN
{
	int d, f;

	mkdir_common();
	T_OK(mkdir("D", 0755));
	d = T_OK(open("D", O_PATH));
	f = T_OK(open("f", O_RDONLY));
	T_OK(sys_mkdirat(d, "in", 0711));
	T_EQ(t_mode("D/in"), S_IFDIR | 0711);
	T_OK(sys_mkdirat(d, "../out", 0711));
	T_TRUE(t_exists("out"));
	T_ERR(sys_mkdirat(d, "in", 0711), EEXIST);
	T_ERR(sys_mkdirat(d, "", 0711), ENOENT);
	T_ERR(sys_mkdirat(-1, "x", 0711), EBADF);
	T_ERR(sys_mkdirat(9999, "x", 0711), EBADF);
	T_ERR(sys_mkdirat(f, "x", 0711), ENOTDIR);
	T_OK(rmdir("D/in"));
	T_OK(rmdir("D"));
	T_ERR(sys_mkdirat(d, "x", 0711), ENOENT);
}
