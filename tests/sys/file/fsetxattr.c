/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_fsetxattr(f, name, value, size, flags) \
	((int)syscall(SYS_fsetxattr, f, name, value, (size_t)(size), (long)(flags)))

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
		T_EQ(sys_fsetxattr(file, "user.a", "1", 1, XATTR_CREATE), 0);
		T_ERR(sys_fsetxattr(file, "user.a", "1", 1, XATTR_CREATE), EEXIST);
		T_EQ(sys_fsetxattr(file, "user.a", NULL, 0, XATTR_REPLACE), 0);
	} else {
		T_ERR(sys_fsetxattr(file, "user.a", "1", 1, 0), EOPNOTSUPP);
		T_ERR(sys_fsetxattr(file, "user.a", NULL, 0, 0), EOPNOTSUPP);
	}
	T_ERR(sys_fsetxattr(file, "user.a", "1", 1, 4), EINVAL);
	T_ERR(sys_fsetxattr(file, "user.a", "1", 1, -1), EINVAL);
	T_ERR(sys_fsetxattr(file, "user.a", "1", 65537, 0), E2BIG);
	T_EFAULT_NULL(p, sys_fsetxattr(file, "user.a", p, 8, 0));
	/* No name space of this name: no file system has a use for it. */
	T_ERR(sys_fsetxattr(file, "nowhere", "1", 1, 0), EOPNOTSUPP);
	T_ERR(sys_fsetxattr(file, "", "1", 1, 0), ERANGE);
	T_ERR(sys_fsetxattr(file, long_xattr_name(), "1", 1, 0), ERANGE);
	T_EFAULT_NULL(p, sys_fsetxattr(file, p, "1", 1, 0));
	T_AS_USER
	{
		T_ERR(sys_fsetxattr(file, "trusted.a", "1", 1, 0), EPERM);
	}
	T_ERR(sys_fsetxattr(path_only, "user.a", "1", 1, 0), EBADF);
	T_ERR(sys_fsetxattr(-1, "user.a", "1", 1, 0), EBADF);
	close(file);
	T_ERR(sys_fsetxattr(file, "user.a", "1", 1, 0), EBADF);
}
