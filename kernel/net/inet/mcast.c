/*
 * Multicast groups: ip(7), ipv6(7). They are reached over the loopback, as with a route to them by
 * lo; lwIP has no part in it. A socket is a member by IP_ADD_MEMBERSHIP and the like; input.c hands
 * each packet to a group to inet_mcast_input(). Called with the lock held.
 */
#include "net/inet/inet.h"
#include "mm/kmalloc.h"
#include <lwip/netif.h>

#define GROUPS_MAX 20 /* of a socket: net.ipv4.igmp_max_memberships */

struct inet_group {
	struct inet_group *next;
	ip_addr_t ip;
};

static struct inet_group **find(struct inet_sock *i, const ip_addr_t *ip)
{
	struct inet_group **g = &i->groups;

	while (*g && !ip_addr_cmp(&(*g)->ip, ip))
		g = &(*g)->next;
	return g;
}

static int join(struct inet_sock *i, const ip_addr_t *ip)
{
	struct inet_group *g, **at = find(i, ip);
	int nr = 0;

	if (*at)
		return -EADDRINUSE;
	for (g = i->groups; g; g = g->next)
		nr++;
	g = nr < GROUPS_MAX ? kmalloc(sizeof(*g), GFP_KERNEL) : NULL;
	if (!g)
		return -ENOBUFS;
	*g = (struct inet_group){.ip = *ip};
	*at = g;
	return 0;
}

static int leave(struct inet_sock *i, const ip_addr_t *ip)
{
	struct inet_group **at = find(i, ip), *g = *at;

	if (!g)
		return -EADDRNOTAVAIL;
	*at = g->next;
	kfree(g);
	return 0;
}

void inet_mcast_drop(struct inet_sock *i)
{
	while (i->groups)
		leave(i, &i->groups->ip);
}

static int change(struct inet_sock *i, const ip_addr_t *ip, u32 ifindex, bool is_join)
{
	if (!ip_addr_ismulticast(ip))
		return is_join ? -EINVAL : -EADDRNOTAVAIL;
	if (ifindex && ifindex != INET_LO_INDEX)
		return -ENODEV;
	return is_join ? join(i, ip) : leave(i, ip);
}

int inet_mcast_if4(const void *value, int len, u32 *ifindex)
{
	struct ip_mreqn r = {.imr_ifindex = 0};

	if (len < (int)sizeof(struct ip_mreq))
		return -EINVAL;
	memcpy(&r, value, MIN((size_t)len, sizeof(r)));
	if (len < (int)sizeof(r))
		r.imr_ifindex = 0;
	*ifindex = (u32)r.imr_ifindex;
	if (!r.imr_ifindex && r.imr_address.s_addr && (r.imr_address.s_addr & 0xff) != 127)
		return -ENODEV;
	return 0;
}

int inet_mcast_set4(struct inet_sock *i, bool is_join, const void *value, int len)
{
	struct in_addr group;
	ip_addr_t ip;
	u32 ifindex;
	int err;

	if (i->s.type == SOCK_STREAM)
		return -EPROTO;
	err = inet_mcast_if4(value, len, &ifindex);
	if (err)
		return err;
	memcpy(&group, value, sizeof(group)); /* the first field of both structures */
	ip_addr_set_ip4_u32_val(ip, group.s_addr);
	return change(i, &ip, ifindex, is_join);
}

int inet_mcast_set6(struct inet_sock *i, bool is_join, const void *value, int len)
{
	struct ipv6_mreq r;
	ip_addr_t ip;

	if (len < (int)sizeof(r))
		return -EINVAL;
	if (i->s.type == SOCK_STREAM)
		return -EPROTO;
	memcpy(&r, value, sizeof(r));
	inet_set_ip6(&ip, &r.ipv6mr_multiaddr);
	return change(i, &ip, (u32)r.ipv6mr_ifindex, is_join);
}

/* MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP; these a stream may use, too. */
int inet_mcast_set_any(struct inet_sock *i, int family, bool is_join, const void *value, int len)
{
	struct group_req r;
	const struct sockaddr_in *in = (const void *)&r.gr_group;
	const struct sockaddr_in6 *in6 = (const void *)&r.gr_group;
	ip_addr_t ip;

	if (len < (int)sizeof(r))
		return -EINVAL;
	memcpy(&r, value, sizeof(r));
	if (in->sin_family != family)
		return family == AF_INET ? -EINVAL : -EADDRNOTAVAIL;
	ip_addr_set_ip4_u32_val(ip, in->sin_addr.s_addr);
	if (family == AF_INET6)
		inet_set_ip6(&ip, &in6->sin6_addr);
	return change(i, &ip, r.gr_interface, is_join);
}

/* --- delivery --- */

/* 224.0.0.1 and ff0x::1 mean all hosts; every host is a member. */
static bool is_all_hosts(const ip_addr_t *ip)
{
	if (IP_IS_V6(ip))
		return ip6_addr_isallnodes_iflocal(ip_2_ip6(ip)) ||
		       ip6_addr_isallnodes_linklocal(ip_2_ip6(ip));
	return ip_2_ip4(ip)->addr == lwip_htonl(INADDR_ALLHOSTS_GROUP);
}

static bool is_host_member(const ip_addr_t *ip)
{
	struct inet_sock *i;

	if (is_all_hosts(ip))
		return true;
	for_each_inet_sock(i)
	{
		if (*find(i, ip))
			return true;
	}
	return false;
}

/* ip(7), IP_MULTICAST_ALL: without it, only of the groups one has joined. */
static bool is_wanted(struct inet_sock *i, const struct inet_packet *p, u16 port)
{
	if (!i->udp || i->local.port != port)
		return false;
	if (!IP_IS_ANY_TYPE_VAL(i->local.ip) && IP_GET_TYPE(&i->local.ip) != IP_GET_TYPE(&p->to))
		return false;
	if (!ip_addr_isany(&i->local.ip) && !ip_addr_cmp(&i->local.ip, &p->to))
		return false;
	if (i->has_peer && (i->peer.port != p->from.port || !ip_addr_cmp(&i->peer.ip, &p->from.ip)))
		return false;
	return (IP_IS_V6_VAL(p->to) ? i->opt.is_mc_all6 : i->opt.is_mc_all) || *find(i, &p->to);
}

void inet_mcast_input(struct pbuf *p, const struct inet_packet *packet, u16 port, u16 header_bytes)
{
	struct inet_sock *i;
	struct pbuf *copy;

	if (!is_host_member(&packet->to))
		return;
	for_each_inet_sock(i)
	{
		if (!is_wanted(i, packet, port))
			continue;
		copy = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
		if (copy && !pbuf_remove_header(copy, header_bytes))
			inet_dgram_arrive(i, copy, packet);
		else if (copy)
			pbuf_free(copy);
	}
}
