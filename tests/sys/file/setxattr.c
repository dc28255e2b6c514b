/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_setxattr(f, name, value, size, flags) \
	((int)syscall(SYS_setxattr, f, name, value, (size_t)(size), (long)(flags)))

TEST_MAIN
{
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	t_note("the file system %s attributes", keeps ? "keeps" : "does not keep");
	if (keeps) {
		T_EQ(sys_setxattr("f", "user.a", "1", 1, XATTR_CREATE), 0);
		T_ERR(sys_setxattr("f", "user.a", "1", 1, XATTR_CREATE), EEXIST);
		T_EQ(sys_setxattr("f", "user.a", NULL, 0, XATTR_REPLACE), 0);
	} else {
		T_ERR(sys_setxattr("f", "user.a", "1", 1, 0), EOPNOTSUPP);
		T_ERR(sys_setxattr("f", "user.a", NULL, 0, 0), EOPNOTSUPP);
	}
	T_ERR(sys_setxattr("f", "user.a", "1", 1, 4), EINVAL);
	T_ERR(sys_setxattr("f", "user.a", "1", 1, -1), EINVAL);
	T_ERR(sys_setxattr("f", "user.a", "1", 65537, 0), E2BIG);
	T_EFAULT_NULL(p, sys_setxattr("f", "user.a", p, 8, 0));
	/* No name space of this name: no file system has a use for it. */
	T_ERR(sys_setxattr("f", "nowhere", "1", 1, 0), EOPNOTSUPP);
	T_ERR(sys_setxattr("f", "", "1", 1, 0), ERANGE);
	T_ERR(sys_setxattr("f", long_xattr_name(), "1", 1, 0), ERANGE);
	T_EFAULT_NULL(p, sys_setxattr("f", p, "1", 1, 0));
	T_AS_USER
	{
		T_ERR(sys_setxattr("f", "trusted.a", "1", 1, 0), EPERM);
	}
	T_OK(symlink("f", "link"));
	T_EQ(sys_setxattr("link", "user.a", "1", 1, 0), keeps ? 0 : -1);
	T_PATH_ERRORS(p, sys_setxattr(p, "user.a", "1", 1, 0));
}
