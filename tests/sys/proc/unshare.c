/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sched.h>
#include <sys/mount.h>

#define sys_unshare(flags) ((int)syscall(SYS_unshare, (unsigned long)(flags)))

static int exit_of(int child)
{
	int status = -1;

	waitpid(child, &status, 0);
	return status;
}

static void files(void)
{
	int fd = T_OK(open("/dev/null", O_RDONLY));
	int child = (int)T_OK(syscall(SYS_clone, CLONE_FILES | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));

	if (!child) {
		if (sys_unshare(CLONE_FILES))
			_exit(1);
		close(fd);
		_exit(0);
	}
	T_EQ(exit_of(child), 0);
	T_OK(fcntl(fd, F_GETFD));
	close(fd);
}

static bool set_nr_open(unsigned n)
{
	char text[16];
	int fd = open("/proc/sys/fs/nr_open", O_WRONLY), len = sprintf(text, "%u\n", n);
	bool ok = fd >= 0 && write(fd, text, (size_t)len) == len;

	close(fd);
	return ok;
}

/* More is open than a table may hold since the limit was lowered. */
static void files_above_limit(void)
{
	const unsigned usual = 1048576, low = 8192;
	const struct rlimit limit = {low + 64, low + 64}, above = {low + 1, low + 64};
	int child;

	T_ERR(set_nr_open(63) ? 0 : -1, EINVAL);
	if (!set_nr_open(usual)) {
		T_SKIP_ONE("/proc/sys/fs/nr_open cannot be set");
		return;
	}
	T_OK(setrlimit(RLIMIT_NOFILE, &limit));
	T_OK(dup2(0, (int)low + 1));
	T_TRUE(set_nr_open(low));
	T_ERR(fork(), EMFILE);
	T_ERR(setrlimit(RLIMIT_NOFILE, &above), EPERM);
	child = (int)T_OK(syscall(SYS_clone, CLONE_FILES | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));
	if (!child)
		_exit(sys_unshare(CLONE_FILES) ? errno : 0);
	T_TRUE(set_nr_open(usual));
	T_EQ(WEXITSTATUS(exit_of(child)), EMFILE);
	close((int)low + 1);
}

static void directory(void)
{
	char before[4096], after[4096];
	int child;

	T_CMP(syscall(SYS_getcwd, before, sizeof(before)), >, 0);
	child = (int)T_OK(syscall(SYS_clone, CLONE_FS | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));
	if (!child) {
		if (sys_unshare(CLONE_FS))
			_exit(1);
		_exit(chdir("/") ? 2 : 0);
	}
	T_EQ(exit_of(child), 0);
	T_CMP(syscall(SYS_getcwd, after, sizeof(after)), >, 0);
	T_STR(before, after);
}

static void mounts(void)
{
	T_OK(mkdir("m", 0755));
	T_CHILD
	{
		T_NEED(sys_unshare(CLONE_NEWNS));
		T_NEED(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		T_OK(mount("x", "m", "tmpfs", 0, NULL));
		t_touch("m/inside");
		T_TRUE(t_exists("m/inside"));
		/* Its own children are in it, too. */
		T_CHILD
		{
			T_TRUE(t_exists("m/inside"));
		}
	}
	T_TRUE(!t_exists("m/inside"));
	T_OK(rmdir("m"));
}

TEST_MAIN
{
	T_OK(sys_unshare(0));
	T_ERR(sys_unshare(CLONE_PARENT), EINVAL);
	T_ERR(sys_unshare(~0ul), EINVAL);
	T_OK(sys_unshare(CLONE_FILES | CLONE_FS | CLONE_SYSVSEM));
	files();
	directory();
	T_NEED_ROOT();
	mounts();
	files_above_limit();
	T_AS_USER
	{
		T_ERR(sys_unshare(CLONE_NEWNS), EPERM);
		T_OK(sys_unshare(CLONE_FS));
	}
}
