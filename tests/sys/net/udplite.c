/* SPDX-License-Identifier: Apache-2.0 */
/* UDP-Lite, udplite(7); and SO_REUSEPORT of socket(7), IPV6_ADDRFORM of ipv6(7). */
#include "inet_common.h"

#ifndef UDPLITE_SEND_CSCOV
#define UDPLITE_SEND_CSCOV 10
#define UDPLITE_RECV_CSCOV 11
#endif

static void lite(int family)
{
	int a = socket(family, SOCK_DGRAM, IPPROTO_UDPLITE), b;
	struct sockaddr_storage to = {.ss_family = (sa_family_t)family};
	socklen_t len =
		family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	char buf[32];

	if (a < 0) { /* newer Linux has it no more */
		T_ERR(socket(family, SOCK_DGRAM, IPPROTO_UDPLITE), EPROTONOSUPPORT);
		return;
	}
	b = T_OK(socket(family, SOCK_DGRAM, IPPROTO_UDPLITE));
	T_EQ(i_getopt(a, SOL_SOCKET, SO_PROTOCOL), IPPROTO_UDPLITE);
	T_OK(bind(a, (void *)&to, len));
	T_OK(getsockname(a, (void *)&to, &len));
	T_EQ(sendto(b, "0123456789abcdef", 16, 0, (void *)&to, len), 16);
	T_EQ(recv(a, buf, sizeof(buf), 0), 16);
	T_EQ(i_getopt(b, IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV), 0);
	T_OK(i_setopt(b, IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, 3));
	T_EQ(i_getopt(b, IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV), 8); /* the header at least */
	T_EQ(sendto(b, "part", 4, 0, (void *)&to, len), 4);
	T_EQ(recv(a, buf, sizeof(buf), 0), 4);
	T_OK(i_setopt(a, IPPROTO_UDPLITE, UDPLITE_RECV_CSCOV, 20));
	T_EQ(sendto(b, "too little of it", 16, 0, (void *)&to, len), 16);
	T_ERR(recv(a, buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
	T_OK(i_setopt(b, IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, 20));
	T_EQ(sendto(b, "it is enough now", 16, 0, (void *)&to, len), 16);
	T_EQ(recv(a, buf, sizeof(buf), MSG_DONTWAIT), 16);
	T_ERR(i_setopt(a, IPPROTO_UDPLITE, 999, 1), ENOPROTOOPT);
	close(a);
	close(b);
}

/* Several listeners of one name: each gets some of the connections. */
static void reuseport(void)
{
	int l[3], c[60], got[3] = {0}, n;
	unsigned port;

	l[0] = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(i_setopt(l[0], SOL_SOCKET, SO_REUSEPORT, 1));
	port = i_bind(l[0]);
	T_OK(listen(l[0], 64));
	for (int i = 1; i < 3; i++) {
		struct sockaddr_in a = i_loopback(port);

		l[i] = T_OK(socket(AF_INET, SOCK_STREAM, 0));
		T_ERR(bind(l[i], (void *)&a, sizeof(a)), EADDRINUSE);
		T_OK(i_setopt(l[i], SOL_SOCKET, SO_REUSEPORT, 1));
		T_OK(bind(l[i], (void *)&a, sizeof(a)));
		T_OK(listen(l[i], 64));
	}
	for (int i = 0; i < 60; i++)
		c[i] = i_connect(port);
	for (int i = 0; i < 3; i++) {
		T_OK(fcntl(l[i], F_SETFL, O_NONBLOCK));
		while ((n = accept(l[i], NULL, NULL)) >= 0) {
			got[i]++;
			close(n);
		}
		T_CMP(got[i], >, 0);
	}
	T_EQ(got[0] + got[1] + got[2], 60);
	close(l[0]);
	n = i_connect(port); /* the others go on */
	close(n);
	for (int i = 0; i < 60; i++)
		close(c[i]);
	close(l[1]);
	close(l[2]);
}

/* A connection between the two families becomes one of AF_INET. */
static void form(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	struct sockaddr_storage name;
	socklen_t len = sizeof(any);
	int l = T_NEED(socket(AF_INET6, SOCK_STREAM, 0)), c, s;

	T_OK(bind(l, (void *)&any, sizeof(any)));
	T_OK(getsockname(l, (void *)&any, &len));
	T_OK(listen(l, 1));
	T_ERR(i_setopt(l, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET), ENOTCONN);
	c = i_connect(ntohs(any.sin6_port));
	s = T_OK(accept(l, NULL, NULL));
	T_ERR(i_setopt(s, IPPROTO_IPV6, IPV6_ADDRFORM, AF_UNIX), EINVAL);
	T_OK(i_setopt(s, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET));
	len = sizeof(name);
	T_OK(getsockname(s, (void *)&name, &len));
	T_EQ(len, sizeof(struct sockaddr_in));
	T_EQ(name.ss_family, AF_INET);
	T_EQ(i_getopt(s, SOL_SOCKET, SO_DOMAIN), AF_INET);
	close(c);
	close(s);
	close(l);
}

TEST_MAIN
{
	lite(AF_INET);
	lite(AF_INET6);
	reuseport();
	form();
}
