/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What access, faccessat and faccessat2 share. The including file defines check_access(path, mode)
 * as the call under test before it includes this.
 */
#include "test.h"

static void access_as_root(void)
{
	T_OK(check_access("f000", F_OK));
	if (!t_is_root())
		return;
	T_OK(check_access("f000", R_OK | W_OK));
	/* Even root executes only what someone may execute. */
	T_ERR(check_access("f000", X_OK), EACCES);
	T_ERR(check_access("f000", R_OK | X_OK), EACCES);
	T_ERR(check_access("f644", X_OK), EACCES);
	T_OK(check_access("f755", R_OK | W_OK | X_OK));
	T_OK(check_access("d000", R_OK | W_OK | X_OK));
	T_OK(chmod("f000", 0001));
	T_OK(check_access("f000", X_OK));
	T_OK(chmod("f000", 0));
}

static void access_as_user(void)
{
	T_AS_USER
	{
		T_OK(check_access("f000", F_OK));
		T_ERR(check_access("f000", R_OK), EACCES);
		T_ERR(check_access("f000", W_OK), EACCES);
		T_ERR(check_access("f000", X_OK), EACCES);
		T_OK(check_access("f644", R_OK));
		T_ERR(check_access("f644", X_OK), EACCES);
		T_ERR(check_access("f644", R_OK | X_OK), EACCES);
		T_OK(check_access("f755", R_OK | X_OK));
		T_OK(check_access("d000", F_OK));
		T_ERR(check_access("d000", R_OK), EACCES);
		T_ERR(check_access("d000", X_OK), EACCES);
		T_ERR(check_access("d000/f", F_OK), EACCES);
		T_OK(check_access("to-f755", X_OK));
		T_ERR(check_access("to-f000", R_OK), EACCES);
	}
}

static void access_common(void)
{
	T_OK(mkdir("d000", 0));
	t_touch("f000");
	t_touch("f644");
	t_touch("f755");
	T_OK(chmod("f000", 0));
	T_OK(chmod("f755", 0755));
	T_OK(symlink("f755", "to-f755"));
	T_OK(symlink("f000", "to-f000"));
	T_OK(symlink("nowhere", "dangling"));
	access_as_root();
	access_as_user();
	T_OK(check_access("f644", R_OK | W_OK));
	T_OK(check_access("to-f755", F_OK));
	T_OK(check_access(".", R_OK | W_OK | X_OK));
	T_ERR(check_access("none", F_OK), ENOENT);
	T_ERR(check_access("dangling", F_OK), ENOENT);
	T_ERR(check_access("f644/", F_OK), ENOTDIR);
	T_ERR(check_access("f644", 8), EINVAL);
	T_ERR(check_access("f644", -1), EINVAL);
	T_ERR(check_access("f644", R_OK | 0x100), EINVAL);
	T_ERR(check_access(NULL, 8), EINVAL);
	T_PATH_ERRORS(p, check_access(p, F_OK));
	T_PATH_ERRORS(p, check_access(p, R_OK));
}
