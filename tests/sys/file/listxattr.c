/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_listxattr(f, list, size) ((int)syscall(SYS_listxattr, f, list, (size_t)(size)))

TEST_MAIN
{
	char buf[64] = "";
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	t_note("the file system %s attributes", keeps ? "keeps" : "does not keep");
	if (keeps) {
		T_EQ(sys_listxattr("f", buf, sizeof(buf)), sizeof("user.t-probe"));
		T_STR(buf, "user.t-probe");
		T_ERR(sys_listxattr("f", buf, 3), ERANGE);
	} else {
		T_EQ(sys_listxattr("f", buf, sizeof(buf)), 0);
	}
	T_CMP(sys_listxattr("f", NULL, 0), >=, 0);
	T_OK(symlink("f", "link"));
	T_CMP(sys_listxattr("link", buf, sizeof(buf)), >=, 0);
	T_PATH_ERRORS(p, sys_listxattr(p, buf, sizeof(buf)));
}
