/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

TEST_MAIN
{
	T_OK(k_setresgid(-1, -1, -1));
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(k_setresgid(1, 2, 3));
		T_GIDS(1, 2, 3, 2);
		T_EQ(getgid(), 1);
		T_EQ(getegid(), 2);
		T_OK(k_setresuid(9, 9, 9));
		T_OK(k_setresgid(2, 3, 1));
		T_GIDS(2, 3, 1, 3);
		T_OK(k_setresgid(-1, 1, -1));
		T_GIDS(2, 1, 1, 1);
		T_ERR(k_setresgid(3, -1, -1), EPERM);
		T_ERR(k_setresgid(-1, 0, -1), EPERM);
		T_ERR(k_setresgid(-1, -1, 4), EPERM);
		T_GIDS(2, 1, 1, 1);
	}
	/* Group 0 gives no privilege. */
	T_CHILD
	{
		T_OK(k_setresuid(9, 9, 9));
		T_ERR(k_setresgid(1, 1, 1), EPERM);
	}
}
