/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_fchdir(fd) ((int)syscall(SYS_fchdir, fd))

TEST_MAIN
{
	int home = T_OK(open(".", O_RDONLY)), d, o, f, p[2];

	T_OK(mkdir("d", 0755));
	t_touch("d/in");
	t_touch("file");
	d = T_OK(open("d", O_RDONLY | O_DIRECTORY));
	o = T_OK(open("d", O_PATH));
	f = T_OK(open("file", O_RDONLY));
	T_OK(sys_fchdir(d));
	T_TRUE(t_exists("in"));
	T_OK(sys_fchdir(home));
	T_TRUE(t_exists("file"));
	T_OK(sys_fchdir(o));
	T_TRUE(t_exists("in"));
	T_OK(sys_fchdir(home));
	T_ERR(sys_fchdir(f), ENOTDIR);
	T_ERR(sys_fchdir(-1), EBADF);
	T_ERR(sys_fchdir(9999), EBADF);
	T_OK(pipe(p));
	T_ERR(sys_fchdir(p[0]), ENOTDIR);
	T_OK(chmod("d", 0666));
	T_AS_USER
	{
		T_ERR(sys_fchdir(d), EACCES);
		T_ERR(sys_fchdir(o), EACCES);
	}
	T_OK(chmod("d", 0755));
	/* The directory may be renamed, and even removed. */
	T_OK(rename("d", "e"));
	T_OK(sys_fchdir(d));
	T_TRUE(t_exists("in"));
	T_OK(unlink("in"));
	T_OK(rmdir("../e"));
	T_OK(sys_fchdir(home));
	T_OK(sys_fchdir(d));
	T_OK(sys_fchdir(home));
}
