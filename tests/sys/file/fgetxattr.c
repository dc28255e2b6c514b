/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_fgetxattr(f, name, value, size) \
	((int)syscall(SYS_fgetxattr, f, name, value, (size_t)(size)))

TEST_MAIN
{
	char buf[64] = "";
	int file, path_only;
	bool keeps;

	t_touch("f");
	keeps = keeps_xattrs("f");
	t_note("the file system %s attributes", keeps ? "keeps" : "does not keep");
	file = T_OK(open("f", O_RDONLY));
	path_only = T_OK(open("f", O_PATH));
	if (keeps) {
		T_ERR(sys_fgetxattr(file, "user.a", buf, sizeof(buf)), ENODATA);
		T_EQ(sys_fgetxattr(file, "user.t-probe", buf, sizeof(buf)), 1);
		T_EQ(buf[0], '1');
	} else {
		T_ERR2(sys_fgetxattr(file, "user.a", buf, sizeof(buf)), EOPNOTSUPP, ENODATA);
		T_ERR2(sys_fgetxattr(file, "user.a", NULL, 0), EOPNOTSUPP, ENODATA);
	}
	/* No name space of this name: no file system has a use for it. */
	T_ERR(sys_fgetxattr(file, "nowhere", buf, sizeof(buf)), EOPNOTSUPP);
	T_ERR(sys_fgetxattr(file, "", buf, sizeof(buf)), ERANGE);
	T_ERR(sys_fgetxattr(file, long_xattr_name(), buf, sizeof(buf)), ERANGE);
	T_EFAULT_NULL(p, sys_fgetxattr(file, p, buf, sizeof(buf)));
	T_AS_USER
	{
		T_ERR(sys_fgetxattr(file, "trusted.a", buf, sizeof(buf)), ENODATA);
	}
	T_ERR(sys_fgetxattr(path_only, "user.a", buf, sizeof(buf)), EBADF);
	T_ERR(sys_fgetxattr(-1, "user.a", buf, sizeof(buf)), EBADF);
	close(file);
	T_ERR(sys_fgetxattr(file, "user.a", buf, sizeof(buf)), EBADF);
}
