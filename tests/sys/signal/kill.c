/* SPDX-License-Identifier: Apache-2.0 */
/* kill: whom it reaches and who may; and each signal's default action. */
#include "test.h"

static volatile int count;

static void on_signal(int sig)
{
	(void)sig;
	count++;
}

static pid_t sleeper(void)
{
	pid_t pid = T_NEED(fork());

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void test_default_actions(void)
{
	static const int ignored[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
	static const int stopping[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};

	for (int sig = 1; sig <= 64; sig++) {
		bool is_ending = sig != 32 && sig != 33;
		pid_t pid;
		int status;

		for (int i = 0; i < 4; i++)
			is_ending &= sig != ignored[i] && sig != stopping[i];
		if (!is_ending)
			continue;
		pid = sleeper();
		T_OK(kill(pid, sig));
		T_EQ(waitpid(pid, &status, 0), pid);
		T_EQ(WIFSIGNALED(status) ? WTERMSIG(status) : -1, sig);
	}
	for (int i = 0; i < 4; i++) {
		pid_t pid = sleeper();

		T_OK(kill(pid, ignored[i]));
		t_sleep_ms(5);
		T_EQ(waitpid(pid, NULL, WNOHANG), 0);
		T_OK(kill(pid, SIGKILL));
		T_WAIT(pid, SIGKILL);
	}
	for (int i = 0; i < 4; i++) {
		pid_t pid = T_NEED(fork());
		int status;

		if (!pid) {
			/* In a group that is not orphaned, or the last three do nothing. */
			setpgid(0, 0);
			for (;;)
				pause();
		}
		setpgid(pid, pid);
		T_OK(kill(pid, stopping[i]));
		T_EQ(waitpid(pid, &status, WUNTRACED), pid);
		T_EQ(WIFSTOPPED(status) ? WSTOPSIG(status) : -1, stopping[i]);
		/* While stopped, other signals wait, SIGKILL does not. */
		T_OK(kill(pid, SIGTERM));
		t_sleep_ms(5);
		T_EQ(waitpid(pid, &status, WNOHANG | WUNTRACED), 0);
		if (i & 1)
			T_OK(kill(pid, SIGKILL));
		else
			T_OK(kill(pid, SIGCONT));
		T_WAIT(pid, i & 1 ? SIGKILL : SIGTERM);
	}
}

static void test_groups(void)
{
	pid_t leader, member;

	/* A group of two; the signal goes to both. */
	leader = sleeper();
	T_OK(setpgid(leader, leader));
	member = sleeper();
	T_OK(setpgid(member, leader));
	T_OK(kill(-leader, 0));
	T_OK(kill(-leader, SIGTERM));
	T_WAIT(leader, SIGTERM);
	T_WAIT(member, SIGTERM);
	T_ERR(kill(-leader, 0), ESRCH);
	T_ERR(kill(-leader, SIGTERM), ESRCH);

	/* 0: the caller's own group, the caller too. */
	T_CHILD
	{
		pid_t pid;

		T_OK(setpgid(0, 0));
		signal(SIGUSR1, on_signal);
		pid = fork();
		if (!pid) {
			signal(SIGUSR1, SIG_DFL);
			for (;;)
				pause();
		}
		t_sleep_ms(50);
		count = 0;
		T_OK(kill(0, SIGUSR1));
		T_EQ(count, 1);
		T_WAIT(pid, SIGUSR1);
	}
}

static void test_permission(void)
{
	pid_t pid;
	int fds[2];
	char c;

	if (!t_is_root()) {
		T_SKIP_ONE("needs root");
		return;
	}
	pid = sleeper();
	T_AS_USER
	{
		T_ERR(kill(pid, 0), EPERM);
		T_ERR(kill(pid, SIGTERM), EPERM);
		T_ERR(kill(pid, 65), EINVAL);
		T_ERR(kill(1, SIGCONT), EPERM);
	}
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
	/* The real or effective id of the sender against the real or saved one of the target. */
	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		T_OK(setresuid(1000, 1001, 1002));
		T_EQ(write(fds[1], "x", 1), 1);
		for (;;)
			pause();
	}
	T_EQ(read(fds[0], &c, 1), 1);
	T_CHILD
	{
		T_OK(setresuid(1000, 5, 5));
		T_OK(kill(pid, 0));
	}
	T_CHILD
	{
		T_OK(setresuid(5, 1000, 5));
		T_OK(kill(pid, 0));
	}
	T_CHILD
	{
		T_OK(setresuid(5, 1002, 5));
		T_OK(kill(pid, 0));
	}
	T_CHILD
	{
		T_OK(setresuid(1001, 1001, 1001));
		T_ERR(kill(pid, 0), EPERM);
	}
	T_CHILD
	{
		T_OK(setresuid(5, 5, 1000));
		T_ERR(kill(pid, 0), EPERM);
	}
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
}

TEST_MAIN
{
	pid_t pid;

	T_OK(kill(getpid(), 0));
	T_ERR(kill(getpid(), 65), EINVAL);
	T_ERR(kill(getpid(), -1), EINVAL);
	T_ERR(kill(0x7ffffff0, 0), ESRCH);
	T_ERR(kill(INT_MIN, 0), ESRCH);
	T_ERR(kill(0x7ffffff0, 65), ESRCH);

	/* To itself: delivered before the call returns. */
	signal(SIGUSR1, on_signal);
	for (int i = 1; i <= 100; i++)
		kill(getpid(), SIGUSR1);
	T_EQ(count, 100);
	signal(SIGUSR1, SIG_DFL);

	/* A zombie can still be "killed". */
	pid = T_NEED(fork());
	if (!pid)
		_exit(3);
	T_OK(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT));
	T_OK(kill(pid, 0));
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, T_EXITED(3));
	T_ERR(kill(pid, 0), ESRCH);
	T_ERR(kill(pid, SIGKILL), ESRCH);

	test_default_actions();
	test_groups();
	test_permission();
}
