/* SPDX-License-Identifier: Apache-2.0 */
/* On i386 libsys's times have 64 bits, as those of the ..._time64 calls; the old calls' are
 * __old_<name>. */
#ifndef LIBSYS_I386_LINUX_TIME_H
#define LIBSYS_I386_LINUX_TIME_H

#define timespec   __old_timespec
#define timeval	   __old_timeval
#define itimerspec __old_itimerspec
#define itimerval  __old_itimerval
#include_next <linux/time.h>
#undef timespec
#undef timeval
#undef itimerspec
#undef itimerval

struct timespec {
	__INT64_TYPE__ tv_sec;
	long tv_nsec;
	int : 32;
};

struct timeval {
	__INT64_TYPE__ tv_sec;
	__INT64_TYPE__ tv_usec;
};

struct itimerspec {
	struct timespec it_interval;
	struct timespec it_value;
};

struct itimerval {
	struct timeval it_interval;
	struct timeval it_value;
};

#endif /* LIBSYS_I386_LINUX_TIME_H */
