/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/ioctl.h>
#include <termios.h>

#define sys_ioctl(fd, request, arg) ((int)syscall(SYS_ioctl, fd, (long)(request), arg))

static void not_a_terminal(int fd)
{
	char buf[256];

	T_ERR(sys_ioctl(fd, TCGETS, buf), ENOTTY);
	T_ERR(sys_ioctl(fd, TCGETS, NULL), ENOTTY);
	T_ERR(sys_ioctl(fd, TCSETS, buf), ENOTTY);
	T_ERR(sys_ioctl(fd, TIOCGWINSZ, buf), ENOTTY);
	T_ERR(sys_ioctl(fd, TIOCGPGRP, buf), ENOTTY);
	T_ERR(sys_ioctl(fd, 0x12345678, buf), ENOTTY);
}

static void on_exec_flag(int fd)
{
	T_EQ(sys_ioctl(fd, FIOCLEX, NULL), 0);
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(sys_ioctl(fd, FIONCLEX, NULL), 0);
	T_EQ(fcntl(fd, F_GETFD), 0);
}

static void nonblocking_flag(int fd)
{
	int on = 1, off = 0;

	T_EQ(sys_ioctl(fd, FIONBIO, &on), 0);
	T_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
	T_EQ(sys_ioctl(fd, FIONBIO, &off), 0);
	T_TRUE(!(fcntl(fd, F_GETFL) & O_NONBLOCK));
	T_EFAULT_NULL(p, sys_ioctl(fd, FIONBIO, p));
}

TEST_MAIN
{
	int fd, p[2], n = -1;
	char buf[10];

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDWR));
	not_a_terminal(fd);
	on_exec_flag(fd);
	nonblocking_flag(fd);
	T_EQ(sys_ioctl(fd, FIONREAD, &n), 0);
	T_EQ(n, 10);
	T_EQ(read(fd, buf, 4), 4);
	T_EQ(sys_ioctl(fd, FIONREAD, &n), 0);
	T_EQ(n, 6);
	T_EQ(lseek(fd, 15, SEEK_SET), 15);
	T_EQ(sys_ioctl(fd, FIONREAD, &n), 0);
	T_EQ(n, -5);
	T_EFAULT_NULL(q, sys_ioctl(fd, FIONREAD, q));
	close(fd);

	T_OK(pipe(p));
	not_a_terminal(p[0]);
	not_a_terminal(p[1]);
	on_exec_flag(p[0]);
	nonblocking_flag(p[1]);
	T_EQ(sys_ioctl(p[0], FIONREAD, &n), 0);
	T_EQ(n, 0);
	T_EQ(write(p[1], "abcde", 5), 5);
	T_EQ(sys_ioctl(p[0], FIONREAD, &n), 0);
	T_EQ(n, 5);
	T_EFAULT_NULL(q, sys_ioctl(p[0], FIONREAD, q));
	fd = T_OK(open("/dev/null", O_RDWR));
	not_a_terminal(fd);
	close(fd);
	fd = T_OK(open(".", O_RDONLY));
	not_a_terminal(fd);
	on_exec_flag(fd);
	T_ERR(sys_ioctl(fd, FIONREAD, &n), ENOTTY);
	close(fd);

	T_ERR(sys_ioctl(-1, FIONREAD, &n), EBADF);
	T_ERR(sys_ioctl(9999, TCGETS, buf), EBADF);
	T_ERR(sys_ioctl(-1, FIOCLEX, NULL), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sys_ioctl(fd, FIOCLEX, NULL), EBADF);
	T_ERR(sys_ioctl(fd, FIONREAD, &n), EBADF);
}
