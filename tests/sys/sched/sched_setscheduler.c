/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif

static long set(pid_t pid, int policy, int priority)
{
	struct sched_param param = {.sched_priority = priority};

	return syscall(SYS_sched_setscheduler, pid, policy, &param);
}

static long get(pid_t pid)
{
	return syscall(SYS_sched_getscheduler, pid);
}

static void test_privileged(void)
{
	struct sched_param param;

	if (!t_is_root()) {
		T_SKIP_ONE("needs root");
		return;
	}
	T_CHILD
	{
		T_OK(set(0, SCHED_FIFO, 10));
		T_EQ(get(0), SCHED_FIFO);
		T_OK(sched_getparam(0, &param));
		T_EQ(param.sched_priority, 10);
		T_CHILD
		{
			T_EQ(get(0), SCHED_FIFO);
		}
		T_OK(set(0, SCHED_RR, 99));
		T_EQ(get(0), SCHED_RR);
		T_OK(set(0, SCHED_RR | SCHED_RESET_ON_FORK, 5));
		T_EQ(get(0), SCHED_RR | SCHED_RESET_ON_FORK);
		T_CHILD
		{
			T_EQ(get(0), SCHED_OTHER);
		}
		T_OK(set(0, SCHED_OTHER, 0));
	}
	/* FIFO goes before everything else on its processor, and is not sliced. */
	T_CHILD
	{
		volatile int *count =
			mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		cpu_set_t cpus;
		int before;
		pid_t pid;

		CPU_ZERO(&cpus);
		CPU_SET(sched_getcpu(), &cpus);
		T_OK(sched_setaffinity(0, sizeof(cpus), &cpus));
		T_OK(set(0, SCHED_FIFO, 2));
		pid = fork();
		if (!pid) {
			set(0, SCHED_FIFO, 1);
			for (;;)
				(*count)++;
		}
		t_sleep_ms(20);
		before = *count;
		for (long end = t_now_ms() + 100; t_now_ms() < end;)
			;
		T_EQ(*count, before);
		T_OK(kill(pid, SIGKILL));
		T_WAIT(pid, SIGKILL);
	}
}

TEST_MAIN
{
	pid_t me = getpid();

	T_EQ(get(0), SCHED_OTHER);
	T_OK(set(0, SCHED_OTHER, 0));
	T_OK(set(getpid(), SCHED_BATCH, 0));
	T_EQ(get(0), SCHED_BATCH);
	T_OK(set(0, SCHED_OTHER, 0));
	T_CHILD
	{
		T_OK(set(0, SCHED_IDLE, 0));
		T_EQ(get(0), SCHED_IDLE);
	}
	T_ERR(set(0, SCHED_OTHER, 1), EINVAL);
	T_ERR(set(0, SCHED_FIFO, 0), EINVAL);
	T_ERR(set(0, SCHED_FIFO, 100), EINVAL);
	T_ERR(set(0, SCHED_RR, -1), EINVAL);
	T_ERR(set(0, -1, 0), EINVAL);
	T_ERR(set(0, 4, 0), EINVAL);
	T_ERR(set(0, 99, 0), EINVAL);
	T_ERR(set(-1, SCHED_OTHER, 0), EINVAL);
	T_ERR(set(0x7ffffff0, SCHED_OTHER, 0), ESRCH);
	T_ERR(syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, NULL), EINVAL);
	T_EFAULT(p, syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, p));
	test_privileged();
	if (t_is_root())
		T_AS_USER
		{
			struct rlimit none = {0, 0};

			T_OK(setrlimit(RLIMIT_RTPRIO, &none));
			T_ERR(set(0, SCHED_FIFO, 1), EPERM);
			T_ERR(set(0, SCHED_RR, 1), EPERM);
			T_OK(set(0, SCHED_BATCH, 0));
			T_ERR(set(me, SCHED_OTHER, 0), EPERM);
			T_EQ(syscall(SYS_sched_getscheduler, me), SCHED_OTHER);
		}
}
