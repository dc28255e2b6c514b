/* SPDX-License-Identifier: Apache-2.0 */
/* rtnetlink(7) and netdevice(7) as far as getifaddrs(3) and if_nameindex(3) go. */
#include "test.h"
#include "unix_common.h"
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

static struct {
	struct nlmsghdr h;
	struct ifinfomsg i;
} req;
static char answer[65536];

static long ask(int fd, int type, int flags)
{
	req.h = (struct nlmsghdr){.nlmsg_len = sizeof(req),
				  .nlmsg_type = (unsigned short)type,
				  .nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags),
				  .nlmsg_seq = 77};
	return send(fd, &req, sizeof(req), 0);
}

/* The first message of an answer, or the error it is. */
static int first(int fd)
{
	struct nlmsghdr *h = (struct nlmsghdr *)answer;

	T_CMP(recv(fd, answer, sizeof(answer), 0), >=, (long)sizeof(*h));
	T_EQ(h->nlmsg_seq, 77);
	if (h->nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)NLMSG_DATA(h))->error;
	return h->nlmsg_type;
}

static void addresses(void)
{
	struct sockaddr_nl a = {.nl_family = AF_NETLINK}, b;
	socklen_t len = sizeof(b);
	int fd, other;

	T_ERR(socket(AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE), ESOCKTNOSUPPORT);
	T_ERR(socket(AF_NETLINK, SOCK_RAW, 31), EPROTONOSUPPORT);
	fd = T_NEED(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	T_EQ(u_getopt(fd, SO_DOMAIN), AF_NETLINK);
	T_ERR(bind(fd, (struct sockaddr *)&a, 4), EINVAL);
	T_OK(bind(fd, (struct sockaddr *)&a, sizeof(a)));
	T_OK(getsockname(fd, (struct sockaddr *)&b, &len));
	T_EQ(len, sizeof(b));
	T_EQ(b.nl_family, AF_NETLINK);
	T_EQ(b.nl_pid, getpid());
	other = T_OK(socket(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE));
	T_ERR(bind(other, (struct sockaddr *)&b, sizeof(b)), EADDRINUSE);
	T_OK(bind(other, (struct sockaddr *)&a, sizeof(a)));
	T_OK(getsockname(other, (struct sockaddr *)&a, &len));
	T_NE(a.nl_pid, b.nl_pid);
	T_ERR(listen(fd, 1), EOPNOTSUPP);
	T_ERR(accept(fd, NULL, NULL), EOPNOTSUPP);
	T_ERR(recv(fd, answer, 1, MSG_DONTWAIT), EAGAIN);
	T_EQ(u_poll(fd, POLLIN | POLLOUT), POLLOUT);
	close(fd);
	close(other);
}

static void dumps(void)
{
	int fd = T_NEED(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)), type;
	struct sockaddr_nl from;
	socklen_t len = sizeof(from);
	struct ifinfomsg *i;

	T_EQ(ask(fd, RTM_GETLINK, NLM_F_DUMP), sizeof(req));
	T_EQ(u_poll(fd, POLLIN), POLLIN);
	T_CMP(recvfrom(fd, answer, 16, MSG_PEEK | MSG_TRUNC, (struct sockaddr *)&from, &len), >,
	      16);
	T_EQ(len, sizeof(from));
	T_EQ(from.nl_pid, 0);
	T_EQ(first(fd), RTM_NEWLINK);
	i = NLMSG_DATA((struct nlmsghdr *)answer);
	T_EQ(i->ifi_index, 1);
	T_TRUE(i->ifi_flags & IFF_LOOPBACK);
	do
		type = first(fd);
	while (type == RTM_NEWLINK);
	T_EQ(type, NLMSG_DONE);
	/* One interface, by its number. */
	req.i.ifi_index = 1;
	T_EQ(ask(fd, RTM_GETLINK, 0), sizeof(req));
	T_EQ(first(fd), RTM_NEWLINK);
	req.i.ifi_index = 9999;
	T_EQ(ask(fd, RTM_GETLINK, 0), sizeof(req));
	T_EQ(first(fd), -ENODEV);
	close(fd);
}

static void library(void)
{
	struct if_nameindex *n = if_nameindex();
	struct ifaddrs *a;
	char name[IF_NAMESIZE] = "";
	struct ifreq r = {0};
	int fd = u_socket(SOCK_DGRAM);

	T_NEED(n ? 0 : -1);
	T_EQ(n[0].if_index, 1);
	T_STR(n[0].if_name, "lo");
	T_OK(getifaddrs(&a));
	T_STR(a->ifa_name, "lo");
	T_EQ(if_nametoindex("lo"), 1);
	T_EQ(if_nametoindex("none0"), 0);
	T_TRUE(if_indextoname(1, name));
	T_STR(name, "lo");
	strcpy(r.ifr_name, "lo");
	T_OK(ioctl(fd, SIOCGIFFLAGS, &r));
	T_TRUE(r.ifr_flags & IFF_LOOPBACK);
	T_OK(ioctl(fd, SIOCGIFMTU, &r));
	T_EQ(r.ifr_mtu, 65536);
	strcpy(r.ifr_name, "none0");
	T_ERR(ioctl(fd, SIOCGIFINDEX, &r), ENODEV);
	r.ifr_ifindex = 9999;
	T_ERR(ioctl(fd, SIOCGIFNAME, &r), ENODEV);
	T_EFAULT_NULL(q, ioctl(fd, SIOCGIFINDEX, q));
}

TEST_MAIN
{
	addresses();
	dumps();
	library();
}
