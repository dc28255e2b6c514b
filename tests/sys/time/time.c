/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <time.h>

TEST_MAIN
{
	struct timespec ts;
	time_t t = 0, r;

	T_OK(clock_gettime(CLOCK_REALTIME_COARSE, &ts));
	r = T_OK(syscall(SYS_time, &t));
	T_EQ(r, t);
	T_CMP(r, >=, ts.tv_sec);
	T_CMP(r, <=, ts.tv_sec + 2);
	T_CMP(syscall(SYS_time, NULL), >=, r);
	T_EFAULT(p, syscall(SYS_time, p));
}
