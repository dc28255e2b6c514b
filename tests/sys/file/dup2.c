/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_dup2(from, to) ((int)syscall(SYS_dup2, from, to))

TEST_MAIN
{
	char buf[8];
	int fd, other, p[2];

	t_write_file("f", "0123456789", 10);
	t_write_file("g", "abc", 3);
	fd = T_OK(open("f", O_RDONLY | O_CLOEXEC));
	T_EQ(sys_dup2(fd, 50), 50);
	T_EQ(read(50, buf, 2), 2);
	T_EQ(lseek(fd, 0, SEEK_CUR), 2);
	T_EQ(fcntl(50, F_GETFD), 0);
	/* An open target is closed first, silently. */
	T_OK(pipe(p));
	other = T_OK(dup(p[1]));
	T_EQ(sys_dup2(fd, p[1]), p[1]);
	T_EQ(sys_dup2(fd, other), other);
	T_EQ(read(p[0], buf, 1), 0);
	T_EQ(read(other, buf, 1), 1);
	T_EQ(buf[0], '2');
	/* To itself: nothing happens, to FD_CLOEXEC neither. */
	T_EQ(sys_dup2(fd, fd), fd);
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_ERR(sys_dup2(49, 49), EBADF);
	T_ERR(sys_dup2(-1, -1), EBADF);

	T_ERR(sys_dup2(-1, 50), EBADF);
	T_ERR(sys_dup2(9999, 50), EBADF);
	/* A failed call leaves the target open. */
	T_EQ(fcntl(50, F_GETFD), 0);
	T_ERR(sys_dup2(fd, -1), EBADF);
	T_ERR(sys_dup2(fd, INT_MAX), EBADF);
	T_ERR(sys_dup2(fd, INT_MIN), EBADF);
	T_CHILD
	{
		t_limit(RLIMIT_NOFILE, 60);
		T_EQ(sys_dup2(fd, 59), 59);
		T_ERR(sys_dup2(fd, 60), EBADF);
	}
	/* A table that must grow. */
	T_EQ(sys_dup2(fd, 700), 700);
	T_EQ(read(700, buf, 1), 1);
	T_EQ(close(700), 0);
	T_EQ(sys_dup2(fd, 0), 0);
	T_EQ(read(0, buf, 1), 1);
}
