/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

static long k_get(pid_t pid, size_t len, void *mask)
{
	return syscall(SYS_sched_getaffinity, pid, len, mask);
}

TEST_MAIN
{
	unsigned long mask[128], again[128];
	long len;

	memset(mask, 0x55, sizeof(mask));
	/* The answer is the number of bytes written. */
	len = T_OK(k_get(0, sizeof(mask), mask));
	T_CMP(len, >=, 8);
	T_EQ(len % 8, 0);
	T_CMP(len, <=, 1024);
	if (len < (long)sizeof(mask))
		T_EQ(mask[len / 8], 0x5555555555555555);
	T_EQ(k_get(getpid(), sizeof(again), again), len);
	T_MEM(again, mask, (size_t)len);
	{
		unsigned now = 0;

		T_OK(syscall(SYS_getcpu, &now, NULL, NULL));
		T_EQ(mask[now / 64] >> now % 64 & 1, 1);
	}
	T_ERR(k_get(0, 0, mask), EINVAL);
	T_ERR(k_get(0, 7, mask), EINVAL);
	T_ERR(k_get(0, 12, mask), EINVAL);
	T_ERR(k_get(0x7ffffff0, sizeof(mask), mask), ESRCH);
	T_ERR(k_get(-1, sizeof(mask), mask), ESRCH);
	T_EFAULT_NULL(p, k_get(0, 128, p));
}
