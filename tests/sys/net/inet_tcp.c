/* SPDX-License-Identifier: Apache-2.0 */
/* tcp(7) on the loopback: names, connections, ends, both windows closed. */
#include "inet_common.h"
#include <pthread.h>

static void creation(void)
{
	T_ERR(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
	T_ERR(socket(AF_INET, SOCK_SEQPACKET, 0), ESOCKTNOSUPPORT);
	T_ERR(socket(AF_INET, SOCK_STREAM, 300), EINVAL);
	T_ERR(socketpair(AF_INET, SOCK_STREAM, 0, (int[2]){0, 0}), EOPNOTSUPP);
	close(T_OK(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)));
}

static void names(void)
{
	int fd = T_OK(socket(AF_INET, SOCK_STREAM, 0)), other;
	struct sockaddr_in a = i_loopback(0), b;
	socklen_t len = sizeof(b);

	T_OK(getsockname(fd, (void *)&b, &len));
	T_EQ(len, sizeof(b));
	T_EQ(b.sin_family, AF_INET);
	T_EQ(b.sin_port, 0);
	T_EQ(b.sin_addr.s_addr, 0);
	T_ERR(getpeername(fd, (void *)&b, &len), ENOTCONN);
	T_ERR(bind(fd, (void *)&a, 4), EINVAL);
	a.sin_family = AF_UNIX;
	T_ERR(bind(fd, (void *)&a, sizeof(a)), EAFNOSUPPORT);
	a = i_loopback(0);
	a.sin_addr.s_addr = htonl(0x0a010203);
	T_ERR(bind(fd, (void *)&a, sizeof(a)), EADDRNOTAVAIL);
	a = i_loopback(i_bind(fd));
	T_ERR(bind(fd, (void *)&a, sizeof(a)), EINVAL);
	other = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_ERR(bind(other, (void *)&a, sizeof(a)), EADDRINUSE);
	T_AS_USER
	{
		a = i_loopback(80);
		T_ERR(bind(other, (void *)&a, sizeof(a)), EACCES);
	}
	close(other);
	close(fd);
}

static void connections(void)
{
	unsigned port;
	int l = i_listen(&port), c = i_connect(port), s;
	struct sockaddr_in a = i_loopback(port), b = {0}, d;
	socklen_t len = sizeof(b), dlen = sizeof(d);
	char buf[16];

	T_EQ(i_wait(l, POLLIN), POLLIN);
	s = T_OK(accept(l, (void *)&b, &len));
	T_OK(getsockname(c, (void *)&d, &dlen));
	T_EQ(b.sin_port, d.sin_port);
	T_EQ(b.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	T_OK(getpeername(c, (void *)&d, &dlen));
	T_EQ(ntohs(d.sin_port), port);
	T_ERR(connect(c, (void *)&a, sizeof(a)), EISCONN);
	T_ERR(connect(l, (void *)&a, sizeof(a)), EISCONN);
	T_ERR(listen(c, 1), EINVAL);
	T_ERR(accept(c, NULL, NULL), EINVAL);
	T_EQ(i_poll(s, POLLIN | POLLOUT), POLLOUT);
	T_ERR(recv(s, buf, 1, MSG_DONTWAIT), EAGAIN);
	T_EQ(send(c, "hello", 5, 0), 5);
	T_EQ(send(c, "", 0, 0), 0);
	T_EQ(i_wait(s, POLLIN), POLLIN);
	T_EQ(recv(s, buf, 3, MSG_PEEK), 3);
	T_EQ(recv(s, buf, sizeof(buf), 0), 5);
	T_EQ(memcmp(buf, "hello", 5), 0);
	/* The end of one direction, then of the other. */
	T_OK(shutdown(c, SHUT_WR));
	T_EQ(recv(s, buf, sizeof(buf), 0), 0);
	T_EQ(i_wait(s, POLLIN | POLLRDHUP) & (POLLIN | POLLRDHUP | POLLHUP), POLLIN | POLLRDHUP);
	signal(SIGPIPE, SIG_IGN);
	T_ERR(send(c, "x", 1, 0), EPIPE);
	T_EQ(send(s, "back", 4, 0), 4);
	T_EQ(recv(c, buf, 4, MSG_WAITALL), 4);
	close(s);
	T_EQ(recv(c, buf, 4, 0), 0);
	close(c);
	close(l);
}

static void failures(void)
{
	unsigned port;
	int l = i_listen(&port), fd, fds[2];
	struct sockaddr_in a = i_loopback(port);
	char buf[4];

	close(l);
	fd = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_ERR(connect(fd, (void *)&a, sizeof(a)), ECONNREFUSED);
	close(fd);
	fd = T_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	T_ERR(connect(fd, (void *)&a, sizeof(a)), EINPROGRESS);
	T_TRUE(i_wait(fd, POLLOUT) & POLLERR);
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_ERROR), 0);
	close(fd);
	fd = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_ERR(connect(fd, (void *)&a, 3), EINVAL);
	T_EQ(i_poll(fd, POLLIN | POLLOUT), POLLOUT | POLLHUP);
	T_ERR(recv(fd, buf, 1, 0), ENOTCONN);
	T_ERR(send(fd, buf, 1, MSG_NOSIGNAL), EPIPE);
	T_ERR(shutdown(fd, SHUT_RD), ENOTCONN);
	close(fd);
	/* Closed with data that nobody read: a reset. */
	i_pair(fds);
	T_EQ(send(fds[0], "x", 1, 0), 1);
	i_wait(fds[1], POLLIN);
	close(fds[1]);
	T_TRUE(i_wait(fds[0], POLLIN) & POLLERR);
	T_ERR(recv(fds[0], buf, 1, 0), ECONNRESET);
	close(fds[0]);
	/* SO_LINGER with no time: a reset, too. */
	i_pair(fds);
	T_OK(setsockopt(fds[1], SOL_SOCKET, SO_LINGER, &(struct linger){1, 0},
			sizeof(struct linger)));
	close(fds[1]);
	i_wait(fds[0], POLLIN);
	T_ERR(recv(fds[0], buf, 1, 0), ECONNRESET);
	close(fds[0]);
}

/* Fill one direction without waiting; the bytes. */
static size_t fill(int fd)
{
	static char block[65536];
	size_t n = 0;
	ssize_t got;

	while ((got = send(fd, block, sizeof(block), MSG_DONTWAIT)) > 0)
		n += (size_t)got;
	T_TRUE(got < 0 && errno == EAGAIN);
	return n;
}

static size_t drain(int fd, size_t all)
{
	static char block[65536];
	size_t n = 0;
	ssize_t got;

	while (n < all && (got = recv(fd, block, sizeof(block), 0)) > 0)
		n += (size_t)got;
	return n;
}

static void both_windows_closed(void)
{
	size_t a, b;
	int fds[2];

	i_pair(fds);
	a = fill(fds[0]);
	b = fill(fds[1]);
	T_CMP(a, >, 1000);
	T_CMP(b, >, 1000);
	T_EQ(i_poll(fds[0], POLLOUT), 0);
	T_EQ(drain(fds[1], a), a);
	T_EQ(drain(fds[0], b), b);
	T_EQ(i_wait(fds[0], POLLOUT), POLLOUT);
	close(fds[0]);
	close(fds[1]);
}

#define STREAM_BYTES (4u << 20)

static void *sender(void *arg)
{
	unsigned char *data = malloc(STREAM_BYTES);
	int fd = *(int *)arg;

	for (size_t i = 0; i < STREAM_BYTES; i++)
		data[i] = (unsigned char)(i * 7 + i / 251);
	for (size_t n = 0; n < STREAM_BYTES;) {
		ssize_t got = send(fd, data + n, STREAM_BYTES - n, 0);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	shutdown(fd, SHUT_WR);
	free(data);
	return NULL;
}

static void stream(void)
{
	static unsigned char block[10007];
	size_t n = 0, wrong = 0;
	pthread_t t;
	int fds[2];
	ssize_t got;

	i_pair(fds);
	T_EQ(pthread_create(&t, NULL, sender, &fds[0]), 0);
	while ((got = recv(fds[1], block, sizeof(block), 0)) > 0) {
		for (ssize_t i = 0; i < got; i++, n++)
			wrong += block[i] != (unsigned char)(n * 7 + n / 251);
	}
	pthread_join(t, NULL);
	T_EQ(n, STREAM_BYTES);
	T_EQ(wrong, 0);
	close(fds[0]);
	close(fds[1]);
}

/* A connection that was reset before anybody took it is given out all the same. */
static void reset_before(void)
{
	struct linger l = {.l_onoff = 1};
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	unsigned port;
	int fd = i_listen(&port), c = i_connect(port), s;
	char byte;

	T_OK(setsockopt(c, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
	close(c);
	T_EQ(i_wait(fd, POLLIN), POLLIN);
	s = T_OK(accept(fd, (void *)&from, &len));
	T_EQ(from.sin_family, AF_INET);
	T_EQ(ntohl(from.sin_addr.s_addr), INADDR_LOOPBACK);
	T_ERR(recv(s, &byte, 1, 0), ECONNRESET);
	T_EQ(recv(s, &byte, 1, 0), 0);
	close(s);
	close(fd);
}

TEST_MAIN
{
	creation();
	names();
	connections();
	failures();
	both_windows_closed();
	stream();
	reset_before();
}
