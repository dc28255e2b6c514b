/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static volatile int count, value;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	count++;
	value = si->si_value.sival_int;
}

static long send(int fd, int sig, siginfo_t *si, unsigned flags)
{
	return syscall(SYS_pidfd_send_signal, fd, sig, si, flags);
}

TEST_MAIN
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	siginfo_t si;
	pid_t pid;
	int fd, null;

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	fd = T_NEED((int)syscall(SYS_pidfd_open, getpid(), 0));
	null = T_OK(open("/dev/null", O_RDONLY));
	T_ERR(send(-1, 0, NULL, 0), EBADF);
	T_ERR(send(null, 0, NULL, 0), EBADF);
	T_ERR(send(fd, 0, NULL, 0x100), EINVAL);
	T_ERR(send(fd, 65, NULL, 0), EINVAL);
	T_ERR(send(fd, -1, NULL, 0), EINVAL);
	T_ERR(send(fd, SIGUSR1, (void *)16, 0), EFAULT);
	T_OK(send(fd, 0, NULL, 0));
	T_EQ(count, 0);
	T_OK(send(fd, SIGUSR1, NULL, 0));
	T_EQ(count, 1);
	memset(&si, 0, sizeof(si));
	si.si_signo = SIGUSR2;
	si.si_code = SI_QUEUE;
	T_ERR(send(fd, SIGUSR1, &si, 0), EINVAL);
	si.si_signo = SIGUSR1;
	si.si_value.sival_int = 77;
	T_OK(send(fd, SIGUSR1, &si, 0));
	T_EQ(count, 2);
	T_EQ(value, 77);
	T_OK(close(fd));
	/* A directory of /proc will do. */
	fd = T_OK(open("/proc/self", O_RDONLY | O_DIRECTORY));
	T_OK(send(fd, SIGUSR1, NULL, 0));
	T_EQ(count, 3);
	T_OK(close(fd));
	fd = T_OK(open("/proc/self/task", O_RDONLY | O_DIRECTORY));
	T_ERR(send(fd, SIGUSR1, NULL, 0), EBADF);
	T_OK(close(fd));
	fd = T_OK(open("/proc", O_RDONLY | O_DIRECTORY));
	T_ERR(send(fd, SIGUSR1, NULL, 0), EBADF);
	T_OK(close(fd));

	pid = T_NEED(fork());
	if (!pid) {
		for (;;)
			pause();
	}
	fd = T_OK((int)syscall(SYS_pidfd_open, pid, 0));
	si.si_code = SI_USER;
	T_ERR(send(fd, SIGUSR1, &si, 0), EPERM); /* only to oneself */
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(send(fd, SIGKILL, NULL, 0), EPERM);
		}
	T_OK(send(fd, SIGKILL, NULL, 0));
	T_WAIT(pid, SIGKILL);
	T_ERR(send(fd, SIGKILL, NULL, 0), ESRCH);
}
