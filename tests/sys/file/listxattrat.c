/* SPDX-License-Identifier: Apache-2.0 */
#include "xattrat_common.h"

TEST_MAIN
{
	char buf[64] = "";
	int fd;

	t_touch("f");
	need_call(sys_listxattrat(-1, "f", 0, buf, sizeof(buf)));
	if (!keeps_xattrs("f"))
		T_SKIP("this file system keeps no attributes");
	T_EQ(sys_listxattrat(AT_FDCWD, "f", 0, buf, sizeof(buf)), sizeof("user.t-probe"));
	T_STR(buf, "user.t-probe");
	T_ERR(sys_listxattrat(AT_FDCWD, "f", 0, buf, 3), ERANGE);
	T_EQ(sys_listxattrat(AT_FDCWD, "f", 0, NULL, 0), sizeof("user.t-probe"));
	T_ERR(sys_listxattrat(AT_FDCWD, "f", 1, buf, sizeof(buf)), EINVAL);
	T_EFAULT_NULL(p, sys_listxattrat(AT_FDCWD, "f", 0, p, 64));
	T_OK(symlink("f", "link"));
	T_EQ(sys_listxattrat(AT_FDCWD, "link", 0, buf, sizeof(buf)), sizeof("user.t-probe"));
	T_EQ(sys_listxattrat(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, buf, sizeof(buf)), 0);
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(sys_listxattrat(fd, "", AT_EMPTY_PATH, buf, sizeof(buf)), sizeof("user.t-probe"));
	T_ERR(sys_listxattrat(-1, "f", 0, buf, sizeof(buf)), EBADF);
	T_PATH_ERRORS(p, sys_listxattrat(AT_FDCWD, p, 0, buf, sizeof(buf)));
}
