/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGCHLD: what it tells of each change of a child's state (sigaction(2), si_code), when it is not
 * sent (SA_NOCLDSTOP), and that nothing is left to wait for when it is ignored or SA_NOCLDWAIT.
 */
#include "test.h"

#include <sys/ptrace.h>

static sigset_t chld;

/* The next SIGCHLD, within 5 s. */
static void expect(pid_t pid, int code, int status)
{
	struct timespec limit = {5, 0};
	siginfo_t si = {0}, seen = {0};

	T_EQ(sigtimedwait(&chld, &si, &limit), SIGCHLD);
	T_EQ(si.si_signo, SIGCHLD);
	T_EQ(si.si_errno, 0);
	T_EQ(si.si_pid, pid);
	T_EQ(si.si_uid, getuid());
	T_EQ(si.si_code, code);
	T_EQ(si.si_status, status);
	T_CMP(si.si_utime, >=, 0);
	T_CMP(si.si_stime, >=, 0);
	/* waitid(2) tells the same. */
	T_OK(waitid(P_PID, (id_t)pid, &seen, WEXITED | WSTOPPED | WCONTINUED));
	T_EQ(seen.si_code, code);
	T_EQ(seen.si_status, status);
}

static bool is_quiet(void)
{
	struct timespec limit = {0, 100000000};

	return sigtimedwait(&chld, NULL, &limit) == -1;
}

static pid_t start(bool is_traced, int exit_code)
{
	pid_t pid = T_NEED(fork());

	if (pid) {
		setpgid(pid, pid); /* so that it is no orphan: SIGTSTP stops it */
		return pid;
	}
	t_limit(RLIMIT_CORE, 0);
	if (is_traced)
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	if (exit_code >= 0)
		_exit(exit_code);
	for (;;)
		pause();
}

static void test_codes(void)
{
	char pattern[8] = {0};
	pid_t pid;

	expect(start(false, 0), CLD_EXITED, 0);
	expect(start(false, 77), CLD_EXITED, 77);
	pid = start(false, -1);
	T_OK(kill(pid, SIGTERM));
	expect(pid, CLD_KILLED, SIGTERM);
	pid = start(false, -1);
	T_OK(kill(pid, SIGRTMIN + 3));
	expect(pid, CLD_KILLED, SIGRTMIN + 3);
	pid = start(false, -1);
	T_OK(kill(pid, SIGQUIT)); /* without a core file */
	expect(pid, CLD_KILLED, SIGQUIT);
	t_read_file("/proc/sys/kernel/core_pattern", pattern, 4);
	if (!strncmp(pattern, "core", 4)) {
		pid = T_NEED(fork());
		if (!pid) {
			t_limit(RLIMIT_CORE, 1 << 20);
			abort();
		}
		expect(pid, CLD_DUMPED, SIGABRT);
	}
	pid = start(false, -1);
	for (int i = 0; i < 2; i++) {
		static const int stops[] = {SIGSTOP, SIGTSTP};

		T_OK(kill(pid, stops[i]));
		expect(pid, CLD_STOPPED, stops[i]);
		T_OK(kill(pid, SIGCONT));
		expect(pid, CLD_CONTINUED, SIGCONT);
	}
	T_OK(kill(pid, SIGCONT)); /* it runs already */
	T_TRUE(is_quiet());
	t_end(pid);
	T_EQ(sigtimedwait(&chld, NULL, &(struct timespec){1, 0}), SIGCHLD);
}

static void test_trapped(void)
{
	pid_t pid = start(true, -1);

	t_sleep_ms(50);
	T_OK(kill(pid, SIGUSR1));
	expect(pid, CLD_TRAPPED, SIGUSR1);
	T_OK(ptrace(PTRACE_CONT, pid, NULL, SIGTERM));
	expect(pid, CLD_KILLED, SIGTERM);
}

static void test_no_stop(void)
{
	struct sigaction sa = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
	pid_t pid = start(false, -1);
	int status;

	T_OK(sigaction(SIGCHLD, &sa, NULL));
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	T_TRUE(WIFSTOPPED(status));
	T_TRUE(is_quiet());
	T_OK(kill(pid, SIGCONT));
	T_EQ(waitpid(pid, &status, WCONTINUED), pid);
	T_TRUE(WIFCONTINUED(status));
	T_TRUE(is_quiet());
	T_OK(kill(pid, SIGKILL));
	expect(pid, CLD_KILLED, SIGKILL);
}

static void test_no_wait(void)
{
	struct sigaction sa = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
	pid_t pid;

	/* The signal is sent all the same, and waiting waits for the last child's end. */
	T_OK(sigaction(SIGCHLD, &sa, NULL));
	pid = start(false, 3);
	T_EQ(sigtimedwait(&chld, NULL, &(struct timespec){5, 0}), SIGCHLD);
	T_ERR(waitpid(pid, NULL, 0), ECHILD);
	T_ERR(kill(pid, 0), ESRCH);
	sa = (struct sigaction){.sa_handler = SIG_IGN};
	T_OK(sigaction(SIGCHLD, &sa, NULL));
	pid = start(false, 3);
	T_ERR(waitpid(pid, NULL, 0), ECHILD);
	T_ERR(wait(NULL), ECHILD);
	sa.sa_handler = SIG_DFL;
	T_OK(sigaction(SIGCHLD, &sa, NULL));
}

TEST_MAIN
{
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	T_OK(sigprocmask(SIG_BLOCK, &chld, NULL));
	test_codes();
	test_trapped();
	test_no_stop();
	test_no_wait();
}
