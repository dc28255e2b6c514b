/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_api.h"

TEST_MAIN
{
	struct stat st, st2;
	int fd, copy;

	need_mounts();
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	T_OK(mkdir("m/in", 0755));
	T_OK(mkdir("to", 0755));
	T_NEED(sys_mount("none", "m/in", "tmpfs", 0, NULL));
	t_touch("m/in/f");
	/* Without a copy it is open(O_PATH). */
	fd = T_OK(sys_open_tree(AT_FDCWD, "m", OPEN_TREE_CLOEXEC));
	T_EQ(fcntl(fd, F_GETFL) & O_PATH, O_PATH);
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_OK(fstat(fd, &st));
	copy = T_OK(sys_open_tree(AT_FDCWD, "m", OPEN_TREE_CLONE));
	T_EQ(fcntl(copy, F_GETFD), 0);
	T_OK(fstat(copy, &st2));
	T_EQ(st.st_ino, st2.st_ino);
	T_ERR(fstatat(copy, "in/f", &st, 0), ENOENT);
	close(copy);
	copy = T_OK(sys_open_tree(AT_FDCWD, "m", OPEN_TREE_CLONE | AT_RECURSIVE));
	T_OK(fstatat(copy, "in/f", &st, 0));
	T_OK(sys_move_mount(copy, "", AT_FDCWD, "to", MOVE_MOUNT_F_EMPTY_PATH));
	T_TRUE(t_exists("to/in/f"));
	close(copy);
	T_TRUE(t_exists("to/in/f"));
	T_OK(sys_umount2("to", MNT_DETACH));
	close(fd);
	T_ERR(sys_open_tree(AT_FDCWD, "m", AT_RECURSIVE), EINVAL);
	T_ERR(sys_open_tree(AT_FDCWD, "m", 0x2), EINVAL);
	T_ERR(sys_open_tree(-1, "m", 0), EBADF);
	T_ERR(sys_open_tree(AT_FDCWD, "missing", 0), ENOENT);
	T_EFAULT_NULL(p, sys_open_tree(AT_FDCWD, p, 0));
	T_AS_USER
	{
		T_ERR(sys_open_tree(AT_FDCWD, "m", OPEN_TREE_CLONE), EPERM);
	}
	T_OK(sys_umount2("m", MNT_DETACH));
	T_OK(rmdir("to"));
	T_OK(rmdir("m"));
}
