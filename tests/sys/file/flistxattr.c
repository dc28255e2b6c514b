/* SPDX-License-Identifier: Apache-2.0 */
#include "xattr_common.h"

#define sys_flistxattr(f, list, size) ((int)syscall(SYS_flistxattr, f, list, (size_t)(size)))

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
		T_EQ(sys_flistxattr(file, buf, sizeof(buf)), sizeof("user.t-probe"));
		T_STR(buf, "user.t-probe");
		T_ERR(sys_flistxattr(file, buf, 3), ERANGE);
	} else {
		T_EQ(sys_flistxattr(file, buf, sizeof(buf)), 0);
	}
	T_CMP(sys_flistxattr(file, NULL, 0), >=, 0);
	T_ERR(sys_flistxattr(path_only, buf, sizeof(buf)), EBADF);
	T_ERR(sys_flistxattr(-1, buf, sizeof(buf)), EBADF);
	close(file);
	T_ERR(sys_flistxattr(file, buf, sizeof(buf)), EBADF);
}
