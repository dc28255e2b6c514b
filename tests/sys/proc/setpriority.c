/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

static long burn(volatile long *count, int cpu, int nice, long ms)
{
	cpu_set_t set;
	long end;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	setpriority(PRIO_PROCESS, 0, nice);
	for (end = t_now_ms() + ms; t_now_ms() < end;)
		(*count)++;
	return *count;
}

TEST_MAIN
{
	volatile long *counts;
	pid_t a, b;
	int cpu = sched_getcpu();

	T_CHILD
	{
		T_OK(setpriority(PRIO_PROCESS, 0, 7));
		T_EQ(getpriority(PRIO_PROCESS, 0), 7);
		/* Values out of range are brought into it. */
		T_OK(setpriority(PRIO_PROCESS, getpid(), 100));
		T_EQ(getpriority(PRIO_PROCESS, 0), 19);
		T_OK(setpriority(PRIO_PROCESS, 0, 19));
	}
	if (t_is_root()) {
		T_CHILD
		{
			T_OK(setpriority(PRIO_PROCESS, 0, -100));
			T_EQ(syscall(SYS_getpriority, PRIO_PROCESS, 0), 40);
			T_OK(setpriority(PRIO_PROCESS, 0, 0));
		}
		T_CHILD
		{
			T_OK(setpgid(0, 0));
			T_OK(setpriority(PRIO_PGRP, 0, 3));
			T_EQ(getpriority(PRIO_PROCESS, 0), 3);
		}
		a = getpid();
		T_AS_USER
		{
			struct rlimit none = {0, 0};

			T_OK(setrlimit(RLIMIT_NICE, &none));
			T_OK(setpriority(PRIO_PROCESS, 0, 5));
			T_ERR(setpriority(PRIO_PROCESS, 0, 4), EACCES);
			T_ERR(setpriority(PRIO_PROCESS, 0, -1), EACCES);
			T_OK(setpriority(PRIO_PROCESS, 0, 5));
			T_ERR(setpriority(PRIO_PROCESS, a, 5), EPERM);
		}
	}
	T_ERR(setpriority(3, 0, 0), EINVAL);
	T_ERR(setpriority(-1, 0, 0), EINVAL);
	T_ERR(setpriority(PRIO_PROCESS, 0x7ffffff0, 0), ESRCH);
	T_ERR(setpriority(PRIO_PGRP, 0x7ffffff0, 0), ESRCH);
	T_ERR(setpriority(PRIO_USER, 0x7ffffff0, 0), ESRCH);
	/* What it is for: on one processor the nicer one gets less. */
	counts = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	a = T_NEED(fork());
	if (!a)
		_exit(burn(&counts[0], cpu, 0, 500) <= 0);
	b = T_NEED(fork());
	if (!b)
		_exit(burn(&counts[64], cpu, 15, 500) <= 0);
	T_WAIT(a, 0);
	T_WAIT(b, 0);
	T_CMP(counts[0], >, 2 * counts[64]);
}
