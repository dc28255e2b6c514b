/* The lines of /proc/net/tcp, udp and raw, and of tcp6, udp6 and raw6: proc_pid_net(5). */
#include "net/inet/inet.h"
#include "net/net_ns.h"
#include "lib/printf.h"

#define TCP_WIDTH      149 /* of a line, filled with spaces; those of IPv6 are not */
#define UDP_WIDTH      127
#define ADDRESS_MAX    40
#define ST_ESTABLISHED 1
#define ST_CLOSE       7
#define ST_LISTEN      10

/* Linux shows what has a port or a peer; a new socket has neither. */
static bool is_shown(const struct inet_sock *i, int type)
{
	if (i->s.type != type)
		return false;
	if (type == SOCK_STREAM)
		return inet_tcp_state(i) != ST_CLOSE;
	return type == SOCK_RAW || i->local.port;
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
	int st = i->has_peer ? ST_ESTABLISHED : ST_CLOSE;
	struct inet_name peer = i->has_peer ? i->peer : inet_no_name(i);
	char line[256], local[ADDRESS_MAX], remote[ADDRESS_MAX];
	u32 tx_bytes = 0, rx = i->rx_bytes;
	int n, width = is_raw || inet_is_v6(i) ? 0 : UDP_WIDTH;

	if (is_tcp) {
		st = inet_tcp_state(i);
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

void inet_show(const struct ns_common *ns, int family, int type, net_emit emit, void *arg)
{
	struct inet_sock *i;
	int nr = 0;

	inet_lock();
	for_each_inet_sock(i)
	{
		if (i->s.family == family && net_ns_is(i->s.ns, ns) && is_shown(i, type))
			show_one(i, nr++, emit, arg);
	}
	inet_unlock();
}
