/* SPDX-License-Identifier: Apache-2.0 */
/* The clock itself is left alone: only what must fail, and setting it to what it is. */
#include "test.h"

#include <time.h>

static long k_set(int clock, const void *ts)
{
	return syscall(SYS_clock_settime, clock, ts);
}

TEST_MAIN
{
	struct timespec ts, bad = {1700000000, 1000000000}, negative = {-1, 0}, after;
	long mono;

	T_OK(clock_gettime(CLOCK_REALTIME, &ts));
	T_ERR(k_set(CLOCK_MONOTONIC, &ts), EINVAL);
	T_ERR(k_set(CLOCK_MONOTONIC_RAW, &ts), EINVAL);
	T_ERR(k_set(CLOCK_BOOTTIME, &ts), EINVAL);
	T_ERR(k_set(CLOCK_REALTIME_COARSE, &ts), EINVAL);
	T_ERR2(k_set(CLOCK_PROCESS_CPUTIME_ID, &ts), EPERM, EINVAL);
	T_ERR(k_set(99, &ts), EINVAL);
	T_EFAULT_NULL(p, k_set(CLOCK_REALTIME, p));
	bad.tv_nsec = -1;
	T_ERR(k_set(CLOCK_REALTIME, &bad), EINVAL);
	bad.tv_nsec = 1000000000;
	T_ERR(k_set(CLOCK_REALTIME, &bad), EINVAL);
	T_ERR(k_set(CLOCK_REALTIME, &negative), EINVAL);
	T_AS_USER
	{
		if (!t_is_root())
			T_ERR(k_set(CLOCK_REALTIME, &ts), EPERM);
	}
	T_NEED_ROOT();
	mono = t_now_ms();
	T_OK(clock_gettime(CLOCK_REALTIME, &ts));
	T_OK(k_set(CLOCK_REALTIME, &ts));
	T_OK(clock_gettime(CLOCK_REALTIME, &after));
	T_CMP(after.tv_sec - ts.tv_sec, <=, 2);
	T_CMP(after.tv_sec, >=, ts.tv_sec);
	/* The monotonic clock does not notice. */
	T_CMP(t_now_ms() - mono, <, 2000);
	T_CMP(t_now_ms(), >=, mono);
}
