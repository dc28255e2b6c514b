/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

/* The kernel's call returns the length, with the terminating zero. */
#define sys_getcwd(buf, size) syscall(SYS_getcwd, buf, (unsigned long)(size))

TEST_MAIN
{
	char buf[PATH_MAX * 2], home[PATH_MAX], *end = t_page_end();
	long len = T_OK(sys_getcwd(home, sizeof(home)));

	T_EQ(home[0], '/');
	T_EQ(len, strlen(home) + 1);
	T_EQ(sys_getcwd(buf, len), len);
	T_STR(buf, home);
	T_ERR(sys_getcwd(buf, len - 1), ERANGE);
	T_ERR(sys_getcwd(buf, 1), ERANGE);
	T_ERR(sys_getcwd(buf, 0), ERANGE);
	T_EQ(sys_getcwd(buf, SIZE_MAX), len);
	T_EQ(sys_getcwd(end - len, 4096), len);
	T_ERR(sys_getcwd(end - 1, 4096), EFAULT);
	T_EFAULT_NULL(p, sys_getcwd(p, 4096));
	T_ERR(sys_getcwd(NULL, 0), ERANGE);

	T_CHILD
	{
		T_OK(chdir("/"));
		T_EQ(sys_getcwd(buf, 2), 2);
		T_STR(buf, "/");
		T_ERR(sys_getcwd(buf, 1), ERANGE);
	}
	T_OK(mkdir("d", 0755));
	T_OK(chdir("d"));
	T_EQ(sys_getcwd(buf, sizeof(buf)), len + 2);
	T_STR(buf + strlen(home), "/d");
	T_OK(rename("../d", "../renamed"));
	T_EQ(sys_getcwd(buf, sizeof(buf)), len + 8);
	T_STR(buf + strlen(home), "/renamed");
	/* A removed directory has no name. */
	T_OK(rmdir("../renamed"));
	T_ERR(sys_getcwd(buf, sizeof(buf)), ENOENT);
	T_ERR(sys_getcwd(NULL, 4096), ENOENT);
	T_OK(chdir(home));
	/* Search permission above does not matter. */
	T_OK(mkdir("locked", 0755));
	T_OK(mkdir("locked/in", 0755));
	T_CHILD
	{
		T_OK(chdir("locked/in"));
		T_OK(chmod("..", 0));
		T_AS_USER
		{
			T_CMP(sys_getcwd(buf, sizeof(buf)), >, len);
		}
		/* Non-root could not clean up otherwise. */
		T_OK(chdir(home));
		T_OK(chmod("locked", 0755));
	}
}
