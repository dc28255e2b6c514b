/* SPDX-License-Identifier: Apache-2.0 */
/* sched_setattr(2) and sched_getattr(2), which the C library has no functions for. */
#ifndef TESTS_SCHED_ATTR_H
#define TESTS_SCHED_ATTR_H

#include "test.h"
#include <sched.h>

#ifndef SCHED_DEADLINE
#define SCHED_DEADLINE 6
#endif

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

static inline long set_attr(pid_t pid, struct attr *a, unsigned flags)
{
	return syscall(SYS_sched_setattr, pid, a, flags);
}

static inline long get_attr(pid_t pid, struct attr *a, unsigned size, unsigned flags)
{
	return syscall(SYS_sched_getattr, pid, a, size, flags);
}

#endif
