/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static void __attribute__((constructor)) helper(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "sleep")) {
		char c = 'x';

		if (write(STDERR_FILENO, &c, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
}

static pid_t sleeper(void)
{
	pid_t pid = T_NEED(fork());

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void end(pid_t pid)
{
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
}

TEST_MAIN
{
	pid_t a = sleeper(), b = sleeper(), c;
	char *argv[] = {"self", "sleep", NULL}, byte;
	int fds[2];

	T_EQ(getpgid(a), getpgrp());
	T_OK(setpgid(a, 0)); /* 0: its own number */
	T_EQ(getpgid(a), a);
	T_OK(setpgid(b, a));
	T_EQ(getpgid(b), a);
	T_OK(setpgid(b, getpgrp()));
	T_EQ(getpgid(b), getpgrp());
	T_OK(setpgid(a, a)); /* again: no change */
	T_ERR(setpgid(b, -1), EINVAL);
	T_ERR(setpgid(-1, 0), EINVAL);
	T_ERR(setpgid(b, 0x7ffffff0), EPERM); /* no such group */
	T_ERR(setpgid(b, b + 0x100000), EPERM);
	T_ERR(setpgid(0x7ffffff0, 0), ESRCH);
	T_ERR(setpgid(getppid(), 0), ESRCH); /* not a child */
	/* A child that has executed a program is its own master. */
	T_NEED(pipe(fds));
	c = T_NEED(fork());
	if (!c) {
		dup2(fds[1], STDERR_FILENO);
		execv("/proc/self/exe", argv);
		_exit(1);
	}
	T_EQ(read(fds[0], &byte, 1), 1);
	T_ERR(setpgid(c, c), EACCES);
	end(c);
	/* A session leader stays where it is; another session's group is out of reach. */
	c = T_NEED(fork());
	if (!c) {
		setsid();
		if (write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	T_EQ(read(fds[0], &byte, 1), 1);
	T_ERR(setpgid(c, getpgrp()), EPERM);
	T_ERR(setpgid(b, c), EPERM);
	T_ERR(getpgid(c) == c ? setpgid(c, c) : 0, EPERM);
	end(c);
	end(a);
	T_CHILD
	{
		T_OK(setpgid(0, 0));
		T_EQ(getpgrp(), getpid());
		T_EQ(getpgid(0), getpid());
		T_CHILD
		{
			T_EQ(getpgrp(), getppid());
		}
	}
	end(b);
}
