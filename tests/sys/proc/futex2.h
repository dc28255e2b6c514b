/* SPDX-License-Identifier: Apache-2.0 */
/* futex_wait(2), futex_wake(2): the calls, whose numbers the C library does not know yet. */
#ifndef TESTS_FUTEX2_H
#define TESTS_FUTEX2_H

#include "test.h"
#include <linux/futex.h>
#include <time.h>

#define U32	2
#define PRIVATE 128

static inline long futex2_wait(void *word, unsigned long val, unsigned long mask, unsigned flags,
			       void *timeout, int clock)
{
	return syscall(455, word, val, mask, flags, timeout, clock);
}

static inline long futex2_wake(void *word, unsigned long mask, int nr, unsigned flags)
{
	return syscall(454, word, mask, nr, flags);
}

#endif
