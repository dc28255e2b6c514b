/* SPDX-License-Identifier: Apache-2.0 */
/* AF_INET6 on the loopback: ipv6(7). Names, errors, both protocols on one socket, TCP, UDP, raw. */
#include "inet_common.h"
#include <netinet/icmp6.h>
#include <netdb.h>

static struct sockaddr_in6 addr6(const char *text, unsigned port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

	T_EQ(inet_pton(AF_INET6, text, &a.sin6_addr), 1);
	return a;
}

static int bind6(int fd, const char *text, unsigned port)
{
	struct sockaddr_in6 a = addr6(text, port);

	return bind(fd, (void *)&a, sizeof(a));
}

static int connect6(int fd, const char *text, unsigned port)
{
	struct sockaddr_in6 a = addr6(text, port);

	return connect(fd, (void *)&a, sizeof(a));
}

static unsigned port_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);

	T_OK(getsockname(fd, (void *)&a, &len));
	return ntohs(((struct sockaddr_in6 *)&a)->sin6_port);
}

/* The text of this side's address, or the peer's. */
static const char *name6(int fd, bool of_peer)
{
	static char text[INET6_ADDRSTRLEN];
	struct sockaddr_in6 a;
	socklen_t len = sizeof(a);

	T_OK(of_peer ? getpeername(fd, (void *)&a, &len) : getsockname(fd, (void *)&a, &len));
	T_EQ(len, sizeof(a));
	T_EQ(a.sin6_family, AF_INET6);
	T_EQ(a.sin6_scope_id, 0);
	return inet_ntop(AF_INET6, &a.sin6_addr, text, sizeof(text));
}

static int socket6(int type)
{
	return T_NEED(socket(AF_INET6, type, 0));
}

static void names(void)
{
	int fd = socket6(SOCK_STREAM), udp = socket6(SOCK_DGRAM);
	struct sockaddr_in6 a = addr6("::1", 0);
	struct sockaddr_in in = i_loopback(0);

	T_STR(name6(fd, false), "::");
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	T_EQ(i_getopt(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
	T_ERR(bind(fd, (void *)&a, 23), EINVAL);
	T_ERR(bind(fd, (void *)&in, sizeof(in)), EINVAL);
	T_ERR(connect(fd, (void *)&in, sizeof(in)), EINVAL);
	T_ERR(connect(fd, (void *)&a, 1), EINVAL);
	a.sin6_family = AF_INET;
	T_ERR(bind(fd, (void *)&a, sizeof(a)), EAFNOSUPPORT);
	T_ERR(connect(fd, (void *)&a, sizeof(a)), EAFNOSUPPORT);
	T_ERR(bind6(fd, "2001:db8::1", 0), EADDRNOTAVAIL);
	T_ERR(bind6(fd, "::ffff:192.0.2.77", 0), EADDRNOTAVAIL);
	T_ERR(bind6(fd, "ff02::1", 0), EINVAL);
	T_ERR(bind6(fd, "fe80::1", 0), EINVAL);
	a = addr6("::1", 0);
	T_OK(bind(fd, (void *)&a, 24));
	T_STR(name6(fd, false), "::1");
	T_NE(port_of(fd), 0);
	T_ERR(bind6(fd, "::1", 0), EINVAL);
	T_ERR(i_setopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), EINVAL);
	T_OK(bind6(udp, "::ffff:127.0.0.1", 0));
	T_STR(name6(udp, false), "::ffff:127.0.0.1");
	T_ERR(connect6(udp, "::1", 9), EAFNOSUPPORT);
	T_ERR(socket(AF_INET6, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
	T_ERR(socket(AF_INET6, SOCK_SEQPACKET, 0), ESOCKTNOSUPPORT);
	T_AS_USER
	{
		int user = socket6(SOCK_STREAM);

		T_ERR(bind6(user, "::1", 80), EACCES);
		T_ERR(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6), EPERM);
	}
	close(fd);
	close(udp);
}

static void options(void)
{
	int fd = socket6(SOCK_STREAM), in = T_OK(socket(AF_INET, SOCK_STREAM, 0)), val;
	socklen_t len = sizeof(val);

	T_EQ(i_getopt(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	T_OK(i_setopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	T_EQ(i_getopt(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	T_ERR(bind6(fd, "::ffff:127.0.0.1", 0), EINVAL);
	T_ERR(connect6(fd, "::ffff:127.0.0.1", 9), ENETUNREACH);
	T_ERR(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, 3), EINVAL);
	T_EQ(i_getopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 64);
	T_OK(i_setopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9));
	T_EQ(i_getopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 9);
	T_OK(i_setopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1));
	T_EQ(i_getopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 64);
	T_ERR(i_setopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 256), EINVAL);
	T_OK(i_setopt(fd, IPPROTO_IPV6, IPV6_TCLASS, 0x20));
	T_EQ(i_getopt(fd, IPPROTO_IPV6, IPV6_TCLASS), 0x20);
	T_ERR(i_setopt(fd, IPPROTO_IPV6, IPV6_TCLASS, 256), EINVAL);
	T_ERR(i_setopt(fd, IPPROTO_IPV6, 9999, 1), ENOPROTOOPT);
	T_ERR(i_setopt(in, IPPROTO_IPV6, IPV6_V6ONLY, 1), ENOPROTOOPT);
	T_ERR(getsockopt(in, IPPROTO_IPV6, IPV6_V6ONLY, &val, &len), EOPNOTSUPP);
	T_OK(i_setopt(fd, IPPROTO_IP, IP_TTL, 7)); /* it may speak both */
	close(fd);
	close(in);
}

static void stream(void)
{
	int l = socket6(SOCK_STREAM), c = socket6(SOCK_STREAM), s;
	struct sockaddr_in6 from;
	socklen_t len = sizeof(from);
	char buf[8];

	T_OK(bind6(l, "::1", 0));
	T_ERR(connect6(c, "::1", port_of(l)), ECONNREFUSED);
	T_OK(listen(l, 5));
	T_OK(connect6(c, "::1", port_of(l)));
	s = T_OK(accept(l, (void *)&from, &len));
	T_EQ(len, sizeof(from));
	T_EQ(from.sin6_family, AF_INET6);
	T_EQ(ntohs(from.sin6_port), port_of(c));
	T_STR(name6(c, false), "::1");
	T_STR(name6(c, true), "::1");
	T_STR(name6(s, true), "::1");
	T_EQ(send(c, "hello", 5, 0), 5);
	T_EQ(recv(s, buf, sizeof(buf), 0), 5);
	T_MEM(buf, "hello", 5);
	T_ERR(connect6(c, "::1", port_of(l)), EISCONN);
	close(c);
	T_EQ(recv(s, buf, sizeof(buf), 0), 0);
	close(s);
	c = socket6(SOCK_STREAM); /* :: is this machine */
	T_OK(connect6(c, "::", port_of(l)));
	T_STR(name6(c, true), "::1");
	close(c);
	c = socket6(SOCK_STREAM);
	T_ERR(connect6(c, "fe80::1", 9), EINVAL);
	close(c);
	close(l);
}

/* One listener for both protocols; who may bind beside it. */
static void dual(void)
{
	int l = socket6(SOCK_STREAM), c, s, in, only;
	struct sockaddr_in any = {.sin_family = AF_INET};
	unsigned port;
	char buf[4];

	T_OK(bind6(l, "::", 0));
	port = port_of(l);
	T_OK(listen(l, 5));
	c = i_connect(port);
	s = T_OK(accept(l, NULL, NULL));
	T_STR(name6(s, true), "::ffff:127.0.0.1");
	T_STR(name6(s, false), "::ffff:127.0.0.1");
	T_EQ(send(s, "v4", 2, 0), 2);
	T_EQ(recv(c, buf, sizeof(buf), 0), 2);
	close(c);
	close(s);
	c = socket6(SOCK_STREAM);
	T_OK(connect6(c, "::ffff:127.0.0.1", port));
	T_STR(name6(c, false), "::ffff:127.0.0.1");
	close(c);
	any.sin_port = htons((uint16_t)port);
	in = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_ERR(bind(in, (void *)&any, sizeof(any)), EADDRINUSE);
	only = socket6(SOCK_STREAM);
	T_OK(i_setopt(only, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	T_ERR(bind6(only, "::", port), EADDRINUSE);
	close(l);
	T_OK(bind(in, (void *)&any, sizeof(any)));
	T_OK(bind6(only, "::", port)); /* the two protocols' ports apart */
	T_OK(listen(in, 1));
	T_OK(listen(only, 1));
	l = socket6(SOCK_STREAM);
	T_ERR(bind6(l, "::", port), EADDRINUSE);
	T_ERR(bind6(l, "::ffff:127.0.0.1", port), EADDRINUSE);
	close(l);
	close(in);
	close(only);
}

static void datagrams(void)
{
	int a = socket6(SOCK_DGRAM), b = socket6(SOCK_DGRAM),
	    in = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct sockaddr_in6 to, from;
	struct sockaddr_in to4 = i_loopback(0);
	socklen_t len = sizeof(from);
	char buf[8];

	T_OK(bind6(a, "::", 0));
	to = addr6("::1", port_of(a));
	T_EQ(sendto(b, "six", 3, 0, (void *)&to, sizeof(to)), 3);
	T_EQ(recvfrom(a, buf, sizeof(buf), 0, (void *)&from, &len), 3);
	T_EQ(len, sizeof(from));
	T_TRUE(IN6_IS_ADDR_LOOPBACK(&from.sin6_addr));
	T_EQ(ntohs(from.sin6_port), port_of(b));
	T_EQ(sendto(a, "re", 2, 0, (void *)&from, len), 2);
	T_EQ(recv(b, buf, sizeof(buf), 0), 2);
	to4.sin_port = to.sin6_port; /* from IPv4, and by a name of AF_INET */
	T_EQ(sendto(in, "four", 4, 0, (void *)&to4, sizeof(to4)), 4);
	T_EQ(recvfrom(a, buf, sizeof(buf), 0, (void *)&from, &len), 4);
	T_TRUE(IN6_IS_ADDR_V4MAPPED(&from.sin6_addr));
	T_EQ(sendto(b, "mapped", 6, 0, (void *)&to4, sizeof(to4)), 6);
	T_EQ(recvfrom(a, buf, sizeof(buf), 0, (void *)&from, &len), 6);
	T_TRUE(IN6_IS_ADDR_V4MAPPED(&from.sin6_addr));
	T_ERR(sendto(b, "x", 1, 0, (void *)&to, 20), EINVAL);
	T_OK(connect6(b, "::1", port_of(a)));
	T_STR(name6(b, true), "::1");
	T_STR(name6(b, false), "::1");
	T_EQ(send(b, "c", 1, 0), 1);
	T_EQ(recv(a, buf, sizeof(buf), 0), 1);
	close(a); /* nobody is there now: ICMPv6 says so */
	T_EQ(send(b, "c", 1, 0), 1);
	T_ERR(recv(b, buf, sizeof(buf), 0), ECONNREFUSED);
	close(b);
	close(in);
}

/* ping, by hand. */
static void echo(void)
{
	struct icmp6_hdr h = {.icmp6_type = ICMP6_ECHO_REQUEST, .icmp6_id = 77}, back;
	struct sockaddr_in6 to = addr6("::1", 0), from;
	socklen_t len = sizeof(from);
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6), val = 4, n = 0;

	if (fd < 0 && errno == EPERM)
		return;
	T_ERR(setsockopt(fd, IPPROTO_IPV6, IPV6_CHECKSUM, &val, sizeof(val)), EINVAL);
	T_EQ(sendto(fd, &h, sizeof(h), 0, (void *)&to, sizeof(to)), sizeof(h));
	do /* the request is seen, too */
		T_EQ(recvfrom(fd, &back, sizeof(back), 0, (void *)&from, &len), sizeof(back));
	while (back.icmp6_type != ICMP6_ECHO_REPLY && n++ < 4);
	T_EQ(back.icmp6_type, ICMP6_ECHO_REPLY);
	T_EQ(back.icmp6_id, 77);
	T_TRUE(IN6_IS_ADDR_LOOPBACK(&from.sin6_addr));
	close(fd);
}

/* All of 127.0.0.0/8 is this machine. */
static void net127(void)
{
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c = T_OK(socket(AF_INET, SOCK_STREAM, 0)), s;
	int u = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), v = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct sockaddr_in a = i_loopback(0), from;
	socklen_t len = sizeof(a);
	char buf[4];

	a.sin_addr.s_addr = htonl(0x7f000005);
	T_OK(bind(l, (void *)&a, sizeof(a)));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (void *)&a, &len));
	T_OK(connect(c, (void *)&a, sizeof(a)));
	s = T_OK(accept(l, NULL, NULL));
	T_OK(getsockname(c, (void *)&from, &len));
	T_EQ(ntohl(from.sin_addr.s_addr), 0x7f000001);
	T_EQ(send(c, "x", 1, 0), 1);
	T_EQ(recv(s, buf, 1, 0), 1);
	a.sin_port = 0;
	T_OK(bind(u, (void *)&a, sizeof(a)));
	T_OK(getsockname(u, (void *)&a, &len));
	T_EQ(sendto(v, "x", 1, 0, (void *)&a, sizeof(a)), 1);
	T_EQ(recvfrom(u, buf, 1, 0, (void *)&from, &len), 1);
	T_EQ(sendto(u, "y", 1, 0, (void *)&from, len), 1);
	T_EQ(recvfrom(v, buf, 1, 0, (void *)&from, &len), 1);
	T_EQ(ntohl(from.sin_addr.s_addr), 0x7f000005);
	close(l);
	close(c);
	close(s);
	close(u);
	close(v);
}

static void tables(void)
{
	char text[512] = "", want[64];
	int l = socket6(SOCK_STREAM), n;
	FILE *f;

	T_OK(bind6(l, "::1", 0));
	T_OK(listen(l, 1));
	snprintf(want, sizeof(want), ": 00000000000000000000000001000000:%04X 0", port_of(l));
	f = fopen("/proc/net/tcp6", "r");
	T_NEED(f ? 0 : -1);
	while (fgets(text, sizeof(text), f) && !strstr(text, want))
		;
	T_TRUE(strstr(text, want));
	T_TRUE(strstr(text, " 0A "));
	fclose(f);
	n = T_OK(open("/proc/net/if_inet6", O_RDONLY));
	T_CMP(read(n, text, sizeof(text) - 1), >, 0);
	T_TRUE(strstr(text, "00000000000000000000000000000001 01 80 10 80       lo\n"));
	close(n);
	close(l);
}

TEST_MAIN
{
	names();
	options();
	stream();
	dual();
	datagrams();
	echo();
	net127();
	tables();
}
