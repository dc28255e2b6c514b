/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static void not_sockets(void)
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(sendto(fd, "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(sendto(p[1], "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(sendto(-1, "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	T_ERR(sendto(fd, NULL, 10, 0, NULL, 0), ENOTSOCK);
	/* An address that no program can have is refused first. */
	T_ERR(sendto(-1, (void *)0xffff800000000000, 1, 0, NULL, 0), EFAULT);
	close(fd);
	T_ERR(sendto(fd, "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sendto(fd, "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
}

static long send_named(int fd, const char *name, const void *data, size_t n, int flags)
{
	socklen_t len;
	struct sockaddr_un a = u_addr(name, &len);

	return sendto(fd, data, n, flags, (struct sockaddr *)&a, len);
}

static void streams(void)
{
	int s[2], fd = u_socket(SOCK_STREAM);

	t_count_signal(SIGPIPE, 0);
	T_ERR(send(fd, "x", 1, 0), ENOTCONN);
	T_ERR(send_named(fd, "d", "x", 1, 0), EOPNOTSUPP);
	u_pair(SOCK_STREAM, s);
	T_ERR(send_named(s[0], "d", "x", 1, 0), EISCONN);
	T_EQ(send(s[0], "", 0, 0), 0);
	T_EQ(send(s[0], "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_EOR | MSG_MORE), 1);
	T_EFAULT_NULL(q, send(s[0], q, 10, 0));
	close(s[1]);
	T_ERR(send(s[0], "x", 1, MSG_NOSIGNAL), EPIPE);
	T_EQ(t_signals[SIGPIPE], 0);
	T_ERR(send(s[0], "x", 1, 0), EPIPE);
	T_EQ(t_signals[SIGPIPE], 1);
	T_ERR(write(s[0], "x", 1), EPIPE);
	T_EQ(t_signals[SIGPIPE], 2);
	close(s[0]);
	close(fd);
}

static void datagrams(void)
{
	int d = u_socket(SOCK_DGRAM), c = u_socket(SOCK_DGRAM), other = u_socket(SOCK_DGRAM);
	char buf[8];

	T_OK(u_bind(d, "d"));
	T_ERR(send(c, "x", 1, 0), ENOTCONN);
	T_EQ(send_named(c, "d", "one", 3, 0), 3);
	T_EQ(recv(d, buf, 8, 0), 3);
	T_ERR(send_named(c, "missing", "x", 1, 0), ENOENT);
	T_ERR(send_named(c, "f", "x", 1, 0), ECONNREFUSED);
	T_ERR(sendto(c, "x", 1, 0, (struct sockaddr *)buf, 200), EINVAL);
	T_ERR(sendto(c, "x", 1, 0, (struct sockaddr *)buf, 1), EINVAL);
	T_EFAULT(q, sendto(c, "x", 1, 0, q, 10));
	T_ERR(send_named(c, "d", "x", 1, MSG_OOB), EOPNOTSUPP);
	T_EFAULT_NULL(q, send_named(c, "d", q, 5, 0));
	T_OK(chmod("d", 0755));
	T_AS_USER
	{
		T_ERR(send_named(u_socket(SOCK_DGRAM), "d", "x", 1, 0), EACCES);
	}
	/* A connected receiver takes its peer's messages only. */
	T_OK(u_bind(other, "o"));
	T_OK(u_connect(d, "o"));
	T_ERR(send_named(c, "d", "x", 1, 0), EPERM);
	T_EQ(send_named(other, "d", "two", 3, 0), 3);
	/* An address overrules the connection. */
	T_OK(u_bind(c, "c"));
	T_EQ(send_named(d, "c", "three", 5, 0), 5);
	T_EQ(recv(c, buf, 8, MSG_DONTWAIT), 5);
	close(d);
	T_ERR(send_named(c, "d", "x", 1, 0), ECONNREFUSED);
	close(c);
	close(other);
}

static void sizes(int type)
{
	static char big[300000];
	int s[2];

	u_pair(type, s);
	T_ERR(send(s[0], big, sizeof(big), 0), EMSGSIZE);
	T_ERR(send(s[0], big, 212992 - 31, 0), EMSGSIZE);
	memset(big, 'b', sizeof(big));
	T_EQ(send(s[0], big, 150000, 0), 150000);
	memset(big, 0, sizeof(big));
	T_EQ(recv(s[1], big, sizeof(big), 0), 150000);
	T_EQ(big[0], 'b');
	T_EQ(big[149999], 'b');
	T_EQ(big[150000], 0);
	close(s[0]);
	close(s[1]);
}

/* Without an address that names it a datagram socket's queue takes eleven messages. */
static void queue_length(void)
{
	int d = u_socket(SOCK_DGRAM), c = u_socket(SOCK_DGRAM), n = 0;
	char buf[4];

	T_OK(u_bind(d, "q"));
	T_OK(u_connect(c, "q"));
	while (send(c, "x", 1, MSG_DONTWAIT) == 1)
		n++;
	T_ERR(send(c, "x", 1, MSG_DONTWAIT), EAGAIN);
	T_EQ(n, 11);
	T_EQ(u_poll(c, POLLOUT), 0);
	T_EQ(recv(d, buf, 4, 0), 1);
	T_EQ(u_poll(c, POLLOUT), POLLOUT);
	T_EQ(send(c, "x", 1, MSG_DONTWAIT), 1);
	T_ERR(send(c, "x", 1, MSG_DONTWAIT), EAGAIN);
}

TEST_MAIN
{
	not_sockets();
	streams();
	datagrams();
	sizes(SOCK_DGRAM);
	sizes(SOCK_SEQPACKET);
	queue_length();
}
