/* Control data of datagrams, cmsg(3): what came with one, and what the next is to be sent with.
 * ip(7), ipv6(7). Called by dgram.c with the lock held. */
#include "net/inet/inet.h"
#include <lwip/netif.h>
#include <linux/ipv6.h>

/* Is all of the value there, and a number within bounds? */
static int take_number(const struct sock_extra *x, int low, int high, int *to)
{
	int val;

	if (x->len != sizeof(val))
		return -EINVAL;
	memcpy(&val, x->data, sizeof(val));
	if (val < low || val > high)
		return -EINVAL;
	*to = val;
	return 0;
}

static int take_source(const struct inet_sock *i, const ip_addr_t *ip, int ifindex,
		       struct inet_tx *tx)
{
	if (ifindex && ifindex != INET_LO_INDEX)
		return -ENODEV;
	if (ip_addr_isany(ip))
		return 0;
	if (!inet_is_local(ip) && !i->opt.is_nonlocal)
		return IP_IS_V6(ip) ? -EINVAL : -ENETUNREACH;
	tx->from = *ip;
	tx->has_from = true;
	return 0;
}

static int take4(const struct inet_sock *i, const struct sock_extra *x, struct inet_tx *tx)
{
	struct in_pktinfo info;
	ip_addr_t from;

	switch (x->type) {
	case IP_PKTINFO:
		if (x->len != sizeof(info))
			return -EINVAL;
		memcpy(&info, x->data, sizeof(info));
		ip_addr_set_ip4_u32_val(from, info.ipi_spec_dst.s_addr);
		return take_source(i, &from, info.ipi_ifindex, tx);
	case IP_TTL:
		return take_number(x, 1, 255, &tx->ttl);
	case IP_TOS:
		if (x->len == 1) {
			tx->tos = x->data[0];
			return 0;
		}
		return take_number(x, 0, 255, &tx->tos);
	}
	return -EINVAL;
}

static int take6(const struct inet_sock *i, const struct sock_extra *x, struct inet_tx *tx)
{
	struct in6_pktinfo info;
	ip_addr_t from;

	switch (x->type) {
	case IPV6_PKTINFO:
		if (x->len < sizeof(info))
			return -EINVAL;
		memcpy(&info, x->data, sizeof(info));
		inet_set_ip6(&from, &info.ipi6_addr);
		return take_source(i, &from, info.ipi6_ifindex, tx);
	case IPV6_HOPLIMIT:
		return take_number(x, -1, 255, &tx->ttl);
	case IPV6_TCLASS:
		return take_number(x, -1, 255, &tx->tos);
	}
	return -EINVAL;
}

int inet_cmsg_send(const struct inet_sock *i, const struct sock_extras *extras, struct inet_tx *tx)
{
	int err = 0;

	for (u32 n = 0; extras && !err && n < extras->nr; n++) {
		const struct sock_extra *x = &extras->e[n];

		if (x->level == SOL_IPV6 && inet_is_v6(i))
			err = take6(i, x, tx);
		else if (x->level == SOL_IP && (!inet_is_v6(i) || IP_IS_V4_VAL(tx->to.ip)))
			err = take4(i, x, tx);
	}
	return err;
}

/* --- receiving --- */

static void put_number(struct sock_extras *x, int level, int type, int val)
{
	sock_extras_add(x, level, type, &val, sizeof(val));
}

static void put4(const struct inet_sock *i, const struct inet_buf *b, struct sock_extras *x)
{
	struct in_pktinfo info = {.ipi_ifindex = INET_LO_INDEX};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = lwip_htons(i->local.port)};
	u32 wants = i->opt.wants;

	to.sin_addr.s_addr = ip_addr_get_ip4_u32(&b->to);
	info.ipi_addr = to.sin_addr;
	/* Where an answer would come from: not from a group. */
	info.ipi_spec_dst.s_addr =
		ip_addr_ismulticast(&b->to) ? lwip_htonl(INADDR_LOOPBACK) : to.sin_addr.s_addr;
	if (wants & INET_WANTS_PKTINFO)
		sock_extras_add(x, SOL_IP, IP_PKTINFO, &info, sizeof(info));
	if (wants & INET_WANTS_TTL)
		put_number(x, SOL_IP, IP_TTL, b->ttl);
	if (wants & INET_WANTS_TOS)
		sock_extras_add(x, SOL_IP, IP_TOS, &b->tos, 1);
	if (wants & INET_WANTS_ORIGDST)
		sock_extras_add(x, SOL_IP, IP_RECVORIGDSTADDR, &to, sizeof(to));
}

static void put6(const struct inet_sock *i, const struct inet_buf *b, struct sock_extras *x)
{
	struct inet_name to = {b->to, i->local.port};
	u32 wants = i->opt.wants;
	struct sockaddr_in6 in6;

	inet_fill(i, &in6, &to);
	if (wants & INET_WANTS_PKTINFO6) {
		struct in6_pktinfo info = {.ipi6_ifindex = INET_LO_INDEX};

		info.ipi6_addr = in6.sin6_addr;
		sock_extras_add(x, SOL_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	}
	if (IP_IS_V4_VAL(b->to))
		return; /* it has no more of IPv6 */
	if (wants & INET_WANTS_HOPLIMIT)
		put_number(x, SOL_IPV6, IPV6_HOPLIMIT, b->ttl);
	if (wants & INET_WANTS_TCLASS)
		put_number(x, SOL_IPV6, IPV6_TCLASS, b->tos);
	if (wants & INET_WANTS_ORIGDST6)
		sock_extras_add(x, SOL_IPV6, IPV6_RECVORIGDSTADDR, &in6, sizeof(in6));
}

void inet_cmsg_recv(const struct inet_sock *i, const struct inet_buf *b, struct sock_extras *x)
{
	if (inet_is_v6(i))
		put6(i, b, x);
	if (IP_IS_V4_VAL(b->to))
		put4(i, b, x);
}
