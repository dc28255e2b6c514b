/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_api.h"

TEST_MAIN
{
	struct stat st;
	int fd, mnt;

	need_mounts();
	fd = T_NEED(sys_fsopen("tmpfs", 0));
	T_ERR(sys_fsmount(fd, 0, 0), EINVAL);
	T_OK(sys_fsconfig(fd, SET_STRING, "source", "made", 0));
	T_OK(sys_fsconfig(fd, SET_STRING, "mode", "0710", 0));
	T_OK(sys_fsconfig(fd, CREATE, NULL, NULL, 0));
	T_ERR(sys_fsmount(fd, 2, 0), EINVAL);
	T_ERR(sys_fsmount(fd, 0, 0x80000000), EINVAL);
	T_ERR(sys_fsmount(-1, 0, 0), EBADF);
	T_AS_USER
	{
		T_ERR(sys_fsmount(fd, 0, 0), EPERM);
	}
	mnt = T_OK(sys_fsmount(fd, 1, 0x8 /* noexec */));
	T_EQ(fcntl(mnt, F_GETFD), FD_CLOEXEC);
	T_ERR(sys_fsmount(fd, 0, 0), EBUSY);
	T_OK(fstat(mnt, &st));
	T_EQ(st.st_mode, S_IFDIR | 0710);
	/* It can be used before it is anywhere. */
	T_OK(mkdirat(mnt, "d", 0755));
	T_OK(sys_move_mount(mnt, "", AT_FDCWD, "m", MOVE_MOUNT_F_EMPTY_PATH));
	T_TRUE(t_exists("m/d"));
	t_touch("m/prog");
	T_OK(chmod("m/prog", 0755));
	T_ERR(access("m/prog", X_OK), EACCES);
	close(mnt);
	T_TRUE(t_exists("m/d"));
	T_OK(sys_umount2("m", 0));
	T_TRUE(!t_exists("m/d"));
	close(fd);
	/* Closed without being moved, it is gone. */
	fd = made_tmpfs();
	mnt = T_OK(sys_fsmount(fd, 0, 0));
	close(mnt);
	close(fd);
	T_OK(rmdir("m"));
}
