/* SPDX-License-Identifier: Apache-2.0 */
/* exit: the end of one thread; of the process when it is the last one. */
#include "test.h"

#include <pthread.h>

static volatile int ended;

static void *short_thread(void *arg)
{
	ended = 1;
	syscall(SYS_exit, 55);
	return arg;
}

static void *long_thread(void *arg)
{
	(void)arg;
	t_sleep_ms(100);
	syscall(SYS_exit_group, 21);
	return NULL;
}

static void *last_thread(void *arg)
{
	(void)arg;
	t_sleep_ms(50);
	syscall(SYS_exit, 66);
	return NULL;
}

static void at_end(void)
{
	ended = 2;
}

TEST_MAIN
{
	pthread_t thread;
	siginfo_t si;
	pid_t pid;

	T_CHILD_STATUS(T_EXITED(0))
	{
		syscall(SYS_exit, 0);
	}
	T_CHILD_STATUS(T_EXITED(200))
	{
		syscall(SYS_exit, 200);
	}
	/* The lowest eight bits count. */
	T_CHILD_STATUS(T_EXITED(1))
	{
		syscall(SYS_exit, 257);
	}
	T_CHILD_STATUS(T_EXITED(255))
	{
		syscall(SYS_exit, -1);
	}
	/* Another thread's exit leaves the process alive. */
	T_EQ(pthread_create(&thread, NULL, short_thread, NULL), 0);
	T_EQ(pthread_join(thread, NULL), 0);
	T_EQ(ended, 1);
	/* The first thread's too: the process ends with the last one. */
	T_CHILD_STATUS(T_EXITED(21))
	{
		pthread_create(&thread, NULL, long_thread, NULL);
		syscall(SYS_exit, 5);
	}
	/* The status is that of whoever is last. */
	T_CHILD_STATUS(T_EXITED(66))
	{
		pthread_create(&thread, NULL, last_thread, NULL);
		syscall(SYS_exit, 5);
	}
	/* No wait for a process whose first thread only has ended. */
	pid = T_NEED(fork());
	if (!pid) {
		pthread_create(&thread, NULL, long_thread, NULL);
		syscall(SYS_exit, 5);
	}
	t_sleep_ms(40);
	si.si_pid = 0;
	T_OK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG));
	T_EQ(si.si_pid, 0);
	T_OK(kill(pid, 0));
	T_WAIT(pid, T_EXITED(21));
	/* The call runs no handlers of the C library. */
	T_CHILD_STATUS(T_EXITED(3))
	{
		atexit(at_end);
		syscall(SYS_exit, 3);
	}
}
