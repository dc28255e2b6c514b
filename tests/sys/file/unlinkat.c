/* SPDX-License-Identifier: Apache-2.0 */
#define sys_unlinkat(fd, path, flags) ((int)syscall(SYS_unlinkat, fd, path, (long)(flags)))
#define do_unlink(path)		      sys_unlinkat(AT_FDCWD, path, 0)
#define do_rmdir(path)		      sys_unlinkat(AT_FDCWD, path, AT_REMOVEDIR)
#include "unlink_common.h"
#include "rmdir_common.h"

TEST_MAIN
{
	int d, f;

	unlink_common();
	rmdir_common();
	T_OK(mkdir("D", 0755));
	T_OK(mkdir("D/sub", 0755));
	t_touch("D/f");
	t_touch("outer");
	d = T_OK(open("D", O_RDONLY));
	f = T_OK(open("D/f", O_RDONLY));
	T_ERR(sys_unlinkat(d, "sub", 0), EISDIR);
	T_ERR(sys_unlinkat(d, "f", AT_REMOVEDIR), ENOTDIR);
	T_OK(sys_unlinkat(d, "f", 0));
	T_OK(sys_unlinkat(d, "sub", AT_REMOVEDIR));
	T_OK(sys_unlinkat(d, "../outer", 0));
	T_ERR(sys_unlinkat(d, "f", 0), ENOENT);
	T_ERR(sys_unlinkat(d, "", 0), ENOENT);
	T_ERR(sys_unlinkat(d, "", AT_REMOVEDIR), ENOENT);
	T_ERR(sys_unlinkat(d, ".", AT_REMOVEDIR), EINVAL);
	T_ERR(sys_unlinkat(-1, "f", 0), EBADF);
	T_ERR(sys_unlinkat(9999, "f", 0), EBADF);
	T_ERR(sys_unlinkat(f, "f", 0), ENOTDIR);
	T_ERR(sys_unlinkat(d, "f", 1), EINVAL);
	T_ERR(sys_unlinkat(d, "f", AT_REMOVEDIR | 0x40000000), EINVAL);
	T_ERR(sys_unlinkat(-1, NULL, 0x40000000), EINVAL);
}
