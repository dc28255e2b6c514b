/* SPDX-License-Identifier: Apache-2.0 */
/* The call that the kernel puts in place of an interrupted one with a timeout. */
#include "test.h"

#include <poll.h>
#include <time.h>

static volatile int count;

static void on_signal(int sig)
{
	(void)sig;
	count++;
}

TEST_MAIN
{
	struct timespec ts = {0, 500000000}, ten = {10, 0}, rem = {0, 0};
	int fds[2];
	pid_t pid;
	char c;

	/* By itself there is nothing to restart. */
	T_ERR(syscall(SYS_restart_syscall), EINTR);
	T_ERR(syscall(SYS_restart_syscall), EINTR);

	/* A stop in the middle of a sleep: it ends at the time it would have ended. */
	pid = T_NEED(fork());
	if (!pid) {
		long start = t_now_ms();

		T_OK(nanosleep(&ts, NULL));
		T_CMP(t_now_ms() - start, >=, 499);
		T_CMP(t_now_ms() - start, <, 5000);
		_exit(0);
	}
	for (int i = 0; i < 3; i++) {
		t_sleep_ms(60);
		T_OK(kill(pid, SIGSTOP));
		T_EQ(waitpid(pid, NULL, WUNTRACED), pid);
		T_OK(kill(pid, SIGCONT));
	}
	T_WAIT(pid, 0);

	/* A handler after a stop: EINTR, and what is left of the whole time. */
	pid = T_NEED(fork());
	if (!pid) {
		signal(SIGUSR1, on_signal);
		T_ERR(nanosleep(&ten, &rem), EINTR);
		T_EQ(count, 1);
		T_CMP(rem.tv_sec, <=, 9);
		T_CMP(rem.tv_sec, >=, 5);
		/* After a handler there is nothing to restart either. */
		T_ERR(syscall(SYS_restart_syscall), EINTR);
		_exit(0);
	}
	t_sleep_ms(100);
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, NULL, WUNTRACED), pid);
	T_OK(kill(pid, SIGCONT));
	t_sleep_ms(50);
	T_OK(kill(pid, SIGUSR1));
	T_WAIT(pid, 0);

	/* poll with a timeout goes on as well. */
	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		struct pollfd pfd = {.fd = fds[0], .events = POLLIN};
		long start = t_now_ms();

		T_EQ(poll(&pfd, 1, 300), 0);
		T_CMP(t_now_ms() - start, >=, 299);
		_exit(0);
	}
	t_sleep_ms(60);
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, NULL, WUNTRACED), pid);
	T_OK(kill(pid, SIGCONT));
	T_WAIT(pid, 0);
	T_EQ(write(fds[1], "x", 1), 1);
	T_EQ(read(fds[0], &c, 1), 1);
}
