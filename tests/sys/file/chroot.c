/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_chroot(path) ((int)syscall(SYS_chroot, path))

TEST_MAIN
{
	char buf[PATH_MAX];

	T_OK(mkdir("jail", 0755));
	T_OK(mkdir("jail/d", 0755));
	t_write_file("jail/f", "inside", 6);
	t_write_file("f", "outside!", 8);
	T_OK(symlink("/f", "jail/abs"));
	T_OK(symlink("../../../f", "jail/d/rel"));
	T_AS_USER
	{
		T_ERR(sys_chroot("jail"), EPERM);
		T_ERR(sys_chroot("none"), ENOENT);
		T_ERR(sys_chroot("f"), ENOTDIR);
	}
	T_ERR(sys_chroot("f"), ENOTDIR);
	T_ERR(sys_chroot("none"), ENOENT);
	T_PATH_ERRORS(p, sys_chroot(p));
	if (!t_is_root()) {
		T_SKIP_ONE("needs root");
		return;
	}
	T_CHILD
	{
		int out = T_OK(open(".", O_RDONLY));

		T_OK(sys_chroot("jail"));
		/* The working directory stays outside, where getcwd says so. */
		T_EQ(t_size("f"), 8);
		T_CMP(syscall(SYS_getcwd, buf, sizeof(buf)), >, 0);
		T_EQ(strncmp(buf, "(unreachable)", 13), 0);
		T_EQ(t_size("/f"), 6);
		T_OK(chdir("/"));
		T_OK(getcwd(buf, sizeof(buf)) ? 0 : -1);
		T_STR(buf, "/");
		T_EQ(t_size("f"), 6);
		T_EQ(t_size("../../f"), 6);
		T_EQ(t_read_file("abs", buf, 100), 6);
		T_EQ(t_read_file("d/rel", buf, 100), 6);
		T_ERR(open("/proc", O_RDONLY), ENOENT);
		T_OK(chdir("d"));
		T_OK(getcwd(buf, sizeof(buf)) ? 0 : -1);
		T_STR(buf, "/d");
		/* Children inherit it. */
		T_CHILD
		{
			T_EQ(t_size("/f"), 6);
		}
		T_OK(sys_chroot("/d"));
		T_ERR(open("/f", O_RDONLY), ENOENT);
		/* A descriptor from outside still leads there. */
		T_EQ(close(T_OK(openat(out, "f", O_RDONLY))), 0);
		T_OK(fchdir(out));
		T_EQ(t_size("f"), 8);
	}
	T_EQ(t_size("f"), 8);
}
