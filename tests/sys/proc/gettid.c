/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>

static void *thread_body(void *arg)
{
	*(pid_t *)arg = (pid_t)syscall(SYS_gettid);
	T_OK(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), 0));
	return NULL;
}

TEST_MAIN
{
	pthread_t threads[4];
	pid_t tids[4];

	T_EQ(syscall(SYS_gettid), getpid());
	for (int i = 0; i < 4; i++)
		T_EQ(pthread_create(&threads[i], NULL, thread_body, &tids[i]), 0);
	for (int i = 0; i < 4; i++)
		T_EQ(pthread_join(threads[i], NULL), 0);
	for (int i = 0; i < 4; i++) {
		T_CMP(tids[i], >, 0);
		T_NE(tids[i], getpid());
	}
	T_CHILD
	{
		T_EQ(syscall(SYS_gettid), getpid());
	}
}
