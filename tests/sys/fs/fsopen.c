/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_api.h"

TEST_MAIN
{
	int fd;

	need_mounts();
	fd = T_OK(sys_fsopen("tmpfs", 0));
	T_EQ(fcntl(fd, F_GETFD), 0);
	close(fd);
	fd = T_OK(sys_fsopen("tmpfs", 1));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	T_ERR(sys_fsopen("no-such-type", 0), ENODEV);
	T_ERR(sys_fsopen("tmpfs", 2), EINVAL);
	T_EFAULT_NULL(p, sys_fsopen(p, 0));
	T_AS_USER
	{
		T_ERR(sys_fsopen("tmpfs", 0), EPERM);
	}
	T_OK(rmdir("m"));
}
