/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

TEST_MAIN
{
	int fd;

	/* No such family, and type numbers that there are not. */
	T_ERR(socket(100, SOCK_STREAM, 0), EAFNOSUPPORT);
	T_ERR(socket(46, SOCK_DGRAM, 0), EAFNOSUPPORT);
	T_ERR(socket(-1, SOCK_STREAM, 0), EAFNOSUPPORT);
	T_ERR(socket(100, 14, 0), EAFNOSUPPORT);
	T_ERR(socket(AF_UNIX, 14, 0), EINVAL);
	T_ERR(socket(AF_UNSPEC, SOCK_STREAM, 0), EAFNOSUPPORT);
	/* Unknown flags are refused first. */
	T_ERR(socket(100, SOCK_STREAM | 0x10, 0), EINVAL);
	T_ERR(socket(100, SOCK_STREAM | 0x40000000, 0), EINVAL);
	T_ERR(socket(AF_UNIX, -1, 0), EINVAL);
	T_ERR(socket(100, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), EAFNOSUPPORT);
	T_ERR(socket(AF_UNIX, SOCK_RDM, 0), ESOCKTNOSUPPORT);
	T_ERR(socket(AF_UNIX, SOCK_PACKET, 0), ESOCKTNOSUPPORT);
	T_ERR(socket(AF_UNIX, 0, 0), ESOCKTNOSUPPORT);
	T_ERR(socket(AF_UNIX, SOCK_STREAM, 6), EPROTONOSUPPORT);

	fd = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	T_EQ(fcntl(fd, F_GETFD), 0);
	T_EQ(fcntl(fd, F_GETFL), O_RDWR);
	T_EQ(u_getopt(fd, SO_TYPE), SOCK_STREAM);
	T_EQ(u_poll(fd, POLLIN | POLLOUT), POLLOUT | POLLHUP);
	close(fd);
	fd = T_OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, AF_UNIX));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
	T_EQ(u_getopt(fd, SO_TYPE), SOCK_DGRAM);
	T_EQ(u_poll(fd, POLLIN | POLLOUT), POLLOUT);
	close(fd);
	/* As old programs ask for it. */
	fd = T_OK(socket(AF_UNIX, SOCK_RAW, 0));
	T_EQ(u_getopt(fd, SO_TYPE), SOCK_DGRAM);
	close(fd);
	T_CHILD
	{
		t_limit(RLIMIT_NOFILE, 0);
		T_ERR(socket(AF_UNIX, SOCK_STREAM, 0), EMFILE);
		T_ERR(socket(100, SOCK_STREAM, 0), EAFNOSUPPORT);
	}
}
