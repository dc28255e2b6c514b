/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define BIT(sig) (1UL << ((sig)-1))

static volatile int count;
static volatile unsigned long handler_mask;

static unsigned long current_mask(void)
{
	unsigned long now = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &now, 8);
	return now;
}

static void on_signal(int sig)
{
	(void)sig;
	count++;
	handler_mask = current_mask();
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
	unsigned long set = BIT(SIGUSR1), empty = 0, wait_set;
	pid_t pid;

	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, on_signal);
	T_OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
	/* One that is pending already. */
	T_OK(raise(SIGUSR1));
	T_EQ(count, 0);
	T_ERR(syscall(SYS_rt_sigsuspend, &empty, 8), EINTR);
	T_EQ(count, 1);
	T_EQ(current_mask(), BIT(SIGUSR1));
	/* One that comes later; the handler runs with the temporary mask and the signal itself. */
	wait_set = BIT(SIGUSR2) | BIT(SIGHUP);
	pid = send_later(SIGUSR1);
	T_ERR(syscall(SYS_rt_sigsuspend, &wait_set, 8), EINTR);
	T_EQ(count, 2);
	T_EQ(handler_mask, BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGHUP));
	T_EQ(current_mask(), BIT(SIGUSR1));
	T_WAIT(pid, 0);
	/* Ignored signals do not end it; SIGCHLD of the helper is such a one. */
	pid = send_later(SIGUSR2);
	wait_set = BIT(SIGUSR1);
	T_ERR(syscall(SYS_rt_sigsuspend, &wait_set, 8), EINTR);
	T_EQ(count, 3);
	T_WAIT(pid, 0);
	/* SIGKILL cannot be held off. */
	pid = T_NEED(fork());
	if (!pid) {
		wait_set = -1UL;
		syscall(SYS_rt_sigsuspend, &wait_set, 8);
		_exit(1);
	}
	t_sleep_ms(30);
	T_OK(kill(pid, SIGTERM));
	t_sleep_ms(30);
	T_EQ(waitpid(pid, NULL, WNOHANG), 0);
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);

	T_ERR(syscall(SYS_rt_sigsuspend, &empty, 4), EINVAL);
	T_ERR(syscall(SYS_rt_sigsuspend, &empty, 16), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_rt_sigsuspend, p, 8));
	T_EQ(current_mask(), BIT(SIGUSR1));
}
