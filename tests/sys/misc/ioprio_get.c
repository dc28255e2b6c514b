/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define get(which, who) ((int)syscall(SYS_ioprio_get, which, who))

TEST_MAIN
{
	int pid;

	T_OK(get(1, 0));
	T_ERR(get(0, 0), EINVAL);
	T_ERR(get(4, 0), EINVAL);
	T_ERR(get(-1, 0), EINVAL);
	T_ERR(get(1, 0x7ffffff0), ESRCH);
	T_ERR(get(2, 0x7ffffff0), ESRCH);
	T_ERR(get(3, 54321), ESRCH);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		T_EQ(syscall(SYS_ioprio_set, 1, 0, 0), 0);
		T_EQ(get(1, 0), 0);
		T_EQ(get(2, 0), 2 << 13 | 4); /* what the nice value stands for */
		T_OK(setpriority(PRIO_PROCESS, 0, 10));
		T_EQ(get(2, 0), 2 << 13 | 6);
		_exit(0);
	}
	T_WAIT(pid, 0);
}
