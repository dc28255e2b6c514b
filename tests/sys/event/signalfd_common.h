/* SPDX-License-Identifier: Apache-2.0 */
/* signalfd(2). The includer defines make(fd, mask, size). */
#include "test.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#define BIT_OF(sig) (1ul << ((sig)-1))

static void common_errors(void)
{
	uint64_t mask = BIT_OF(SIGUSR1);
	char buf[200];
	int p[2], fd;

	T_OK(pipe(p));
	T_ERR(make(-1, &mask, 4), EINVAL);
	T_ERR(make(-1, &mask, 16), EINVAL);
	T_EFAULT_NULL(q, make(-1, q, 8));
	T_ERR(make(-2, &mask, 8), EBADF);
	T_ERR(make(1000, &mask, 8), EBADF);
	T_ERR(make(p[0], &mask, 8), EINVAL);
	fd = T_OK(make(-1, &mask, 8));
	T_ERR(read(fd, buf, 127), EINVAL);
	T_ERR(write(fd, buf, 128), EINVAL);
	T_OK(close(fd));
}

static void records(void)
{
	uint64_t mask = BIT_OF(SIGUSR1) | BIT_OF(SIGUSR2) | BIT_OF(SIGRTMIN) | BIT_OF(SIGKILL);
	uint64_t none = 0, block = mask | BIT_OF(SIGCHLD);
	union sigval v = {.sival_int = 77};
	struct signalfd_siginfo s[4];
	struct pollfd p;
	int fd = T_OK(make(-1, &mask, 8));

	T_EQ(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &block, NULL, 8L), 0);
	p = (struct pollfd){fd, POLLIN, 0};
	T_EQ(poll(&p, 1, 0), 0);
	T_OK(kill(getpid(), SIGUSR1));
	T_EQ(poll(&p, 1, 0), 1);
	T_EQ(read(fd, s, sizeof(s)), 128);
	T_EQ(s[0].ssi_signo, SIGUSR1);
	T_EQ(s[0].ssi_code, SI_USER);
	T_EQ(s[0].ssi_pid, getpid());
	T_EQ(s[0].ssi_uid, getuid());
	T_EQ(poll(&p, 1, 0), 0);
	T_OK(sigqueue(getpid(), SIGRTMIN, v));
	T_OK(sigqueue(getpid(), SIGRTMIN, v));
	raise(SIGUSR2);
	T_EQ(read(fd, s, 128), 128);
	T_EQ(read(fd, s + 1, sizeof(s) - 128), 256);
	T_EQ(s[0].ssi_signo, SIGUSR2);
	T_EQ(s[0].ssi_code, SI_TKILL);
	T_EQ(s[1].ssi_signo, SIGRTMIN);
	T_EQ(s[1].ssi_code, SI_QUEUE);
	T_EQ(s[1].ssi_int, 77);
	T_EQ(s[2].ssi_signo, SIGRTMIN);
	/* Another set for the same descriptor. */
	mask = BIT_OF(SIGCHLD);
	T_EQ(make(fd, &mask, 8), fd);
	pid_t pid = fork();
	if (!pid) {
		t_sleep_ms(30);
		_exit(3);
	}
	T_EQ(read(fd, s, 128), 128);
	T_EQ(s[0].ssi_signo, SIGCHLD);
	T_EQ(s[0].ssi_code, CLD_EXITED);
	T_EQ(s[0].ssi_pid, pid);
	T_EQ(s[0].ssi_status, 3);
	T_WAIT(pid, T_EXITED(3));
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8L), 0);
	T_OK(close(fd));
}

/* The signals are those of the process that looks; a watcher is woken. */
static void waiting(void)
{
	uint64_t mask = BIT_OF(SIGUSR1), none = 0;
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = 9};
	struct signalfd_siginfo s;
	int ep = T_OK(epoll_create1(0)), fd;

	T_EQ(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8L), 0);
	fd = T_OK(make(-1, &mask, 8));
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
	T_EQ(epoll_wait(ep, &e, 1, 0), 0);
	T_OK(kill(getpid(), SIGUSR1));
	T_CHILD
	{
		struct pollfd p = {fd, POLLIN, 0};

		T_EQ(poll(&p, 1, 0), 0);
	}
	T_EQ(epoll_wait(ep, &e, 1, 0), 1);
	T_EQ(read(fd, &s, sizeof(s)), 128);
	pid_t pid = fork();
	if (!pid) {
		t_sleep_ms(30);
		_exit(kill(getppid(), SIGUSR1) != 0);
	}
	T_EQ(epoll_wait(ep, &e, 1, 5000), 1);
	T_EQ(read(fd, &s, sizeof(s)), 128);
	T_EQ(s.ssi_pid, pid);
	T_WAIT(pid, 0);
	/* Signals outside the set go their way. */
	t_count_signal(SIGALRM, 0);
	alarm(1);
	T_ERR(read(fd, &s, sizeof(s)), EINTR);
	T_EQ(t_signals[SIGALRM], 1);
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8L), 0);
}
