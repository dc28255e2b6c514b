// SPDX-License-Identifier: Apache-2.0
/*
 * Every call's error path, one line each: built on libsys and on glibc, the two must print the same
 * (tests/libsys/twin/run.sh). Each call has a process of its own and two seconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"

#define LIMIT_S 2

static int run_case(unsigned int i)
{
	long result;

	alarm(LIMIT_S);
	errno = 0;
	result = cases[i].run();
	return result == -1 ? errno : 0;
}

int main(void)
{
	char line[80];
	int status, pid;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pid = fork();
		if (pid == 0)
			_exit(run_case(i));
		if (waitpid(pid, &status, 0) != pid)
			return 1;
		if (WIFSIGNALED(status))
			snprintf(line, sizeof(line), "%s signal %d\n", cases[i].name,
				 WTERMSIG(status));
		else
			snprintf(line, sizeof(line), "%s errno %d\n", cases[i].name,
				 WEXITSTATUS(status));
		if (write(1, line, strlen(line)) < 0)
			return 1;
	}
	return 0;
}
