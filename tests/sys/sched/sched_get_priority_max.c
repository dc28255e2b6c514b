/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

#define GET(policy) syscall(SYS_sched_get_priority_max, policy)

TEST_MAIN
{
	T_EQ(GET(SCHED_FIFO), 99);
	T_EQ(GET(SCHED_RR), 99);
	T_EQ(GET(SCHED_OTHER), 0);
	T_EQ(GET(SCHED_BATCH), 0);
	T_EQ(GET(SCHED_IDLE), 0);
	T_EQ(GET(6), 0); /* SCHED_DEADLINE */
	T_ERR(GET(-1), EINVAL);
	T_ERR(GET(4), EINVAL);
	T_ERR(GET(99), EINVAL);
}
