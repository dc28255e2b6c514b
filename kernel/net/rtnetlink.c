/*
 * NETLINK_ROUTE: the interfaces, addresses, routes and rules there are, rtnetlink(7). There is the
 * loopback interface, which cannot be changed: it is up, and in other namespaces than the first
 * down. Called by netlink.c.
 */
#include "net/nl.h"
#include "net/net_ns.h"
#include "lib/string.h"
#include "vfs/netinfo.h"
#include <linux/capability.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/in.h>

#define LO_INDEX     1
#define LO_FLAGS     (IF_FLAGS_LOOPBACK | IF_FLAG_LOWER_UP)
#define PREFIX6_BITS 128
#define METRIC6	     256
#define LINK_ROOM    1024 /* bytes of attributes */
#define ROOM	     256
#define KIND_GET     2 /* of four messages for each kind of thing: new, del, get, set */
#define KIND(type)   (((type)-RTM_BASE) & 3)

/* --- interfaces --- */

static void send_link(struct nl_sock *n, const struct nlmsghdr *req, u16 flags)
{
	static const u8 no_address[6];
	struct net_traffic t = net_lo_traffic;
	struct rtnl_link_stats64 stats64 = {.rx_packets = t.packets,
					    .tx_packets = t.packets,
					    .rx_bytes = t.bytes,
					    .tx_bytes = t.bytes};
	struct rtnl_link_stats stats = {.rx_packets = (u32)t.packets,
					.tx_packets = (u32)t.packets,
					.rx_bytes = (u32)t.bytes,
					.tx_bytes = (u32)t.bytes};
	struct nl_msg *m =
		nl_reply(n, req, RTM_NEWLINK, flags, sizeof(struct ifinfomsg), LINK_ROOM);
	struct ifinfomsg *i;

	if (!m)
		return;
	i = nl_body(m);
	i->ifi_type = IF_TYPE_LOOPBACK;
	i->ifi_index = LO_INDEX;
	i->ifi_flags = n->s.ns ? IF_FLAGS_LOOPBACK_DOWN : LO_FLAGS;
	nl_attr(m, IFLA_IFNAME, "lo", 3);
	nl_attr_u32(m, IFLA_TXQLEN, 1000);
	nl_attr_u8(m, IFLA_OPERSTATE, n->s.ns ? IF_OPER_STATE_DOWN : IF_OPER_STATE_UNKNOWN);
	nl_attr_u8(m, IFLA_LINKMODE, 0);
	nl_attr_u32(m, IFLA_MTU, 65536);
	nl_attr_u32(m, IFLA_GROUP, 0);
	nl_attr_u32(m, IFLA_PROMISCUITY, 0);
	nl_attr_u32(m, IFLA_NUM_TX_QUEUES, 1);
	nl_attr_u32(m, IFLA_NUM_RX_QUEUES, 1);
	nl_attr_u8(m, IFLA_CARRIER, !n->s.ns);
	nl_attr(m, IFLA_QDISC, "noqueue", 8);
	nl_attr(m, IFLA_STATS64, &stats64, sizeof(stats64));
	nl_attr(m, IFLA_STATS, &stats, sizeof(stats));
	nl_attr(m, IFLA_ADDRESS, no_address, sizeof(no_address));
	nl_attr(m, IFLA_BROADCAST, no_address, sizeof(no_address));
	nl_queue(n, m);
}

/* By number, or by name: -ENODEV, -EINVAL. */
static int check_link(const struct nlmsghdr *h)
{
	const struct ifinfomsg *i = NLMSG_DATA(h);
	const struct rtattr *name;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*i)))
		return -EINVAL;
	if (i->ifi_index)
		return i->ifi_index == LO_INDEX ? 0 : -ENODEV;
	name = nl_find(h, sizeof(*i), IFLA_IFNAME);
	if (!name)
		return -EINVAL;
	return name->rta_len > RTA_LENGTH(2) && !memcmp(RTA_DATA(name), "lo", 3) ? 0 : -ENODEV;
}

static int get_link(struct nl_sock *n, const struct nlmsghdr *h)
{
	int err;

	if (nl_is_dump(h)) {
		send_link(n, h, NLM_F_MULTI);
		nl_done(n, h);
		return 1;
	}
	err = check_link(h);
	if (!err)
		send_link(n, h, 0);
	return err;
}

/* `ip link set lo up`: it is as it is. */
static int set_link(const struct nl_sock *n, const struct nlmsghdr *h)
{
	const struct ifinfomsg *i = NLMSG_DATA(h);
	int err = check_link(h);

	if (err)
		return err;
	return i->ifi_change == IF_FLAG_UP && !!(i->ifi_flags & IF_FLAG_UP) == !n->s.ns
		       ? 0
		       : -EOPNOTSUPP;
}

/* --- addresses and routes --- */

static const u8 ip6_loopback[16] = {[15] = 1};
static const u8 ip6_groups[16] = {0xff};
static const u8 ip4_loopback[4] = {127, 0, 0, 1};
static const u8 ip4_broadcast[4] = {127, 255, 255, 255};
static const u8 ip4_net[4] = {127, 0, 0, 0};
static const u8 ip4_groups[4] = {224, 0, 0, 0};

static size_t address_bytes(u8 family)
{
	return family == AF_INET6 ? sizeof(ip6_loopback) : sizeof(ip4_loopback);
}

static bool is_wanted(const struct nlmsghdr *h, u8 family)
{
	u8 asked = ((const struct rtgenmsg *)NLMSG_DATA(h))->rtgen_family;

	return asked == AF_UNSPEC || asked == family;
}

#ifdef CONFIG_INET
static void send_addr(struct nl_sock *n, const struct nlmsghdr *req, u8 family, const u8 *addr,
		      u8 bits)
{
	const struct ifa_cacheinfo forever = {.ifa_prefered = ~0u, .ifa_valid = ~0u};
	struct nl_msg *m;
	struct ifaddrmsg *a;

	if (!is_wanted(req, family) || n->s.ns)
		return;
	m = nl_reply(n, req, RTM_NEWADDR, NLM_F_MULTI, sizeof(*a), ROOM);
	if (!m)
		return;
	a = nl_body(m);
	*a = (struct ifaddrmsg){.ifa_family = family,
				.ifa_prefixlen = bits,
				.ifa_flags = IFA_F_PERMANENT,
				.ifa_scope = RT_SCOPE_HOST,
				.ifa_index = LO_INDEX};
	nl_attr(m, IFA_ADDRESS, addr, address_bytes(family));
	if (family == AF_INET) {
		nl_attr(m, IFA_LOCAL, addr, address_bytes(family));
		nl_attr(m, IFA_LABEL, "lo", 3);
	}
	nl_attr_u32(m, IFA_FLAGS, IFA_F_PERMANENT);
	nl_attr(m, IFA_CACHEINFO, &forever, sizeof(forever));
	nl_queue(n, m);
}
#endif

static int get_addr(struct nl_sock *n, const struct nlmsghdr *h)
{
	if (!nl_is_dump(h))
		return -EOPNOTSUPP;
#ifdef CONFIG_INET
	send_addr(n, h, AF_INET, ip4_loopback, 8);
	send_addr(n, h, AF_INET6, ip6_loopback, PREFIX6_BITS);
#endif
	nl_done(n, h);
	return 1;
}

struct route {
	u8 family, bits, table, type, scope;
	const u8 *dst;
	u32 metric;
};

static const struct route routes[] = {
	{AF_INET, 4, RT_TABLE_MAIN, RTN_UNICAST, RT_SCOPE_LINK, ip4_groups, 0},
	{AF_INET, 8, RT_TABLE_LOCAL, RTN_LOCAL, RT_SCOPE_HOST, ip4_net, 0},
	{AF_INET, 32, RT_TABLE_LOCAL, RTN_LOCAL, RT_SCOPE_HOST, ip4_loopback, 0},
	{AF_INET, 32, RT_TABLE_LOCAL, RTN_BROADCAST, RT_SCOPE_LINK, ip4_broadcast, 0},
	{AF_INET6, PREFIX6_BITS, RT_TABLE_MAIN, RTN_UNICAST, RT_SCOPE_UNIVERSE, ip6_loopback,
	 METRIC6},
	{AF_INET6, PREFIX6_BITS, RT_TABLE_LOCAL, RTN_LOCAL, RT_SCOPE_UNIVERSE, ip6_loopback, 0},
	{AF_INET6, 8, RT_TABLE_LOCAL, RTN_MULTICAST, RT_SCOPE_UNIVERSE, ip6_groups, METRIC6},
};

/* `dst`: the route's own, or the address asked about. */
static void send_route(struct nl_sock *n, const struct nlmsghdr *req, const struct route *r,
		       const u8 *dst, u16 flags)
{
	struct nl_msg *m = nl_reply(n, req, RTM_NEWROUTE, flags, sizeof(struct rtmsg), ROOM);
	struct rtmsg *t;

	if (!m)
		return;
	t = nl_body(m);
	*t = (struct rtmsg){.rtm_family = r->family,
			    .rtm_dst_len = r->bits,
			    .rtm_table = r->table,
			    .rtm_protocol = RTPROT_KERNEL,
			    .rtm_scope = r->scope,
			    .rtm_type = r->type};
	if (dst != r->dst) {
		t->rtm_dst_len = (u8)(address_bytes(r->family) * 8);
		t->rtm_flags = RTM_F_CLONED;
	}
	nl_attr_u32(m, RTA_TABLE, r->table);
	nl_attr(m, RTA_DST, dst, address_bytes(r->family));
	if (r->family == AF_INET)
		nl_attr(m, RTA_PREFSRC, ip4_loopback, sizeof(ip4_loopback));
	if (r->metric)
		nl_attr_u32(m, RTA_PRIORITY, r->metric);
	nl_attr_u32(m, RTA_OIF, LO_INDEX);
	nl_queue(n, m);
}

static bool is_on_route(const struct route *r, const u8 *dst)
{
	u8 whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(dst, r->dst, whole))
		return false;
	return !rest || !((dst[whole] ^ r->dst[whole]) >> (8 - rest));
}

/* The way to one address: the longest prefix. */
static int find_route(struct nl_sock *n, const struct nlmsghdr *h)
{
	const struct rtmsg *t = NLMSG_DATA(h);
	const struct route *best = NULL;
	const struct rtattr *dst;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*t)))
		return -EINVAL;
	dst = nl_find(h, sizeof(*t), RTA_DST);
	if (!dst || dst->rta_len < RTA_LENGTH(address_bytes(t->rtm_family)))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
		const struct route *r = &routes[i];

		if (r->family == t->rtm_family && is_on_route(r, RTA_DATA(dst)) &&
		    (!best || r->bits > best->bits || r->table == RT_TABLE_LOCAL))
			best = r;
	}
	if (!best || n->s.ns)
		return -ENETUNREACH;
	send_route(n, h, best, RTA_DATA(dst), 0);
	return 0;
}

static int get_route(struct nl_sock *n, const struct nlmsghdr *h)
{
	if (!nl_is_dump(h))
		return find_route(n, h);
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
		if (is_wanted(h, routes[i].family) && !n->s.ns)
			send_route(n, h, &routes[i], routes[i].dst, NLM_F_MULTI);
	}
	nl_done(n, h);
	return 1;
}

static void send_rule(struct nl_sock *n, const struct nlmsghdr *req, u8 family, u32 priority,
		      u8 table)
{
	struct nl_msg *m;
	struct fib_rule_hdr *r;

	if (!is_wanted(req, family))
		return;
	m = nl_reply(n, req, RTM_NEWRULE, NLM_F_MULTI, sizeof(*r), ROOM);
	if (!m)
		return;
	r = nl_body(m);
	*r = (struct fib_rule_hdr){.family = family, .table = table, .action = FR_ACT_TO_TBL};
	nl_attr_u32(m, FRA_TABLE, table);
	if (priority)
		nl_attr_u32(m, FRA_PRIORITY, priority);
	nl_queue(n, m);
}

static int get_rule(struct nl_sock *n, const struct nlmsghdr *h)
{
	static const u8 families[] = {AF_INET, AF_INET6};

	if (!nl_is_dump(h))
		return -EOPNOTSUPP;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		send_rule(n, h, families[i], 0, RT_TABLE_LOCAL);
		send_rule(n, h, families[i], 32766, RT_TABLE_MAIN);
		if (families[i] == AF_INET)
			send_rule(n, h, AF_INET, 32767, RT_TABLE_DEFAULT);
	}
	nl_done(n, h);
	return 1;
}

/* There are none. */
static int get_nothing(struct nl_sock *n, const struct nlmsghdr *h)
{
	if (!nl_is_dump(h))
		return -EOPNOTSUPP;
	nl_done(n, h);
	return 1;
}

int rtnetlink_handle(struct nl_sock *n, const struct nlmsghdr *h)
{
	if (h->nlmsg_type > RTM_MAX)
		return -EOPNOTSUPP;
	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(struct rtgenmsg)))
		return -EINVAL;
	if (KIND(h->nlmsg_type) != KIND_GET &&
	    !socket_capable(socket_user_ns(&n->s), CAP_NET_ADMIN))
		return -EPERM;
	switch (h->nlmsg_type) {
	case RTM_GETLINK:
		return get_link(n, h);
	case RTM_NEWLINK:
	case RTM_SETLINK:
		return set_link(n, h);
	case RTM_GETADDR:
		return get_addr(n, h);
	case RTM_GETROUTE:
		return get_route(n, h);
	case RTM_GETRULE:
		return get_rule(n, h);
	case RTM_GETNEIGH:
	case RTM_GETQDISC:
	case RTM_GETTCLASS:
	case RTM_GETTFILTER:
		return get_nothing(n, h);
	}
	return -EOPNOTSUPP;
}
