/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

#include <sys/prctl.h>

TEST_MAIN
{
	T_OK(k_setresuid(-1, -1, -1));
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(k_setresuid(1, 2, 3));
		T_UIDS(1, 2, 3, 2);
		T_EQ(getuid(), 1);
		T_EQ(geteuid(), 2);
		T_OK(k_setresuid(2, 3, 1)); /* any of the three, in any order */
		T_UIDS(2, 3, 1, 3);
		T_OK(k_setresuid(-1, 1, -1));
		T_UIDS(2, 1, 1, 1);
		T_ERR(k_setresuid(3, -1, -1), EPERM);
		T_ERR(k_setresuid(-1, 0, -1), EPERM);
		T_ERR(k_setresuid(-1, -1, 4), EPERM);
		T_UIDS(2, 1, 1, 1); /* nothing half done */
		T_OK(k_setresuid(1, 2, 2));
		T_UIDS(1, 2, 2, 2);
	}
	T_CHILD
	{
		T_OK(setfsuid(77) != -1 ? 0 : -1);
		T_EQ(setfsuid(-1), 77);
		T_OK(k_setresuid(-1, -1, 5)); /* a changed id takes the file-system id along ... */
		T_UIDS(0, 0, 5, 0);
	}
	/* Dumpable goes away with a changed effective id. */
	T_CHILD
	{
		T_EQ(prctl(PR_GET_DUMPABLE), 1);
		T_OK(k_setresuid(1, 1, 1));
		T_NE(prctl(PR_GET_DUMPABLE), 1);
	}
}
