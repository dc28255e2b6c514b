/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_readlink(path, buf, size) ((int)syscall(SYS_readlink, path, buf, (long)(size)))

TEST_MAIN
{
	char buf[100], *end = t_page_end();

	t_touch("f");
	T_OK(mkdir("d", 0755));
	T_OK(symlink("target", "s"));
	memset(buf, '#', sizeof(buf));
	T_EQ(sys_readlink("s", buf, 100), 6);
	/* No terminating zero. */
	T_MEM(buf, "target#", 7);
	memset(buf, '#', sizeof(buf));
	T_EQ(sys_readlink("s", buf, 3), 3);
	T_MEM(buf, "tar#", 4);
	T_EQ(sys_readlink("s", buf, 6), 6);
	T_EQ(sys_readlink("s", end - 6, 4096), 6);
	T_EQ(sys_readlink("s", buf, INT_MAX), 6);
	T_ERR(sys_readlink("s", buf, 0), EINVAL);
	T_ERR(sys_readlink("s", buf, -1), EINVAL);
	T_ERR(sys_readlink("none", buf, 0), EINVAL);
	T_ERR(sys_readlink("s", end - 3, 6), EFAULT);
	T_EFAULT_NULL(p, sys_readlink("s", p, 100));

	T_ERR(sys_readlink("f", buf, 100), EINVAL);
	T_ERR(sys_readlink("d", buf, 100), EINVAL);
	T_ERR(sys_readlink(".", buf, 100), EINVAL);
	T_ERR(sys_readlink("/", buf, 100), EINVAL);
	T_ERR(sys_readlink("none", buf, 100), ENOENT);
	T_ERR(sys_readlink("s/", buf, 100), ENOENT);
	T_ERR(sys_readlink("f/", buf, 100), ENOTDIR);
	T_OK(symlink("d", "to-d"));
	T_ERR(sys_readlink("to-d/", buf, 100), EINVAL);
	T_OK(symlink("one", "d/inner"));
	T_EQ(sys_readlink("to-d/inner", buf, 100), 3);
	T_MEM(buf, "one", 3);
	T_PATH_ERRORS(p, sys_readlink(p, buf, 100));
	T_EQ(sys_readlink("pf-loop1", buf, 100), 8);
	/* The owner and permissions of the link do not matter. */
	T_AS_USER
	{
		T_EQ(sys_readlink("s", buf, 100), 6);
	}
	/* Links that the kernel makes up. */
	char want[20];
	snprintf(want, sizeof(want), "%d", (int)getpid());
	T_EQ(sys_readlink("/proc/self", buf, 100), strlen(want));
	T_MEM(buf, want, strlen(want));
}
