/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static void not_sockets(void)
{
	int one = 1;
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), ENOTSOCK);
	T_ERR(setsockopt(p[1], SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), ENOTSOCK);
	T_ERR(setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), EBADF);
	T_ERR(setsockopt(fd, -1, -1, NULL, 0), ENOTSOCK);
	close(fd);
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), EBADF);
}

static void switches(int fd)
{
	static const int names[] = {SO_REUSEADDR, SO_DONTROUTE, SO_BROADCAST, SO_KEEPALIVE,
				    SO_OOBINLINE, SO_PASSCRED,	SO_TIMESTAMP, SO_TIMESTAMPNS};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		T_EQ(u_getopt(fd, names[i]), 0);
		T_OK(u_setopt(fd, names[i], 5));
		T_EQ(u_getopt(fd, names[i]), 1);
		T_OK(u_setopt(fd, names[i], 0));
		T_EQ(u_getopt(fd, names[i]), 0);
	}
}

static void numbers(int fd)
{
	struct linger l = {1, 7};
	socklen_t len = sizeof(l);

	T_OK(u_setopt(fd, SO_SNDBUF, 1));
	T_EQ(u_getopt(fd, SO_SNDBUF), 4608);
	T_OK(u_setopt(fd, SO_SNDBUF, 50000));
	T_EQ(u_getopt(fd, SO_SNDBUF), 100000);
	T_OK(u_setopt(fd, SO_RCVBUF, 1));
	T_EQ(u_getopt(fd, SO_RCVBUF), 2304);
	T_OK(u_setopt(fd, SO_RCVBUF, 30000));
	T_EQ(u_getopt(fd, SO_RCVBUF), 60000);
	T_OK(u_setopt(fd, SO_PRIORITY, 6));
	T_EQ(u_getopt(fd, SO_PRIORITY), 6);
	T_OK(u_setopt(fd, SO_PEEK_OFF, 3));
	T_EQ(u_getopt(fd, SO_PEEK_OFF), 3);
	T_OK(u_setopt(fd, SO_PEEK_OFF, -1));
	T_OK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
	l = (struct linger){9, 9};
	T_OK(getsockopt(fd, SOL_SOCKET, SO_LINGER, &l, &len));
	T_EQ(l.l_onoff, 1);
	T_EQ(l.l_linger, 7);
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, 4), EINVAL);
	if (t_is_root()) {
		T_OK(u_setopt(fd, SO_SNDBUFFORCE, 9000000));
		T_EQ(u_getopt(fd, SO_SNDBUF), 18000000);
		T_OK(u_setopt(fd, SO_MARK, 17));
		T_EQ(u_getopt(fd, SO_MARK), 17);
	}
	T_AS_USER
	{
		T_ERR(u_setopt(fd, SO_SNDBUFFORCE, 10000), EPERM);
		T_ERR(u_setopt(fd, SO_RCVBUFFORCE, 10000), EPERM);
		T_ERR(u_setopt(fd, SO_PRIORITY, 7), EPERM);
		T_ERR(u_setopt(fd, SO_MARK, 1), EPERM);
		T_ERR(u_setopt(fd, SO_DEBUG, 1), EACCES);
		T_OK(u_setopt(fd, SO_DEBUG, 0));
	}
}

static void timeouts(int fd)
{
	struct timeval tv = {3, 20000}, got = {0, 0};
	socklen_t len = sizeof(got);

	T_OK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	T_OK(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &got, &len));
	T_EQ(got.tv_sec, 3);
	T_EQ(got.tv_usec, 20000);
	T_EQ(len, sizeof(got));
	tv.tv_usec = 1000000;
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)), EDOM);
	tv.tv_usec = -1;
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)), EDOM);
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, 8), EINVAL);
}

TEST_MAIN
{
	int fd = u_socket(SOCK_STREAM), one = 1;

	not_sockets();
	switches(fd);
	numbers(fd);
	timeouts(fd);
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, 3), EINVAL);
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, (socklen_t)-1), EINVAL);
	T_EFAULT_NULL(q, setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, q, sizeof(one)));
	T_ERR(u_setopt(fd, SO_TYPE, 1), ENOPROTOOPT);
	T_ERR(u_setopt(fd, SO_ERROR, 1), ENOPROTOOPT);
	T_ERR(u_setopt(fd, SO_DOMAIN, 1), ENOPROTOOPT);
	T_ERR(u_setopt(fd, SO_ACCEPTCONN, 1), ENOPROTOOPT);
	T_ERR(u_setopt(fd, 9999, 1), ENOPROTOOPT);
	T_ERR(setsockopt(fd, 6, 1, &one, sizeof(one)), EOPNOTSUPP);
	T_ERR(setsockopt(fd, -1, 1, &one, sizeof(one)), EOPNOTSUPP);
}
