/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_dup(fd) ((int)syscall(SYS_dup, fd))

TEST_MAIN
{
	char buf[8];
	int fd, copy;

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDWR | O_CLOEXEC));
	copy = T_OK(sys_dup(fd));
	T_CMP(copy, >, fd);
	/* One open file: offset and status flags are shared, FD_CLOEXEC is not. */
	T_EQ(read(fd, buf, 3), 3);
	T_EQ(read(copy, buf, 1), 1);
	T_EQ(buf[0], '3');
	T_EQ(lseek(copy, 7, SEEK_SET), 7);
	T_EQ(lseek(fd, 0, SEEK_CUR), 7);
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(copy, F_GETFD), 0);
	T_OK(fcntl(copy, F_SETFL, O_APPEND));
	T_TRUE(fcntl(fd, F_GETFL) & O_APPEND);
	T_EQ(close(fd), 0);
	T_EQ(read(copy, buf, 8), 3);
	/* The lowest free number. */
	T_EQ(sys_dup(copy), fd);
	close(fd);

	T_ERR(sys_dup(-1), EBADF);
	T_ERR(sys_dup(fd), EBADF);
	T_ERR(sys_dup(9999), EBADF);
	T_ERR(sys_dup(INT_MAX), EBADF);
	T_ERR(sys_dup(INT_MIN), EBADF);
	T_CHILD
	{
		t_limit(RLIMIT_NOFILE, (rlim_t)copy + 1);
		T_EQ(sys_dup(copy), fd);
		T_ERR(sys_dup(copy), EMFILE);
		T_ERR(sys_dup(-1), EBADF);
	}
	fd = T_OK(open("f", O_PATH));
	copy = T_OK(sys_dup(fd));
	T_ERR(read(copy, buf, 1), EBADF);
}
