/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_api.h"

struct attr {
	uint64_t set, clear, propagation, userns;
};

TEST_MAIN
{
	struct attr a = {.set = 1};
	struct statvfs sv;
	char big[64] = {1};
	int fd;

	need_mounts();
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	T_OK(mkdir("m/in", 0755));
	T_NEED(sys_mount("none", "m/in", "tmpfs", 0, NULL));
	T_OK(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)));
	T_ERR(mkdir("m/x", 0755), EROFS);
	T_OK(mkdir("m/in/x", 0755));
	a = (struct attr){.set = 0xe, .clear = 1};
	T_OK(sys_mount_setattr(AT_FDCWD, "m", AT_RECURSIVE, &a, sizeof(a)));
	T_OK(mkdir("m/x", 0755));
	T_OK(statvfs("m/in", &sv));
	T_EQ(sv.f_flag & (ST_NOSUID | ST_NODEV | ST_NOEXEC), ST_NOSUID | ST_NODEV | ST_NOEXEC);
	/* Access times are one value. */
	a = (struct attr){.set = 0x10};
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)), EINVAL);
	a.clear = 0x10;
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)), EINVAL);
	a.clear = 0x70;
	T_OK(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)));
	T_OK(statvfs("m", &sv));
	T_TRUE(sv.f_flag & ST_NOATIME);
	a.set = 0x30;
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)), EINVAL);
	/* Not while a file is open for writing. */
	a = (struct attr){.set = 1};
	fd = T_OK(open("m/f", O_WRONLY | O_CREAT, 0644));
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)), EBUSY);
	close(fd);
	a = (struct attr){.propagation = MS_SHARED};
	T_OK(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)));
	a.propagation = MS_SHARED | MS_SLAVE;
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)), EINVAL);
	a = (struct attr){.set = 0x80000000};
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)), EINVAL);
	a = (struct attr){.set = 2};
	T_ERR(sys_mount_setattr(AT_FDCWD, "m/x", 0, &a, sizeof(a)), EINVAL);
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 1, &a, sizeof(a)), EINVAL);
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a) - 1), EINVAL);
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, &a, 5000), E2BIG);
	big[40] = 1;
	T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, big, sizeof(big)), E2BIG);
	T_ERR(sys_mount_setattr(-1, "m", 0, &a, sizeof(a)), EBADF);
	T_ERR(sys_mount_setattr(AT_FDCWD, "missing", 0, &a, sizeof(a)), ENOENT);
	T_EFAULT_NULL(p, sys_mount_setattr(AT_FDCWD, "m", 0, p, sizeof(a)));
	T_EFAULT_NULL(p, sys_mount_setattr(AT_FDCWD, p, 0, &a, sizeof(a)));
	T_AS_USER
	{
		T_ERR(sys_mount_setattr(AT_FDCWD, "m", 0, &a, sizeof(a)), EPERM);
	}
	/* Of a tree that is nowhere yet. */
	fd = T_OK(sys_open_tree(AT_FDCWD, "m", OPEN_TREE_CLONE));
	a = (struct attr){.set = 1};
	T_OK(sys_mount_setattr(fd, "", AT_EMPTY_PATH, &a, sizeof(a)));
	T_ERR(mkdirat(fd, "y", 0755), EROFS);
	close(fd);
	T_OK(sys_umount2("m", MNT_DETACH));
	T_OK(rmdir("m"));
}
