/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

#define SETREGID(r, e) syscall(SYS_setregid, r, e)

TEST_MAIN
{
	T_OK(SETREGID(-1, -1));
	T_OK(SETREGID(getgid(), getegid()));
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(SETREGID(1000, 2000));
		T_OK(k_setresuid(5, 5, 5));
		/* The saved id follows the effective one when the real one is set. */
		T_GIDS(1000, 2000, 2000, 2000);
		T_OK(SETREGID(2000, 1000)); /* swap */
		T_GIDS(2000, 1000, 1000, 1000);
		T_ERR(SETREGID(3000, -1), EPERM);
		T_ERR(SETREGID(-1, 3000), EPERM);
		T_ERR(SETREGID(0, -1), EPERM);
		T_GIDS(2000, 1000, 1000, 1000);
		T_OK(SETREGID(-1, -1));
		T_GIDS(2000, 1000, 1000, 1000);
	}
	T_CHILD
	{
		T_OK(SETREGID(-1, 2000)); /* differs from the real one: saved too */
		T_GIDS(0, 2000, 2000, 2000);
		T_OK(SETREGID(-1, 0)); /* equals the real one: saved stays */
		T_GIDS(0, 0, 2000, 0);
	}
	T_CHILD
	{
		T_OK(k_setresgid(1000, 2000, 3000));
		T_OK(k_setresuid(5, 5, 5));
		T_OK(SETREGID(-1, 3000)); /* the effective may become the saved */
		T_GIDS(1000, 3000, 3000, 3000);
		T_OK(k_setresgid(-1, -1, 1000));
		T_ERR(SETREGID(2000, -1), EPERM);
	}
	T_CHILD
	{
		T_OK(k_setresgid(1000, 2000, 3000));
		T_OK(k_setresuid(5, 5, 5));
		T_ERR(SETREGID(3000, -1), EPERM); /* the real one may not become the saved */
	}
}
