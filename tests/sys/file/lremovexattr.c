/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_lremovexattr(f, name) ((int)syscall(SYS_lremovexattr, f, name))

TEST_MAIN
{
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	t_note("the file system %s attributes", keeps ? "keeps" : "does not keep");
	if (keeps) {
		T_EQ(sys_lremovexattr("f", "user.t-probe"), 0);
		T_ERR(sys_lremovexattr("f", "user.a"), ENODATA);
	} else {
		T_ERR(sys_lremovexattr("f", "user.a"), EOPNOTSUPP);
	}
	/* No name space of this name: no file system has a use for it. */
	T_ERR(sys_lremovexattr("f", "nowhere"), EOPNOTSUPP);
	T_ERR(sys_lremovexattr("f", ""), ERANGE);
	T_ERR(sys_lremovexattr("f", long_xattr_name()), ERANGE);
	T_EFAULT_NULL(p, sys_lremovexattr("f", p));
	T_AS_USER
	{
		T_ERR(sys_lremovexattr("f", "trusted.a"), EPERM);
	}
	T_OK(symlink("f", "link"));
	/* user.* is not for symlinks, xattr(7). */
	T_ERR(sys_lremovexattr("link", "user.a"), EPERM);
	T_PATH_ERRORS(p, sys_lremovexattr(p, "user.a"));
}
