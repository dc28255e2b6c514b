/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

static long k_set(pid_t pid, size_t len, const void *mask)
{
	return syscall(SYS_sched_setaffinity, pid, len, mask);
}

static bool is_on(int cpu)
{
	unsigned now = 999;

	syscall(SYS_getcpu, &now, NULL, NULL);
	return now == (unsigned)cpu;
}

TEST_MAIN
{
	unsigned long all[16] = {0}, one[16], none[16] = {0};
	int cpus[1024], count = 0;
	pid_t pid;

	T_CMP(syscall(SYS_sched_getaffinity, 0, sizeof(all), all), >, 0);
	for (int i = 0; i < 1024; i++)
		if (all[i / 64] >> i % 64 & 1)
			cpus[count++] = i;
	T_CMP(count, >=, 1);
	/* To each in turn: there at once. */
	for (int i = 0; i < count && i < 8; i++) {
		memset(one, 0, sizeof(one));
		one[cpus[i] / 64] = 1UL << cpus[i] % 64;
		T_OK(k_set(0, sizeof(one), one));
		T_TRUE(is_on(cpus[i]));
		for (int spin = 0; spin < 20; spin++) {
			sched_yield();
			if (!is_on(cpus[i]))
				T_TRUE(is_on(cpus[i]));
		}
	}
	/* Inherited by a child. */
	T_CHILD
	{
		unsigned long now[16] = {0};

		T_CMP(syscall(SYS_sched_getaffinity, 0, sizeof(now), now), >, 0);
		T_MEM(now, one, 16);
	}
	T_OK(k_set(getpid(), sizeof(all), all));
	/* Processors that do not exist are left out; none left is an error. */
	memset(one, 0xff, sizeof(one));
	T_OK(k_set(0, sizeof(one), one));
	T_ERR(k_set(0, sizeof(none), none), EINVAL);
	T_ERR(k_set(0, 0, all), EINVAL);
	memset(one, 0, sizeof(one));
	one[15] = 1UL << 63;
	T_ERR(k_set(0, sizeof(one), one), EINVAL);
	T_ERR(k_set(0x7ffffff0, sizeof(all), all), ESRCH);
	T_ERR(k_set(-1, sizeof(all), all), ESRCH);
	T_EFAULT_NULL(p, k_set(0, 8, p));
	/* A process that runs elsewhere is moved. */
	pid = T_NEED(fork());
	if (!pid)
		for (;;)
			__asm__ volatile("");
	memset(one, 0, sizeof(one));
	one[cpus[count - 1] / 64] = 1UL << cpus[count - 1] % 64;
	T_OK(k_set(pid, sizeof(one), one));
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(k_set(pid, sizeof(all), all), EPERM);
		}
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
}
