/* Options at the level IPPROTO_TCP: tcp(7). Called by options.c with the lock held. */
#include "net/inet/inet.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <linux/tcp.h>

static int in_range(int val, int low, int high, int *to)
{
	if (val < low || val > high)
		return -EINVAL;
	*to = val;
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

/* TCP_INFO: the state and the sizes; what lwIP does not count is 0. */
static int get_info(struct inet_sock *i, void *to, int *len)
{
	struct tcp_info info = {.tcpi_state = (u8)inet_tcp_state(i)};

	if (i->tcp && i->tcp->state != LISTEN) {
		info.tcpi_snd_mss = info.tcpi_rcv_mss = info.tcpi_advmss = tcp_mss(i->tcp);
		info.tcpi_snd_cwnd = i->tcp->cwnd / MAX(tcp_mss(i->tcp), 1);
		info.tcpi_snd_ssthresh = i->tcp->ssthresh;
		info.tcpi_rcv_space = TCP_WND;
		info.tcpi_pmtu = INET_LO_MTU;
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
