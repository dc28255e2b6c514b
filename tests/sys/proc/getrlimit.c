/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	struct rlimit limit, again;

	for (int i = 0; i < RLIM_NLIMITS; i++) {
		T_OK(syscall(SYS_getrlimit, i, &limit));
		T_TRUE(limit.rlim_cur <= limit.rlim_max);
		T_OK(syscall(SYS_prlimit64, 0, i, NULL, &again));
		T_MEM(&limit, &again, sizeof(limit));
	}
	T_ERR(syscall(SYS_getrlimit, RLIM_NLIMITS, &limit), EINVAL);
	T_ERR(syscall(SYS_getrlimit, -1, &limit), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_getrlimit, RLIMIT_NOFILE, p));
	T_ERR(syscall(SYS_getrlimit, RLIMIT_NOFILE, t_page_end() - 8), EFAULT);
	/* Inherited. */
	limit.rlim_cur = 77;
	limit.rlim_max = 88;
	T_CHILD
	{
		T_OK(setrlimit(RLIMIT_NOFILE, &limit));
		T_CHILD
		{
			T_OK(syscall(SYS_getrlimit, RLIMIT_NOFILE, &again));
			T_EQ(again.rlim_cur, 77);
			T_EQ(again.rlim_max, 88);
		}
	}
}
