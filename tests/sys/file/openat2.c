/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <linux/openat2.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static int open2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = {flags, mode, resolve};

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}
#define resolve_in(dir, path, resolve) open2(dir, path, O_RDONLY, 0, resolve)

static void arguments(void)
{
	struct {
		struct open_how how;
		uint64_t more;
	} big = {{O_RDONLY, 0, 0}, 0};
	int fd = T_OK(open2(AT_FDCWD, "new", O_CREAT | O_RDWR | O_CLOEXEC, 0640, 0));

	T_EQ(t_mode("new") & 0777, 0640);
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_ERR(open2(AT_FDCWD, "new", O_RDONLY, 0640, 0), EINVAL);
	T_ERR(open2(AT_FDCWD, "n", O_CREAT | O_RDWR, 010000, 0), EINVAL);
	T_ERR(open2(AT_FDCWD, "new", 1u << 31, 0, 0), EINVAL);
	T_ERR(open2(AT_FDCWD, "new", 1ull << 40, 0, 0), EINVAL);
	T_ERR(open2(AT_FDCWD, "new", O_RDONLY, 0, 1ull << 40), EINVAL);
	T_ERR(resolve_in(AT_FDCWD, "new", RESOLVE_BENEATH | RESOLVE_IN_ROOT), EINVAL);
	T_ERR(open2(AT_FDCWD, "new", O_PATH | O_RDWR, 0, 0), EINVAL);
	T_ERR(open2(AT_FDCWD, ".", O_TMPFILE | O_RDONLY, 0600, 0), EINVAL);
	T_ERR(open2(AT_FDCWD, "d", O_CREAT | O_DIRECTORY, 0755, 0), EINVAL);
	T_ERR(open2(-1, "new", O_RDONLY, 0, 0), EBADF);
	T_ERR(open2(AT_FDCWD, "missing", O_RDONLY, 0, 0), ENOENT);
	T_ERR(open2(AT_FDCWD, "new", O_CREAT | O_RDWR, 0600, RESOLVE_CACHED), EAGAIN);
	T_ERR(syscall(SYS_openat2, AT_FDCWD, "new", &big, 23L), EINVAL);
	T_ERR(syscall(SYS_openat2, AT_FDCWD, "new", &big, 0L), EINVAL);
	T_OK((int)syscall(SYS_openat2, AT_FDCWD, "new", &big, sizeof(big)));
	big.more = 1;
	T_ERR(syscall(SYS_openat2, AT_FDCWD, "new", &big, sizeof(big)), E2BIG);
	T_ERR(syscall(SYS_openat2, AT_FDCWD, "new", &big, 100000L), E2BIG);
	T_EFAULT_NULL(p, syscall(SYS_openat2, AT_FDCWD, "new", p, 24L));
	T_EFAULT_NULL(p, open2(AT_FDCWD, p, O_RDONLY, 0, 0));
}

static void resolution(void)
{
	char self[64];
	int top, fd;

	T_OK(mkdir("top", 0755));
	T_OK(mkdir("top/sub", 0755));
	t_touch("top/file");
	t_touch("outside");
	T_OK(symlink("../file", "top/sub/up"));
	T_OK(symlink("../outside", "top/out"));
	T_OK(symlink("/file", "top/abs"));
	T_OK(symlink("sub", "top/link"));
	top = T_OK(open("top", O_RDONLY));
	T_OK(resolve_in(top, "sub/up", RESOLVE_BENEATH));
	T_OK(resolve_in(top, "sub/../file", RESOLVE_BENEATH));
	T_ERR(resolve_in(top, "../outside", RESOLVE_BENEATH), EXDEV);
	T_ERR(resolve_in(top, "out", RESOLVE_BENEATH), EXDEV);
	T_ERR(resolve_in(top, "abs", RESOLVE_BENEATH), EXDEV);
	T_ERR(resolve_in(top, "/etc", RESOLVE_BENEATH), EXDEV);
	T_OK(resolve_in(top, "abs", RESOLVE_IN_ROOT));
	T_OK(resolve_in(top, "/file", RESOLVE_IN_ROOT));
	T_OK(resolve_in(top, "../../file", RESOLVE_IN_ROOT));
	T_ERR(resolve_in(top, "out", RESOLVE_IN_ROOT), ENOENT);
	T_ERR(resolve_in(top, "link/up", RESOLVE_NO_SYMLINKS), ELOOP);
	T_ERR(resolve_in(top, "sub/up", RESOLVE_NO_SYMLINKS), ELOOP);
	T_OK(resolve_in(top, "sub", RESOLVE_NO_SYMLINKS));
	T_OK(open2(top, "link", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS));
	T_ERR(resolve_in(AT_FDCWD, "/proc/self/status", RESOLVE_NO_XDEV), EXDEV);
	T_OK(resolve_in(AT_FDCWD, "/proc/self/status", 0));
	fd = T_OK(open("top/file", O_RDONLY));
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	T_ERR(resolve_in(AT_FDCWD, self, RESOLVE_NO_MAGICLINKS), ELOOP);
	T_OK(resolve_in(AT_FDCWD, self, 0));
	T_OK(resolve_in(top, "link/up", RESOLVE_NO_MAGICLINKS));
	T_ERR(resolve_in(AT_FDCWD, self, RESOLVE_BENEATH), EXDEV);
}

TEST_MAIN
{
	arguments();
	resolution();
}
