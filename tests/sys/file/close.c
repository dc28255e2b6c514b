/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	int dup_fd = T_OK(dup(fd));
	int lowest, pipe_fds[2];
	char c;

	T_EQ(close(fd), 0);
	T_ERR(close(fd), EBADF);
	T_EQ(write(dup_fd, "x", 1), 1);
	T_EQ(close(dup_fd), 0);
	T_ERR(write(dup_fd, "x", 1), EBADF);
	T_ERR(fcntl(dup_fd, F_GETFD), EBADF);

	T_ERR(syscall(SYS_close, -1), EBADF);
	T_ERR(syscall(SYS_close, INT_MAX), EBADF);
	T_ERR(syscall(SYS_close, INT_MIN), EBADF);
	/* The argument is an unsigned int: the upper half of the register does not count. */
	lowest = T_OK(open("f", O_RDONLY));
	T_EQ(syscall(SYS_close, 0x500000000UL + (unsigned)lowest), 0);
	T_ERR(close(lowest), EBADF);

	/* The lowest free number is given out again. */
	T_EQ(open("f", O_RDONLY), lowest);
	T_EQ(close(lowest), 0);

	/* Closing the last write end is the end of file of the pipe. */
	T_OK(pipe(pipe_fds));
	T_EQ(write(pipe_fds[1], "y", 1), 1);
	T_EQ(close(pipe_fds[1]), 0);
	T_EQ(read(pipe_fds[0], &c, 1), 1);
	T_EQ(read(pipe_fds[0], &c, 1), 0);
	T_EQ(close(pipe_fds[0]), 0);

	/* A copy in a child keeps the write end alive. */
	T_OK(pipe(pipe_fds));
	T_CHILD
	{
		T_EQ(close(pipe_fds[1]), 0);
	}
	T_EQ(write(pipe_fds[1], "z", 1), 1);
	T_EQ(close(pipe_fds[1]), 0);
	T_EQ(close(pipe_fds[0]), 0);

	/* An O_PATH descriptor closes as any other. */
	fd = T_OK(open("f", O_PATH));
	T_EQ(close(fd), 0);
	T_ERR(close(fd), EBADF);
}
