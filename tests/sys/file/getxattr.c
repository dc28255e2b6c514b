/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_getxattr(f, name, value, size) \
	((int)syscall(SYS_getxattr, f, name, value, (size_t)(size)))

TEST_MAIN
{
	char buf[64] = "";
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	t_note("the file system %s attributes", keeps ? "keeps" : "does not keep");
	if (keeps) {
		T_ERR(sys_getxattr("f", "user.a", buf, sizeof(buf)), ENODATA);
		T_EQ(sys_getxattr("f", "user.t-probe", buf, sizeof(buf)), 1);
		T_EQ(buf[0], '1');
	} else {
		T_ERR2(sys_getxattr("f", "user.a", buf, sizeof(buf)), EOPNOTSUPP, ENODATA);
		T_ERR2(sys_getxattr("f", "user.a", NULL, 0), EOPNOTSUPP, ENODATA);
	}
	/* No name space of this name: no file system has a use for it. */
	T_ERR(sys_getxattr("f", "nowhere", buf, sizeof(buf)), EOPNOTSUPP);
	T_ERR(sys_getxattr("f", "", buf, sizeof(buf)), ERANGE);
	T_ERR(sys_getxattr("f", long_xattr_name(), buf, sizeof(buf)), ERANGE);
	T_EFAULT_NULL(p, sys_getxattr("f", p, buf, sizeof(buf)));
	T_AS_USER
	{
		T_ERR(sys_getxattr("f", "trusted.a", buf, sizeof(buf)), ENODATA);
	}
	T_OK(symlink("f", "link"));
	T_ERR2(sys_getxattr("link", "user.a", buf, sizeof(buf)), EOPNOTSUPP, ENODATA);
	T_PATH_ERRORS(p, sys_getxattr(p, "user.a", buf, sizeof(buf)));
}
