/* SPDX-License-Identifier: Apache-2.0 */
#include "xattrat_common.h"

TEST_MAIN
{
	struct args_longer longer;
	struct xattr_args_t a = {.value = (uintptr_t) "12", .size = 2};
	char buf[8];
	int fd, path_only;
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	need_call(sys_setxattrat(-1, "f", 0, "user.a", &a, 0));
	T_EQ(sys_setxattrat(AT_FDCWD, "f", 0, "user.a", &a, sizeof(a)), keeps ? 0 : -1);
	if (!keeps)
		T_SKIP("this file system keeps no attributes");
	T_EQ(getxattr("f", "user.a", buf, sizeof(buf)), 2);
	a.flags = XATTR_CREATE;
	T_ERR(sys_setxattrat(AT_FDCWD, "f", 0, "user.a", &a, sizeof(a)), EEXIST);
	a.flags = XATTR_REPLACE;
	T_ERR(sys_setxattrat(AT_FDCWD, "f", 0, "user.b", &a, sizeof(a)), ENODATA);
	a.flags = 4;
	T_ERR(sys_setxattrat(AT_FDCWD, "f", 0, "user.b", &a, sizeof(a)), EINVAL);
	a.flags = 0;
	T_ERR(sys_setxattrat(AT_FDCWD, "f", 0, "user.b", &a, sizeof(a) - 1), EINVAL);
	T_ERR(sys_setxattrat(AT_FDCWD, "f", 0, "user.b", &a, 4097), E2BIG);
	memset(&longer, 0, sizeof(longer));
	longer.args = a;
	T_OK(sys_setxattrat(AT_FDCWD, "f", 0, "user.b", &longer, sizeof(longer)));
	longer.more = 1;
	T_ERR(sys_setxattrat(AT_FDCWD, "f", 0, "user.b", &longer, sizeof(longer)), E2BIG);
	T_ERR(sys_setxattrat(AT_FDCWD, "f", AT_SYMLINK_FOLLOW, "user.b", &a, sizeof(a)), EINVAL);
	a.size = 65537;
	T_ERR(sys_setxattrat(AT_FDCWD, "f", 0, "user.b", &a, sizeof(a)), E2BIG);
	a.size = 2;
	T_EFAULT_NULL(p, sys_setxattrat(AT_FDCWD, "f", 0, "user.b", p, sizeof(a)));
	T_EFAULT_NULL(p, sys_setxattrat(AT_FDCWD, "f", 0, p, &a, sizeof(a)));

	fd = T_OK(open("f", O_RDONLY));
	path_only = T_OK(open("f", O_PATH));
	T_OK(sys_setxattrat(fd, "", AT_EMPTY_PATH, "user.c", &a, sizeof(a)));
	T_OK(sys_setxattrat(fd, NULL, AT_EMPTY_PATH, "user.c", &a, sizeof(a)));
	T_ERR(sys_setxattrat(path_only, "", AT_EMPTY_PATH, "user.c", &a, sizeof(a)), EBADF);
	T_ERR(sys_setxattrat(fd, "", 0, "user.c", &a, sizeof(a)), ENOENT);
	T_ERR(sys_setxattrat(fd, "f", 0, "user.c", &a, sizeof(a)), ENOTDIR);
	T_ERR(sys_setxattrat(-1, "f", 0, "user.c", &a, sizeof(a)), EBADF);
	T_OK(symlink("f", "link"));
	T_OK(sys_setxattrat(AT_FDCWD, "link", 0, "user.d", &a, sizeof(a)));
	T_ERR(sys_setxattrat(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, "user.d", &a, sizeof(a)),
	      EPERM);
	T_PATH_ERRORS(p, sys_setxattrat(AT_FDCWD, p, 0, "user.a", &a, sizeof(a)));
}
