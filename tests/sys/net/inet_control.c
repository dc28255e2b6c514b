/* SPDX-License-Identifier: Apache-2.0 */
/* What goes beside datagrams: control data of ip(7) and ipv6(7), the error queue, groups. */
#include "inet_common.h"
#include <linux/errqueue.h>
#include <netinet/ip.h>
#include <sys/ioctl.h>

static char control[512];

/* One datagram with its control data; its bytes. */
static long receive(int fd, int flags, struct msghdr *h, void *buf, size_t len)
{
	static struct sockaddr_storage from;
	static struct iovec v;

	v = (struct iovec){buf, len};
	*h = (struct msghdr){.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &v};
	h->msg_iovlen = 1;
	h->msg_control = control;
	h->msg_controllen = sizeof(control);
	return recvmsg(fd, h, flags);
}

static void *find(struct msghdr *h, int level, int type, size_t len)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c))
		if (c->cmsg_level == level && c->cmsg_type == type) {
			T_EQ(c->cmsg_len, CMSG_LEN(len));
			return CMSG_DATA(c);
		}
	T_EQ(type, -1); /* is missing */
	return NULL;
}

static int find_int(struct msghdr *h, int level, int type)
{
	int *val = find(h, level, type, sizeof(int));

	return val ? *val : -1;
}

static long send_with(int fd, void *to, socklen_t to_len, int level, int type, const void *data,
		      size_t len)
{
	char area[128] __attribute__((aligned(8))) = {0};
	struct iovec v = {"x", 1};
	struct msghdr h = {.msg_name = to, .msg_namelen = to_len, .msg_iov = &v, .msg_iovlen = 1};
	struct cmsghdr *c = (void *)area;

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	h.msg_control = area;
	h.msg_controllen = CMSG_SPACE(len);
	return sendmsg(fd, &h, 0);
}

static void set_all(int fd, int level, const int *names)
{
	for (; *names; names++) {
		T_EQ(i_getopt(fd, level, *names), 0);
		T_OK(i_setopt(fd, level, *names, 1));
		T_EQ(i_getopt(fd, level, *names), 1);
	}
}

static void control4(void)
{
	static const int names[] = {IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVORIGDSTADDR, 0};
	int a = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), val;
	struct sockaddr_in to = i_loopback(i_bind(a)), *orig;
	struct in_pktinfo *info, src = {0};
	struct msghdr h;
	char buf[8];
	unsigned char *tos;

	set_all(a, IPPROTO_IP, names);
	T_OK(i_setopt(b, IPPROTO_IP, IP_TTL, 33));
	T_OK(i_setopt(b, IPPROTO_IP, IP_TOS, 0x10));
	T_EQ(i_getopt(b, SOL_SOCKET, SO_PRIORITY), 6);
	T_EQ(sendto(b, "abc", 3, 0, (void *)&to, sizeof(to)), 3);
	T_EQ(receive(a, 0, &h, buf, sizeof(buf)), 3);
	info = find(&h, SOL_IP, IP_PKTINFO, sizeof(*info));
	T_EQ(info->ipi_ifindex, 1);
	T_EQ(info->ipi_addr.s_addr, to.sin_addr.s_addr);
	T_EQ(info->ipi_spec_dst.s_addr, to.sin_addr.s_addr);
	T_EQ(find_int(&h, SOL_IP, IP_TTL), 33);
	tos = find(&h, SOL_IP, IP_TOS, 1);
	T_EQ(*tos, 0x10);
	orig = find(&h, SOL_IP, IP_ORIGDSTADDR, sizeof(*orig));
	T_EQ(orig->sin_port, to.sin_port);
	/* One datagram with its own. */
	val = 5;
	T_EQ(send_with(b, &to, sizeof(to), SOL_IP, IP_TTL, &val, sizeof(val)), 1);
	T_EQ(receive(a, 0, &h, buf, sizeof(buf)), 1);
	T_EQ(find_int(&h, SOL_IP, IP_TTL), 5);
	src.ipi_spec_dst.s_addr = htonl(0x7f000009);
	T_EQ(send_with(b, &to, sizeof(to), SOL_IP, IP_PKTINFO, &src, sizeof(src)), 1);
	T_EQ(receive(a, 0, &h, buf, sizeof(buf)), 1);
	T_EQ(ntohl(((struct sockaddr_in *)h.msg_name)->sin_addr.s_addr), 0x7f000009);
	src.ipi_spec_dst.s_addr = htonl(0x01020304);
	T_ERR(send_with(b, &to, sizeof(to), SOL_IP, IP_PKTINFO, &src, sizeof(src)), ENETUNREACH);
	T_ERR(send_with(b, &to, sizeof(to), SOL_IP, IP_PKTINFO, &src, 4), EINVAL);
	val = 0;
	T_ERR(send_with(b, &to, sizeof(to), SOL_IP, IP_TTL, &val, sizeof(val)), EINVAL);
	T_ERR(send_with(b, &to, sizeof(to), SOL_IP, 999, &val, sizeof(val)), EINVAL);
	T_ERR(send_with(b, &to, sizeof(to), SOL_SOCKET, 999, &val, sizeof(val)), EINVAL);
	T_EQ(send_with(b, &to, sizeof(to), 12345, 1, &val, sizeof(val)), 1);
	close(a);
	close(b);
}

static void control6(void)
{
	static const int names[] = {IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, 0};
	int a = T_NEED(socket(AF_INET6, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET6, SOCK_DGRAM, 0));
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	socklen_t len = sizeof(to);
	struct in6_pktinfo *info;
	struct msghdr h;
	char buf[8];
	int val = 77;

	T_OK(bind(a, (void *)&to, sizeof(to)));
	T_OK(getsockname(a, (void *)&to, &len));
	set_all(a, IPPROTO_IPV6, names);
	T_OK(i_setopt(b, IPPROTO_IPV6, IPV6_TCLASS, 0x20));
	T_EQ(send_with(b, &to, sizeof(to), SOL_IPV6, IPV6_HOPLIMIT, &val, sizeof(val)), 1);
	T_EQ(receive(a, 0, &h, buf, sizeof(buf)), 1);
	info = find(&h, SOL_IPV6, IPV6_PKTINFO, sizeof(*info));
	T_EQ(info->ipi6_ifindex, 1);
	T_TRUE(IN6_IS_ADDR_LOOPBACK(&info->ipi6_addr));
	T_EQ(find_int(&h, SOL_IPV6, IPV6_HOPLIMIT), 77);
	T_EQ(find_int(&h, SOL_IPV6, IPV6_TCLASS), 0x20);
	val = 256;
	T_ERR(send_with(b, &to, sizeof(to), SOL_IPV6, IPV6_HOPLIMIT, &val, sizeof(val)), EINVAL);
	T_ERR(send_with(b, &to, sizeof(to), SOL_IPV6, IPV6_HOPLIMIT, &val, 2), EINVAL);
	T_ERR(send_with(b, &to, sizeof(to), SOL_IPV6, 9999, &val, sizeof(val)), EINVAL);
	close(a);
	close(b);
}

/* A port without a socket: ICMP says so, and the error queue keeps what it said. */
static void errors(void)
{
	int dead = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), u = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	struct sockaddr_in to = i_loopback(i_bind(dead)), *offender;
	struct sock_extended_err *ee;
	struct msghdr h;
	char buf[8];

	close(dead);
	T_ERR(receive(u, MSG_ERRQUEUE, &h, buf, sizeof(buf)), EAGAIN);
	T_OK(i_setopt(u, IPPROTO_IP, IP_RECVERR, 1));
	T_EQ(sendto(u, "lost", 4, 0, (void *)&to, sizeof(to)), 4);
	T_EQ(i_wait(u, POLLIN), POLLERR);
	T_CMP(receive(u, MSG_ERRQUEUE, &h, buf, sizeof(buf)), >=, 0);
	T_TRUE(h.msg_flags & MSG_ERRQUEUE);
	T_EQ(((struct sockaddr_in *)h.msg_name)->sin_port, to.sin_port);
	ee = find(&h, SOL_IP, IP_RECVERR, sizeof(*ee) + sizeof(*offender));
	T_EQ(ee->ee_errno, ECONNREFUSED);
	T_EQ(ee->ee_origin, SO_EE_ORIGIN_ICMP);
	T_EQ(ee->ee_type, 3);
	T_EQ(ee->ee_code, 3);
	offender = (void *)SO_EE_OFFENDER(ee);
	T_EQ(offender->sin_family, AF_INET);
	T_EQ(ntohl(offender->sin_addr.s_addr), INADDR_LOOPBACK);
	T_ERR(receive(u, MSG_ERRQUEUE, &h, buf, sizeof(buf)), EAGAIN);
	T_EQ(i_poll(u, POLLIN), 0);
	T_ERR(recv(u, buf, 1, MSG_DONTWAIT), EAGAIN);
	T_EQ(sendto(u, "lost", 4, 0, (void *)&to, sizeof(to)), 4);
	T_EQ(i_wait(u, POLLIN), POLLERR);
	T_ERR(recv(u, buf, 1, MSG_DONTWAIT), ECONNREFUSED); /* the error itself, once */
	close(u);
}

static void errors6(void)
{
	int u = T_OK(socket(AF_INET6, SOCK_DGRAM, 0)), dead = T_OK(socket(AF_INET6, SOCK_DGRAM, 0));
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sock_extended_err *ee;
	socklen_t len = sizeof(to);
	struct msghdr h;
	char buf[8];

	T_OK(bind(dead, (void *)&to, sizeof(to)));
	T_OK(getsockname(dead, (void *)&to, &len));
	close(dead);
	T_OK(i_setopt(u, IPPROTO_IPV6, IPV6_RECVERR, 1));
	T_EQ(sendto(u, "lost", 4, 0, (void *)&to, sizeof(to)), 4);
	T_EQ(i_wait(u, POLLIN), POLLERR);
	T_EQ(receive(u, MSG_ERRQUEUE, &h, buf, sizeof(buf)), 4);
	T_MEM(buf, "lost", 4);
	ee = find(&h, SOL_IPV6, IPV6_RECVERR, sizeof(*ee) + sizeof(to));
	T_EQ(ee->ee_errno, ECONNREFUSED);
	T_EQ(ee->ee_origin, SO_EE_ORIGIN_ICMP6);
	T_EQ(ee->ee_type, 1);
	T_EQ(ee->ee_code, 4);
	close(u);
}

static void groups(void)
{
	struct ip_mreqn r = {.imr_multiaddr.s_addr = htonl(0xe0010203), .imr_ifindex = 1}, bad = r;
	int a = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET, SOCK_DGRAM, 0));
	int tcp = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	struct sockaddr_in any = {.sin_family = AF_INET}, to;
	struct in_addr lo = {htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(to);
	char buf[8];

	T_OK(bind(a, (void *)&any, sizeof(any)));
	T_OK(getsockname(a, (void *)&to, &len));
	to.sin_addr = r.imr_multiaddr;
	bad.imr_multiaddr.s_addr = htonl(0x01020304);
	T_ERR(setsockopt(a, IPPROTO_IP, IP_ADD_MEMBERSHIP, &bad, sizeof(bad)), EINVAL);
	T_ERR(setsockopt(a, IPPROTO_IP, IP_ADD_MEMBERSHIP, &r, 4), EINVAL);
	T_ERR(setsockopt(tcp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &r, sizeof(r)), EPROTO);
	bad = r;
	bad.imr_ifindex = 9999;
	T_ERR(setsockopt(a, IPPROTO_IP, IP_ADD_MEMBERSHIP, &bad, sizeof(bad)), ENODEV);
	T_ERR(setsockopt(a, IPPROTO_IP, IP_DROP_MEMBERSHIP, &r, sizeof(r)), EADDRNOTAVAIL);
	T_OK(setsockopt(b, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof(lo)));
	T_EQ(sendto(b, "1", 1, 0, (void *)&to, sizeof(to)), 1); /* nobody is a member */
	T_ERR(recv(a, buf, 1, MSG_DONTWAIT), EAGAIN);
	T_OK(setsockopt(a, IPPROTO_IP, IP_ADD_MEMBERSHIP, &r, sizeof(r)));
	T_ERR(setsockopt(a, IPPROTO_IP, IP_ADD_MEMBERSHIP, &r, sizeof(r)), EADDRINUSE);
	T_EQ(sendto(b, "2", 1, 0, (void *)&to, sizeof(to)), 1);
	T_EQ(i_wait(a, POLLIN), POLLIN);
	T_EQ(recv(a, buf, sizeof(buf), 0), 1);
	T_EQ(buf[0], '2');
	T_OK(setsockopt(a, IPPROTO_IP, IP_DROP_MEMBERSHIP, &r, sizeof(r)));
	T_EQ(sendto(b, "3", 1, 0, (void *)&to, sizeof(to)), 1);
	T_ERR(recv(a, buf, 1, MSG_DONTWAIT), EAGAIN);
	lo.s_addr = htonl(0x01020304);
	T_ERR(setsockopt(b, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof(lo)), EADDRNOTAVAIL);
	T_ERR(setsockopt(tcp, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof(lo)), EINVAL);
	close(a);
	close(b);
	close(tcp);
}

static void groups6(void)
{
	int a = T_OK(socket(AF_INET6, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET6, SOCK_DGRAM, 0));
	struct sockaddr_in6 to = {.sin6_family = AF_INET6};
	struct ipv6_mreq r = {.ipv6mr_interface = 1};
	socklen_t len = sizeof(to);
	char buf[8];

	T_EQ(inet_pton(AF_INET6, "ff15::77", &r.ipv6mr_multiaddr), 1);
	T_OK(bind(a, (void *)&to, sizeof(to)));
	T_OK(getsockname(a, (void *)&to, &len));
	to.sin6_addr = r.ipv6mr_multiaddr;
	T_OK(setsockopt(a, IPPROTO_IPV6, IPV6_JOIN_GROUP, &r, sizeof(r)));
	T_ERR(setsockopt(a, IPPROTO_IPV6, IPV6_JOIN_GROUP, &r, sizeof(r)), EADDRINUSE);
	T_ERR(setsockopt(a, IPPROTO_IPV6, IPV6_JOIN_GROUP, &r, 8), EINVAL);
	T_OK(i_setopt(b, IPPROTO_IPV6, IPV6_MULTICAST_IF, 1));
	T_ERR(i_setopt(b, IPPROTO_IPV6, IPV6_MULTICAST_IF, 9999), ENODEV);
	if (sendto(b, "6", 1, 0, (void *)&to, sizeof(to)) == 1) {
		T_EQ(i_wait(a, POLLIN), POLLIN);
		T_EQ(recv(a, buf, sizeof(buf), 0), 1);
	} else { /* on Linux lo has no route to groups unless it was added */
		int err = errno;

		T_EQ(err, ENETUNREACH);
	}
	T_OK(setsockopt(a, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &r, sizeof(r)));
	T_ERR(setsockopt(a, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &r, sizeof(r)), EADDRNOTAVAIL);
	r.ipv6mr_multiaddr = in6addr_loopback;
	T_ERR(setsockopt(a, IPPROTO_IPV6, IPV6_JOIN_GROUP, &r, sizeof(r)), EINVAL);
	close(a);
	close(b);
}

/* msg_zerocopy: the send is over when the error queue says so. */
static void zerocopy(void)
{
	struct sock_extended_err *ee;
	struct msghdr h;
	char buf[8];
	int p[2];

	i_pair(p);
	T_OK(i_setopt(p[0], SOL_SOCKET, SO_ZEROCOPY, 1));
	T_EQ(i_getopt(p[0], SOL_SOCKET, SO_ZEROCOPY), 1);
	T_ERR(i_setopt(p[0], SOL_SOCKET, SO_ZEROCOPY, 2), EINVAL);
	T_EQ(send(p[0], "abcd", 4, MSG_ZEROCOPY), 4);
	T_EQ(recv(p[1], buf, 4, MSG_WAITALL), 4);
	T_TRUE(i_wait(p[0], 0) & POLLERR);
	T_EQ(receive(p[0], MSG_ERRQUEUE, &h, buf, sizeof(buf)), 0);
	ee = find(&h, SOL_IP, IP_RECVERR, sizeof(*ee) + sizeof(struct sockaddr_in));
	T_EQ(ee->ee_origin, SO_EE_ORIGIN_ZEROCOPY);
	T_EQ(ee->ee_errno, 0);
	T_EQ(ee->ee_data, 0);
	T_EQ(ee->ee_code, SO_EE_CODE_ZEROCOPY_COPIED);
	close(p[0]);
	close(p[1]);
}

TEST_MAIN
{
	control4();
	control6();
	errors();
	errors6();
	groups();
	groups6();
	zerocopy();
}
