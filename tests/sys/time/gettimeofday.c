/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/time.h>
#include <time.h>

TEST_MAIN
{
	struct timeval tv = {0, -1}, last, now;
	struct timezone tz = {99, 99};
	struct timespec ts;
	int backwards = 0;

	T_OK(syscall(SYS_gettimeofday, &tv, &tz));
	T_OK(clock_gettime(CLOCK_REALTIME, &ts));
	T_CMP(ts.tv_sec - tv.tv_sec, <=, 1);
	T_CMP(ts.tv_sec, >=, tv.tv_sec);
	T_CMP(tv.tv_usec, >=, 0);
	T_CMP(tv.tv_usec, <, 1000000);
	T_NE(tz.tz_minuteswest, 99);
	T_OK(syscall(SYS_gettimeofday, NULL, NULL));
	T_OK(syscall(SYS_gettimeofday, NULL, &tz));
	T_EFAULT(p, syscall(SYS_gettimeofday, p, NULL));
	T_EFAULT(p, syscall(SYS_gettimeofday, NULL, p));
	T_OK(syscall(SYS_gettimeofday, &last, NULL));
	for (int i = 0; i < 10000; i++) {
		syscall(SYS_gettimeofday, &now, NULL);
		backwards += timercmp(&now, &last, <);
		last = now;
	}
	T_EQ(backwards, 0);
}
