/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_pread(fd, buf, n, pos) syscall(SYS_pread64, fd, buf, (size_t)(n), (long)(pos))

TEST_MAIN
{
	char buf[100];
	int fd, p[2];

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(sys_pread(fd, buf, 4, 3), 4);
	T_MEM(buf, "3456", 4);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	T_EQ(sys_pread(fd, buf, 100, 8), 2);
	T_EQ(sys_pread(fd, buf, 100, 10), 0);
	T_EQ(sys_pread(fd, buf, 100, 1L << 40), 0);
	T_EQ(sys_pread(fd, buf, 0, 0), 0);
	T_EQ(sys_pread(fd, buf, 0, LONG_MAX), 0);
	T_EQ(read(fd, buf, 2), 2);
	T_MEM(buf, "01", 2);
	T_EQ(sys_pread(fd, buf, 1, 9), 1);
	T_EQ(lseek(fd, 0, SEEK_CUR), 2);

	T_ERR(sys_pread(fd, buf, 1, -1), EINVAL);
	T_ERR(sys_pread(fd, buf, 0, -1), EINVAL);
	T_ERR(sys_pread(fd, buf, 1, LONG_MIN), EINVAL);
	T_ERR(sys_pread(fd, buf, 10, LONG_MAX), EINVAL);
	T_ERR(sys_pread(-1, buf, 1, 0), EBADF);
	T_ERR(sys_pread(-1, buf, 1, -1), EINVAL);
	T_EFAULT_NULL(q, sys_pread(fd, q, 4, 0));
	T_EQ(sys_pread(fd, t_bad_pointer(1), 4, 10), 0);
	T_ERR(sys_pread(fd, buf, SIZE_MAX, 0), EFAULT);
	close(fd);
	fd = T_OK(open("f", O_WRONLY));
	T_ERR(sys_pread(fd, buf, 1, 0), EBADF);
	close(fd);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sys_pread(fd, buf, 1, 0), EBADF);
	close(fd);
	fd = T_OK(open(".", O_RDONLY));
	T_ERR(sys_pread(fd, buf, 1, 0), EISDIR);
	close(fd);
	T_OK(pipe(p));
	T_EQ(write(p[1], "xx", 2), 2);
	T_ERR(sys_pread(p[0], buf, 1, 0), ESPIPE);
	T_ERR(sys_pread(p[0], buf, 0, 0), ESPIPE);
	T_ERR(sys_pread(p[1], buf, 1, 0), ESPIPE);
	fd = T_OK(open("/dev/zero", O_RDONLY));
	buf[0] = 1;
	T_EQ(sys_pread(fd, buf, 1, 12345), 1);
	T_EQ(buf[0], 0);
}
