/* SPDX-License-Identifier: Apache-2.0 */
#define change_owner(path, uid, gid) ((int)syscall(SYS_chown, path, (uid_t)(uid), (gid_t)(gid)))
#include "chown_common.h"

TEST_MAIN
{
	owner_as_root();
	owner_as_user();
	t_touch("target");
	T_OK(symlink("target", "link"));
	T_OK(symlink("nowhere", "dangling"));
	if (t_is_root()) {
		T_OK(change_owner("link", 11, 12));
		expect_owner("target", 11, 12);
		expect_owner("link", 0, 0);
	}
	T_ERR(change_owner("dangling", -1, -1), ENOENT);
	T_ERR(change_owner("none", -1, -1), ENOENT);
	T_ERR(change_owner("target/", -1, -1), ENOTDIR);
	T_PATH_ERRORS(p, change_owner(p, -1, -1));
	T_ERR(change_owner("pf-loop1", -1, -1), ELOOP);
}
