/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_lsetxattr(f, name, value, size, flags) \
	((int)syscall(SYS_lsetxattr, f, name, value, (size_t)(size), (long)(flags)))

TEST_MAIN
{
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	t_note("the file system %s attributes", keeps ? "keeps" : "does not keep");
	if (keeps) {
		T_EQ(sys_lsetxattr("f", "user.a", "1", 1, XATTR_CREATE), 0);
		T_ERR(sys_lsetxattr("f", "user.a", "1", 1, XATTR_CREATE), EEXIST);
		T_EQ(sys_lsetxattr("f", "user.a", NULL, 0, XATTR_REPLACE), 0);
	} else {
		T_ERR(sys_lsetxattr("f", "user.a", "1", 1, 0), EOPNOTSUPP);
		T_ERR(sys_lsetxattr("f", "user.a", NULL, 0, 0), EOPNOTSUPP);
	}
	T_ERR(sys_lsetxattr("f", "user.a", "1", 1, 4), EINVAL);
	T_ERR(sys_lsetxattr("f", "user.a", "1", 1, -1), EINVAL);
	T_ERR(sys_lsetxattr("f", "user.a", "1", 65537, 0), E2BIG);
	T_EFAULT_NULL(p, sys_lsetxattr("f", "user.a", p, 8, 0));
	/* No name space of this name: no file system has a use for it. */
	T_ERR(sys_lsetxattr("f", "nowhere", "1", 1, 0), EOPNOTSUPP);
	T_ERR(sys_lsetxattr("f", "", "1", 1, 0), ERANGE);
	T_ERR(sys_lsetxattr("f", long_xattr_name(), "1", 1, 0), ERANGE);
	T_EFAULT_NULL(p, sys_lsetxattr("f", p, "1", 1, 0));
	T_AS_USER
	{
		T_ERR(sys_lsetxattr("f", "trusted.a", "1", 1, 0), EPERM);
	}
	T_OK(symlink("f", "link"));
	/* user.* is not for symlinks, xattr(7). */
	T_ERR(sys_lsetxattr("link", "user.a", "1", 1, 0), EPERM);
	T_PATH_ERRORS(p, sys_lsetxattr(p, "user.a", "1", 1, 0));
}
