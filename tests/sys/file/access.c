/* SPDX-License-Identifier: Apache-2.0 */
#define check_access(path, mode) ((int)syscall(SYS_access, path, (long)(mode)))
#include "access_common.h"

TEST_MAIN
{
	access_common();
	/* The real ids count, not the effective ones. */
	if (!t_is_root())
		return;
	T_CHILD
	{
		T_OK(setresgid(T_GID, 0, 0));
		T_OK(setresuid(T_UID, 0, 0));
		T_EQ(close(T_OK(open("f000", O_RDONLY))), 0);
		T_ERR(check_access("f000", R_OK), EACCES);
		T_OK(check_access("f644", R_OK));
		T_ERR(check_access("f644", W_OK), EACCES);
	}
	T_CHILD
	{
		T_OK(setresuid(0, T_UID, 0));
		T_ERR(open("f000", O_RDONLY), EACCES);
		T_OK(check_access("f000", R_OK | W_OK));
	}
}
