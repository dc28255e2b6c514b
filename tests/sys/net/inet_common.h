/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of AF_INET share: addresses of the loopback, connected pairs. */
#ifndef INET_COMMON_H
#define INET_COMMON_H
#include "test.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

static inline struct sockaddr_in i_loopback(unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* Bound to a free port of the loopback; the port. */
static inline unsigned i_bind(int fd)
{
	struct sockaddr_in a = i_loopback(0);
	socklen_t len = sizeof(a);

	T_OK(bind(fd, (void *)&a, sizeof(a)));
	T_OK(getsockname(fd, (void *)&a, &len));
	return ntohs(a.sin_port);
}

static inline int i_listen(unsigned *port)
{
	int fd = T_OK(socket(AF_INET, SOCK_STREAM, 0));

	*port = i_bind(fd);
	T_OK(listen(fd, 5));
	return fd;
}

static inline int i_connect(unsigned port)
{
	struct sockaddr_in a = i_loopback(port);
	int fd = T_OK(socket(AF_INET, SOCK_STREAM, 0));

	T_OK(connect(fd, (void *)&a, sizeof(a)));
	return fd;
}

static inline void i_pair(int fds[2])
{
	unsigned port;
	int l = i_listen(&port);

	fds[0] = i_connect(port);
	fds[1] = T_OK(accept(l, NULL, NULL));
	close(l);
}

static inline int i_poll(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	T_OK(poll(&p, 1, 0));
	return p.revents;
}

/* Waits up to a second for one of them. */
static inline int i_wait(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	T_EQ(poll(&p, 1, 1000), 1);
	return p.revents;
}

static inline int i_getopt(int fd, int level, int name)
{
	int val = -1;
	socklen_t len = sizeof(val);

	T_OK(getsockopt(fd, level, name, &val, &len));
	return val;
}

static inline int i_setopt(int fd, int level, int name, int val)
{
	return setsockopt(fd, level, name, &val, sizeof(val));
}
#endif
