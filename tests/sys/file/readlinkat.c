/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_readlinkat(fd, path, buf, size) \
	((int)syscall(SYS_readlinkat, fd, path, buf, (long)(size)))

TEST_MAIN
{
	char buf[100], want[PATH_MAX], got[PATH_MAX], cwd[PATH_MAX];
	int d, f, s, n;

	T_OK(mkdir("d", 0755));
	t_touch("f");
	T_OK(symlink("target", "d/s"));
	T_OK(symlink("outer", "s"));
	d = T_OK(open("d", O_RDONLY));
	f = T_OK(open("f", O_RDONLY));
	s = T_OK(open("d/s", O_PATH | O_NOFOLLOW));
	T_EQ(sys_readlinkat(d, "s", buf, 100), 6);
	T_MEM(buf, "target", 6);
	T_EQ(sys_readlinkat(AT_FDCWD, "s", buf, 100), 5);
	T_EQ(sys_readlinkat(d, "../s", buf, 3), 3);
	/* An empty path is the link that the descriptor stands for. */
	T_EQ(sys_readlinkat(s, "", buf, 100), 6);
	T_ERR(sys_readlinkat(f, "", buf, 100), ENOENT);
	T_ERR(sys_readlinkat(d, "", buf, 100), ENOENT);
	T_ERR(sys_readlinkat(AT_FDCWD, "", buf, 100), ENOENT);

	T_ERR(sys_readlinkat(d, "s", buf, 0), EINVAL);
	T_ERR(sys_readlinkat(d, "s", buf, -1), EINVAL);
	T_ERR(sys_readlinkat(d, ".", buf, 100), EINVAL);
	T_ERR(sys_readlinkat(d, "none", buf, 100), ENOENT);
	T_ERR(sys_readlinkat(-1, "s", buf, 100), EBADF);
	T_ERR(sys_readlinkat(9999, "s", buf, 100), EBADF);
	T_ERR(sys_readlinkat(f, "s", buf, 100), ENOTDIR);
	T_ERR(sys_readlinkat(s, "s", buf, 100), ENOTDIR);
	T_EFAULT_NULL(p, sys_readlinkat(d, "s", p, 100));
	T_PATH_ERRORS(p, sys_readlinkat(AT_FDCWD, p, buf, 100));

	/* The path of an open file. */
	T_OK(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	snprintf(want, sizeof(want), "/proc/self/fd/%d", f);
	n = T_OK(sys_readlinkat(-1, want, got, sizeof(got) - 1));
	got[n < 0 ? 0 : n] = '\0';
	T_EQ(strncmp(got, cwd, strlen(cwd)), 0);
	T_STR(got + strlen(cwd), "/f");
	T_OK(unlink("f"));
	n = T_OK(sys_readlinkat(-1, want, got, sizeof(got) - 1));
	got[n < 0 ? 0 : n] = '\0';
	T_STR(got + strlen(cwd), "/f (deleted)");
}
