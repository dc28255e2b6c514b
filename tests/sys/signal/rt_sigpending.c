/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>

#define BIT(sig) (1UL << ((sig)-1))

static unsigned long pending(void)
{
	unsigned long set = 0;

	T_OK(syscall(SYS_rt_sigpending, &set, 8));
	return set;
}

static void *thread_body(void *arg)
{
	/* What is sent to the process is pending for each thread; what is sent to one, for that
	 * one. */
	T_EQ(pending(), BIT(SIGUSR1));
	T_OK(syscall(SYS_tgkill, getpid(), gettid(), SIGHUP));
	T_EQ(pending(), BIT(SIGUSR1) | BIT(SIGHUP));
	return arg;
}

TEST_MAIN
{
	unsigned long set, halves[2] = {-1UL, -1UL};
	pthread_t thread;
	sigset_t all;

	T_EQ(pending(), 0);
	sigfillset(&all);
	T_OK(sigprocmask(SIG_SETMASK, &all, NULL));
	T_OK(kill(getpid(), SIGUSR1));
	T_EQ(pending(), BIT(SIGUSR1));
	T_EQ(pthread_create(&thread, NULL, thread_body, NULL), 0);
	T_EQ(pthread_join(thread, NULL), 0);
	T_EQ(pending(), BIT(SIGUSR1));
	T_OK(raise(SIGRTMAX));
	T_EQ(pending(), BIT(SIGUSR1) | BIT(64));
	/* A child starts with none; its own do not show in the parent. */
	T_CHILD
	{
		T_EQ(pending(), 0);
		T_OK(raise(SIGUSR2));
		T_EQ(pending(), BIT(SIGUSR2));
	}
	/* Ignored signals are not kept, blocked or not ... */
	T_TRUE(signal(SIGUSR2, SIG_IGN) == SIG_DFL);
	T_OK(raise(SIGUSR2));
	T_EQ(pending() & BIT(SIGUSR2), BIT(SIGUSR2)); /* ... but blocked ones are until unblocked */
	/* SIGCONT and the stop signals remove each other. */
	T_OK(raise(SIGTSTP));
	T_EQ(pending() & BIT(SIGTSTP), BIT(SIGTSTP));
	T_OK(raise(SIGCONT));
	T_EQ(pending() & (BIT(SIGTSTP) | BIT(SIGCONT)), BIT(SIGCONT));
	T_OK(raise(SIGTTIN));
	T_EQ(pending() & (BIT(SIGTTIN) | BIT(SIGCONT)), BIT(SIGTTIN));
	T_OK(raise(SIGCONT));

	/* A smaller size is allowed: that many bytes. */
	T_OK(syscall(SYS_rt_sigpending, halves, 4));
	T_EQ(halves[0] >> 32, 0xffffffff);
	T_EQ(halves[0] & 0xffffffff, (pending() & 0xffffffff));
	T_OK(syscall(SYS_rt_sigpending, halves, 0));
	T_ERR(syscall(SYS_rt_sigpending, halves, 9), EINVAL);
	T_ERR(syscall(SYS_rt_sigpending, halves, 128), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_rt_sigpending, p, 8));
	T_ERR(syscall(SYS_rt_sigpending, t_page_end() - 4, 8), EFAULT);

	/* execve keeps the pending set. */
	set = pending();
	T_NE(set & BIT(SIGUSR1), 0);
}
