/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets of AF_UNIX for the tests of net/. */
#ifndef TESTS_NET_UNIX_COMMON_H
#define TESTS_NET_UNIX_COMMON_H

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

/* The address of a path; *len with its NUL. "@name" is an abstract one. */
static inline struct sockaddr_un u_addr(const char *path, socklen_t *len)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	*len = (socklen_t)(PATH_OFFSET + strlen(path) + 1);
	strcpy(a.sun_path, path);
	if (*path == '@') {
		a.sun_path[0] = '\0';
		--*len;
	}
	return a;
}

static inline int u_bind(int fd, const char *path)
{
	socklen_t len;
	struct sockaddr_un a = u_addr(path, &len);

	return bind(fd, (struct sockaddr *)&a, len);
}

static inline int u_connect(int fd, const char *path)
{
	socklen_t len;
	struct sockaddr_un a = u_addr(path, &len);

	return connect(fd, (struct sockaddr *)&a, len);
}

static inline int u_socket(int type)
{
	return T_NEED(socket(AF_UNIX, type, 0));
}

static inline void u_pair(int type, int fds[2])
{
	T_NEED(socketpair(AF_UNIX, type, 0, fds));
}

/* A listening socket. */
static inline int u_server(int type, const char *path, int backlog)
{
	int fd = u_socket(type);

	T_NEED(u_bind(fd, path));
	T_NEED(listen(fd, backlog));
	return fd;
}

static inline int u_client(int type, const char *path)
{
	int fd = u_socket(type);

	T_NEED(u_connect(fd, path));
	return fd;
}

/* What poll says at once. */
static inline int u_poll(int fd, int events)
{
	struct pollfd p = {fd, (short)events, 0};

	return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}

static inline int u_pending(int fd)
{
	int n = -1;

	return ioctl(fd, FIONREAD, &n) ? -1 : n;
}

static inline int u_getopt(int fd, int name)
{
	int v = -12345;
	socklen_t len = sizeof(v);

	return getsockopt(fd, SOL_SOCKET, name, &v, &len) ? -1 : v;
}

static inline int u_setopt(int fd, int name, int v)
{
	return setsockopt(fd, SOL_SOCKET, name, &v, sizeof(v));
}

#endif
