/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>

static volatile pid_t handler_tid, thread_tid;
static volatile int code;
static volatile bool is_done;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	code = si->si_code;
	handler_tid = gettid();
}

static void *thread_body(void *arg)
{
	thread_tid = gettid();
	while (!is_done)
		t_sleep_ms(1);
	return arg;
}

static void await_handler(void)
{
	for (int i = 0; i < 2000 && !handler_tid; i++)
		t_sleep_ms(1);
}

TEST_MAIN
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO | SA_RESTART};
	pthread_t thread;
	pid_t pid;

	sa.sa_sigaction = on_signal;
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_EQ(pthread_create(&thread, NULL, thread_body, NULL), 0);
	while (!thread_tid)
		t_sleep_ms(1);
	T_OK(syscall(SYS_tkill, thread_tid, SIGUSR1));
	await_handler();
	T_EQ(handler_tid, thread_tid);
	T_EQ(code, SI_TKILL);
	handler_tid = 0;
	T_OK(syscall(SYS_tkill, getpid(), SIGUSR1));
	T_EQ(handler_tid, getpid());
	T_OK(syscall(SYS_tkill, thread_tid, 0));
	T_ERR(syscall(SYS_tkill, 0x7ffffff0, 0), ESRCH);
	T_ERR(syscall(SYS_tkill, 0, 0), EINVAL);
	T_ERR(syscall(SYS_tkill, -1, 0), EINVAL);
	T_ERR(syscall(SYS_tkill, thread_tid, 65), EINVAL);
	T_ERR(syscall(SYS_tkill, thread_tid, -1), EINVAL);
	if (t_is_root()) {
		pid = getpid();
		T_AS_USER
		{
			T_ERR(syscall(SYS_tkill, pid, 0), EPERM);
		}
	}
	/* A deadly signal to one thread ends the whole process. */
	pid = T_NEED(fork());
	if (!pid) {
		thread_tid = 0;
		pthread_create(&thread, NULL, thread_body, NULL);
		while (!thread_tid)
			t_sleep_ms(1);
		syscall(SYS_tkill, thread_tid, SIGTERM);
		for (;;)
			pause();
	}
	T_WAIT(pid, SIGTERM);
	is_done = true;
	pthread_join(thread, NULL);
}
