/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_chdir(path) ((int)syscall(SYS_chdir, path))

TEST_MAIN
{
	char home[PATH_MAX], cwd[PATH_MAX];

	T_OK(getcwd(home, sizeof(home)) ? 0 : -1);
	T_OK(mkdir("d", 0755));
	T_OK(mkdir("d/e", 0755));
	t_touch("d/e/f");
	t_touch("file");
	T_OK(symlink("d/e", "link"));
	T_OK(sys_chdir("d"));
	T_TRUE(t_exists("e/f"));
	T_OK(sys_chdir("e"));
	T_TRUE(t_exists("f"));
	T_OK(sys_chdir("."));
	T_OK(sys_chdir("../.."));
	T_TRUE(t_exists("file"));
	T_OK(sys_chdir("link"));
	T_OK(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	T_EQ(strncmp(cwd, home, strlen(home)), 0);
	T_STR(cwd + strlen(home), "/d/e");
	T_OK(sys_chdir(home));
	T_OK(sys_chdir("d/"));
	T_OK(sys_chdir("/"));
	T_OK(sys_chdir(".."));
	T_OK(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	T_STR(cwd, "/");
	T_OK(sys_chdir(home));
	/* A child has its own. */
	T_CHILD
	{
		T_OK(sys_chdir("/"));
	}
	T_TRUE(t_exists("file"));

	T_ERR(sys_chdir("file"), ENOTDIR);
	T_ERR(sys_chdir("file/"), ENOTDIR);
	T_ERR(sys_chdir("none"), ENOENT);
	T_PATH_ERRORS(p, sys_chdir(p));
	T_ERR(sys_chdir("pf-loop1"), ELOOP);
	T_OK(chmod("d", 0666));
	T_AS_USER
	{
		T_ERR(sys_chdir("d"), EACCES);
		T_ERR(sys_chdir("d/e"), EACCES);
	}
	T_OK(chmod("d", 0111));
	T_AS_USER
	{
		T_OK(sys_chdir("d"));
		T_ERR(open(".", O_RDONLY), EACCES);
	}
	T_OK(chmod("d", 0755));
}
