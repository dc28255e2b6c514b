/* Options at the level IPPROTO_TCP: tcp(7). Called by options.c with the lock held. */
#include "net/inet/inet.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <linux/tcp.h>

#define LINGER2_S	 60
#define LINGER2_MAX_S	 120
#define RTO_MAX_S	 120
#define WINDOW_CLAMP_MIN 1152
#define US_PER_MS	 1000

static int in_range(int val, int low, int high, int *to)
{
	if (val < low || val > high)
		return -EINVAL;
	*to = val;
	return 0;
}

/* tcp(7), TCP_DEFER_ACCEPT: rounded up to when the first, second ... SYN would be repeated. */
static int defer_seconds(int val)
{
	int sum = 0, step = 1;

	while (val > 0 && sum < val) {
		sum += step;
		step = MIN(step * 2, RTO_MAX_S);
	}
	return sum;
}

static int set_linger2(struct inet_options *o, int val)
{
	o->linger2 = val < 0 ? -1 : val ? MIN(val, LINGER2_MAX_S) : LINGER2_S;
	return 0;
}

/* tcp(7): for a listener, how many such connections may wait. lwIP has no cookies, so each
 * connection falls back to the usual handshake, as with a peer that knows none. */
static int set_fastopen(struct inet_sock *i, int name, int val)
{
	if (i->state != INET_CLOSED && i->state != INET_LISTEN)
		return -EINVAL;
	if (name == TCP_FASTOPEN_CONNECT)
		return i->state == INET_CLOSED ? in_range(val, 0, 1, &i->opt.fastopen_connect)
					       : -EINVAL;
	if (val < 0)
		return -EINVAL;
	i->opt.fastopen = MIN(val, (int)net_limits.somaxconn);
	return 0;
}

/* tcp(7): the window is lwIP's, which is never made smaller than this. */
static int set_window_clamp(struct inet_sock *i, int val)
{
	if (!val && i->state != INET_CLOSED)
		return -EINVAL;
	i->opt.window_clamp = val ? MAX(val, WINDOW_CLAMP_MIN) : 0;
	return 0;
}

static int set_number(struct inet_sock *i, int name, int val)
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
		o->defer_accept_s = defer_seconds(val);
		return 0;
	case TCP_SYNCNT:
		return in_range(val, 1, 127, &o->syncnt);
	case TCP_LINGER2:
		return set_linger2(o, val);
	case TCP_FASTOPEN:
	case TCP_FASTOPEN_CONNECT:
		return set_fastopen(i, name, val);
	case TCP_WINDOW_CLAMP:
		return set_window_clamp(i, val);
	case TCP_NOTSENT_LOWAT:
		o->notsent_lowat = val;
		return 0;
	case TCP_THIN_LINEAR_TIMEOUTS:
		return in_range(val, 0, 1, &o->thin_timeouts);
	case TCP_THIN_DUPACK:
		return val == 0 || val == 1 ? 0 : -EINVAL; /* Linux: without effect */
	case TCP_INQ:
		return in_range(val, 0, 1, &o->wants_inq);
	case TCP_QUICKACK:
		o->quickack = val != 0;
		return 0;
	}
	return -ENOPROTOOPT;
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

int inet_tcp_setopt(struct inet_sock *i, int name, const void *value, int len)
{
	int val, err = set_named(name, value, len);

	if (err <= 0)
		return err;
	if (len < (int)sizeof(val))
		return -EINVAL;
	memcpy(&val, value, sizeof(val));
	return set_number(i, name, val);
}

static int get_number(struct inet_sock *i, int name, int *val)
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
		*val = o->defer_accept_s;
		return 0;
	case TCP_FASTOPEN:
		*val = o->fastopen;
		return 0;
	case TCP_FASTOPEN_CONNECT:
		*val = o->fastopen_connect;
		return 0;
	case TCP_WINDOW_CLAMP:
		*val = o->window_clamp;
		return 0;
	case TCP_NOTSENT_LOWAT:
		*val = o->notsent_lowat;
		return 0;
	case TCP_THIN_LINEAR_TIMEOUTS:
		*val = o->thin_timeouts;
		return 0;
	case TCP_THIN_DUPACK:
		*val = 0;
		return 0;
	case TCP_INQ:
		*val = o->wants_inq;
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

/* TCP_INFO: the state, the sizes and the times; what lwIP does not count is 0. */
static int get_info(struct inet_sock *i, void *to, int *len)
{
	struct tcp_info info = {.tcpi_state = (u8)inet_tcp_state(i)};
	struct tcp_pcb *pcb = i->tcp && i->tcp->state != LISTEN ? i->tcp : NULL;

	if (pcb) {
		info.tcpi_snd_mss = info.tcpi_rcv_mss = info.tcpi_advmss = tcp_mss(pcb);
		info.tcpi_snd_cwnd = pcb->cwnd / MAX(tcp_mss(pcb), 1);
		info.tcpi_snd_ssthresh = pcb->ssthresh;
		info.tcpi_rcv_space = TCP_WND;
		info.tcpi_pmtu = INET_LO_MTU;
		info.tcpi_options = i->state == INET_CONNECTED ? TCPI_OPT_WSCALE : 0;
		info.tcpi_snd_wscale = pcb->snd_scale;
		info.tcpi_rcv_wscale = pcb->rcv_scale;
		info.tcpi_retransmits = pcb->nrtx;
		info.tcpi_rto = (u32)pcb->rto * TCP_SLOW_INTERVAL * US_PER_MS;
		info.tcpi_rtt = (u32)(pcb->sa >> 3) * TCP_SLOW_INTERVAL * US_PER_MS;
		info.tcpi_rttvar = (u32)(pcb->sv >> 2) * TCP_SLOW_INTERVAL * US_PER_MS;
		info.tcpi_notsent_bytes = pcb->snd_lbb - pcb->snd_nxt;
		info.tcpi_snd_wnd = pcb->snd_wnd;
	} else if (i->state == INET_LISTEN) { /* of a listener: connections */
		info.tcpi_unacked = (u32)i->nr_pending;
		info.tcpi_sacked = (u32)i->backlog;
	}
	inet_put_value(to, len, &info, sizeof(info));
	return 0;
}

static int get_congestion(void *to, int *len)
{
	static const char name[16] = "reno"; /* TCP_CA_NAME_MAX */

	inet_put_value(to, len, name, sizeof(name));
	return 0;
}

int inet_tcp_getopt(struct inet_sock *i, int name, void *value, int *len)
{
	int val, err;

	if (name == TCP_CONGESTION)
		return get_congestion(value, len);
	if (name == TCP_INFO)
		return get_info(i, value, len);
	err = get_number(i, name, &val);
	if (!err)
		inet_put_value(value, len, &val, sizeof(val));
	return err;
}
