/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_api.h"

#define sys_open_tree_attr(fd, path, flags, attr, size) \
	((int)syscall(467, (long)(fd), path, (unsigned long)(flags), attr, (size_t)(size)))

TEST_MAIN
{
	uint64_t attr[4] = {1};
	int fd;

	need_mounts();
	fd = sys_open_tree_attr(AT_FDCWD, "m", 0, NULL, 0);
	if (fd < 0 && errno == ENOSYS)
		T_SKIP("a kernel before 6.15");
	T_OK(close(fd));
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	fd = T_OK(sys_open_tree_attr(AT_FDCWD, "m", OPEN_TREE_CLONE, attr, sizeof(attr)));
	T_ERR(mkdirat(fd, "x", 0755), EROFS);
	T_OK(mkdir("m/x", 0755));
	close(fd);
	T_ERR(sys_open_tree_attr(AT_FDCWD, "m", OPEN_TREE_CLONE, NULL, sizeof(attr)), EINVAL);
	T_ERR(sys_open_tree_attr(AT_FDCWD, "m", OPEN_TREE_CLONE, attr, 8), EINVAL);
	T_ERR(sys_open_tree_attr(AT_FDCWD, "m", OPEN_TREE_CLONE, attr, 5000), E2BIG);
	T_EFAULT(p, sys_open_tree_attr(AT_FDCWD, "m", OPEN_TREE_CLONE, p, sizeof(attr)));
	T_ERR(sys_open_tree_attr(-1, "m", OPEN_TREE_CLONE, attr, sizeof(attr)), EBADF);
	T_OK(sys_umount2("m", MNT_DETACH));
	T_OK(rmdir("m"));
}
