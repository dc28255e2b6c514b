/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>

static volatile pid_t handler_tid, thread_tid;
static volatile int value, code;
static volatile bool is_done;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	handler_tid = gettid();
	value = si->si_int;
	code = si->si_code;
}

static void *thread_body(void *arg)
{
	thread_tid = gettid();
	while (!is_done)
		t_sleep_ms(1);
	return arg;
}

static long queue(pid_t tgid, pid_t tid, int sig, int si_code)
{
	siginfo_t si = {.si_code = si_code};

	si.si_int = 17;
	return syscall(SYS_rt_tgsigqueueinfo, tgid, tid, sig, &si);
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
	T_OK(queue(getpid(), thread_tid, SIGUSR1, SI_QUEUE));
	for (int i = 0; i < 1000 && !handler_tid; i++)
		t_sleep_ms(1);
	T_EQ(handler_tid, thread_tid);
	T_EQ(value, 17);
	T_EQ(code, SI_QUEUE);
	T_OK(queue(getpid(), gettid(), SIGUSR1, SI_QUEUE));
	T_EQ(handler_tid, gettid());
	T_OK(queue(getpid(), gettid(), SIGUSR1, SI_TKILL));
	T_OK(queue(getpid(), thread_tid, 0, SI_QUEUE));
	T_ERR(queue(getppid(), thread_tid, 0, SI_QUEUE), ESRCH);
	T_ERR(queue(getpid(), thread_tid, 65, SI_QUEUE), EINVAL);
	T_ERR(queue(0, thread_tid, 0, SI_QUEUE), EINVAL);
	T_ERR(queue(getpid(), 0, 0, SI_QUEUE), EINVAL);
	T_ERR(queue(-1, thread_tid, 0, SI_QUEUE), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, p));
	pid = T_NEED(fork());
	if (!pid)
		for (;;)
			pause();
	T_ERR(queue(pid, pid, SIGUSR1, SI_USER), EPERM);
	T_ERR(queue(pid, pid, SIGUSR1, SI_TKILL), EPERM);
	T_OK(queue(pid, pid, SIGKILL, SI_QUEUE));
	T_WAIT(pid, SIGKILL);
	T_ERR(queue(pid, pid, 0, SI_QUEUE), ESRCH);
	is_done = true;
	pthread_join(thread, NULL);
}
