/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_symlinkat(target, fd, path) ((int)syscall(SYS_symlinkat, target, fd, path))

TEST_MAIN
{
	char buf[100];
	int d, f;

	T_OK(mkdir("d", 0755));
	t_write_file("f", "abc", 3);
	d = T_OK(open("d", O_RDONLY));
	f = T_OK(open("f", O_RDONLY));
	T_OK(sys_symlinkat("../f", d, "s"));
	T_EQ(readlink("d/s", buf, sizeof(buf)), 4);
	T_EQ(t_read_file("d/s", buf, 8), 3);
	T_OK(sys_symlinkat("f", AT_FDCWD, "s"));
	T_EQ(t_read_file("s", buf, 8), 3);
	T_OK(sys_symlinkat("f", d, "../s2"));
	T_TRUE(S_ISLNK(t_mode("s2")));
	T_ERR(sys_symlinkat("f", d, "s"), EEXIST);
	T_ERR(sys_symlinkat("f", -1, "x"), EBADF);
	T_ERR(sys_symlinkat("f", 9999, "x"), EBADF);
	T_ERR(sys_symlinkat("f", f, "x"), ENOTDIR);
	T_ERR(sys_symlinkat("", d, "x"), ENOENT);
	T_ERR(sys_symlinkat("f", d, ""), ENOENT);
	T_ERR(sys_symlinkat(t_long_name(4096), d, "x"), ENAMETOOLONG);
	T_EFAULT_NULL(p, sys_symlinkat(p, d, "x"));
	T_OK(rmdir("d") < 0 && errno == ENOTEMPTY ? 0 : -1);
	T_OK(unlink("d/s"));
	T_OK(rmdir("d"));
	T_ERR(sys_symlinkat("f", d, "x"), ENOENT);
	T_PATH_ERRORS(p, sys_symlinkat("f", AT_FDCWD, p));
}
