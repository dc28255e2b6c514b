/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <dirent.h>

#define sys_lseek(fd, off, whence) syscall(SYS_lseek, fd, (long)(off), (long)(whence))

static void sparse(void)
{
	int fd = T_OK(open("sparse", O_RDWR | O_CREAT, 0600));

	T_ERR(sys_lseek(fd, 0, SEEK_DATA), ENXIO);
	T_ERR(sys_lseek(fd, 0, SEEK_HOLE), ENXIO);
	T_EQ(pwrite(fd, "x", 1, 1 << 20), 1);
	T_OK(ftruncate(fd, 2 << 20));
	T_EQ(sys_lseek(fd, 0, SEEK_HOLE), 0);
	T_EQ(sys_lseek(fd, 0, SEEK_DATA), 1 << 20);
	T_EQ(sys_lseek(fd, (1 << 20) + 5, SEEK_DATA), (1 << 20) + 5);
	T_EQ(sys_lseek(fd, 1 << 20, SEEK_HOLE), (1 << 20) + 4096);
	T_EQ(sys_lseek(fd, 1 << 19, SEEK_HOLE), 1 << 19);
	T_ERR(sys_lseek(fd, (1 << 20) + 4096, SEEK_DATA), ENXIO);
	T_ERR(sys_lseek(fd, 2 << 20, SEEK_DATA), ENXIO);
	T_ERR(sys_lseek(fd, 2 << 20, SEEK_HOLE), ENXIO);
	T_ERR(sys_lseek(fd, -1, SEEK_DATA), ENXIO);
	T_ERR(sys_lseek(fd, -1, SEEK_HOLE), ENXIO);
	/* The offset is where the last successful call put it. */
	T_EQ(sys_lseek(fd, 0, SEEK_CUR), 1 << 19);
	/* A file without holes ends in one. */
	T_OK(ftruncate(fd, 0));
	T_EQ(pwrite(fd, "0123456789", 10, 0), 10);
	T_EQ(sys_lseek(fd, 0, SEEK_HOLE), 10);
	T_EQ(sys_lseek(fd, 9, SEEK_HOLE), 10);
	T_EQ(sys_lseek(fd, 4, SEEK_DATA), 4);
	T_ERR(sys_lseek(fd, 10, SEEK_DATA), ENXIO);
	close(fd);
}

static void other_files(void)
{
	char buf[64];
	int fd, p[2];

	fd = T_OK(open("f", O_PATH));
	T_ERR(sys_lseek(fd, 0, SEEK_SET), EBADF);
	close(fd);
	T_OK(pipe(p));
	T_ERR(sys_lseek(p[0], 0, SEEK_SET), ESPIPE);
	T_ERR(sys_lseek(p[1], 0, SEEK_CUR), ESPIPE);
	T_OK(mkfifo("fifo", 0600));
	fd = T_OK(open("fifo", O_RDWR));
	T_ERR(sys_lseek(fd, 0, SEEK_END), ESPIPE);
	close(fd);
	fd = T_OK(open("/dev/null", O_RDWR));
	T_EQ(sys_lseek(fd, 100, SEEK_SET), 0);
	close(fd);
	fd = T_OK(open("/dev/zero", O_RDWR));
	T_EQ(sys_lseek(fd, 100, SEEK_SET), 0);
	close(fd);
	/* A directory is read again from its start. */
	T_OK(mkdir("d", 0755));
	fd = T_OK(open("d", O_RDONLY));
	while (getdents64(fd, buf, sizeof(buf)) > 0)
		;
	T_EQ(getdents64(fd, buf, sizeof(buf)), 0);
	T_EQ(sys_lseek(fd, 0, SEEK_SET), 0);
	T_CMP(getdents64(fd, buf, sizeof(buf)), >, 0);
	close(fd);
}

TEST_MAIN
{
	int fd, same;
	char c;

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDWR));
	same = T_OK(dup(fd));
	T_EQ(sys_lseek(fd, 0, SEEK_CUR), 0);
	T_EQ(sys_lseek(fd, 4, SEEK_SET), 4);
	T_EQ(sys_lseek(same, 0, SEEK_CUR), 4);
	T_EQ(sys_lseek(fd, 3, SEEK_CUR), 7);
	T_EQ(sys_lseek(fd, -2, SEEK_CUR), 5);
	T_EQ(read(fd, &c, 1), 1);
	T_EQ(c, '5');
	T_EQ(sys_lseek(fd, 0, SEEK_END), 10);
	T_EQ(sys_lseek(fd, -10, SEEK_END), 0);
	T_EQ(sys_lseek(fd, 5, SEEK_END), 15);
	T_EQ(t_size("f"), 10);
	T_EQ(sys_lseek(fd, 1L << 40, SEEK_SET), 1L << 40);
	T_EQ(t_size("f"), 10);

	T_EQ(sys_lseek(fd, 4, SEEK_SET), 4);
	T_ERR(sys_lseek(fd, -1, SEEK_SET), EINVAL);
	T_ERR(sys_lseek(fd, -5, SEEK_CUR), EINVAL);
	T_ERR(sys_lseek(fd, -11, SEEK_END), EINVAL);
	T_ERR(sys_lseek(fd, LONG_MIN, SEEK_SET), EINVAL);
	T_ERR2(sys_lseek(fd, LONG_MAX, SEEK_CUR), EINVAL, EOVERFLOW);
	T_ERR2(sys_lseek(fd, LONG_MAX, SEEK_END), EINVAL, EOVERFLOW);
	T_ERR(sys_lseek(fd, 0, 5), EINVAL);
	T_ERR(sys_lseek(fd, 0, -1), EINVAL);
	T_ERR(sys_lseek(fd, 0, INT_MAX), EINVAL);
	T_EQ(sys_lseek(fd, 0, SEEK_CUR), 4);
	T_ERR(sys_lseek(-1, 0, SEEK_SET), EBADF);
	T_ERR(sys_lseek(-1, 0, 77), EBADF);
	T_ERR(sys_lseek(9999, 0, SEEK_SET), EBADF);
	close(fd);
	close(same);
	sparse();
	other_files();
}
