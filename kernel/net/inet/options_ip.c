/* Options at the levels IPPROTO_IP and IPPROTO_IPV6: ip(7), ipv6(7). Called by options.c with the
 * lock held. */
#include "net/inet/inet.h"
#include "net/net_ns.h"
#include <lwip/raw.h>
#include <lwip/tcp.h>
#include <lwip/udp.h>
#include <linux/capability.h>

#define MTU6_MIN 1280

/* Switches that stand in `wants`. */
static const struct inet_switch {
	int name;
	u32 bit;
} switches4[] = {{IP_PKTINFO, INET_WANTS_PKTINFO}, {IP_RECVTTL, INET_WANTS_TTL},
		 {IP_RECVTOS, INET_WANTS_TOS},	   {IP_RECVORIGDSTADDR, INET_WANTS_ORIGDST},
		 {IP_RECVERR, INET_WANTS_ERRORS},  {0, 0}},
  switches6[] = {{IPV6_RECVPKTINFO, INET_WANTS_PKTINFO6},
		 {IPV6_RECVHOPLIMIT, INET_WANTS_HOPLIMIT},
		 {IPV6_RECVTCLASS, INET_WANTS_TCLASS},
		 {IPV6_RECVORIGDSTADDR, INET_WANTS_ORIGDST6},
		 {IPV6_RECVERR, INET_WANTS_ERRORS6},
		 {0, 0}};

static u32 switch_bit(const struct inet_switch *s, int name)
{
	while (s->bit && s->name != name)
		s++;
	return s->bit;
}

static int set_switch(struct inet_sock *i, u32 bit, int val)
{
	i->opt.wants = val ? i->opt.wants | bit : i->opt.wants & ~bit;
	if (!val && (bit & (INET_WANTS_ERRORS | INET_WANTS_ERRORS6)))
		inet_err_drop(i);
	return 0;
}

static int set_flag(bool *flag, int val)
{
	*flag = val;
	return 0;
}

static int set_strict_flag(bool *flag, int val)
{
	if (val != 0 && val != 1)
		return -EINVAL;
	*flag = val;
	return 0;
}

/* -1 stands for the default. */
static int set_byte(int val, u8 standard, u8 *to)
{
	if (val < -1 || val > 255)
		return -EINVAL;
	*to = val == -1 ? standard : (u8)val;
	return 0;
}

/* ip(7), IP_FREEBIND and IP_TRANSPARENT: bind to what is no address of this machine. */
static int set_nonlocal(struct inet_sock *i, int val, bool wants_cap)
{
	if (wants_cap && val && !socket_capable(socket_user_ns(&i->s), CAP_NET_ADMIN) &&
	    !socket_capable(socket_user_ns(&i->s), CAP_NET_RAW))
		return -EPERM;
	return set_flag(&i->opt.is_nonlocal, val);
}

/* --- IPPROTO_IP --- */

#define ECN_MASK 3 /* of a stream's type of service, these bits are TCP's */

/* ip(7): the type of service sets the priority, too (TC_PRIO_*). */
static int set_tos(struct inet_sock *i, int val)
{
	static const u8 priorities[] = {0, 2, 6, 4};

	if (i->s.type == SOCK_STREAM)
		val = (val & ~ECN_MASK) | (i->opt.tos & ECN_MASK);
	i->opt.tos = (u8)val;
	i->s.priority = priorities[(u8)val >> 3 & 3];
	return 0;
}

static int set4(struct inet_sock *i, int name, int val)
{
	struct inet_options *o = &i->opt;
	u32 bit = switch_bit(switches4, name);

	if (bit)
		return set_switch(i, bit, val);
	switch (name) {
	case IP_TOS:
		return set_tos(i, val);
	case IP_TTL:
		return val ? set_byte(val, 64, &o->ttl) : -EINVAL;
	case IP_HDRINCL:
		return i->s.type == SOCK_RAW ? set_flag(&o->has_hdrincl, val) : -ENOPROTOOPT;
	case IP_MULTICAST_TTL:
		return i->s.type == SOCK_STREAM ? -EINVAL : set_byte(val, 1, &o->mc_ttl);
	case IP_MULTICAST_LOOP:
		o->mc_loop = val != 0;
		return 0;
	case IP_MULTICAST_ALL:
		return set_strict_flag(&o->is_mc_all, val);
	case IP_MTU_DISCOVER:
		if (val < IP_PMTUDISC_DONT || val > IP_PMTUDISC_OMIT)
			return -EINVAL;
		o->mtu_discover = (u8)val;
		return 0;
	case IP_FREEBIND:
	case IP_TRANSPARENT:
		return set_nonlocal(i, val, name == IP_TRANSPARENT);
	case IP_BIND_ADDRESS_NO_PORT:
		return set_flag(&o->is_portless, val);
	}
	return -ENOPROTOOPT;
}

/* IP_MULTICAST_IF: by address, or by number; only lo has any. */
static int set_mc_interface(struct inet_sock *i, const void *value, int len)
{
	struct in_addr addr;
	u32 ifindex = 0;
	int err;

	if (i->s.type == SOCK_STREAM || len < (int)sizeof(addr))
		return -EINVAL;
	memcpy(&addr, value, sizeof(addr));
	if (len >= (int)sizeof(struct ip_mreq)) {
		err = inet_mcast_if4(value, len, &ifindex);
		if (err)
			return -EADDRNOTAVAIL;
		memcpy(&addr, (const u8 *)value + sizeof(addr), sizeof(addr));
	}
	if ((ifindex && ifindex != INET_LO_INDEX) ||
	    (!ifindex && addr.s_addr && (addr.s_addr & 0xff) != 127))
		return -EADDRNOTAVAIL;
	i->opt.mc_addr = addr.s_addr;
	return 0;
}

/* What carries a structure; 1: another option. */
static int set_structure4(struct inet_sock *i, int name, const void *value, int len)
{
	switch (name) {
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
		return inet_mcast_set4(i, name == IP_ADD_MEMBERSHIP, value, len);
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
		return inet_mcast_set_any(i, AF_INET, name == MCAST_JOIN_GROUP, value, len);
	case IP_MULTICAST_IF:
		return set_mc_interface(i, value, len);
	}
	return 1;
}

int inet_ip_setopt(struct inet_sock *i, int name, const void *value, int len)
{
	int val = 0, err = set_structure4(i, name, value, len);

	if (err <= 0)
		return err;
	if (len >= (int)sizeof(val))
		memcpy(&val, value, sizeof(val));
	else if (len >= 1)
		val = *(const u8 *)value; /* ip(7): these take one byte, too */
	else
		return -EINVAL;
	return set4(i, name, val);
}

static int get4(struct inet_sock *i, int name, int *val)
{
	const struct inet_options *o = &i->opt;
	u32 bit = switch_bit(switches4, name);

	if (bit) {
		*val = (o->wants & bit) != 0;
		return 0;
	}
	switch (name) {
	case IP_TOS:
		*val = o->tos;
		return 0;
	case IP_TTL:
		*val = o->ttl;
		return 0;
	case IP_HDRINCL:
		if (i->s.type != SOCK_RAW)
			return -ENOPROTOOPT;
		*val = o->has_hdrincl;
		return 0;
	case IP_MULTICAST_TTL:
		*val = o->mc_ttl;
		return 0;
	case IP_MULTICAST_LOOP:
		*val = o->mc_loop;
		return 0;
	case IP_MULTICAST_ALL:
		*val = o->is_mc_all;
		return 0;
	case IP_MULTICAST_IF:
		*val = (int)o->mc_addr;
		return 0;
	case IP_MTU_DISCOVER:
		*val = o->mtu_discover;
		return 0;
	case IP_MTU:
		*val = INET_LO_MTU;
		return i->has_peer ? 0 : -ENOTCONN;
	case IP_FREEBIND:
	case IP_TRANSPARENT:
		*val = o->is_nonlocal;
		return 0;
	case IP_BIND_ADDRESS_NO_PORT:
		*val = o->is_portless;
		return 0;
	}
	return -ENOPROTOOPT;
}

/* ip(7): with room for less than a number, one byte is given, when the value fits in one. */
int inet_ip_getopt(struct inet_sock *i, int name, void *value, int *len)
{
	int val, err = get4(i, name, &val);

	if (err)
		return err;
	if (*len > 0 && *len < (int)sizeof(val) && val >= 0 && val <= 255) {
		*(u8 *)value = (u8)val;
		*len = 1;
		return 0;
	}
	inet_put_value(value, len, &val, sizeof(val));
	return 0;
}

/* --- IPPROTO_IPV6 --- */

static int set_v6only(struct inet_sock *i, int val)
{
	if (i->is_bound || i->local.port)
		return -EINVAL;
	i->opt.is_v6only = val;
	i->local = inet_no_name(i);
	if (i->udp)
		IP_SET_TYPE_VAL(i->udp->local_ip, inet_ip_type(i));
	if (i->tcp)
		IP_SET_TYPE_VAL(i->tcp->local_ip, inet_ip_type(i));
	return 0;
}

/* ipv6(7), raw sockets: where the kernel is to put the checksum; -1: nowhere. */
static int set_checksum(struct inet_sock *i, int val)
{
	if (!i->raw || (i->s.protocol == IPPROTO_ICMPV6 && val != 2) || (val > 0 && (val & 1)) ||
	    val > 0xffff)
		return i->raw ? -EINVAL : -ENOPROTOOPT;
	i->raw->chksum_reqd = val >= 0;
	i->raw->chksum_offset = (u16)MAX(val, 0);
	return 0;
}

/* ipv6(7), IPV6_ADDRFORM: a connection to ::ffff:a.b.c.d becomes one of AF_INET. */
static int set_family(struct inet_sock *i, int val)
{
	if (i->raw)
		return -ENOPROTOOPT;
	if (val != AF_INET)
		return -EINVAL;
	if (i->state != INET_CONNECTED)
		return -ENOTCONN;
	if (i->opt.is_v6only || !IP_IS_V4_VAL(i->peer.ip))
		return -EADDRNOTAVAIL;
	i->s.family = AF_INET;
	return 0;
}

static int set6(struct inet_sock *i, int name, int val)
{
	struct inet_options *o = &i->opt;
	u32 bit = switch_bit(switches6, name);

	if (bit)
		return set_switch(i, bit, val);
	switch (name) {
	case IPV6_ADDRFORM:
		return set_family(i, val);
	case IPV6_V6ONLY:
		return set_v6only(i, val);
	case IPV6_UNICAST_HOPS:
		return set_byte(val, 64, &o->hops);
	case IPV6_TCLASS:
		return set_byte(val, 0, &o->tclass);
	case IPV6_MULTICAST_HOPS:
		return i->s.type == SOCK_STREAM ? -ENOPROTOOPT : set_byte(val, 1, &o->mc_hops);
	case IPV6_MULTICAST_LOOP:
		if (val != 0 && val != 1)
			return -EINVAL;
		o->mc_loop = (u8)val;
		return 0;
	case IPV6_MULTICAST_ALL:
		return set_flag(&o->is_mc_all6, val);
	case IPV6_MULTICAST_IF:
		if (i->s.type == SOCK_STREAM)
			return -ENOPROTOOPT;
		if (val && val != INET_LO_INDEX)
			return -ENODEV;
		o->mc_ifindex = (u32)val;
		return 0;
	case IPV6_FREEBIND:
	case IPV6_TRANSPARENT:
		return set_nonlocal(i, val, name == IPV6_TRANSPARENT);
	case IPV6_MTU_DISCOVER:
		if (val < IPV6_PMTUDISC_DONT || val > IPV6_PMTUDISC_OMIT)
			return -EINVAL;
		o->mtu6_discover = (u8)val;
		return 0;
	case IPV6_MTU:
		return val && val < MTU6_MIN ? -EINVAL : 0;
	case IPV6_CHECKSUM:
		return set_checksum(i, val);
	}
	return -ENOPROTOOPT;
}

int inet_ip6_setopt(struct inet_sock *i, int name, const void *value, int len)
{
	int val;

	if (name == IPV6_ADD_MEMBERSHIP || name == IPV6_DROP_MEMBERSHIP)
		return inet_mcast_set6(i, name == IPV6_ADD_MEMBERSHIP, value, len);
	if (name == MCAST_JOIN_GROUP || name == MCAST_LEAVE_GROUP)
		return inet_mcast_set_any(i, AF_INET6, name == MCAST_JOIN_GROUP, value, len);
	if (len < (int)sizeof(val))
		return -EINVAL;
	memcpy(&val, value, sizeof(val));
	return set6(i, name, val);
}

static int get6(struct inet_sock *i, int name, int *val)
{
	const struct inet_options *o = &i->opt;
	u32 bit = switch_bit(switches6, name);

	if (bit) {
		*val = (o->wants & bit) != 0;
		return 0;
	}
	switch (name) {
	case IPV6_ADDRFORM:
		*val = AF_INET6;
		return i->raw ? -ENOPROTOOPT : i->state == INET_CONNECTED ? 0 : -ENOTCONN;
	case IPV6_V6ONLY:
		*val = o->is_v6only;
		return 0;
	case IPV6_UNICAST_HOPS:
		*val = o->hops;
		return 0;
	case IPV6_TCLASS:
		*val = o->tclass;
		return 0;
	case IPV6_MULTICAST_HOPS:
		*val = o->mc_hops;
		return 0;
	case IPV6_MULTICAST_LOOP:
		*val = o->mc_loop;
		return 0;
	case IPV6_MULTICAST_ALL:
		*val = o->is_mc_all6;
		return 0;
	case IPV6_MULTICAST_IF:
		*val = (int)o->mc_ifindex;
		return 0;
	case IPV6_FREEBIND:
	case IPV6_TRANSPARENT:
		*val = o->is_nonlocal;
		return 0;
	case IPV6_MTU_DISCOVER:
		*val = o->mtu6_discover;
		return 0;
	case IPV6_MTU:
		*val = INET_LO_MTU;
		return i->has_peer ? 0 : -ENOTCONN;
	case IPV6_CHECKSUM:
		if (!i->raw)
			return -ENOPROTOOPT;
		*val = i->raw->chksum_reqd ? i->raw->chksum_offset : -1;
		return 0;
	}
	return -ENOPROTOOPT;
}

int inet_ip6_getopt(struct inet_sock *i, int name, void *value, int *len)
{
	int val, err = get6(i, name, &val);

	if (!err)
		inet_put_value(value, len, &val, sizeof(val));
	return err;
}
