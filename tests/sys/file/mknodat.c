/* SPDX-License-Identifier: Apache-2.0 */
#define sys_mknodat(fd, path, mode, dev) \
	((int)syscall(SYS_mknodat, fd, path, (long)(mode), (unsigned)(dev)))
#define do_mknod(path, mode, dev) sys_mknodat(AT_FDCWD, path, mode, dev)
#include "mknod_common.h"

TEST_MAIN
{
	int d, f;

	mknod_common();
	T_OK(mkdir("D", 0755));
	d = T_OK(open("D", O_RDONLY));
	f = T_OK(open("reg", O_RDONLY));
	T_OK(sys_mknodat(d, "fifo", S_IFIFO | 0600, 0));
	T_EQ(t_mode("D/fifo"), S_IFIFO | 0600);
	T_ERR(sys_mknodat(d, "fifo", S_IFIFO | 0600, 0), EEXIST);
	T_ERR(sys_mknodat(d, "", S_IFIFO | 0600, 0), ENOENT);
	T_ERR(sys_mknodat(-1, "x", S_IFIFO | 0600, 0), EBADF);
	T_ERR(sys_mknodat(9999, "x", S_IFIFO | 0600, 0), EBADF);
	T_ERR(sys_mknodat(f, "x", S_IFIFO | 0600, 0), ENOTDIR);
	T_ERR(sys_mknodat(-1, "x", S_IFDIR, 0), EPERM);
}
