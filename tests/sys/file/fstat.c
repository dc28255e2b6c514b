/* SPDX-License-Identifier: Apache-2.0 */
#include "stat_common.h"

#define sys_fstat(fd, st) ((int)syscall(SYS_fstat, fd, st))

TEST_MAIN
{
	struct stat st, st2;
	int fd, p[2];

	make_kinds();
	fd = T_OK(open("file", O_RDWR));
	T_OK(sys_fstat(fd, &st));
	check_file(&st);
	T_OK(stat("file", &st2));
	T_EQ(st.st_ino, st2.st_ino);
	T_EQ(st.st_dev, st2.st_dev);
	T_EQ(pwrite(fd, "x", 1, 99), 1);
	T_OK(sys_fstat(fd, &st));
	T_EQ(st.st_size, 100);
	T_OK(unlink("file"));
	T_OK(sys_fstat(fd, &st));
	T_EQ(st.st_nlink, 0);
	T_EQ(st.st_size, 100);
	T_EFAULT_NULL(q, sys_fstat(fd, q));
	close(fd);
	T_ERR(sys_fstat(fd, &st), EBADF);
	T_ERR(sys_fstat(-1, &st), EBADF);
	T_ERR(sys_fstat(-1, NULL), EBADF);

	T_OK(pipe(p));
	T_OK(sys_fstat(p[0], &st));
	T_OK(sys_fstat(p[1], &st2));
	T_TRUE(S_ISFIFO(st.st_mode));
	T_EQ(st.st_mode & 07777, 0600);
	T_EQ(st.st_ino, st2.st_ino);
	T_EQ(st.st_size, 0);
	T_EQ(st.st_nlink, 1);
	T_EQ(st.st_uid, geteuid());
	fd = T_OK(open("dir", O_RDONLY));
	T_OK(sys_fstat(fd, &st));
	T_EQ(st.st_mode, S_IFDIR | 0751);
	/* A removed directory. */
	T_OK(rmdir("dir"));
	T_OK(sys_fstat(fd, &st));
	T_EQ(st.st_nlink, 0);
	close(fd);
	fd = T_OK(open("link", O_PATH | O_NOFOLLOW));
	T_OK(sys_fstat(fd, &st));
	T_EQ(st.st_mode, S_IFLNK | 0777);
	close(fd);
	fd = T_OK(open("/dev/null", O_RDWR));
	T_OK(sys_fstat(fd, &st));
	T_TRUE(S_ISCHR(st.st_mode));
	T_EQ(st.st_rdev, makedev(1, 3));
	close(fd);
	fd = T_OK(open("/dev/zero", O_PATH));
	T_OK(sys_fstat(fd, &st));
	T_EQ(st.st_rdev, makedev(1, 5));
}
