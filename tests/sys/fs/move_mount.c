/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_api.h"

#define BENEATH 0x200 /* MOVE_MOUNT_BENEATH */

/* Between a mount and what it is on. */
static void beneath(void)
{
	T_OK(mkdir("top", 0755));
	T_OK(mkdir("new", 0755));
	T_OK(sys_mount("none", "top", "tmpfs", 0, NULL));
	T_OK(sys_mount("none", "new", "tmpfs", 0, NULL));
	t_touch("top/above");
	t_touch("new/below");
	T_OK(mkdir("top/d", 0755));
	T_ERR(sys_move_mount(AT_FDCWD, "new", AT_FDCWD, "file", BENEATH), EINVAL);
	T_ERR(sys_move_mount(AT_FDCWD, "new", AT_FDCWD, "top/d", BENEATH), EINVAL);
	T_ERR(sys_move_mount(AT_FDCWD, "new", AT_FDCWD, "/", BENEATH), EINVAL);
	T_ERR(sys_move_mount(AT_FDCWD, "new", AT_FDCWD, "new", BENEATH), EINVAL);
	T_ERR(sys_move_mount(AT_FDCWD, "new", AT_FDCWD, "top", BENEATH | 0x100), EINVAL);
	T_OK(sys_move_mount(AT_FDCWD, "new", AT_FDCWD, "top", BENEATH));
	T_TRUE(t_exists("top/above"));
	T_TRUE(!t_exists("new/below"));
	T_OK(sys_umount2("top", 0));
	T_TRUE(t_exists("top/below"));
	T_TRUE(!t_exists("top/above"));
	T_OK(sys_umount2("top", 0));
	T_TRUE(!t_exists("top/below"));
	T_ERR(sys_umount2("top", 0), EINVAL);
}

TEST_MAIN
{
	int fd, mnt;

	need_mounts();
	T_OK(mkdir("n", 0755));
	t_touch("file");
	beneath();
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	T_OK(mkdir("m/d", 0755));
	/* One that is attached moves, too. */
	T_OK(sys_move_mount(AT_FDCWD, "m", AT_FDCWD, "n", 0));
	T_TRUE(t_exists("n/d"));
	T_TRUE(!t_exists("m/d"));
	T_ERR(sys_move_mount(AT_FDCWD, "n/d", AT_FDCWD, "m", 0), EINVAL);
	T_ERR(sys_move_mount(AT_FDCWD, "n", AT_FDCWD, "file", 0), EINVAL);
	T_ERR(sys_move_mount(AT_FDCWD, "n", AT_FDCWD, "n/d", 0), ELOOP);
	T_ERR(sys_move_mount(AT_FDCWD, "n", AT_FDCWD, "missing", 0), ENOENT);
	T_ERR(sys_move_mount(AT_FDCWD, "missing", AT_FDCWD, "m", 0), ENOENT);
	T_ERR(sys_move_mount(AT_FDCWD, "n", AT_FDCWD, "m", 0x8), EINVAL);
	T_ERR(sys_move_mount(-1, "n", AT_FDCWD, "m", 0), EBADF);
	T_ERR(sys_move_mount(AT_FDCWD, "", AT_FDCWD, "m", 0), ENOENT);
	T_EFAULT_NULL(p, sys_move_mount(AT_FDCWD, p, AT_FDCWD, "m", 0));
	T_AS_USER
	{
		T_ERR(sys_move_mount(AT_FDCWD, "n", AT_FDCWD, "m", 0), EPERM);
	}
	fd = made_tmpfs();
	mnt = T_OK(sys_fsmount(fd, 0, 0));
	T_OK(sys_move_mount(mnt, "", AT_FDCWD, "m", MOVE_MOUNT_F_EMPTY_PATH));
	T_OK(sys_umount2("m", MNT_DETACH));
	/* Once unmounted it is nothing that can be moved. */
	T_ERR(sys_move_mount(mnt, "", AT_FDCWD, "m", MOVE_MOUNT_F_EMPTY_PATH), EINVAL);
	close(mnt);
	close(fd);
	T_OK(sys_umount2("n", 0));
	T_OK(rmdir("n"));
	T_OK(rmdir("m"));
}
