/* SPDX-License-Identifier: Apache-2.0 */
#define ADJUST(t) ((int)syscall(SYS_adjtimex, t))
#include "adjtimex_common.h"

TEST_MAIN
{
	reading();
	as_user();
	T_EFAULT_NULL(p, ADJUST(p));
	if (may_set()) {
		setting();
		moving();
	} else {
		T_SKIP_ONE("no right to set the clock here");
	}
}
