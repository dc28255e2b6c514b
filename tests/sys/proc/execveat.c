/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/prctl.h>

extern char **environ;

static void __attribute__((constructor)) helper(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "status"))
		_exit(atoi(argv[2]));
}

static long at(int dir, const char *path, int flags)
{
	char *argv[] = {"self", "status", "17", NULL};

	return syscall(SYS_execveat, dir, path, argv, environ, flags);
}

static void runs(int dir, const char *path, int flags)
{
	pid_t pid = T_NEED(fork());

	if (!pid) {
		at(dir, path, flags);
		_exit(99);
	}
	T_WAIT(pid, T_EXITED(17));
}

TEST_MAIN
{
	static char buf[1 << 16];
	int in, out, dir, self;
	ssize_t n;

	T_OK(mkdir("d", 0755));
	in = T_NEED(open("/proc/self/exe", O_RDONLY));
	out = T_NEED(open("d/copy", O_WRONLY | O_CREAT, 0755));
	while ((n = read(in, buf, sizeof(buf))) > 0)
		T_NEED(write(out, buf, (size_t)n));
	close(in);
	close(out);
	T_OK(symlink("copy", "d/link"));
	t_write_file("d/plain", "x", 1);
	dir = T_OK(open("d", O_RDONLY | O_DIRECTORY));
	self = T_OK(open("d/copy", O_PATH));

	runs(dir, "copy", 0);
	runs(dir, "link", 0);
	runs(AT_FDCWD, "d/copy", 0);
	runs(-1, "/proc/self/exe", 0);
	runs(self, "", AT_EMPTY_PATH);
	runs(dir, "copy", AT_SYMLINK_NOFOLLOW);
	T_ERR(at(dir, "link", AT_SYMLINK_NOFOLLOW), ELOOP);
	T_ERR(at(dir, "", 0), ENOENT);
	T_ERR(at(self, "", 0), ENOENT);
	T_ERR(at(dir, "", AT_EMPTY_PATH), EACCES);
	T_ERR(at(dir, "no-such", 0), ENOENT);
	T_ERR(at(dir, "plain", 0), EACCES);
	T_ERR(at(-1, "copy", 0), EBADF);
	T_ERR(at(-1, "", AT_EMPTY_PATH), EBADF);
	T_ERR(at(999, "copy", 0), EBADF);
	T_ERR(at(self, "copy", 0), ENOTDIR);
	T_ERR(at(dir, "copy", 0x8000), EINVAL);
	T_ERR(at(dir, "copy", AT_REMOVEDIR), EINVAL);
	T_EFAULT_NULL(p, at(dir, p, 0));
	/* A script through a descriptor that execve closes cannot be opened by its interpreter. */
	t_write_file("d/script", "#!/proc/self/exe\n", 17);
	T_OK(chmod("d/script", 0755));
	self = T_OK(open("d/script", O_PATH | O_CLOEXEC));
	T_ERR(at(self, "", AT_EMPTY_PATH), ENOENT);
	/* The name shown is the descriptor's number without a path. */
}
