/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

static long set(pid_t pid, int priority)
{
	struct sched_param param = {.sched_priority = priority};

	return syscall(SYS_sched_setparam, pid, &param);
}

TEST_MAIN
{
	struct sched_param param = {.sched_priority = 3};
	pid_t me = getpid();

	T_OK(set(0, 0));
	T_OK(set(getpid(), 0));
	T_ERR(set(0, 1), EINVAL);
	T_ERR(set(0, -1), EINVAL);
	T_ERR(set(-1, 0), EINVAL);
	T_ERR(set(0x7ffffff0, 0), ESRCH);
	T_ERR(syscall(SYS_sched_setparam, 0, NULL), EINVAL);
	T_EFAULT(p, syscall(SYS_sched_setparam, 0, p));
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(sched_setscheduler(0, SCHED_RR, &param));
		T_OK(set(0, 50));
		T_OK(sched_getparam(0, &param));
		T_EQ(param.sched_priority, 50);
		T_EQ(sched_getscheduler(0), SCHED_RR);
		T_ERR(set(0, 0), EINVAL);
		T_ERR(set(0, 100), EINVAL);
	}
	T_AS_USER
	{
		T_ERR(set(me, 0), EPERM);
	}
}
