/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_common.h"

static void mount_it(void)
{
	T_OK(sys_mount("none", "m", "tmpfs", 0, NULL));
}

static void busy(void)
{
	int fd;
	char buf[8];

	mount_it();
	fd = T_OK(open("m/f", O_RDWR | O_CREAT, 0600));
	T_ERR(sys_umount2("m", 0), EBUSY);
	close(fd);
	T_OK(sys_umount2("m", 0));
	mount_it();
	T_OK(mkdir("m/d", 0755));
	T_CHILD
	{
		T_OK(chdir("m/d"));
		T_ERR(sys_umount2("../../m", 0), EBUSY);
	}
	/* A mount below. */
	T_OK(sys_mount("none", "m/d", "tmpfs", 0, NULL));
	T_ERR(sys_umount2("m", 0), EBUSY);
	T_OK(sys_umount2("m/d", 0));
	/* A mapping. */
	t_write_file("m/g", "abc", 3);
	fd = T_OK(open("m/g", O_RDWR));
	char *map = T_OK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	close(fd);
	T_ERR(sys_umount2("m", 0), EBUSY);
	T_OK(munmap(map, 4096));
	T_OK(sys_umount2("m", 0));
	/* Detached at once, gone when no longer used. */
	mount_it();
	fd = T_OK(open("m/f", O_RDWR | O_CREAT, 0600));
	T_EQ(write(fd, "abc", 3), 3);
	T_OK(sys_umount2("m", MNT_DETACH));
	T_TRUE(!t_exists("m/f"));
	T_EQ(pread(fd, buf, 8, 0), 3);
	T_ERR(sys_umount2("m", 0), EINVAL);
	close(fd);
}

static void expiry(void)
{
	mount_it();
	T_ERR(sys_umount2("m", MNT_EXPIRE), EAGAIN);
	T_OK(stat("m/.", &(struct stat){0}));
	T_ERR(sys_umount2("m", MNT_EXPIRE), EAGAIN);
	T_OK(sys_umount2("m", MNT_EXPIRE));
	T_ERR(sys_umount2("m", MNT_EXPIRE), EINVAL);
	mount_it();
	T_ERR(sys_umount2("m", MNT_EXPIRE | MNT_DETACH), EINVAL);
	T_ERR(sys_umount2("m", MNT_EXPIRE | MNT_FORCE), EINVAL);
	T_OK(sys_umount2("m", 0));
}

/* The caller's root becomes read-only, unless somebody writes. */
static void own_root(void)
{
	int fd;

	mount_it();
	T_CHILD
	{
		T_OK(chroot("m"));
		T_OK(chdir("/"));
		fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
		T_ERR(sys_umount2("/", MNT_EXPIRE), EINVAL);
		T_ERR(sys_umount2("/", 0), EBUSY);
		close(fd);
		T_OK(sys_umount2("/", 0));
		T_ERR(open("f", O_RDWR), EROFS);
		T_OK(open("f", O_RDONLY));
		T_OK(sys_mount("none", "/", NULL, MS_REMOUNT, NULL));
		T_OK(open("f", O_RDWR));
	}
	T_OK(sys_umount2("m", 0));
}

TEST_MAIN
{
	need_mounts();
	own_root();
	busy();
	expiry();
	mount_it();
	T_OK(symlink("m", "link"));
	T_ERR(sys_umount2("link", UMOUNT_NOFOLLOW), EINVAL);
	T_OK(sys_umount2("link", 0));
	mount_it();
	T_OK(sys_umount2("m", UMOUNT_NOFOLLOW));
	t_touch("file");
	T_ERR(sys_umount2("m", 0), EINVAL);
	T_ERR(sys_umount2(".", 0), EINVAL);
	T_ERR(sys_umount2("file", 0), EINVAL);
	T_ERR(sys_umount2("none", 0), ENOENT);
	T_ERR(sys_umount2("m", 0x10), EINVAL);
	T_ERR(sys_umount2("m", -1), EINVAL);
	T_ERR(sys_umount2(NULL, 0x10), EINVAL);
	mount_it();
	T_OK(mkdir("m/d", 0755));
	T_ERR(sys_umount2("m/d", 0), EINVAL);
	T_AS_USER
	{
		T_ERR(sys_umount2("m", 0), EPERM);
		T_ERR(sys_umount2("m", MNT_DETACH), EPERM);
	}
	T_OK(sys_umount2("m/", 0));
	T_PATH_ERRORS(p, sys_umount2(p, 0));
}
