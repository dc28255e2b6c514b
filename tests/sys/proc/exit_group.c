/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>

static void *forever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *spin(void *arg)
{
	for (;;)
		__asm__ volatile("");
	return arg;
}

static void *ends_all(void *arg)
{
	t_sleep_ms(20);
	syscall(SYS_exit_group, 77);
	return arg;
}

static volatile int chld;

static void on_chld(int sig)
{
	(void)sig;
	chld++;
}

TEST_MAIN
{
	pthread_t thread;
	int fds[2];
	pid_t pid;
	char c;

	T_CHILD_STATUS(T_EXITED(5))
	{
		syscall(SYS_exit_group, 5 + 256);
	}
	/* All threads end, sleeping or running. */
	T_CHILD_STATUS(T_EXITED(8))
	{
		for (int i = 0; i < 4; i++)
			pthread_create(&thread, NULL, i & 1 ? spin : forever, NULL);
		t_sleep_ms(10);
		syscall(SYS_exit_group, 8);
	}
	T_CHILD_STATUS(T_EXITED(77))
	{
		pthread_create(&thread, NULL, ends_all, NULL);
		for (;;)
			pause();
	}
	/* Descriptors are closed, children handed on, the parent told. */
	T_NEED(pipe(fds));
	signal(SIGCHLD, on_chld);
	pid = T_NEED(fork());
	if (!pid)
		syscall(SYS_exit_group, 0);
	close(fds[1]);
	T_EQ(read(fds[0], &c, 1), 0);
	T_WAIT(pid, 0);
	T_EQ(chld, 1);
	signal(SIGCHLD, SIG_DFL);
	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		pid_t middle = getpid();

		if (!fork()) {
			while (getppid() == middle)
				t_sleep_ms(1);
			_exit(write(fds[1], "o", 1) != 1);
		}
		syscall(SYS_exit_group, 0);
	}
	T_WAIT(pid, 0);
	T_EQ(read(fds[0], &c, 1), 1);
	T_EQ(c, 'o');
}
