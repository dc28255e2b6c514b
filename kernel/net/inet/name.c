/* The addresses of AF_INET and AF_INET6 sockets: what they are given, what they show, and who has
 * which port. ip(7), ipv6(7). */
#include "net/inet/inet.h"
#include "net/net_ns.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/udp.h>
#include <linux/capability.h>

#define PORT_UNPRIVILEGED  1024 /* /proc/sys/net/ipv4/ip_unprivileged_port_start */
#define LOOPBACK_NET(addr) (((addr)&0xff) == 127)
#define LOOPBACK_BROADCAST lwip_htonl(0x7fffffff)
#define SIN6_LEN_SHORT	   24 /* without sin6_scope_id: RFC 2133 */

/* --- between struct sockaddr and struct inet_name --- */

static int parse4(const void *addr, int len, struct inet_name *name)
{
	const struct sockaddr_in *in = addr;

	if (len < (int)sizeof(*in))
		return -EINVAL;
	if (in->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	ip_addr_set_ip4_u32(&name->ip, in->sin_addr.s_addr);
	name->port = lwip_ntohs(in->sin_port);
	return 0;
}

void inet_set_ip6(ip_addr_t *ip, const struct in6_addr *in6)
{
	memcpy(ip_2_ip6(ip), in6, sizeof(*in6));
	IP_SET_TYPE_VAL(*ip, IPADDR_TYPE_V6);
	if (ip6_addr_isipv4mappedipv6(ip_2_ip6(ip)))
		ip_addr_set_ip4_u32(ip, ip_2_ip6(ip)->addr[3]);
}

static int parse6(const void *addr, int len, struct inet_name *name)
{
	const struct sockaddr_in6 *in = addr;

	if (len < SIN6_LEN_SHORT)
		return -EINVAL;
	if (in->sin6_family != AF_INET6)
		return -EAFNOSUPPORT;
	inet_set_ip6(&name->ip, &in->sin6_addr);
	name->port = lwip_ntohs(in->sin6_port);
	return 0;
}

int inet_parse(const struct inet_sock *i, const void *addr, int len, struct inet_name *name)
{
	__kernel_sa_family_t family;

	if (len < (int)sizeof(family))
		return -EINVAL;
	memcpy(&family, addr, sizeof(family));
	if (family == AF_UNSPEC)
		return 1;
	/* Datagrams of AF_INET6 may go to an address of AF_INET. */
	if (!inet_is_v6(i) || (family == AF_INET && i->s.type == SOCK_DGRAM))
		return parse4(addr, len, name);
	return parse6(addr, len, name);
}

int inet_fill(const struct inet_sock *i, void *addr, const struct inet_name *name)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = lwip_htons(name->port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = in.sin_port};

	if (!inet_is_v6(i)) {
		in.sin_addr.s_addr = ip_addr_get_ip4_u32(&name->ip);
		memcpy(addr, &in, sizeof(in));
		return sizeof(in);
	}
	if (IP_IS_V4_VAL(name->ip)) {
		in6.sin6_addr.s6_addr32[2] = lwip_htonl(0xffff);
		in6.sin6_addr.s6_addr32[3] = ip_addr_get_ip4_u32(&name->ip);
	} else {
		memcpy(&in6.sin6_addr, ip_2_ip6(&name->ip), sizeof(in6.sin6_addr));
	}
	memcpy(addr, &in6, sizeof(in6));
	return sizeof(in6);
}

int inet_get_name(struct socket *s, void *addr, bool of_peer)
{
	struct inet_sock *i = inet_sk(s);
	int n = -ENOTCONN;

	inet_lock();
	if (!of_peer)
		n = inet_fill(i, addr, &i->local);
	else if (i->has_peer)
		n = inet_fill(i, addr, &i->peer);
	inet_unlock();
	return n;
}

struct inet_name inet_no_name(const struct inet_sock *i)
{
	struct inet_name none = {IPADDR4_INIT(0), 0};

	IP_SET_TYPE_VAL(none.ip, inet_ip_type(i));
	return none;
}

/* --- bind --- */

static bool is_multicast(const ip_addr_t *ip)
{
	return ip_addr_ismulticast(ip);
}

bool inet_is_local(const ip_addr_t *ip)
{
	return IP_IS_V6(ip) ? ip6_addr_isloopback(ip_2_ip6(ip)) : LOOPBACK_NET(ip_2_ip4(ip)->addr);
}

/* bind(2), EADDRNOTAVAIL: what belongs to no interface here. */
static int check_local(const struct inet_sock *i, const ip_addr_t *ip)
{
	if (ip_addr_isany(ip) || inet_is_local(ip))
		return 0;
	if (IP_IS_V6(ip)) {
		if (is_multicast(ip))
			return i->s.type == SOCK_STREAM ? -EINVAL : 0;
		if (ip6_addr_islinklocal(ip_2_ip6(ip)))
			return -EINVAL; /* ipv6(7): it wants an interface; lo has none */
		return i->opt.is_nonlocal ? 0 : -EADDRNOTAVAIL;
	}
	if (is_multicast(ip))
		return 0;
	return i->opt.is_nonlocal || ip_2_ip4(ip)->addr == INADDR_BROADCAST ? 0 : -EADDRNOTAVAIL;
}

static int check_port(const struct inet_sock *i, const struct vfs_ctx *ctx, u16 port)
{
	if (!port || port >= PORT_UNPRIVILEGED)
		return 0;
	return cred_capable_in(ctx->cred, socket_user_ns(&i->s), CAP_NET_BIND_SERVICE) ? 0
										       : -EACCES;
}

/* Linux takes AF_UNSPEC with the address 0 for AF_INET. */
static int bind_unspec(const struct inet_sock *i, const void *addr, int len, struct inet_name *name)
{
	struct sockaddr_in in;

	if (inet_is_v6(i))
		return len < SIN6_LEN_SHORT ? -EINVAL : -EAFNOSUPPORT;
	if (len < (int)sizeof(in))
		return -EINVAL;
	memcpy(&in, addr, sizeof(in));
	if (in.sin_addr.s_addr)
		return -EAFNOSUPPORT;
	in.sin_family = AF_INET;
	return parse4(&in, len, name);
}

int inet_bind_name(const struct inet_sock *i, const struct vfs_ctx *ctx, const void *addr, int len,
		   struct inet_name *name)
{
	int err = inet_parse(i, addr, len, name);

	if (err == 1)
		err = bind_unspec(i, addr, len, name);
	else if (!err && inet_is_v6(i))
		err = parse6(addr, len, name); /* AF_INET will not do here */
	if (err)
		return err;
	if (inet_is_v6(i) && IP_IS_V4_VAL(name->ip) && i->opt.is_v6only)
		return -EINVAL;
	/* The two protocols ask in different orders. */
	if (inet_is_v6(i))
		err = check_port(i, ctx, name->port)
			      ?: (i->is_bound ? -EINVAL : check_local(i, &name->ip));
	else
		err = check_local(i, &name->ip) ?: check_port(i, ctx, name->port);
	if (inet_is_v6(i) && IP_IS_V6_VAL(name->ip) && ip_addr_isany(&name->ip))
		IP_SET_TYPE_VAL(name->ip, inet_ip_type(i));
	return err;
}

/* Both may get the same packet. */
static bool is_overlap(const ip_addr_t *a, const ip_addr_t *b)
{
	if (IP_IS_ANY_TYPE_VAL(*a) || IP_IS_ANY_TYPE_VAL(*b))
		return true;
	if (IP_GET_TYPE(a) != IP_GET_TYPE(b))
		return false;
	return ip_addr_isany(a) || ip_addr_isany(b) || ip_addr_cmp(a, b);
}

/* socket(7), SO_REUSEADDR and SO_REUSEPORT. */
static bool may_share(const struct inet_sock *i, const struct inet_sock *other)
{
	u32 both = i->s.options & other->s.options;

	if ((both & SOCK_OPT_REUSEPORT) && i->uid == other->uid)
		return true;
	return (both & SOCK_OPT_REUSEADDR) && other->state != INET_LISTEN;
}

int inet_bind_conflict(const struct inet_sock *i, const struct inet_name *name)
{
	struct inet_sock *other;

	if (!name->port || i->s.type == SOCK_RAW)
		return 0;
	for_each_inet_sock(other)
	{
		if (other != i && other->local.port == name->port && other->s.type == i->s.type &&
		    is_overlap(&other->local.ip, &name->ip) && !may_share(i, other))
			return -EADDRINUSE;
	}
	return 0;
}

static bool is_beside(const struct inet_sock *i, const struct inet_sock *other)
{
	return (other->s.options & SOCK_OPT_REUSEPORT) && other->s.type == i->s.type &&
	       other->s.protocol == i->s.protocol && other->state == i->state && !other->has_peer &&
	       other->uid == i->uid && other->local.port == i->local.port &&
	       ip_addr_cmp(&other->local.ip, &i->local.ip);
}

struct inet_sock *inet_reuseport_pick(struct inet_sock *i, u16 peer_port)
{
	struct inet_sock *other;
	u32 nr = 0;

	if (likely(!(i->s.options & SOCK_OPT_REUSEPORT)) || i->has_peer)
		return i;
	for_each_inet_sock(other) nr += is_beside(i, other);
	nr = nr ? (peer_port * 0x9e3779b1u >> 16) % nr : 0;
	for_each_inet_sock(other)
	{
		if (is_beside(i, other) && !nr--)
			return other;
	}
	return i;
}

/* --- the way to a peer --- */

static ip_addr_t loopback_of(const ip_addr_t *like)
{
	ip_addr_t ip;

	ip_addr_set_loopback(IP_IS_V6(like), &ip);
	return ip;
}

int inet_route(const struct inet_sock *i, struct inet_name *to)
{
	u32 v4;

	if (IP_IS_V4_VAL(to->ip) && i->opt.is_v6only)
		return -ENETUNREACH;
	if (ip_addr_isany(&to->ip)) { /* as Linux takes 0.0.0.0 and :: */
		if (IP_IS_V4_VAL(i->local.ip))
			IP_SET_TYPE_VAL(to->ip, IPADDR_TYPE_V4);
		to->ip = loopback_of(&to->ip);
	}
	v4 = ip_addr_get_ip4_u32(&to->ip);
	/* Bound to ::ffff:127.0.0.1 it cannot talk to ::1. */
	if (IP_IS_V6_VAL(to->ip) && IP_IS_V4_VAL(i->local.ip) && i->is_bound)
		return -EAFNOSUPPORT;
	if (IP_IS_V4_VAL(to->ip) && IP_IS_V6_VAL(i->local.ip) && !ip_addr_isany(&i->local.ip))
		return -ENETUNREACH;
	if (IP_IS_V4_VAL(to->ip) && i->s.type == SOCK_STREAM && v4 == LOOPBACK_BROADCAST)
		return -ENETUNREACH;
	if (is_multicast(&to->ip))
		return i->s.type == SOCK_STREAM ? -ENETUNREACH : 0;
	if (IP_IS_V4_VAL(to->ip))
		return LOOPBACK_NET(v4) ? 0 : -ENETUNREACH;
	if (ip6_addr_islinklocal(ip_2_ip6(&to->ip)))
		return -EINVAL; /* ipv6(7): it wants an interface */
	return ip6_addr_isloopback(ip_2_ip6(&to->ip)) ? 0 : -ENETUNREACH;
}

ip_addr_t inet_source(const struct inet_sock *i, const ip_addr_t *to)
{
	if (ip_addr_isany(&i->local.ip) || is_multicast(&i->local.ip) ||
	    IP_GET_TYPE(&i->local.ip) != IP_GET_TYPE(to) ||
	    ip_addr_get_ip4_u32(&i->local.ip) == INADDR_BROADCAST)
		return loopback_of(to);
	return i->local.ip;
}
