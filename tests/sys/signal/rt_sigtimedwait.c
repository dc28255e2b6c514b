/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <time.h>

#define BIT(sig) (1UL << ((sig)-1))

static long timed(unsigned long set, siginfo_t *si, long ns)
{
	struct timespec ts = {ns / 1000000000, ns % 1000000000};

	return syscall(SYS_rt_sigtimedwait, &set, si, ns < 0 ? NULL : &ts, 8);
}

static volatile int count;

static void on_signal(int sig)
{
	(void)sig;
	count++;
}

static pid_t send_later(int sig)
{
	pid_t pid = T_NEED(fork());

	if (!pid) {
		t_sleep_ms(50);
		_exit(kill(getppid(), sig) != 0);
	}
	return pid;
}

TEST_MAIN
{
	unsigned long set = BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGCHLD) | BIT(SIGRTMIN + 3);
	struct timespec bad = {0, 1000000000}, negative = {-1, 0};
	union sigval value = {.sival_int = 99};
	siginfo_t si;
	long start;
	pid_t pid;

	T_OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
	/* At once when one is pending. */
	T_OK(kill(getpid(), SIGUSR1));
	memset(&si, 0x55, sizeof(si));
	T_EQ(timed(set, &si, -1), SIGUSR1);
	T_EQ(si.si_signo, SIGUSR1);
	T_EQ(si.si_code, SI_USER);
	T_EQ(si.si_errno, 0);
	T_EQ(si.si_pid, getpid());
	T_EQ(si.si_uid, getuid());
	T_ERR(timed(set, &si, 0), EAGAIN);
	/* Lowest first; queued values in order. */
	T_OK(sigqueue(getpid(), SIGRTMIN + 3, value));
	value.sival_int = 100;
	T_OK(sigqueue(getpid(), SIGRTMIN + 3, value));
	T_OK(raise(SIGUSR2));
	T_EQ(timed(set, &si, 0), SIGUSR2);
	T_EQ(timed(set, &si, 0), SIGRTMIN + 3);
	T_EQ(si.si_code, SI_QUEUE);
	T_EQ(si.si_int, 99);
	T_EQ(timed(set, &si, 0), SIGRTMIN + 3);
	T_EQ(si.si_int, 100);
	T_ERR(timed(set, NULL, 0), EAGAIN);
	/* Only those asked for. */
	T_OK(raise(SIGUSR2));
	T_ERR(timed(BIT(SIGUSR1), NULL, 1000000), EAGAIN);
	T_EQ(timed(BIT(SIGUSR2), NULL, 0), SIGUSR2);

	start = t_now_ms();
	T_ERR(timed(set, NULL, 100000000), EAGAIN);
	T_CMP(t_now_ms() - start, >=, 99);
	T_CMP(t_now_ms() - start, <=, 5000);

	pid = send_later(SIGUSR1);
	T_EQ(timed(BIT(SIGUSR1), &si, -1), SIGUSR1);
	T_EQ(si.si_pid, pid);
	/* The end of a child, with its facts. */
	T_EQ(timed(BIT(SIGCHLD), &si, -1), SIGCHLD);
	T_EQ(si.si_code, CLD_EXITED);
	T_EQ(si.si_pid, pid);
	T_EQ(si.si_status, 0);
	T_WAIT(pid, 0);
	/* Also a signal that is not blocked can be waited for. */
	signal(SIGHUP, on_signal);
	pid = send_later(SIGHUP);
	T_EQ(timed(BIT(SIGHUP), &si, 5000000000), SIGHUP);
	T_EQ(count, 0);
	T_EQ(timed(BIT(SIGCHLD), &si, -1), SIGCHLD);
	T_WAIT(pid, 0);
	/* Another handler interrupts; the call is not restarted. */
	pid = send_later(SIGHUP);
	T_ERR(timed(BIT(SIGUSR1), NULL, 5000000000), EINTR);
	T_EQ(count, 1);
	T_WAIT(pid, 0);
	T_EQ(timed(BIT(SIGCHLD), &si, -1), SIGCHLD);

	T_ERR(syscall(SYS_rt_sigtimedwait, &set, NULL, NULL, 4), EINVAL);
	T_ERR(syscall(SYS_rt_sigtimedwait, &set, NULL, &bad, 8), EINVAL);
	T_ERR(syscall(SYS_rt_sigtimedwait, &set, NULL, &negative, 8), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_rt_sigtimedwait, p, NULL, &bad, 8));
	T_EFAULT(p, syscall(SYS_rt_sigtimedwait, &set, NULL, p, 8));
	T_OK(raise(SIGUSR1));
	T_ERR(syscall(SYS_rt_sigtimedwait, &set, 16, NULL, 8), EFAULT);
	/* SIGKILL is never waited for. */
	pid = T_NEED(fork());
	if (!pid) {
		timed(-1UL, NULL, -1);
		_exit(1);
	}
	t_sleep_ms(30);
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
}
