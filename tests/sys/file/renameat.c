/* SPDX-License-Identifier: Apache-2.0 */
#define sys_renameat(fd, from, fd2, to) ((int)syscall(SYS_renameat, fd, from, fd2, to))
#define do_rename(from, to)		sys_renameat(AT_FDCWD, from, AT_FDCWD, to)
#include "rename_common.h"

TEST_MAIN
{
	int a, b, f;

	rename_common();
	T_OK(mkdir("A", 0755));
	T_OK(mkdir("B", 0755));
	t_touch("A/f");
	a = T_OK(open("A", O_RDONLY));
	b = T_OK(open("B", O_PATH));
	f = T_OK(open("A/f", O_RDONLY));
	T_OK(sys_renameat(a, "f", b, "g"));
	T_TRUE(!t_exists("A/f") && t_exists("B/g"));
	T_OK(sys_renameat(b, "g", AT_FDCWD, "h"));
	T_OK(sys_renameat(b, "../h", a, "f"));
	T_TRUE(t_exists("A/f"));
	T_ERR(sys_renameat(-1, "f", b, "x"), EBADF);
	T_ERR(sys_renameat(a, "f", -1, "x"), EBADF);
	T_ERR(sys_renameat(f, "f", b, "x"), ENOTDIR);
	T_ERR(sys_renameat(a, "f", f, "x"), ENOTDIR);
	T_ERR(sys_renameat(a, "none", b, "x"), ENOENT);
	T_ERR(sys_renameat(a, "", b, "x"), ENOENT);
	T_ERR(sys_renameat(a, "f", b, ""), ENOENT);
	T_OK(rmdir("B"));
	T_ERR(sys_renameat(a, "f", b, "x"), ENOENT);
}
