/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's call gives 20 - nice, so that it is never negative. */
#include "test.h"

static long get(int which, int who)
{
	return syscall(SYS_getpriority, which, who);
}

TEST_MAIN
{
	pid_t pid;

	T_EQ(get(PRIO_PROCESS, 0), 20);
	T_EQ(get(PRIO_PROCESS, getpid()), 20);
	T_CHILD
	{
		T_OK(setpriority(PRIO_PROCESS, 0, 19));
		T_EQ(get(PRIO_PROCESS, 0), 1);
		/* A fork inherits it. */
		T_CHILD
		{
			T_EQ(get(PRIO_PROCESS, 0), 1);
		}
	}
	/* Of a group or user, the best. */
	pid = T_NEED(fork());
	if (!pid) {
		setpgid(0, 0);
		setpriority(PRIO_PROCESS, 0, 10);
		for (;;)
			pause();
	}
	setpgid(pid, pid);
	for (int i = 0; i < 1000 && get(PRIO_PROCESS, pid) != 10; i++)
		t_sleep_ms(1);
	T_EQ(get(PRIO_PROCESS, pid), 10);
	T_EQ(get(PRIO_PGRP, pid), 10);
	T_CMP(get(PRIO_PGRP, 0), >=, 20);
	T_CMP(get(PRIO_USER, 0), >=, 20);
	T_CMP(get(PRIO_USER, (int)getuid()), >=, 20);
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
	T_ERR(get(PRIO_PGRP, pid), ESRCH);
	T_ERR(get(PRIO_PROCESS, 0x7ffffff0), ESRCH);
	T_ERR(get(PRIO_PROCESS, -1), ESRCH);
	T_ERR(get(PRIO_USER, 0x7ffffff0), ESRCH);
	T_ERR(get(3, 0), EINVAL);
	T_ERR(get(-1, 0), EINVAL);
}
