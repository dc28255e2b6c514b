/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

TEST_MAIN
{
	T_ERR(syscall(SYS_setgid, -1), EINVAL);
	T_OK(syscall(SYS_setgid, getgid()));
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(syscall(SYS_setgid, 1000));
		T_GIDS(1000, 1000, 1000, 1000);
		T_OK(syscall(SYS_setgid, 0)); /* still uid 0, so still privileged */
		T_GIDS(0, 0, 0, 0);
	}
	T_CHILD
	{
		T_OK(k_setresgid(1000, 2000, 3000));
		T_OK(k_setresuid(5, 5, 5));
		T_OK(syscall(SYS_setgid, 3000));
		T_GIDS(1000, 3000, 3000, 3000);
		T_OK(syscall(SYS_setgid, 1000));
		T_GIDS(1000, 1000, 3000, 1000);
		T_ERR(syscall(SYS_setgid, 2000), EPERM);
		T_ERR(syscall(SYS_setgid, 0), EPERM);
	}
}
