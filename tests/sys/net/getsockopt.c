/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static void not_sockets(void)
{
	int value = 0;
	socklen_t len = sizeof(value);
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len), ENOTSOCK);
	T_ERR(getsockopt(p[1], SOL_SOCKET, SO_TYPE, &value, &len), ENOTSOCK);
	T_ERR(getsockopt(-1, SOL_SOCKET, SO_TYPE, &value, &len), EBADF);
	T_ERR(getsockopt(fd, -1, -1, NULL, NULL), ENOTSOCK);
	close(fd);
	T_ERR(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len), EBADF);
}

static void peer_credentials(void)
{
	struct ucred c;
	socklen_t len = sizeof(c);
	int s[2], fd = u_socket(SOCK_STREAM), a;
	pid_t pid;

	T_OK(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &len));
	T_EQ(c.pid, 0);
	T_EQ((int)c.uid, -1);
	u_pair(SOCK_STREAM, s);
	T_OK(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &c, &len));
	T_EQ(len, sizeof(c));
	T_EQ(c.pid, getpid());
	T_EQ(c.uid, geteuid());
	T_EQ(c.gid, getegid());
	/* Of who connected, and of who listened; as they were then. */
	T_OK(u_bind(fd, "srv"));
	T_OK(listen(fd, 3));
	pid = fork();
	if (!pid) {
		a = u_client(SOCK_STREAM, "srv");
		T_OK(getsockopt(a, SOL_SOCKET, SO_PEERCRED, &c, &len));
		T_EQ(c.pid, getppid());
		T_EQ(read(a, &c, 1), 0);
		_exit(0);
	}
	a = T_OK(accept(fd, NULL, NULL));
	T_OK(getsockopt(a, SOL_SOCKET, SO_PEERCRED, &c, &len));
	T_EQ(c.pid, pid);
	close(a);
	T_WAIT(pid, 0);
	len = 4;
	c.uid = 77;
	T_OK(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &c, &len));
	T_EQ(len, 4);
	T_EQ(c.uid, 77);
}

static void peer_name(void)
{
	struct sockaddr_un a;
	socklen_t len = PATH_OFFSET + 3;
	int s[2];

	u_pair(SOCK_STREAM, s);
	T_OK(u_bind(s[1], "pn"));
	T_OK(getsockopt(s[0], SOL_SOCKET, SO_PEERNAME, &a, &len));
	T_STR(a.sun_path, "pn");
	len = sizeof(a);
	T_ERR(getsockopt(s[0], SOL_SOCKET, SO_PEERNAME, &a, &len), EINVAL);
	T_ERR(getsockopt(u_socket(SOCK_STREAM), SOL_SOCKET, SO_PEERNAME, &a, &len), ENOTCONN);
}

TEST_MAIN
{
	int fd = u_socket(SOCK_DGRAM), value;
	uint64_t cookie = 0;
	socklen_t len;

	not_sockets();
	peer_credentials();
	peer_name();
	T_EQ(u_getopt(fd, SO_TYPE), SOCK_DGRAM);
	T_EQ(u_getopt(fd, SO_DOMAIN), AF_UNIX);
	T_EQ(u_getopt(fd, SO_PROTOCOL), 0);
	T_EQ(u_getopt(fd, SO_ERROR), 0);
	T_EQ(u_getopt(fd, SO_SNDBUF), 212992);
	T_EQ(u_getopt(fd, SO_RCVBUF), 212992);
	T_EQ(u_getopt(fd, SO_RCVLOWAT), 1);
	T_EQ(u_getopt(fd, SO_PEEK_OFF), -1);
	T_EQ(u_getopt(fd, SO_ACCEPTCONN), 0);
	len = sizeof(cookie);
	T_OK(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len));
	T_NE(cookie, 0);
	len = 100;
	value = -1;
	T_OK(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
	T_EQ(len, sizeof(int));
	len = 1;
	value = -1;
	T_OK(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
	T_EQ(len, 1);
	T_EQ(value & 0xff, SOCK_DGRAM);
	T_EQ(value >> 8, -1);
	len = (socklen_t)-1;
	T_ERR(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len), EINVAL);
	len = sizeof(value);
	T_EFAULT_NULL(q, getsockopt(fd, SOL_SOCKET, SO_TYPE, q, &len));
	T_EFAULT_NULL(q, getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, q));
	T_ERR(getsockopt(fd, SOL_SOCKET, 9999, &value, &len), ENOPROTOOPT);
	T_ERR(getsockopt(fd, 6, 1, &value, &len), EOPNOTSUPP);
}
