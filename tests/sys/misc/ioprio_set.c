/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define VALUE(class, level) ((class) << 13 | (level))
#define get(which, who)	    ((int)syscall(SYS_ioprio_get, which, who))
#define set(which, who, v)  ((int)syscall(SYS_ioprio_set, which, who, v))

enum { NONE, RT, BE, IDLE };
enum { WHO_PROCESS = 1, WHO_PGRP, WHO_USER };

TEST_MAIN
{
	int pid;

	for (int level = 0; level < 8; level++) {
		T_EQ(set(WHO_PROCESS, 0, VALUE(BE, level)), 0);
		T_EQ(get(WHO_PROCESS, 0), VALUE(BE, level));
	}
	T_EQ(set(WHO_PROCESS, getpid(), VALUE(IDLE, 0)), 0);
	T_EQ(get(WHO_PROCESS, getpid()), VALUE(IDLE, 0));
	T_CHILD
	{
		T_EQ(get(WHO_PROCESS, 0), VALUE(IDLE, 0));
	}
	T_ERR(set(WHO_PROCESS, 0, VALUE(NONE, 7)), EINVAL);
	T_EQ(set(WHO_PROCESS, 0, VALUE(NONE, 0)), 0);
	T_ERR(set(WHO_PROCESS, 0, VALUE(4, 0)), EINVAL);
	T_ERR(set(0, 0, VALUE(BE, 0)), EINVAL);
	T_ERR(set(4, 0, VALUE(BE, 0)), EINVAL);
	T_ERR(set(WHO_PROCESS, 0x7ffffff0, VALUE(BE, 0)), ESRCH);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		T_EQ(set(WHO_PGRP, 0, VALUE(BE, 2)), 0);
		T_EQ(get(WHO_PROCESS, 0), VALUE(BE, 2));
		T_EQ(get(WHO_PGRP, getpid()), VALUE(BE, 2));
		_exit(0);
	}
	T_WAIT(pid, 0);
	if (!t_is_root())
		return;
	T_EQ(set(WHO_PROCESS, 0, VALUE(RT, 3)), 0);
	T_EQ(set(WHO_PROCESS, 0, VALUE(BE, 4)), 0);
	T_AS_USER
	{
		T_ERR(set(WHO_PROCESS, 0, VALUE(RT, 3)), EPERM);
		T_ERR(set(WHO_PROCESS, getppid(), VALUE(BE, 3)), EPERM);
		T_EQ(set(WHO_PROCESS, 0, VALUE(BE, 3)), 0);
	}
}
