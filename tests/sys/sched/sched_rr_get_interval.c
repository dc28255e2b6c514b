/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>
#include <time.h>

TEST_MAIN
{
	struct sched_param param = {.sched_priority = 1};
	struct timespec ts = {99, 99};

	T_OK(syscall(SYS_sched_rr_get_interval, 0, &ts));
	T_EQ(ts.tv_sec, 0);
	T_CMP(ts.tv_nsec, >=, 0);
	T_OK(syscall(SYS_sched_rr_get_interval, getpid(), &ts));
	T_ERR(syscall(SYS_sched_rr_get_interval, -1, &ts), EINVAL);
	T_ERR(syscall(SYS_sched_rr_get_interval, 0x7ffffff0, &ts), ESRCH);
	T_EFAULT_NULL(p, syscall(SYS_sched_rr_get_interval, 0, p));
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(sched_setscheduler(0, SCHED_RR, &param));
		T_OK(syscall(SYS_sched_rr_get_interval, 0, &ts));
		T_CMP(ts.tv_nsec, >, 0);
		/* FIFO has no end: 0. */
		T_OK(sched_setscheduler(0, SCHED_FIFO, &param));
		T_OK(syscall(SYS_sched_rr_get_interval, 0, &ts));
		T_EQ(ts.tv_sec + ts.tv_nsec, 0);
	}
}
