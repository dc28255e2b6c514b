/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#define sys_fchmodat2(fd, path, mode, flags) \
	((int)syscall(SYS_fchmodat2, fd, path, (long)(mode), (long)(flags)))
#define change_mode(path, mode) sys_fchmodat2(AT_FDCWD, path, mode, 0)
#include "chmod_common.h"

TEST_MAIN
{
	int d, f, o;

	if (sys_fchmodat2(-1, "", 0, 0) < 0 && errno == ENOSYS)
		T_SKIP("the kernel is older than Linux 6.6");
	mode_values();
	mode_ownership();
	d = T_OK(open("d", O_RDONLY));
	f = T_OK(open("f", O_RDONLY));
	o = T_OK(open("f", O_PATH));
	t_touch("d/x");
	T_OK(sys_fchmodat2(d, "x", 0601, 0));
	T_EQ(t_mode("d/x") & 07777, 0601);
	T_OK(symlink("f", "link"));
	T_OK(sys_fchmodat2(AT_FDCWD, "link", 0603, 0));
	T_EQ(t_mode("f") & 07777, 0603);
	/* A symlink has no permissions of its own to change. */
	T_ERR(sys_fchmodat2(AT_FDCWD, "link", 0600, AT_SYMLINK_NOFOLLOW), EOPNOTSUPP);
	T_EQ(t_mode("link"), S_IFLNK | 0777);
	T_OK(sys_fchmodat2(AT_FDCWD, "f", 0604, AT_SYMLINK_NOFOLLOW));
	T_EQ(t_mode("f") & 07777, 0604);
	T_OK(sys_fchmodat2(f, "", 0605, AT_EMPTY_PATH));
	T_EQ(t_mode("f") & 07777, 0605);
	T_OK(sys_fchmodat2(o, "", 0606, AT_EMPTY_PATH));
	T_EQ(t_mode("f") & 07777, 0606);
	T_ERR(sys_fchmodat2(f, "", 0600, 0), ENOENT);
	T_ERR(sys_fchmodat2(-1, "", 0600, AT_EMPTY_PATH), EBADF);
	T_ERR(sys_fchmodat2(AT_FDCWD, "f", 0600, 0x40000000), EINVAL);
	T_ERR(sys_fchmodat2(AT_FDCWD, "f", 0600, AT_SYMLINK_FOLLOW), EINVAL);
	T_ERR(sys_fchmodat2(-1, "f", 0600, 0), EBADF);
	T_ERR(sys_fchmodat2(f, "f", 0600, 0), ENOTDIR);
	T_PATH_ERRORS(p, sys_fchmodat2(AT_FDCWD, p, 0600, 0));
}
