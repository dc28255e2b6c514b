/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	T_EQ(syscall(SYS_getpgid, 0), getpgrp());
	T_EQ(syscall(SYS_getpgid, getpid()), getpgrp());
	T_CMP(syscall(SYS_getpgid, getppid()), >=, 0);
	T_ERR(syscall(SYS_getpgid, 0x7ffffff0), ESRCH);
	T_ERR(syscall(SYS_getpgid, -1), ESRCH);
	T_CHILD
	{
		T_OK(setpgid(0, 0));
		T_EQ(syscall(SYS_getpgid, 0), getpid());
		T_NE(syscall(SYS_getpgid, getppid()), getpid());
	}
}
