/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	pid_t group = (pid_t)syscall(SYS_getpgrp);

	T_EQ(group, getpgid(0));
	T_CHILD
	{
		T_EQ(syscall(SYS_getpgrp), group);
		T_OK(setpgid(0, 0));
		T_EQ(syscall(SYS_getpgrp), getpid());
	}
	T_EQ(syscall(SYS_getpgrp), group);
}
