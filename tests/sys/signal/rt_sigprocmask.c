/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>

#define SIZE	 8
#define BIT(sig) (1UL << ((sig)-1))

static volatile int count, order[8];

static void on_signal(int sig)
{
	if (count < 8)
		order[count] = sig;
	count++;
}

static long mask(int how, unsigned long set, unsigned long *old)
{
	return syscall(SYS_rt_sigprocmask, how, &set, old, SIZE);
}

static unsigned long current_mask(void)
{
	unsigned long now = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &now, SIZE);
	return now;
}

static void *thread_body(void *arg)
{
	(void)arg;
	/* Inherited from the creator, then a thread's own. */
	T_EQ(current_mask(), BIT(SIGUSR1));
	T_OK(mask(SIG_SETMASK, BIT(SIGUSR2), NULL));
	return NULL;
}

TEST_MAIN
{
	unsigned long set = BIT(SIGUSR1), old = 0;
	pthread_t thread;

	T_EQ(current_mask(), 0);
	T_OK(mask(SIG_BLOCK, BIT(SIGUSR1), &old));
	T_EQ(old, 0);
	T_OK(mask(SIG_BLOCK, BIT(SIGUSR2), &old));
	T_EQ(old, BIT(SIGUSR1));
	T_EQ(current_mask(), BIT(SIGUSR1) | BIT(SIGUSR2));
	T_OK(mask(SIG_UNBLOCK, BIT(SIGUSR1) | BIT(SIGTERM), &old));
	T_EQ(current_mask(), BIT(SIGUSR2));
	T_OK(mask(SIG_SETMASK, BIT(SIGUSR1), &old));
	T_EQ(old, BIT(SIGUSR2));
	T_EQ(current_mask(), BIT(SIGUSR1));

	T_ERR(mask(3, 0, NULL), EINVAL);
	T_ERR(mask(-1, 0, NULL), EINVAL);
	/* Without a new set `how` is not looked at. */
	T_OK(syscall(SYS_rt_sigprocmask, 77, NULL, &old, SIZE));
	T_OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, NULL, SIZE));
	T_ERR(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4), EINVAL);
	T_ERR(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 128), EINVAL);
	T_EFAULT(p, syscall(SYS_rt_sigprocmask, SIG_BLOCK, p, NULL, SIZE));
	T_EFAULT(p, syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, p, SIZE));
	/* The fault on the old mask comes after the change. */
	set = BIT(SIGUSR1) | BIT(SIGHUP);
	T_ERR(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, 16, SIZE), EFAULT);
	T_EQ(current_mask(), set);
	T_OK(mask(SIG_SETMASK, BIT(SIGUSR1), NULL));

	/* SIGKILL and SIGSTOP cannot be blocked, and that is no error. */
	T_OK(mask(SIG_BLOCK, -1UL, NULL));
	T_EQ(current_mask(), ~(BIT(SIGKILL) | BIT(SIGSTOP)));
	T_CHILD_STATUS(SIGKILL)
	{
		raise(SIGKILL);
	}
	T_OK(mask(SIG_SETMASK, BIT(SIGUSR1), NULL));

	T_EQ(pthread_create(&thread, NULL, thread_body, NULL), 0);
	T_EQ(pthread_join(thread, NULL), 0);
	T_EQ(current_mask(), BIT(SIGUSR1));
	T_CHILD
	{
		T_EQ(current_mask(), BIT(SIGUSR1));
	}

	/* Pending signals arrive before the call that unblocks them returns; a standard one once.
	 */
	signal(SIGUSR1, on_signal);
	for (int i = 0; i < 3; i++)
		T_OK(kill(getpid(), SIGUSR1));
	T_EQ(count, 0);
	T_OK(mask(SIG_UNBLOCK, BIT(SIGUSR1), NULL));
	T_EQ(count, 1);

	/* Real-time signals queue. */
	count = 0;
	signal(SIGRTMIN + 2, on_signal);
	T_OK(mask(SIG_BLOCK, BIT(SIGRTMIN + 2), NULL));
	for (int i = 0; i < 3; i++)
		T_OK(kill(getpid(), SIGRTMIN + 2));
	T_OK(mask(SIG_SETMASK, 0, NULL));
	T_EQ(count, 3);

	/*
	 * Several at once: the lowest number is dequeued first. With all handlers set up on top of
	 * each other, the last one runs first.
	 */
	count = 0;
	signal(SIGHUP, on_signal);
	signal(SIGTERM, on_signal);
	T_OK(mask(SIG_SETMASK, BIT(SIGHUP) | BIT(SIGTERM) | BIT(SIGUSR1), NULL));
	raise(SIGTERM);
	raise(SIGHUP);
	raise(SIGUSR1);
	T_OK(mask(SIG_SETMASK, 0, NULL));
	T_EQ(count, 3);
	T_EQ(order[0], SIGTERM);
	T_EQ(order[1], SIGUSR1);
	T_EQ(order[2], SIGHUP);
}
