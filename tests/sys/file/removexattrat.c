/* SPDX-License-Identifier: Apache-2.0 */
#include "xattrat_common.h"

TEST_MAIN
{
	int fd;

	t_touch("f");
	need_call(sys_removexattrat(-1, "f", 0, "user.a"));
	if (!keeps_xattrs("f"))
		T_SKIP("this file system keeps no attributes");
	T_OK(sys_removexattrat(AT_FDCWD, "f", 0, "user.t-probe"));
	T_ERR(sys_removexattrat(AT_FDCWD, "f", 0, "user.t-probe"), ENODATA);
	T_ERR(sys_removexattrat(AT_FDCWD, "f", 1, "user.a"), EINVAL);
	T_ERR(sys_removexattrat(AT_FDCWD, "f", 0, ""), ERANGE);
	T_EFAULT_NULL(p, sys_removexattrat(AT_FDCWD, "f", 0, p));
	fd = T_OK(open("f", O_RDONLY));
	T_OK(setxattr("f", "user.a", "abc", 3, 0));
	T_OK(sys_removexattrat(fd, "", AT_EMPTY_PATH, "user.a"));
	T_ERR(getxattr("f", "user.a", NULL, 0), ENODATA);
	T_ERR(sys_removexattrat(-1, "f", 0, "user.a"), EBADF);
	T_PATH_ERRORS(p, sys_removexattrat(AT_FDCWD, p, 0, "user.a"));
}
