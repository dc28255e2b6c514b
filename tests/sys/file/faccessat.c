/* SPDX-License-Identifier: Apache-2.0 */
#define sys_faccessat(fd, path, mode) ((int)syscall(SYS_faccessat, fd, path, (long)(mode)))
#define check_access(path, mode)      sys_faccessat(AT_FDCWD, path, mode)
#include "access_common.h"

TEST_MAIN
{
	int d, f;

	access_common();
	T_OK(mkdir("d", 0755));
	t_touch("d/f");
	d = T_OK(open("d", O_RDONLY));
	f = T_OK(open("f644", O_RDONLY));
	T_OK(sys_faccessat(d, "f", R_OK));
	T_OK(sys_faccessat(d, "../f644", R_OK));
	T_ERR(sys_faccessat(d, "none", R_OK), ENOENT);
	T_ERR(sys_faccessat(d, "", R_OK), ENOENT);
	T_OK(sys_faccessat(-1, "/", R_OK));
	T_ERR(sys_faccessat(-1, "f", R_OK), EBADF);
	T_ERR(sys_faccessat(9999, "f", R_OK), EBADF);
	T_ERR(sys_faccessat(f, "f", R_OK), ENOTDIR);
	if (!t_is_root())
		return;
	T_CHILD
	{
		T_OK(setresuid(T_UID, 0, 0));
		T_ERR(sys_faccessat(AT_FDCWD, "f000", R_OK), EACCES);
	}
}
