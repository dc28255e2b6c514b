/* SPDX-License-Identifier: Apache-2.0 */
#define sys_fchmodat(fd, path, mode) ((int)syscall(SYS_fchmodat, fd, path, (long)(mode)))
#define change_mode(path, mode)	     sys_fchmodat(AT_FDCWD, path, mode)
#include "chmod_common.h"

TEST_MAIN
{
	int d, f;

	mode_values();
	mode_ownership();
	d = T_OK(open("d", O_RDONLY));
	f = T_OK(open("f", O_RDONLY));
	t_touch("d/x");
	T_OK(sys_fchmodat(d, "x", 0601));
	T_EQ(t_mode("d/x") & 07777, 0601);
	T_OK(sys_fchmodat(d, "../f", 0602));
	T_EQ(t_mode("f") & 07777, 0602);
	/* Symlinks are followed: the call has no flags. */
	T_OK(symlink("f", "link"));
	T_OK(sys_fchmodat(AT_FDCWD, "link", 0603));
	T_EQ(t_mode("f") & 07777, 0603);
	T_ERR(sys_fchmodat(f, "", 0600), ENOENT);
	T_ERR(sys_fchmodat(-1, "f", 0600), EBADF);
	T_ERR(sys_fchmodat(9999, "f", 0600), EBADF);
	T_ERR(sys_fchmodat(f, "f", 0600), ENOTDIR);
	T_ERR(sys_fchmodat(d, "none", 0600), ENOENT);
	T_PATH_ERRORS(p, sys_fchmodat(AT_FDCWD, p, 0600));
}
