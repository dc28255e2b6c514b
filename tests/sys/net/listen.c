/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

TEST_MAIN
{
	int fd, p[2], s, c, n;

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(listen(fd, 5), ENOTSOCK);
	T_ERR(listen(p[1], 5), ENOTSOCK);
	T_ERR(listen(-1, 5), EBADF);
	T_ERR(listen(fd, -1), ENOTSOCK);
	close(fd);
	T_ERR(listen(fd, 5), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(listen(fd, 5), EBADF);

	s = u_socket(SOCK_DGRAM);
	T_ERR(listen(s, 5), EOPNOTSUPP);
	close(s);
	s = u_socket(SOCK_STREAM);
	T_ERR(listen(s, 5), EINVAL); /* no name */
	T_OK(u_bind(s, "s"));
	T_EQ(u_getopt(s, SO_ACCEPTCONN), 0);
	T_OK(listen(s, -1));
	T_EQ(u_getopt(s, SO_ACCEPTCONN), 1);
	T_OK(listen(s, 0)); /* again: another length */
	T_EQ(u_poll(s, POLLIN | POLLOUT), 0);
	/* Linux lets one more in than it says. */
	c = u_socket(SOCK_STREAM | SOCK_NONBLOCK);
	T_OK(u_connect(c, "s"));
	T_EQ(u_poll(s, POLLIN), POLLIN);
	n = u_socket(SOCK_STREAM | SOCK_NONBLOCK);
	T_ERR(u_connect(n, "s"), EAGAIN);
	T_OK(listen(s, 1));
	T_OK(u_connect(n, "s"));
	T_ERR(listen(c, 1), EINVAL);
	T_OK(listen(s, 5));
	T_ERR(u_connect(s, "s"), EINVAL);
	T_ERR(recv(s, &n, 1, 0), EINVAL);
	T_ERR(send(s, &n, 1, 0), ENOTCONN);
	T_ERR(ioctl(s, FIONREAD, &n), EINVAL);
}
