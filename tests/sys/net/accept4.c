/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static int do_accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	return accept4(fd, addr, len, 0);
}

#include "accept_common.h"

TEST_MAIN
{
	int fd, s, c;

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_ERR(accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), ENOTSOCK);
	/* Unknown flags. */
	T_ERR(accept4(fd, NULL, NULL, 1), EINVAL);
	T_ERR(accept4(fd, NULL, NULL, ~(SOCK_CLOEXEC | SOCK_NONBLOCK)), EINVAL);
	T_ERR(accept4(-1, NULL, NULL, 1), EBADF);
	close(fd);
	T_ERR(accept4(fd, NULL, NULL, SOCK_CLOEXEC), EBADF);
	s = u_server(SOCK_STREAM, "flags", 5);
	c = u_client(SOCK_STREAM, "flags");
	fd = T_OK(accept4(s, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
	close(c);
	close(fd);
	close(s);
	accept_not_sockets();
	accept_addresses();
	accept_waits();
	accept_order();
}
