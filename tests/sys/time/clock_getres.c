/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <time.h>

static long k_getres(int clock, void *ts)
{
	return syscall(SYS_clock_getres, clock, ts);
}

TEST_MAIN
{
	static const int fine[] = {CLOCK_REALTIME,	     CLOCK_MONOTONIC,
				   CLOCK_MONOTONIC_RAW,	     CLOCK_BOOTTIME,
				   CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
	struct timespec ts;

	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		T_OK(k_getres(fine[i], &ts));
		T_EQ(ts.tv_sec, 0);
		T_EQ(ts.tv_nsec, 1);
	}
	T_OK(k_getres(CLOCK_REALTIME_COARSE, &ts));
	T_EQ(ts.tv_sec, 0);
	T_CMP(ts.tv_nsec, >=, 1000000); /* a tick */
	T_CMP(ts.tv_nsec, <=, 10000000);
	T_OK(k_getres(CLOCK_MONOTONIC_COARSE, &ts));
	T_CMP(ts.tv_nsec, >=, 1000000);
	T_OK(k_getres(CLOCK_MONOTONIC, NULL));
	T_ERR(k_getres(99, &ts), EINVAL);
	T_ERR(k_getres(99, NULL), EINVAL);
	T_EFAULT(p, k_getres(CLOCK_MONOTONIC, p));
}
