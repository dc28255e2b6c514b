/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_removexattr(f, name) ((int)syscall(SYS_removexattr, f, name))

TEST_MAIN
{
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	t_note("the file system %s attributes", keeps ? "keeps" : "does not keep");
	if (keeps) {
		T_EQ(sys_removexattr("f", "user.t-probe"), 0);
		T_ERR(sys_removexattr("f", "user.a"), ENODATA);
	} else {
		T_ERR(sys_removexattr("f", "user.a"), EOPNOTSUPP);
	}
	/* No name space of this name: no file system has a use for it. */
	T_ERR(sys_removexattr("f", "nowhere"), EOPNOTSUPP);
	T_ERR(sys_removexattr("f", ""), ERANGE);
	T_ERR(sys_removexattr("f", long_xattr_name()), ERANGE);
	T_EFAULT_NULL(p, sys_removexattr("f", p));
	T_AS_USER
	{
		T_ERR(sys_removexattr("f", "trusted.a"), EPERM);
	}
	T_OK(symlink("f", "link"));
	T_ERR2(sys_removexattr("link", "user.a"), EOPNOTSUPP, ENODATA);
	T_PATH_ERRORS(p, sys_removexattr(p, "user.a"));
}
