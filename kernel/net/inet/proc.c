/* The lines of /proc/net/tcp, udp and raw, and of tcp6, udp6 and raw6: proc_pid_net(5). */
#include "net/inet/inet.h"
#include "net/net_ns.h"
#include "lib/printf.h"

#define TCP_WIDTH      149 /* of a line, filled with spaces; those of IPv6 are not */
#define UDP_WIDTH      127
#define ADDRESS_MAX    40
#define ST_ESTABLISHED 1
#define ST_TIME_WAIT   6
#define ST_CLOSE       7
#define ST_LISTEN      10

bool inet_is_shown(const struct inet_sock *i)
{
	if (i->s.type == SOCK_STREAM)
		return inet_tcp_state(i) != ST_CLOSE;
	return i->s.type == SOCK_RAW || i->local.port;
}

int inet_state_number(const struct inet_sock *i)
{
	if (i->s.type == SOCK_STREAM)
		return inet_tcp_state(i);
	return i->has_peer ? ST_ESTABLISHED : ST_CLOSE;
}

/* The words of the address as numbers of this machine, as Linux prints them. */
static void show_name(const struct inet_sock *i, const struct inet_name *name, u16 port, char *to)
{
	struct sockaddr_in6 in6;

	if (!inet_is_v6(i)) {
		scnprintf(to, ADDRESS_MAX, "%08X:%04X", ip_addr_get_ip4_u32(&name->ip), port);
		return;
	}
	inet_fill(i, &in6, name);
	scnprintf(to, ADDRESS_MAX, "%08X%08X%08X%08X:%04X", in6.sin6_addr.s6_addr32[0],
		  in6.sin6_addr.s6_addr32[1], in6.sin6_addr.s6_addr32[2],
		  in6.sin6_addr.s6_addr32[3], port);
}

static void show_one(const struct inet_sock *i, int nr, net_emit emit, void *arg)
{
	bool is_tcp = i->s.type == SOCK_STREAM, is_raw = i->s.type == SOCK_RAW;
	int st = inet_state_number(i);
	struct inet_name peer = i->has_peer ? i->peer : inet_no_name(i);
	char line[256], local[ADDRESS_MAX], remote[ADDRESS_MAX];
	u32 tx_bytes = 0, rx = i->rx_bytes;
	int n, width = is_raw || inet_is_v6(i) ? 0 : UDP_WIDTH;

	if (is_tcp) {
		width = inet_is_v6(i) ? 0 : TCP_WIDTH;
		inet_tcp_report(i, &tx_bytes);
		if (st == ST_LISTEN)
			rx = (u32)i->nr_pending; /* connections */
	}
	show_name(i, &i->local, is_raw ? (u16)i->s.protocol : i->local.port, local);
	show_name(i, &peer, peer.port, remote);
	n = scnprintf(line, sizeof(line),
		      "%*d: %s %s %02X %08X:%08X %02X:%08X %08X %5u %8d %lu %d %016x",
		      is_tcp || (is_raw && !inet_is_v6(i)) ? 4 : 5, nr, local, remote, st, tx_bytes,
		      rx, 0, 0, 0, i->uid, 0, (unsigned long)i->s.ino, ref_read(&i->s.ref), 0);
	/* TCP: timers and windows, which are not followed; else: datagrams dropped. */
	n += scnprintf(line + n, sizeof(line) - (size_t)n, is_tcp ? " 100 0 0 10 0" : " 0");
	while (n < width)
		line[n++] = ' ';
	line[n++] = '\n';
	line[n] = '\0';
	emit(arg, line);
}

/* A table that is being printed. */
struct table {
	const struct ns_common *ns;
	int family, type, nr;
	net_emit emit;
	void *arg;
};

static void show(struct inet_sock *i, void *arg)
{
	struct table *t = arg;

	if (net_ns_is(i->s.ns, t->ns) && i->s.family == t->family && i->s.type == t->type &&
	    inet_is_shown(i) && i->s.protocol != IPPROTO_UDPLITE)
		show_one(i, t->nr++, t->emit, t->arg);
}

void inet_show(const struct ns_common *ns, int family, int type, net_emit emit, void *arg)
{
	struct table t = {ns, family, type, 0, emit, arg};
	struct inet_sock *i;

	inet_lock();
	for_each_inet_sock(i) show(i, &t);
	inet_tcp_orphans(show, &t);
	inet_unlock();
}

static void count(struct inet_sock *i, void *arg)
{
	((struct net_counts *)arg)->orphans += inet_tcp_state(i) != ST_TIME_WAIT;
	((struct net_counts *)arg)->time_waits += inet_tcp_state(i) == ST_TIME_WAIT;
}

static enum net_table table_of(const struct inet_sock *i)
{
	if (i->s.type == SOCK_STREAM)
		return NET_TCP;
	if (i->s.type == SOCK_RAW)
		return NET_RAW;
	return i->s.protocol == IPPROTO_UDPLITE ? NET_UDPLITE : NET_UDP;
}

void inet_count(const struct ns_common *ns, struct net_counts *c)
{
	struct inet_sock *i;

	inet_lock();
	for_each_inet_sock(i)
	{
		if (!net_ns_is(i->s.ns, ns))
			continue;
		c->inuse[inet_is_v6(i)][table_of(i)] += inet_is_shown(i);
		c->all++;
		c->tcps += i->s.type == SOCK_STREAM;
	}
	if (net_ns_is(NULL, ns))
		inet_tcp_orphans(count, c);
	inet_unlock();
}
