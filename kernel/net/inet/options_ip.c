/* Options at the levels IPPROTO_IP and IPPROTO_IPV6: ip(7), ipv6(7). Called by options.c with the
 * lock held. */
#include "net/inet/inet.h"
#include <lwip/raw.h>
#include <lwip/tcp.h>
#include <lwip/udp.h>

#define MTU6_MIN 1280

/* --- IPPROTO_IP --- */

static int set4(struct inet_sock *i, int name, int val)
{
	struct inet_options *o = &i->opt;

	switch (name) {
	case IP_TOS:
		o->tos = (u8)val;
		return 0;
	case IP_TTL:
		if (val != -1 && (val < 1 || val > 255))
			return -EINVAL;
		o->ttl = val == -1 ? 64 : (u8)val;
		return 0;
	case IP_HDRINCL:
		if (i->s.type != SOCK_RAW)
			return -ENOPROTOOPT;
		o->has_hdrincl = val;
		return 0;
	case IP_MULTICAST_TTL:
		if (i->s.type == SOCK_STREAM || val < -1 || val > 255)
			return -EINVAL;
		o->mc_ttl = val == -1 ? 1 : (u8)val;
		return 0;
	case IP_MULTICAST_LOOP:
		o->mc_loop = val != 0;
		return 0;
	case IP_MTU_DISCOVER:
		return val < IP_PMTUDISC_DONT || val > IP_PMTUDISC_OMIT ? -EINVAL : 0;
	case IP_RECVERR:
	case IP_FREEBIND:
		return val ? -EOPNOTSUPP : 0;
	}
	return -ENOPROTOOPT;
}

int inet_ip_setopt(struct inet_sock *i, int name, const void *value, int len)
{
	int val = 0;

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
	switch (name) {
	case IP_TOS:
		*val = i->opt.tos;
		return 0;
	case IP_TTL:
		*val = i->opt.ttl;
		return 0;
	case IP_HDRINCL:
		if (i->s.type != SOCK_RAW)
			return -ENOPROTOOPT;
		*val = i->opt.has_hdrincl;
		return 0;
	case IP_MULTICAST_TTL:
		*val = i->opt.mc_ttl;
		return 0;
	case IP_MULTICAST_LOOP:
		*val = i->opt.mc_loop;
		return 0;
	case IP_MTU_DISCOVER:
		*val = IP_PMTUDISC_WANT;
		return 0;
	case IP_MTU:
		*val = INET_LO_MTU;
		return i->has_peer ? 0 : -ENOTCONN;
	case IP_RECVERR:
	case IP_FREEBIND:
		*val = 0;
		return 0;
	}
	return -ENOPROTOOPT;
}

int inet_ip_getopt(struct inet_sock *i, int name, void *value, int *len)
{
	int val, err = get4(i, name, &val);

	if (!err)
		inet_put_value(value, len, &val, sizeof(val));
	return err;
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

/* ipv6(7): -1 stands for the default. */
static int set_byte(int val, u8 standard, u8 *to)
{
	if (val < -1 || val > 255)
		return -EINVAL;
	*to = val == -1 ? standard : (u8)val;
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

static int set6(struct inet_sock *i, int name, int val)
{
	struct inet_options *o = &i->opt;

	switch (name) {
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
	case IPV6_MTU_DISCOVER:
		return val < IPV6_PMTUDISC_DONT || val > IPV6_PMTUDISC_OMIT ? -EINVAL : 0;
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

	if (len < (int)sizeof(val))
		return -EINVAL;
	memcpy(&val, value, sizeof(val));
	return set6(i, name, val);
}

static int get6(struct inet_sock *i, int name, int *val)
{
	const struct inet_options *o = &i->opt;

	switch (name) {
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
	case IPV6_MTU_DISCOVER:
		*val = IPV6_PMTUDISC_WANT;
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
