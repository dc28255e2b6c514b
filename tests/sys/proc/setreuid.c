/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

#define SETREUID(r, e) syscall(SYS_setreuid, r, e)

TEST_MAIN
{
	T_OK(SETREUID(-1, -1));
	T_OK(SETREUID(getuid(), geteuid()));
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(SETREUID(1000, 2000));
		/* The saved id follows the effective one when the real one is set. */
		T_UIDS(1000, 2000, 2000, 2000);
		T_OK(SETREUID(2000, 1000)); /* swap */
		T_UIDS(2000, 1000, 1000, 1000);
		T_ERR(SETREUID(3000, -1), EPERM);
		T_ERR(SETREUID(-1, 3000), EPERM);
		T_ERR(SETREUID(0, -1), EPERM);
		T_UIDS(2000, 1000, 1000, 1000);
		T_OK(SETREUID(-1, -1));
		T_UIDS(2000, 1000, 1000, 1000);
	}
	T_CHILD
	{
		T_OK(SETREUID(-1, 2000)); /* differs from the real one: saved too */
		T_UIDS(0, 2000, 2000, 2000);
		T_OK(SETREUID(-1, 0)); /* equals the real one: saved stays */
		T_UIDS(0, 0, 2000, 0);
	}
	T_CHILD
	{
		T_OK(k_setresuid(1000, 2000, 3000));
		T_OK(SETREUID(-1, 3000)); /* the effective may become the saved */
		T_UIDS(1000, 3000, 3000, 3000);
		T_OK(k_setresuid(-1, -1, 1000));
		T_ERR(SETREUID(2000, -1), EPERM);
	}
	T_CHILD
	{
		T_OK(k_setresuid(1000, 2000, 3000));
		T_ERR(SETREUID(3000, -1), EPERM); /* the real one may not become the saved */
	}
}
