/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_dup3(from, to, flags) ((int)syscall(SYS_dup3, from, to, (long)(flags)))

TEST_MAIN
{
	char c;
	int fd;

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(sys_dup3(fd, 50, 0), 50);
	T_EQ(fcntl(50, F_GETFD), 0);
	T_EQ(sys_dup3(fd, 50, O_CLOEXEC), 50);
	T_EQ(fcntl(50, F_GETFD), FD_CLOEXEC);
	T_EQ(sys_dup3(fd, 50, 0), 50);
	T_EQ(fcntl(50, F_GETFD), 0);
	T_EQ(fcntl(fd, F_GETFD), 0);
	T_EQ(read(50, &c, 1), 1);
	T_EQ(lseek(fd, 0, SEEK_CUR), 1);
	/* Unlike dup2, to itself is an error. */
	T_ERR(sys_dup3(fd, fd, 0), EINVAL);
	T_ERR(sys_dup3(-1, -1, 0), EINVAL);
	T_ERR(sys_dup3(fd, 51, O_NONBLOCK), EINVAL);
	T_ERR(sys_dup3(fd, 51, O_CLOEXEC | 1), EINVAL);
	T_ERR(sys_dup3(fd, 51, -1), EINVAL);
	T_ERR(sys_dup3(-1, 51, 1), EINVAL);
	T_ERR(sys_dup3(-1, 51, 0), EBADF);
	T_ERR(sys_dup3(9999, 51, 0), EBADF);
	T_ERR(sys_dup3(fd, -1, 0), EBADF);
	T_ERR(sys_dup3(fd, INT_MAX, 0), EBADF);
	T_CHILD
	{
		t_limit(RLIMIT_NOFILE, 60);
		T_EQ(sys_dup3(fd, 59, 0), 59);
		T_ERR(sys_dup3(fd, 60, 0), EBADF);
	}
}
