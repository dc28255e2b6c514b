/* SPDX-License-Identifier: Apache-2.0 */
#define sys_faccessat2(fd, path, mode, flags) \
	((int)syscall(SYS_faccessat2, fd, path, (long)(mode), (long)(flags)))
#define check_access(path, mode) sys_faccessat2(AT_FDCWD, path, mode, 0)
#include "access_common.h"

TEST_MAIN
{
	int d, f;

	access_common();
	T_OK(mkdir("d", 0755));
	t_touch("d/f");
	d = T_OK(open("d", O_RDONLY));
	f = T_OK(open("f644", O_RDONLY));
	T_OK(sys_faccessat2(d, "f", R_OK, 0));
	T_OK(sys_faccessat2(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
	T_ERR(sys_faccessat2(AT_FDCWD, "dangling", F_OK, 0), ENOENT);
	T_OK(sys_faccessat2(f, "", R_OK, AT_EMPTY_PATH));
	T_OK(sys_faccessat2(AT_FDCWD, "", X_OK, AT_EMPTY_PATH));
	T_ERR(sys_faccessat2(f, "", X_OK, AT_EMPTY_PATH), EACCES);
	T_ERR(sys_faccessat2(f, "", R_OK, 0), ENOENT);
	T_ERR(sys_faccessat2(-1, "", R_OK, AT_EMPTY_PATH), EBADF);
	T_ERR(sys_faccessat2(-1, "f", R_OK, 0), EBADF);
	T_ERR(sys_faccessat2(f, "f", R_OK, 0), ENOTDIR);
	T_ERR(sys_faccessat2(d, "f", R_OK, 0x40000000), EINVAL);
	T_ERR(sys_faccessat2(d, "f", R_OK, AT_SYMLINK_FOLLOW), EINVAL);
	if (!t_is_root())
		return;
	T_CHILD
	{
		T_OK(setresuid(T_UID, 0, 0));
		T_ERR(sys_faccessat2(AT_FDCWD, "f000", R_OK, 0), EACCES);
		T_OK(sys_faccessat2(AT_FDCWD, "f000", R_OK, AT_EACCESS));
	}
	T_CHILD
	{
		T_OK(setresuid(0, T_UID, 0));
		T_OK(sys_faccessat2(AT_FDCWD, "f000", R_OK, 0));
		T_ERR(sys_faccessat2(AT_FDCWD, "f000", R_OK, AT_EACCESS), EACCES);
	}
}
