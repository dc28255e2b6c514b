/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>

static void *thread_body(void *arg)
{
	*(pid_t *)arg = (pid_t)syscall(SYS_getpid);
	return NULL;
}

TEST_MAIN
{
	pid_t me = (pid_t)syscall(SYS_getpid), pid, seen = 0;
	pthread_t thread;

	T_CMP(me, >, 0);
	T_EQ(syscall(SYS_getpid), me);
	T_EQ(pthread_create(&thread, NULL, thread_body, &seen), 0);
	T_EQ(pthread_join(thread, NULL), 0);
	T_EQ(seen, me);
	pid = T_NEED(fork());
	if (!pid)
		_exit(syscall(SYS_getpid) == me);
	T_NE(pid, me);
	T_WAIT(pid, 0);
	/* A number is not given out twice while it is in use, zombies included. */
	for (int i = 0; i < 50; i++) {
		pid_t other = fork();

		if (!other)
			_exit(0);
		if (other == me || other == getppid())
			T_NE(other, me);
		waitpid(other, NULL, 0);
	}
	T_EQ(syscall(SYS_getpid), me);
}
