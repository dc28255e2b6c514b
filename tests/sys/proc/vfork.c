/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static volatile int shared_word;
static volatile pid_t child_pid;

static void __attribute__((constructor)) helper(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exec-helper")) {
		t_sleep_ms(200);
		_exit(9);
	}
}

TEST_MAIN
{
	char *argv[] = {"x", "exec-helper", NULL};
	long start = t_now_ms();
	int status;
	pid_t pid;

	/* The parent waits until the child has ended; the memory is one. */
	pid = vfork();
	if (!pid) {
		shared_word = 42;
		child_pid = getpid();
		t_sleep_ms(100);
		shared_word = 43;
		_exit(6);
	}
	T_CMP(pid, >, 0);
	T_EQ(shared_word, 43);
	T_EQ(child_pid, pid);
	T_CMP(t_now_ms() - start, >=, 99);
	T_WAIT(pid, T_EXITED(6));
	/* ... or has executed a program. */
	start = t_now_ms();
	pid = vfork();
	if (!pid) {
		execv("/proc/self/exe", argv);
		_exit(1);
	}
	T_CMP(t_now_ms() - start, <, 190);
	T_EQ(waitpid(pid, &status, WNOHANG), 0);
	T_WAIT(pid, T_EXITED(9));
	/* An exec that fails leaves the child where it is. */
	pid = vfork();
	if (!pid) {
		execv("/no/such/program", argv);
		_exit(errno == ENOENT ? 5 : 1);
	}
	T_WAIT(pid, T_EXITED(5));
	/* Descriptors are not shared. */
	pid = vfork();
	if (!pid) {
		close(STDIN_FILENO);
		close(STDERR_FILENO);
		_exit(0);
	}
	T_WAIT(pid, 0);
	T_OK(fcntl(STDERR_FILENO, F_GETFD));
	/* A child that a signal ends lets the parent go too. */
	pid = vfork();
	if (!pid) {
		kill(getpid(), SIGKILL);
		_exit(1);
	}
	T_WAIT(pid, SIGKILL);
	/* A handler of the parent does not run before the child is done. */
	pid = vfork();
	if (!pid)
		_exit(kill(getppid(), SIGCHLD) != 0);
	T_WAIT(pid, 0);
}
