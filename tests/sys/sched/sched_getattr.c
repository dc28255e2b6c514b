/* SPDX-License-Identifier: Apache-2.0 */
#include "sched_attr.h"

TEST_MAIN
{
	struct sched_param p = {0};
	struct attr a;

	T_ERR(get_attr(0, NULL, sizeof(a), 0), EINVAL);
	T_ERR(get_attr(-1, &a, sizeof(a), 0), EINVAL);
	T_ERR(get_attr(0, &a, 47, 0), EINVAL);
	T_ERR(get_attr(0, &a, 4097, 0), EINVAL);
	T_ERR(get_attr(0, &a, sizeof(a), 1), EINVAL);
	T_ERR(get_attr(0x3ffffff0, &a, sizeof(a), 0), ESRCH);
	T_EFAULT(q, get_attr(0, q, sizeof(a), 0));
	memset(&a, 0x55, sizeof(a));
	T_EQ(get_attr(0, &a, sizeof(a), 0), 0);
	T_EQ(a.size, 56);
	T_EQ(a.policy, SCHED_OTHER);
	T_EQ(a.priority, 0);
	T_EQ(a.nice, getpriority(PRIO_PROCESS, 0));
	memset(&a, 0x55, sizeof(a));
	T_EQ(get_attr(getpid(), &a, 48, 0), 0);
	T_EQ(a.size, 48);
	T_EQ(a.util_min, 0x55555555);
	T_CHILD
	{
		T_OK(setpriority(PRIO_PROCESS, 0, 11));
		T_OK(sched_setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, &p));
		T_EQ(get_attr(0, &a, sizeof(a), 0), 0);
		T_EQ(a.policy, SCHED_BATCH);
		T_EQ(a.flags, 1);
		T_EQ(a.nice, 11);
	}
	if (!t_is_root())
		return;
	p.sched_priority = 42;
	T_OK(sched_setscheduler(0, SCHED_FIFO, &p));
	T_EQ(get_attr(0, &a, sizeof(a), 0), 0);
	T_EQ(a.policy, SCHED_FIFO);
	T_EQ(a.priority, 42);
}
