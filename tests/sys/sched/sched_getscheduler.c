/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

TEST_MAIN
{
	T_EQ(syscall(SYS_sched_getscheduler, 0), SCHED_OTHER);
	T_EQ(syscall(SYS_sched_getscheduler, getpid()), SCHED_OTHER);
	T_ERR(syscall(SYS_sched_getscheduler, -1), EINVAL);
	T_ERR(syscall(SYS_sched_getscheduler, 0x7ffffff0), ESRCH);
	T_CHILD
	{
		struct sched_param param = {0};

		T_OK(sched_setscheduler(0, SCHED_BATCH, &param));
		T_EQ(syscall(SYS_sched_getscheduler, 0), SCHED_BATCH);
		T_EQ(syscall(SYS_sched_getscheduler, getppid()), SCHED_OTHER);
	}
}
