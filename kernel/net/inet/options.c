/* Options of AF_INET and AF_INET6 sockets: which level they are at, and what of them lwIP has to
 * know. udp(7). Called through sock_ops; next are options_ip.c and options_tcp.c. */
#include "net/inet/inet.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/raw.h>
#include <lwip/tcp.h>
#include <lwip/udp.h>
#include <linux/udp.h>

#define MS	  1000
#define COVER_MIN 8 /* bytes: the header of UDP-Lite */

static u8 lwip_flags(const struct socket *s)
{
	u8 sof = 0;

	if (s->options & (SOCK_OPT_REUSEADDR | SOCK_OPT_REUSEPORT))
		sof |= SOF_REUSEADDR;
	if (s->options & SOCK_OPT_KEEPALIVE)
		sof |= SOF_KEEPALIVE;
	if (s->options & SOCK_OPT_BROADCAST)
		sof |= SOF_BROADCAST;
	return sof;
}

/* Called by whoever is about to use lwIP's side. The packets are IPv6's when the peer is. */
void inet_apply_options(struct inet_sock *i)
{
	bool is_v6 = IP_IS_V6_VAL(i->peer.ip);
	u8 sof = lwip_flags(&i->s), ttl = is_v6 ? i->opt.hops : i->opt.ttl;
	u8 tos = is_v6 ? i->opt.tclass : i->opt.tos;
	struct ip_pcb *pcb = i->udp   ? (struct ip_pcb *)i->udp
			     : i->raw ? (struct ip_pcb *)i->raw
				      : (struct ip_pcb *)i->tcp;

	if (!pcb)
		return;
	pcb->so_options = sof;
	pcb->ttl = ttl;
	pcb->tos = tos;
	if (!i->tcp || i->tcp->state == LISTEN)
		return;
	if (i->opt.is_nodelay)
		tcp_nagle_disable(i->tcp);
	else
		tcp_nagle_enable(i->tcp);
	i->tcp->keep_idle = (u32)i->opt.keepidle_s * MS;
	i->tcp->keep_intvl = (u32)i->opt.keepintvl_s * MS;
	i->tcp->keep_cnt = (u32)i->opt.keepcnt;
}

void inet_options_changed(struct socket *s)
{
	inet_lock();
	inet_apply_options(inet_sk(s));
	inet_unlock();
}

void inet_put_value(void *to, int *len, const void *from, size_t n)
{
	*len = MIN(*len, (int)n);
	memcpy(to, from, (size_t)*len);
}

static int set_udp(struct inet_sock *i, int name, const void *value, int len)
{
	int val;

	if (len < (int)sizeof(val))
		return -EINVAL;
	memcpy(&val, value, sizeof(val));
	if (name != UDP_CORK)
		return -ENOPROTOOPT;
	i->opt.is_cork = val;
	return val ? 0 : inet_dgram_push(i);
}

static int get_udp(struct inet_sock *i, int name, void *value, int *len)
{
	int val = i->opt.is_cork;

	if (name != UDP_CORK)
		return -ENOPROTOOPT;
	inet_put_value(value, len, &val, sizeof(val));
	return 0;
}

/* udplite(7): how much of a datagram the checksum covers; the header always, 0 is all of it. */
static int set_udplite(struct inet_sock *i, int name, const void *value, int len)
{
	int val;

	if (name != UDPLITE_SEND_CSCOV && name != UDPLITE_RECV_CSCOV)
		return set_udp(i, name, value, len);
	if (len < (int)sizeof(val))
		return -EINVAL;
	memcpy(&val, value, sizeof(val));
	if (val && val < COVER_MIN)
		val = COVER_MIN;
	val = MIN(val, 0xffff);
	if (name == UDPLITE_RECV_CSCOV)
		i->opt.recv_cover = (u16)val;
	else if (i->udp)
		i->udp->chksum_len_tx = (u16)val;
	return 0;
}

static int get_udplite(struct inet_sock *i, int name, void *value, int *len)
{
	int val = i->opt.recv_cover;

	if (name == UDPLITE_SEND_CSCOV)
		val = i->udp ? i->udp->chksum_len_tx : 0;
	else if (name != UDPLITE_RECV_CSCOV)
		return get_udp(i, name, value, len);
	inet_put_value(value, len, &val, sizeof(val));
	return 0;
}

/* A socket of AF_INET6 has the options of IPv4, too, as it may speak both. */
static bool is_level(const struct socket *s, int level)
{
	switch (level) {
	case IPPROTO_TCP:
		return s->type == SOCK_STREAM;
	case IPPROTO_UDP:
		return s->type == SOCK_DGRAM;
	case IPPROTO_UDPLITE:
		return s->protocol == IPPROTO_UDPLITE && s->type == SOCK_DGRAM;
	case IPPROTO_IP:
		return s->family == AF_INET || s->type != SOCK_RAW;
	case IPPROTO_IPV6:
		return s->family == AF_INET6;
	}
	return false;
}

static int set_option(struct inet_sock *i, int level, int name, const void *value, int len)
{
	switch (level) {
	case IPPROTO_TCP:
		return inet_tcp_setopt(i, name, value, len);
	case IPPROTO_UDP:
		return set_udp(i, name, value, len);
	case IPPROTO_UDPLITE:
		return set_udplite(i, name, value, len);
	case IPPROTO_IPV6:
		return inet_ip6_setopt(i, name, value, len);
	}
	return inet_ip_setopt(i, name, value, len);
}

int inet_setsockopt(struct socket *s, int level, int name, const void *value, int len)
{
	struct inet_sock *i = inet_sk(s);
	int err;

	if (!is_level(s, level))
		return -ENOPROTOOPT;
	inet_lock();
	err = set_option(i, level, name, value, len);
	if (!err)
		inet_apply_options(i);
	inet_unlock();
	return err;
}

static int get_option(struct inet_sock *i, int level, int name, void *value, int *len)
{
	switch (level) {
	case IPPROTO_TCP:
		return inet_tcp_getopt(i, name, value, len);
	case IPPROTO_UDP:
		return get_udp(i, name, value, len);
	case IPPROTO_UDPLITE:
		return get_udplite(i, name, value, len);
	case IPPROTO_IPV6:
		return inet_ip6_getopt(i, name, value, len);
	}
	return inet_ip_getopt(i, name, value, len);
}

int inet_getsockopt(struct socket *s, int level, int name, void *value, int *len)
{
	int err;

	if (*len < 0)
		return -EINVAL;
	if (!is_level(s, level))
		return -EOPNOTSUPP; /* unlike for setsockopt */
	inet_lock();
	err = get_option(inet_sk(s), level, name, value, len);
	inet_unlock();
	return err;
}
