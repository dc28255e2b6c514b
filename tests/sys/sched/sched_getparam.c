/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

TEST_MAIN
{
	struct sched_param param = {.sched_priority = 99};

	T_OK(syscall(SYS_sched_getparam, 0, &param));
	T_EQ(param.sched_priority, 0);
	T_OK(syscall(SYS_sched_getparam, getppid(), &param));
	T_ERR(syscall(SYS_sched_getparam, -1, &param), EINVAL);
	T_ERR(syscall(SYS_sched_getparam, 0x7ffffff0, &param), ESRCH);
	T_ERR(syscall(SYS_sched_getparam, 0, NULL), EINVAL);
	T_EFAULT(p, syscall(SYS_sched_getparam, 0, p));
	T_NEED_ROOT();
	T_CHILD
	{
		param.sched_priority = 7;
		T_OK(sched_setscheduler(0, SCHED_FIFO, &param));
		param.sched_priority = 0;
		T_OK(syscall(SYS_sched_getparam, 0, &param));
		T_EQ(param.sched_priority, 7);
	}
}
