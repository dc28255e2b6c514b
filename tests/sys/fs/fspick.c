/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_api.h"

TEST_MAIN
{
	struct statvfs sv;
	int fd;

	need_mounts();
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	T_OK(mkdir("m/d", 0755));
	fd = T_OK(sys_fspick(AT_FDCWD, "m", 1));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_OK(sys_fsconfig(fd, SET_FLAG, "ro", NULL, 0));
	T_OK(statvfs("m", &sv));
	T_TRUE(!(sv.f_flag & ST_RDONLY));
	T_OK(sys_fsconfig(fd, RECONFIGURE, NULL, NULL, 0));
	T_OK(statvfs("m", &sv));
	T_TRUE(sv.f_flag & ST_RDONLY);
	T_ERR(mkdir("m/e", 0755), EROFS);
	T_OK(sys_fsconfig(fd, SET_FLAG, "rw", NULL, 0));
	T_OK(sys_fsconfig(fd, RECONFIGURE, NULL, NULL, 0));
	T_OK(mkdir("m/e", 0755));
	close(fd);
	T_ERR(sys_fspick(AT_FDCWD, "m/d", 0), EINVAL);
	T_ERR(sys_fspick(AT_FDCWD, "m", 0x100), EINVAL);
	T_ERR(sys_fspick(-1, "m", 0), EBADF);
	T_AS_USER
	{
		T_ERR(sys_fspick(AT_FDCWD, "m", 0), EPERM);
	}
	T_ERR(sys_fspick(AT_FDCWD, "missing", 0), ENOENT);
	T_EFAULT_NULL(p, sys_fspick(AT_FDCWD, p, 0));
	T_OK(sys_umount2("m", 0));
	T_OK(rmdir("m"));
}
