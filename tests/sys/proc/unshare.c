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
	T_AS_USER
	{
		T_ERR(sys_unshare(CLONE_NEWNS), EPERM);
		T_OK(sys_unshare(CLONE_FS));
	}
}
