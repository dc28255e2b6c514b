/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static volatile int count;

static void on_signal(int sig)
{
	(void)sig;
	count++;
}

static pid_t send_later(int sig, int times)
{
	pid_t pid = T_NEED(fork());

	if (!pid) {
		for (int i = 0; i < times; i++) {
			t_sleep_ms(40);
			kill(getppid(), sig);
		}
		_exit(0);
	}
	return pid;
}

TEST_MAIN
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	pid_t pid;

	signal(SIGUSR1, on_signal);
	pid = send_later(SIGUSR1, 1);
	T_ERR(pause(), EINTR);
	T_EQ(count, 1);
	T_WAIT(pid, 0);
	/* SA_RESTART changes nothing. */
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	pid = send_later(SIGUSR1, 1);
	T_ERR(pause(), EINTR);
	T_EQ(count, 2);
	T_WAIT(pid, 0);
	/* Ignored signals do not end it; a deadly one ends the process. */
	pid = T_NEED(fork());
	if (!pid) {
		signal(SIGUSR2, SIG_IGN);
		pause();
		_exit(1);
	}
	t_sleep_ms(30);
	T_OK(kill(pid, SIGUSR2));
	T_OK(kill(pid, SIGWINCH));
	t_sleep_ms(30);
	T_EQ(waitpid(pid, NULL, WNOHANG), 0);
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, NULL, WUNTRACED), pid);
	T_OK(kill(pid, SIGCONT));
	t_sleep_ms(30);
	T_EQ(waitpid(pid, NULL, WNOHANG), 0);
	T_OK(kill(pid, SIGTERM));
	T_WAIT(pid, SIGTERM);
}
