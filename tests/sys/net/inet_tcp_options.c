/* SPDX-License-Identifier: Apache-2.0 */
/* Options of TCP at work, tcp(7): TCP_DEFER_ACCEPT, TCP_USER_TIMEOUT, MSG_FASTOPEN, TCP_MAXSEG,
 * TCP_INQ, TCP_INFO; and of socket(7): SO_RCVLOWAT, SO_SNDBUF, SO_BINDTODEVICE. */
#include "inet_common.h"
#include <time.h>

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A connection is given out when it has something to say, or after a while. */
static void defer(void)
{
	unsigned port;
	int l = i_listen(&port), c, s;

	T_OK(i_setopt(l, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5));
	T_EQ(i_getopt(l, IPPROTO_TCP, TCP_DEFER_ACCEPT), 7); /* rounded up to 1 + 2 + 4 */
	c = i_connect(port);
	T_EQ(i_poll(l, POLLIN), 0);
	T_EQ(send(c, "x", 1, 0), 1);
	T_EQ(i_wait(l, POLLIN), POLLIN);
	s = T_OK(accept(l, NULL, NULL));
	close(s);
	close(c);
	c = i_connect(port); /* never speaks */
	close(l);
	close(c);
}

/* The peer reads nothing: the connection ends when the time is over. */
static void user_timeout(void)
{
	double start;
	char *buf = calloc(1, 1 << 20);
	int p[2], err;

	i_pair(p);
	T_OK(i_setopt(p[0], IPPROTO_TCP, TCP_USER_TIMEOUT, 1500));
	T_OK(i_setopt(p[0], SOL_SOCKET, SO_SNDBUF, 65536));
	start = seconds();
	while (send(p[0], buf, 1 << 20, MSG_NOSIGNAL) > 0)
		;
	err = errno;
	T_TRUE(err == ETIMEDOUT || err == EPIPE);
	T_CMP((seconds() - start) * 10, >=, 10);
	T_CMP(seconds() - start, <, 15);
	close(p[0]);
	close(p[1]);
	free(buf);
}

static void fastopen(void)
{
	unsigned port;
	int l = i_listen(&port), c = T_OK(socket(AF_INET, SOCK_STREAM, 0)), s;
	struct sockaddr_in to = i_loopback(port);
	char buf[8];

	T_OK(i_setopt(l, IPPROTO_TCP, TCP_FASTOPEN, 5));
	T_EQ(i_getopt(l, IPPROTO_TCP, TCP_FASTOPEN), 5);
	T_ERR(i_setopt(l, IPPROTO_TCP, TCP_FASTOPEN, -1), EINVAL);
	T_EQ(sendto(c, "fast", 4, MSG_FASTOPEN, (void *)&to, sizeof(to)), 4);
	s = T_OK(accept(l, NULL, NULL));
	T_EQ(recv(s, buf, 4, MSG_WAITALL), 4);
	T_ERR(sendto(c, "fast", 4, MSG_FASTOPEN, (void *)&to, sizeof(to)), EISCONN);
	close(c);
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(i_setopt(c, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
	T_OK(connect(c, (void *)&to, sizeof(to)));
	T_EQ(send(c, "x", 1, 0), 1);
	close(c);
	close(s);
	close(l);
}

static void sizes(void)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);
	unsigned port;
	int l = i_listen(&port), c = T_OK(socket(AF_INET, SOCK_STREAM, 0)), s;
	struct sockaddr_in to = i_loopback(port);

	T_OK(i_setopt(c, IPPROTO_TCP, TCP_MAXSEG, 1000));
	T_ERR(i_setopt(c, IPPROTO_TCP, TCP_MAXSEG, 40), EINVAL);
	T_OK(connect(c, (void *)&to, sizeof(to)));
	T_CMP(i_getopt(c, IPPROTO_TCP, TCP_MAXSEG), <=, 1000);
	T_OK(getsockopt(l, IPPROTO_TCP, TCP_INFO, &info, &len));
	T_CMP(len, >=, 100);
	T_EQ(info.tcpi_state, 10);
	T_EQ(info.tcpi_unacked, 1); /* one waits */
	T_EQ(info.tcpi_sacked, 5);  /* of five that may */
	s = T_OK(accept(l, NULL, NULL));
	len = sizeof(info);
	T_OK(getsockopt(c, IPPROTO_TCP, TCP_INFO, &info, &len));
	T_EQ(info.tcpi_state, 1);
	T_CMP(info.tcpi_snd_mss, <=, 1000);
	T_CMP(info.tcpi_rto, >, 0);
	close(l);
	close(s);
	close(c);
}

static void queue_length(void)
{
	char area[64], buf[2];
	struct iovec v = {buf, 2};
	struct msghdr h = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = area};
	struct cmsghdr *c;
	int p[2], n = 0;

	i_pair(p);
	T_OK(i_setopt(p[1], IPPROTO_TCP, TCP_INQ, 1));
	T_ERR(i_setopt(p[1], IPPROTO_TCP, TCP_INQ, 2), EINVAL);
	T_EQ(send(p[0], "hello", 5, 0), 5);
	T_EQ(i_wait(p[1], POLLIN), POLLIN);
	h.msg_controllen = sizeof(area);
	T_EQ(recvmsg(p[1], &h, 0), 2);
	c = CMSG_FIRSTHDR(&h);
	T_TRUE(c && c->cmsg_level == SOL_TCP && c->cmsg_type == TCP_CM_INQ);
	if (c)
		memcpy(&n, CMSG_DATA(c), sizeof(n));
	T_EQ(n, 3);
	close(p[0]);
	close(p[1]);
}

static void low_water(void)
{
	char buf[8];
	int p[2];

	i_pair(p);
	T_OK(i_setopt(p[1], SOL_SOCKET, SO_RCVLOWAT, 4));
	T_EQ(send(p[0], "abc", 3, 0), 3);
	T_EQ(i_poll(p[1], POLLIN), 0);
	T_EQ(send(p[0], "d", 1, 0), 1);
	T_EQ(i_wait(p[1], POLLIN), POLLIN);
	T_EQ(recv(p[1], buf, sizeof(buf), 0), 4);
	T_EQ(send(p[0], "ef", 2, 0), 2);
	close(p[0]);
	T_EQ(i_wait(p[1], POLLIN), POLLIN); /* the end counts as much */
	T_EQ(recv(p[1], buf, sizeof(buf), 0), 2);
	close(p[1]);
}

/* SO_SNDBUF and SO_RCVBUF bound what is on its way. */
static void buffers(void)
{
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c = T_OK(socket(AF_INET, SOCK_STREAM, 0)), s;
	struct sockaddr_in to = i_loopback(0);
	char *data = calloc(1, 1 << 20);
	long sent = 0, got = 0, n;

	T_OK(i_setopt(l, SOL_SOCKET, SO_RCVBUF, 4096));
	T_OK(i_setopt(c, SOL_SOCKET, SO_SNDBUF, 4096));
	to.sin_port = htons((uint16_t)i_bind(l));
	T_OK(listen(l, 1));
	T_OK(connect(c, (void *)&to, sizeof(to)));
	s = T_OK(accept(l, NULL, NULL));
	while ((n = send(c, data, 1 << 20, MSG_DONTWAIT)) > 0)
		sent += n;
	T_CMP(sent, >, 4096);
	T_CMP(sent, <, 200000);
	while (got < sent && (n = recv(s, data, 1000, 0)) > 0)
		got += n;
	T_EQ(got, sent);
	T_EQ(i_wait(c, POLLOUT), POLLOUT);
	for (int i = 0; i < 50; i++) { /* and it goes on */
		T_EQ(send(c, data, 3000, 0), 3000);
		T_EQ(recv(s, data, 3000, MSG_WAITALL), 3000);
	}
	close(l);
	close(c);
	close(s);
	free(data);
}

static void device(void)
{
	int fd = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	char name[16] = "";
	socklen_t len = sizeof(name);

	T_OK(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len));
	T_EQ(len, 0);
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "none0", 6), ENODEV);
	T_OK(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	len = 4;
	T_ERR(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len), EINVAL);
	len = sizeof(name);
	T_OK(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len));
	T_EQ(len, 3);
	T_STR(name, "lo");
	T_AS_USER
	{
		T_ERR(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0), EPERM);
	}
	T_OK(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0));
	T_ERR(i_setopt(fd, SOL_SOCKET, SO_BUSY_POLL, -1), EINVAL);
	T_OK(i_setopt(fd, SOL_SOCKET, SO_BUSY_POLL, 7));
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_BUSY_POLL), 7);
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_INCOMING_CPU), -1);
	close(fd);
}

TEST_MAIN
{
	defer();
	user_timeout();
	fastopen();
	sizes();
	queue_length();
	low_water();
	buffers();
	device();
}
