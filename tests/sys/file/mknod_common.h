/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What mknod and mknodat share. The including file defines do_mknod(path, mode, dev) as the call
 * under test before it includes this.
 */
#include "test.h"
#include <sys/sysmacros.h>

static void mknod_devices(void)
{
	struct stat st;
	char c = 1;
	int fd;

	T_AS_USER
	{
		T_ERR(do_mknod("rw/dev", S_IFCHR | 0600, makedev(1, 3)), EPERM);
		T_ERR(do_mknod("rw/dev", S_IFBLK | 0600, makedev(1, 3)), EPERM);
	}
	if (do_mknod("null", S_IFCHR | 0666, makedev(1, 3)) < 0 && errno == EPERM) {
		T_SKIP_ONE("may not make device nodes");
		return;
	}
	T_OK(stat("null", &st));
	T_EQ(st.st_mode, S_IFCHR | 0644);
	T_EQ(st.st_rdev, makedev(1, 3));
	fd = T_OK(open("null", O_RDWR));
	T_EQ(write(fd, "abc", 3), 3);
	T_EQ(read(fd, &c, 1), 0);
	close(fd);
	T_OK(do_mknod("zero", S_IFCHR | 0600, makedev(1, 5)));
	fd = T_OK(open("zero", O_RDWR));
	T_EQ(read(fd, &c, 1), 1);
	T_EQ(c, 0);
	close(fd);
	T_OK(do_mknod("big", S_IFBLK | 0600, makedev(4095, 1048575)));
	T_OK(stat("big", &st));
	T_EQ(st.st_mode, S_IFBLK | 0600);
	T_EQ(major(st.st_rdev), 4095);
	T_EQ(minor(st.st_rdev), 1048575);
	T_ERR(open("big", O_RDONLY), ENXIO);
	T_OK(do_mknod("odd", S_IFCHR | 0600, makedev(511, 300)));
	T_ERR(open("odd", O_RDONLY), ENXIO);
	T_ERR(do_mknod("null", S_IFCHR | 0666, makedev(1, 3)), EEXIST);
}

static void mknod_common(void)
{
	struct stat st;
	int fd;

	T_OK(mkdir("rw", 0755));
	T_OK(chmod("rw", 0777));
	T_OK(do_mknod("reg", S_IFREG | 0666, 0));
	T_EQ(t_mode("reg"), S_IFREG | 0644);
	T_EQ(t_size("reg"), 0);
	/* No type means a regular file. */
	T_OK(do_mknod("plain", 0600, 0));
	T_EQ(t_mode("plain"), S_IFREG | 0600);
	fd = T_OK(open("plain", O_RDWR));
	T_EQ(write(fd, "x", 1), 1);
	close(fd);
	T_OK(do_mknod("fifo", S_IFIFO | 0666, 0));
	T_EQ(t_mode("fifo"), S_IFIFO | 0644);
	T_OK(do_mknod("sock", S_IFSOCK | 07777, 0));
	T_EQ(t_mode("sock"), S_IFSOCK | 07755);
	T_OK(stat("fifo", &st));
	T_EQ(st.st_nlink, 1);
	T_EQ(st.st_rdev, 0);
	T_AS_USER
	{
		T_OK(do_mknod("rw/f", S_IFREG | 0600, 0));
		T_OK(do_mknod("rw/p", S_IFIFO | 0600, 0));
		T_OK(do_mknod("rw/s", S_IFSOCK | 0600, 0));
	}
	mknod_devices();

	T_ERR(do_mknod("x", S_IFDIR | 0700, 0), EPERM);
	T_ERR(do_mknod("x", S_IFLNK | 0700, 0), EINVAL);
	T_ERR(do_mknod("x", 0030000 | 0700, 0), EINVAL);
	T_ERR(do_mknod("x", S_IFMT | 0700, 0), EINVAL);
	T_ERR(do_mknod("reg", S_IFREG | 0600, 0), EEXIST);
	T_ERR(do_mknod("reg", S_IFIFO | 0600, 0), EEXIST);
	T_ERR(do_mknod("rw", S_IFREG | 0600, 0), EEXIST);
	T_ERR(do_mknod(".", S_IFREG | 0600, 0), EEXIST);
	T_OK(symlink("nowhere", "dangling"));
	T_ERR(do_mknod("dangling", S_IFREG | 0600, 0), EEXIST);
	T_ERR(do_mknod("new/", S_IFREG | 0600, 0), ENOENT);
	T_ERR(do_mknod("none/x", S_IFREG | 0600, 0), ENOENT);
	T_ERR(do_mknod("reg/x", S_IFREG | 0600, 0), ENOTDIR);
	T_OK(chmod("rw", 0555));
	T_AS_USER
	{
		T_ERR(do_mknod("rw/new", S_IFIFO | 0600, 0), EACCES);
	}
	T_PATH_ERRORS(p, do_mknod(p, S_IFREG | 0600, 0));
	T_PATH_ERRORS(p, do_mknod(p, S_IFIFO | 0600, 0));
	T_TRUE(!t_exists("x"));
}
