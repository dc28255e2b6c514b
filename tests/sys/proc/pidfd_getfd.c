/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static long getfd(int pidfd, int fd, unsigned flags)
{
	return syscall(SYS_pidfd_getfd, pidfd, fd, flags);
}

TEST_MAIN
{
	int ready[2], fd, copy, own;
	char buf[8];
	pid_t pid;

	T_OK(pipe(ready));
	pid = T_NEED(fork());
	if (!pid) {
		fd = open("shared", O_RDWR | O_CREAT, 0644);
		dup2(fd, 100);
		if (write(fd, "hello", 5) != 5 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	T_EQ(read(ready[0], buf, 1), 1);
	fd = T_NEED((int)syscall(SYS_pidfd_open, pid, 0));
	T_ERR(getfd(fd, 100, 1), EINVAL);
	T_ERR(getfd(fd, 101, 0), EBADF);
	T_ERR(getfd(fd, -1, 0), EBADF);
	T_ERR(getfd(-1, 100, 0), EBADF);
	T_ERR(getfd(ready[0], 100, 0), EBADF);
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(getfd(fd, 100, 0), EPERM);
		}
	copy = T_OK((int)getfd(fd, 100, 0));
	T_EQ(fcntl(copy, F_GETFD), FD_CLOEXEC);
	/* The same open file: the position is shared. */
	T_EQ(lseek(copy, 0, SEEK_CUR), 5);
	own = T_OK((int)syscall(SYS_pidfd_open, getpid(), 0));
	T_CMP(getfd(own, copy, 0), >=, 0);
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
	T_ERR(getfd(fd, 100, 0), ESRCH);
}
