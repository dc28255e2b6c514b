/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_TIME_H
#define LIBSYS_TIME_H

#include <linux/time.h>
#include <sys/calls.h>
#include <sys/types.h>

/* Through the vDSO, where there is one. */
int clock_gettime(clockid_t clock, struct timespec *now);
int clock_getres(clockid_t clock, struct timespec *resolution);
time_t time(time_t *now);
/* The error itself, not -1. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
		    struct timespec *rest);

#endif /* LIBSYS_TIME_H */
