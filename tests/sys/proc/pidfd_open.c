/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <poll.h>
#include <pthread.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static int pidfd_open_(long pid, unsigned flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static pid_t sleeper(int ms, int status)
{
	pid_t pid = fork();

	if (!pid) {
		t_sleep_ms(ms);
		_exit(status);
	}
	return pid;
}

TEST_MAIN
{
	struct pollfd pfd;
	siginfo_t si;
	char c;
	pid_t pid;
	int fd;

	T_ERR(pidfd_open_(0, 0), EINVAL);
	T_ERR(pidfd_open_(-1, 0), EINVAL);
	T_ERR(pidfd_open_(getpid(), 1), EINVAL);
	T_ERR(pidfd_open_(0x7ffffff0, 0), ESRCH);
	fd = T_OK(pidfd_open_(getpid(), 0));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	T_ERR(read(fd, &c, 1), EINVAL);
	T_ERR(write(fd, "x", 1), EINVAL);
	T_OK(close(fd));

	/* Readable when the process has ended, before and after it is reaped. */
	pid = T_NEED(sleeper(100, 7));
	pfd.fd = T_OK(pidfd_open_(pid, 0));
	pfd.events = POLLIN;
	T_EQ(poll(&pfd, 1, 0), 0);
	T_EQ(poll(&pfd, 1, 5000), 1);
	T_EQ(pfd.revents & POLLIN, POLLIN);
	T_OK(waitid(P_PIDFD, (id_t)pfd.fd, &si, WEXITED));
	T_EQ(si.si_pid, pid);
	T_EQ(si.si_status, 7);
	T_EQ(poll(&pfd, 1, 0), 1);
	T_ERR(waitid(P_PIDFD, (id_t)pfd.fd, &si, WEXITED), ECHILD);
	T_ERR(pidfd_open_(pid, 0), ESRCH);
	T_OK(close(pfd.fd));

	/* O_NONBLOCK: waitid does not wait. */
	pid = T_NEED(sleeper(100, 0));
	fd = T_OK(pidfd_open_(pid, O_NONBLOCK));
	T_ERR(waitid(P_PIDFD, (id_t)fd, &si, WEXITED), EAGAIN);
	T_WAIT(pid, 0);
	T_OK(close(fd));
	T_ERR(waitid(P_PIDFD, (id_t)fd, &si, WEXITED), EBADF);
	T_ERR(waitid(P_PIDFD, (id_t)-1, &si, WEXITED), EINVAL);
	fd = T_OK(open("/dev/null", O_RDONLY));
	T_ERR(waitid(P_PIDFD, (id_t)fd, &si, WEXITED), EBADF);
}
