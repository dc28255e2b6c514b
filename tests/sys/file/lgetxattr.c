/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_lgetxattr(f, name, value, size) \
	((int)syscall(SYS_lgetxattr, f, name, value, (size_t)(size)))

TEST_MAIN
{
	char buf[64] = "";
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	t_note("the file system %s attributes", keeps ? "keeps" : "does not keep");
	if (keeps) {
		T_ERR(sys_lgetxattr("f", "user.a", buf, sizeof(buf)), ENODATA);
		T_EQ(sys_lgetxattr("f", "user.t-probe", buf, sizeof(buf)), 1);
		T_EQ(buf[0], '1');
	} else {
		T_ERR2(sys_lgetxattr("f", "user.a", buf, sizeof(buf)), EOPNOTSUPP, ENODATA);
		T_ERR2(sys_lgetxattr("f", "user.a", NULL, 0), EOPNOTSUPP, ENODATA);
	}
	/* No name space of this name: no file system has a use for it. */
	T_ERR(sys_lgetxattr("f", "nowhere", buf, sizeof(buf)), EOPNOTSUPP);
	T_ERR(sys_lgetxattr("f", "", buf, sizeof(buf)), ERANGE);
	T_ERR(sys_lgetxattr("f", long_xattr_name(), buf, sizeof(buf)), ERANGE);
	T_EFAULT_NULL(p, sys_lgetxattr("f", p, buf, sizeof(buf)));
	T_AS_USER
	{
		T_ERR(sys_lgetxattr("f", "trusted.a", buf, sizeof(buf)), ENODATA);
	}
	T_OK(symlink("f", "link"));
	/* user.* is not for symlinks, xattr(7). */
	T_ERR(sys_lgetxattr("link", "user.a", buf, sizeof(buf)), ENODATA);
	T_PATH_ERRORS(p, sys_lgetxattr(p, "user.a", buf, sizeof(buf)));
}
