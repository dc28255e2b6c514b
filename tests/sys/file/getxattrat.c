/* SPDX-License-Identifier: Apache-2.0 */
#include "xattrat_common.h"

TEST_MAIN
{
	char buf[8] = "";
	struct xattr_args_t a = {.value = (uintptr_t)buf, .size = sizeof(buf)};
	int fd;

	t_touch("f");
	need_call(sys_getxattrat(-1, "f", 0, "user.a", &a, 0));
	if (!keeps_xattrs("f"))
		T_SKIP("this file system keeps no attributes");
	T_OK(setxattr("f", "user.a", "abc", 3, 0));
	T_EQ(sys_getxattrat(AT_FDCWD, "f", 0, "user.a", &a, sizeof(a)), 3);
	T_MEM(buf, "abc", 3);
	T_ERR(sys_getxattrat(AT_FDCWD, "f", 0, "user.b", &a, sizeof(a)), ENODATA);
	a.size = 2;
	T_ERR(sys_getxattrat(AT_FDCWD, "f", 0, "user.a", &a, sizeof(a)), ERANGE);
	a.size = 0;
	T_EQ(sys_getxattrat(AT_FDCWD, "f", 0, "user.a", &a, sizeof(a)), 3);
	a.size = sizeof(buf);
	a.flags = XATTR_CREATE;
	T_ERR(sys_getxattrat(AT_FDCWD, "f", 0, "user.a", &a, sizeof(a)), EINVAL);
	a.flags = 0;
	T_ERR(sys_getxattrat(AT_FDCWD, "f", 0, "user.a", &a, 8), EINVAL);
	T_ERR(sys_getxattrat(AT_FDCWD, "f", 0, "user.a", &a, 5000), E2BIG);
	T_ERR(sys_getxattrat(AT_FDCWD, "f", 1, "user.a", &a, sizeof(a)), EINVAL);
	T_EFAULT_NULL(p, sys_getxattrat(AT_FDCWD, "f", 0, "user.a", p, sizeof(a)));
	T_EFAULT_NULL(p, sys_getxattrat(AT_FDCWD, "f", 0, p, &a, sizeof(a)));
	T_EFAULT_NULL(p, ({
			      a.value = (uintptr_t)p;
			      sys_getxattrat(AT_FDCWD, "f", 0, "user.a", &a, sizeof(a));
		      }));
	a.value = (uintptr_t)buf;
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(sys_getxattrat(fd, "", AT_EMPTY_PATH, "user.a", &a, sizeof(a)), 3);
	T_ERR(sys_getxattrat(-1, "f", 0, "user.a", &a, sizeof(a)), EBADF);
	T_PATH_ERRORS(p, sys_getxattrat(AT_FDCWD, p, 0, "user.a", &a, sizeof(a)));
}
