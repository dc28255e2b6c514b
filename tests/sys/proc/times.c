/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/times.h>
#include <time.h>

TEST_MAIN
{
	struct tms a, b;
	long start, end;

	start = T_OK(syscall(SYS_times, &a));
	for (long stop = t_now_ms() + 400; t_now_ms() < stop;)
		;
	end = T_OK(syscall(SYS_times, &b));
	/* Ticks of 1/100 s. */
	T_CMP(end - start, >=, 39);
	T_CMP(end - start, <=, 500);
	T_CMP(b.tms_utime + b.tms_stime - a.tms_utime - a.tms_stime, >=, 4);
	T_CMP(b.tms_utime + b.tms_stime - a.tms_utime - a.tms_stime, <=, 500);
	T_EQ(b.tms_cutime + b.tms_cstime, 0);
	T_CHILD
	{
		struct timespec ts;

		do
			clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
		while (!ts.tv_sec && ts.tv_nsec < 100000000);
	}
	T_OK(syscall(SYS_times, &b));
	T_CMP(b.tms_cutime + b.tms_cstime, >=, 2);
	T_OK(syscall(SYS_times, NULL));
	T_EFAULT(p, syscall(SYS_times, p));
	T_ERR(syscall(SYS_times, t_page_end() - 8), EFAULT);
}
