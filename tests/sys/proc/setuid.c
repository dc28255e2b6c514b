/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

TEST_MAIN
{
	T_ERR(syscall(SYS_setuid, -1), EINVAL);
	T_OK(syscall(SYS_setuid, getuid()));
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(syscall(SYS_setuid, 1000)); /* privileged: all of them */
		T_UIDS(1000, 1000, 1000, 1000);
		T_ERR(syscall(SYS_setuid, 0), EPERM);
		T_ERR(syscall(SYS_setuid, 1001), EPERM);
		T_OK(syscall(SYS_setuid, 1000));
	}
	T_CHILD
	{
		T_OK(k_setresuid(1000, 2000, 3000));
		T_OK(syscall(SYS_setuid, 3000)); /* the effective one alone */
		T_UIDS(1000, 3000, 3000, 3000);
		T_OK(syscall(SYS_setuid, 1000));
		T_UIDS(1000, 1000, 3000, 1000);
		T_ERR(syscall(SYS_setuid, 2000), EPERM);
	}
	/* Effective root given away for a time can be taken back. */
	T_CHILD
	{
		T_OK(k_setresuid(1000, 1000, 0));
		T_OK(syscall(SYS_setuid, 0));
		T_UIDS(1000, 0, 0, 0);
		T_OK(syscall(SYS_setuid, 1000));
		T_UIDS(1000, 1000, 1000, 1000);
	}
}
