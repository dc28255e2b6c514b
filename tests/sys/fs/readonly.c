/* SPDX-License-Identifier: Apache-2.0 */
/* Every call that changes a file system refuses a read-only one. */
#include "mount_common.h"
#include <sys/time.h>

static void changes_to_files(void)
{
	struct timespec ts[2] = {{1, 0}, {2, 0}};

	T_EQ(close(T_OK(open("m/f", O_RDONLY))), 0);
	T_ERR(open("m/f", O_WRONLY), EROFS);
	T_ERR(open("m/f", O_RDWR), EROFS);
	T_ERR(open("m/f", O_RDONLY | O_TRUNC), EROFS);
	T_ERR(open("m/f", O_RDWR | O_CREAT, 0600), EROFS);
	T_ERR(open("m/f", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	T_EQ(close(T_OK(open("m/f", O_RDONLY | O_CREAT, 0600))), 0);
	T_ERR(open("m/new", O_RDWR | O_CREAT, 0600), EROFS);
	T_ERR(open("m/new", O_RDONLY), ENOENT);
	T_ERR(open("m", O_RDWR | O_TMPFILE, 0600), EROFS);
	T_ERR(truncate("m/f", 0), EROFS);
	T_ERR(chmod("m/f", 0600), EROFS);
	T_ERR(chown("m/f", 1, 1), EROFS);
	T_ERR(lchown("m/s", 1, 1), EROFS);
	T_ERR(utimensat(AT_FDCWD, "m/f", ts, 0), EROFS);
	T_ERR(utimensat(AT_FDCWD, "m/f", NULL, 0), EROFS);
	int fd = T_OK(open("m/f", O_RDONLY));
	T_ERR(fchmod(fd, 0600), EROFS);
	T_ERR(fchown(fd, 1, 1), EROFS);
	close(fd);
	T_ERR(access("m/f", W_OK), EROFS);
	T_ERR(access("m/d", W_OK), EROFS);
	T_OK(access("m/f", R_OK));
	/* A device on it is not a file of it. */
	T_OK(access("m/fifo", W_OK));
	fd = T_OK(open("m/fifo", O_RDWR));
	T_EQ(write(fd, "x", 1), 1);
	close(fd);
}

static void changes_to_names(void)
{
	T_ERR(mkdir("m/new", 0755), EROFS);
	T_ERR(mkdir("m/d", 0755), EEXIST);
	T_ERR(mknod("m/new", S_IFIFO | 0600, 0), EROFS);
	T_ERR(mknod("m/f", S_IFIFO | 0600, 0), EEXIST);
	T_ERR(symlink("f", "m/new"), EROFS);
	T_ERR(symlink("f", "m/s"), EEXIST);
	T_ERR(link("m/f", "m/new"), EROFS);
	T_ERR(link("m/f", "m/s"), EEXIST);
	T_ERR(unlink("m/f"), EROFS);
	T_ERR2(unlink("m/none"), EROFS, ENOENT);
	T_ERR(rmdir("m/d"), EROFS);
	T_ERR(rename("m/f", "m/g"), EROFS);
	T_ERR(rename("m/d", "m/e"), EROFS);
	t_touch("outside");
	T_ERR2(rename("outside", "m/g"), EXDEV, EROFS);
	T_ERR2(link("outside", "m/g"), EROFS, EXDEV);
}

TEST_MAIN
{
	struct stat st;
	char buf[8];

	need_mounts();
	T_OK(sys_mount("none", "m", "tmpfs", 0, NULL));
	t_write_file("m/f", "abc", 3);
	T_OK(mkdir("m/d", 0755));
	T_OK(symlink("f", "m/s"));
	T_OK(mkfifo("m/fifo", 0600));
	T_OK(sys_mount("none", "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	changes_to_files();
	changes_to_names();
	T_EQ(t_read_file("m/s", buf, 8), 3);
	T_OK(stat("m/f", &st));
	T_EQ(st.st_mode & 07777, 0644);
	T_OK(sys_umount2("m", 0));
	/* Read-only from the start. */
	T_OK(sys_mount("none", "m", "tmpfs", MS_RDONLY, NULL));
	T_ERR(mkdir("m/x", 0755), EROFS);
	T_OK(sys_umount2("m", 0));
}
