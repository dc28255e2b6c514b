/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static volatile int handled;

static void on_signal(int sig)
{
	(void)sig;
	handled++;
}

static pid_t child(int status)
{
	pid_t pid = T_NEED(fork());

	if (!pid) {
		if (status < 0)
			for (;;)
				pause();
		_exit(status);
	}
	return pid;
}

static void test_choice(void)
{
	pid_t a, b;
	int status;

	/* By number. */
	a = child(1);
	b = child(2);
	T_EQ(wait4(b, &status, 0, NULL), b);
	T_EQ(status, T_EXITED(2));
	T_EQ(wait4(a, &status, 0, NULL), a);
	T_EQ(status, T_EXITED(1));
	T_ERR(wait4(a, &status, 0, NULL), ECHILD);
	/* By group. */
	a = child(-1);
	b = child(3);
	T_OK(setpgid(a, a));
	T_EQ(wait4(0, &status, 0, NULL), b);
	T_EQ(wait4(-a, &status, WNOHANG, NULL), 0);
	T_ERR(wait4(0, &status, 0, NULL), ECHILD);
	T_OK(kill(a, SIGKILL));
	T_EQ(wait4(-a, &status, 0, NULL), a);
	T_EQ(status & 0x7f, SIGKILL);
	T_ERR(wait4(-a, &status, 0, NULL), ECHILD);
	/* Any. */
	a = child(4);
	T_EQ(wait4(-1, NULL, 0, NULL), a);
	T_ERR(wait4(-1, NULL, 0, NULL), ECHILD);
	T_ERR(wait4(-1, NULL, WNOHANG, NULL), ECHILD);
	/* Not one's own. */
	T_ERR(wait4(getppid(), NULL, 0, NULL), ECHILD);
	T_ERR(wait4(getpid(), NULL, 0, NULL), ECHILD);
	T_ERR(wait4(0x7ffffff0, NULL, 0, NULL), ECHILD);
	T_ERR(wait4(INT_MIN, NULL, 0, NULL), ESRCH);
	/* Several at once, all collected. */
	for (int i = 0; i < 10; i++)
		child(i);
	for (int i = 0; i < 10; i++)
		T_CMP(wait4(-1, &status, 0, NULL), >, 0);
	T_ERR(wait4(-1, NULL, 0, NULL), ECHILD);
}

static void test_states(void)
{
	int status = 0x5555;
	pid_t pid = child(-1);

	T_EQ(wait4(pid, &status, WNOHANG, NULL), 0);
	T_EQ(status, 0x5555);
	T_OK(kill(pid, SIGSTOP));
	/* Without WUNTRACED a stop is not told. */
	t_sleep_ms(20);
	T_EQ(wait4(pid, &status, WNOHANG, NULL), 0);
	T_EQ(wait4(pid, &status, WUNTRACED, NULL), pid);
	T_EQ(status, SIGSTOP << 8 | 0x7f);
	T_EQ(wait4(pid, &status, WUNTRACED | WNOHANG, NULL), 0); /* once only */
	T_OK(kill(pid, SIGCONT));
	T_EQ(wait4(pid, &status, WCONTINUED, NULL), pid);
	T_EQ(status, 0xffff);
	T_EQ(wait4(pid, &status, WCONTINUED | WNOHANG, NULL), 0);
	T_OK(kill(pid, SIGSTOP));
	T_EQ(wait4(pid, &status, WUNTRACED, NULL), pid);
	T_OK(kill(pid, SIGKILL));
	T_EQ(wait4(pid, &status, 0, NULL), pid);
	T_EQ(status, SIGKILL);
	/* Core: bit 7 depends on the limits; without one it is clear. */
	T_CHILD
	{
		struct rlimit none = {0, 0};

		T_OK(setrlimit(RLIMIT_CORE, &none));
		pid = child(-1);
		T_OK(kill(pid, SIGQUIT));
		T_EQ(wait4(pid, &status, 0, NULL), pid);
		T_EQ(status & 0x7f, SIGQUIT);
	}
}

static void test_errors(void)
{
	struct rusage ru;
	int status;
	pid_t pid;

	T_ERR(wait4(-1, NULL, 0x10, NULL), EINVAL);
	T_ERR(wait4(-1, NULL, WEXITED, NULL), EINVAL);
	T_ERR(wait4(-1, NULL, WNOWAIT, NULL), EINVAL);
	T_ERR(wait4(-1, NULL, ~0, NULL), EINVAL);
	/* A bad pointer does not keep the child from being reaped. */
	pid = child(0);
	T_ERR(syscall(SYS_wait4, pid, 16, 0, NULL), EFAULT);
	T_ERR(wait4(pid, &status, 0, NULL), ECHILD);
	pid = child(0);
	T_ERR(syscall(SYS_wait4, pid, &status, 0, 16), EFAULT);
	T_ERR(wait4(pid, &status, 0, NULL), ECHILD);
	T_EFAULT(p, ({
			 long r;

			 pid = fork();
			 if (!pid)
				 _exit(0);
			 r = syscall(SYS_wait4, pid, p, 0, NULL);
			 r;
		 }));

	memset(&ru, 0x55, sizeof(ru));
	pid = T_NEED(fork());
	if (!pid) {
		for (long end = t_now_ms() + 50; t_now_ms() < end;)
			;
		_exit(0);
	}
	T_EQ(wait4(pid, &status, 0, &ru), pid);
	T_CMP(ru.ru_utime.tv_sec, <, 10);
	T_CMP(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec + 1000000 * ru.ru_utime.tv_sec, >=, 10000);
	T_CMP(ru.ru_minflt, >, 0);
}

static void test_interrupt(void)
{
	struct sigaction sa = {.sa_handler = on_signal};
	pid_t pid = child(-1), sender;
	int status;

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	sender = T_NEED(fork());
	if (!sender) {
		t_sleep_ms(40);
		_exit(kill(getppid(), SIGUSR1));
	}
	T_ERR(wait4(pid, &status, 0, NULL), EINTR);
	T_EQ(handled, 1);
	T_WAIT(sender, 0);
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
}

TEST_MAIN
{
	test_choice();
	test_states();
	test_errors();
	test_interrupt();
}
