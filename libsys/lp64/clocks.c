// SPDX-License-Identifier: Apache-2.0
/* Clocks of the vDSO whose times have the width of a register. */

#include <sys/time.h>
#include <sys/vdso.h>
#include <time.h>
#include "vdso_calls.h"

int clock_getres(clockid_t clock, struct timespec *resolution)
{
	static void *slot;
	int (*function)(clockid_t, struct timespec *) = vdso_find(&slot, "__vdso_clock_getres");

	return function ? vdso_checked(function(clock, resolution))
			: sys_clock_getres(clock, resolution);
}

int gettimeofday(struct timeval *now, void *zone)
{
	static void *slot;
	int (*function)(struct timeval *, void *) = vdso_find(&slot, "__vdso_gettimeofday");

	return function ? vdso_checked(function(now, zone)) : sys_gettimeofday(now, zone);
}

time_t time(time_t *now)
{
	static void *slot;
	time_t (*function)(time_t *) = vdso_find(&slot, "__vdso_time");

	return function ? function(now) : sys_time(now);
}
