/* Options at the levels IPPROTO_IP, IPPROTO_TCP and IPPROTO_UDP, and ioctl: ip(7), tcp(7), udp(7),
 * netdevice(7). Called through sock_ops. */
#include "net/inet/inet.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/raw.h>
#include <lwip/tcp.h>
#include <lwip/udp.h>
#include <asm/ioctls.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#define LO_MTU 65536
#define MS     1000

/* Called by whoever is about to use lwIP's side. */
void inet_apply_options(struct inet_sock *i)
{
	u8 sof = 0;

	if (i->s.options & SOCK_OPT_REUSEADDR)
		sof |= SOF_REUSEADDR;
	if (i->s.options & SOCK_OPT_REUSEPORT)
		sof |= SOF_REUSEADDR;
	if (i->s.options & SOCK_OPT_KEEPALIVE)
		sof |= SOF_KEEPALIVE;
	if (i->s.options & SOCK_OPT_BROADCAST)
		sof |= SOF_BROADCAST;
	if (i->udp) {
		i->udp->so_options = sof;
		i->udp->ttl = i->opt.ttl;
		i->udp->tos = i->opt.tos;
	} else if (i->raw) {
		i->raw->so_options = sof;
		i->raw->ttl = i->opt.ttl;
		i->raw->tos = i->opt.tos;
	} else if (i->tcp) {
		i->tcp->so_options = sof;
		i->tcp->ttl = i->opt.ttl;
		i->tcp->tos = i->opt.tos;
		if (i->tcp->state == LISTEN)
			return;
		if (i->opt.is_nodelay)
			tcp_nagle_disable(i->tcp);
		else
			tcp_nagle_enable(i->tcp);
		i->tcp->keep_idle = (u32)i->opt.keepidle_s * MS;
		i->tcp->keep_intvl = (u32)i->opt.keepintvl_s * MS;
		i->tcp->keep_cnt = (u32)i->opt.keepcnt;
	}
}

static int in_range(int val, int low, int high, int *to)
{
	if (val < low || val > high)
		return -EINVAL;
	*to = val;
	return 0;
}

static int set_tcp(struct inet_sock *i, int name, int val)
{
	struct inet_options *o = &i->opt;

	switch (name) {
	case TCP_NODELAY:
		o->is_nodelay = val;
		return 0;
	case TCP_CORK:
		o->is_cork = val;
		if (!val && i->tcp && i->state == INET_CONNECTED)
			tcp_output(i->tcp);
		return 0;
	case TCP_KEEPIDLE:
		return in_range(val, 1, 32767, &o->keepidle_s);
	case TCP_KEEPINTVL:
		return in_range(val, 1, 32767, &o->keepintvl_s);
	case TCP_KEEPCNT:
		return in_range(val, 1, 127, &o->keepcnt);
	case TCP_MAXSEG:
		return val ? in_range(val, 88, 32767, &o->maxseg) : 0;
	case TCP_USER_TIMEOUT:
		return in_range(val, 0, 0x7fffffff, &o->user_timeout_ms);
	case TCP_DEFER_ACCEPT:
		o->defer_accept = MAX(val, 0);
		return 0;
	case TCP_SYNCNT:
		return in_range(val, 1, 127, &o->syncnt);
	case TCP_LINGER2:
		o->linger2 = val;
		return 0;
	case TCP_QUICKACK:
		o->quickack = val != 0;
		return 0;
	}
	return -ENOPROTOOPT;
}

static int set_ip(struct inet_sock *i, int name, int val)
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

static int set_udp(struct inet_sock *i, int name, int val)
{
	if (name != UDP_CORK)
		return -ENOPROTOOPT;
	i->opt.is_cork = val;
	return val ? 0 : inet_dgram_push(i);
}

static bool is_level(const struct socket *s, int level)
{
	if (level == IPPROTO_TCP)
		return s->type == SOCK_STREAM;
	return level == IPPROTO_IP || (level == IPPROTO_UDP && s->type == SOCK_DGRAM);
}

/* tcp(7): what carries a name instead of a number; 1: another option. */
static int set_named(int name, const void *value, int len)
{
	if (name != TCP_CONGESTION && name != TCP_ULP)
		return 1;
	if (len < 1)
		return -EINVAL;
	/* lwIP has one algorithm, and there are no protocols above. */
	return name == TCP_CONGESTION && len >= 4 && !memcmp(value, "reno", 4) &&
			       (len == 4 || !((const char *)value)[4])
		       ? 0
		       : -ENOENT;
}

int inet_setsockopt(struct socket *s, int level, int name, const void *value, int len)
{
	struct inet_sock *i = inet_sk(s);
	int val = 0, err;

	if (!is_level(s, level))
		return -ENOPROTOOPT;
	if (level == IPPROTO_TCP) {
		err = set_named(name, value, len);
		if (err <= 0)
			return err;
	}
	if (len >= (int)sizeof(val))
		memcpy(&val, value, sizeof(val));
	else if (level == IPPROTO_IP && len >= 1)
		val = *(const u8 *)value; /* ip(7): these take one byte, too */
	else
		return -EINVAL;
	inet_lock();
	err = level == IPPROTO_TCP   ? set_tcp(i, name, val)
	      : level == IPPROTO_UDP ? set_udp(i, name, val)
				     : set_ip(i, name, val);
	if (!err)
		inet_apply_options(i);
	inet_unlock();
	return err;
}

static int get_tcp(struct inet_sock *i, int name, int *val)
{
	const struct inet_options *o = &i->opt;

	switch (name) {
	case TCP_NODELAY:
		*val = o->is_nodelay;
		return 0;
	case TCP_CORK:
		*val = o->is_cork;
		return 0;
	case TCP_KEEPIDLE:
		*val = o->keepidle_s;
		return 0;
	case TCP_KEEPINTVL:
		*val = o->keepintvl_s;
		return 0;
	case TCP_KEEPCNT:
		*val = o->keepcnt;
		return 0;
	case TCP_MAXSEG:
		*val = o->maxseg ?: i->state == INET_CONNECTED && i->tcp ? tcp_mss(i->tcp) : 536;
		return 0;
	case TCP_USER_TIMEOUT:
		*val = o->user_timeout_ms;
		return 0;
	case TCP_DEFER_ACCEPT:
		*val = o->defer_accept;
		return 0;
	case TCP_SYNCNT:
		*val = o->syncnt;
		return 0;
	case TCP_LINGER2:
		*val = o->linger2;
		return 0;
	case TCP_QUICKACK:
		*val = o->quickack;
		return 0;
	}
	return -ENOPROTOOPT;
}

static int get_ip(struct inet_sock *i, int name, int *val)
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
		*val = LO_MTU;
		return i->has_peer ? 0 : -ENOTCONN;
	case IP_RECVERR:
	case IP_FREEBIND:
		*val = 0;
		return 0;
	}
	return -ENOPROTOOPT;
}

/* TCP_INFO: the state and the sizes; what lwIP does not count is 0. */
static int get_info(struct inet_sock *i, void *to, int *len)
{
	struct tcp_info info = {.tcpi_state = (u8)inet_tcp_state(i)};

	if (i->tcp && i->tcp->state != LISTEN) {
		info.tcpi_snd_mss = info.tcpi_rcv_mss = info.tcpi_advmss = tcp_mss(i->tcp);
		info.tcpi_snd_cwnd = i->tcp->cwnd / MAX(tcp_mss(i->tcp), 1);
		info.tcpi_snd_ssthresh = i->tcp->ssthresh;
		info.tcpi_rcv_space = TCP_WND;
		info.tcpi_pmtu = LO_MTU;
	}
	*len = MIN(*len, (int)sizeof(info));
	memcpy(to, &info, (size_t)*len);
	return 0;
}

static int get_congestion(void *to, int *len)
{
	static const char name[16] = "reno"; /* TCP_CA_NAME_MAX */

	*len = MIN(*len, (int)sizeof(name));
	memcpy(to, name, (size_t)*len);
	return 0;
}

int inet_getsockopt(struct socket *s, int level, int name, void *value, int *len)
{
	struct inet_sock *i = inet_sk(s);
	int val = 0, err;

	if (*len < 0)
		return -EINVAL;
	if (!is_level(s, level))
		return -EOPNOTSUPP; /* unlike for setsockopt */
	if (level == IPPROTO_TCP && name == TCP_CONGESTION)
		return get_congestion(value, len);
	inet_lock();
	if (level == IPPROTO_TCP && name == TCP_INFO) {
		err = get_info(i, value, len);
		inet_unlock();
		return err;
	}
	if (level == IPPROTO_TCP) {
		err = get_tcp(i, name, &val);
	} else if (level == IPPROTO_UDP) {
		val = i->opt.is_cork;
		err = name == UDP_CORK ? 0 : -ENOPROTOOPT;
	} else {
		err = get_ip(i, name, &val);
	}
	inet_unlock();
	if (err)
		return err;
	*len = MIN(*len, (int)sizeof(val));
	memcpy(value, &val, (size_t)*len);
	return 0;
}

/* --- ioctl: the queue, and netdevice(7) of the one interface, lo --- */

/* What socket_ifreq() cannot say: the addresses of this family. */
static int interface_request(unsigned cmd, struct ifreq_k *r)
{
	u32 addr;

	switch (cmd) {
	case SIOCGIFADDR:
		addr = INADDR_LOOPBACK;
		break;
	case SIOCGIFNETMASK:
		addr = 0xff000000;
		break;
	case SIOCGIFBRDADDR:
		addr = 0; /* none */
		break;
	default:
		return -ENOTTY;
	}
	if (strncmp(r->name, "lo", sizeof(r->name)))
		return -ENODEV;
	inet_fill(r->pad, (struct inet_name){lwip_htonl(addr), 0});
	return 0;
}

static long queued_bytes(struct inet_sock *i)
{
	if (i->s.type == SOCK_STREAM)
		return i->state == INET_LISTEN ? -EINVAL : (long)i->rx_bytes;
	return i->head ? i->head->p->tot_len : 0; /* udp(7): of the next datagram */
}

long inet_ioctl(struct socket *s, unsigned cmd, void *arg)
{
	struct inet_sock *i = inet_sk(s);
	u32 unsent;
	long n = 0;

	switch (cmd) {
	case SIOCINQ:
		inet_lock();
		n = queued_bytes(i);
		inet_unlock();
		break;
	case SIOCOUTQ:
		inet_lock();
		inet_tcp_report(i, &unsent);
		inet_unlock();
		n = unsent;
		break;
	case SIOCATMARK:
		if (s->type != SOCK_STREAM)
			return -ENOTTY;
		break;
	default:
		return arg ? interface_request(cmd, arg) : -ENOTTY;
	}
	if (n < 0)
		return n;
	*(int *)arg = (int)n;
	return 0;
}
