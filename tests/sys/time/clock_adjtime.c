/* SPDX-License-Identifier: Apache-2.0 */
#define ADJUST(t) ((int)syscall(SYS_clock_adjtime, CLOCK_REALTIME, t))
#include "adjtimex_common.h"

TEST_MAIN
{
	struct timex t = {.modes = 0};

	reading();
	as_user();
	T_EFAULT_NULL(p, ADJUST(p));
	T_ERR(syscall(SYS_clock_adjtime, CLOCK_MONOTONIC, &t), EOPNOTSUPP);
	T_ERR(syscall(SYS_clock_adjtime, CLOCK_BOOTTIME, &t), EOPNOTSUPP);
	T_ERR(syscall(SYS_clock_adjtime, CLOCK_PROCESS_CPUTIME_ID, &t), EOPNOTSUPP);
	T_ERR(syscall(SYS_clock_adjtime, 100, &t), EINVAL);
	if (may_set())
		setting();
	else
		T_SKIP_ONE("no right to set the clock here");
}
