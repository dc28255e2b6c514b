/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_fremovexattr(f, name) ((int)syscall(SYS_fremovexattr, f, name))

TEST_MAIN
{
	int file, path_only;
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	t_note("the file system %s attributes", keeps ? "keeps" : "does not keep");
	file = T_OK(open("f", O_RDONLY));
	path_only = T_OK(open("f", O_PATH));
	if (keeps) {
		T_EQ(sys_fremovexattr(file, "user.t-probe"), 0);
		T_ERR(sys_fremovexattr(file, "user.a"), ENODATA);
	} else {
		T_ERR(sys_fremovexattr(file, "user.a"), EOPNOTSUPP);
	}
	/* No name space of this name: no file system has a use for it. */
	T_ERR(sys_fremovexattr(file, "nowhere"), EOPNOTSUPP);
	T_ERR(sys_fremovexattr(file, ""), ERANGE);
	T_ERR(sys_fremovexattr(file, long_xattr_name()), ERANGE);
	T_EFAULT_NULL(p, sys_fremovexattr(file, p));
	T_AS_USER
	{
		T_ERR(sys_fremovexattr(file, "trusted.a"), EPERM);
	}
	T_ERR(sys_fremovexattr(path_only, "user.a"), EBADF);
	T_ERR(sys_fremovexattr(-1, "user.a"), EBADF);
	close(file);
	T_ERR(sys_fremovexattr(file, "user.a"), EBADF);
}
