/* The lines of /proc/net/tcp, udp and raw: proc_pid_net(5). */
#include "net/inet/inet.h"
#include "lib/printf.h"

#define TCP_WIDTH      149 /* of a line, filled with spaces */
#define UDP_WIDTH      127
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

static void show_one(const struct inet_sock *i, int nr, net_emit emit, void *arg)
{
	bool is_tcp = i->s.type == SOCK_STREAM, is_raw = i->s.type == SOCK_RAW;
	int st = i->has_peer ? ST_ESTABLISHED : ST_CLOSE;
	struct inet_name peer = i->has_peer ? i->peer : (struct inet_name){0, 0};
	u32 tx_bytes = 0, rx = i->rx_bytes;
	char line[TCP_WIDTH + 64];
	int n, width = is_raw ? 0 : UDP_WIDTH;

	if (is_tcp) {
		st = inet_tcp_state(i);
		width = TCP_WIDTH;
		inet_tcp_report(i, &tx_bytes);
		if (st == ST_LISTEN)
			rx = (u32)i->nr_pending; /* connections */
	}
	n = scnprintf(line, sizeof(line),
		      "%*d: %08X:%04X %08X:%04X %02X %08X:%08X %02X:%08X %08X %5u %8d %lu %d %016x",
		      is_tcp || is_raw ? 4 : 5, nr, i->local.addr,
		      is_raw ? (unsigned)i->s.protocol : i->local.port, peer.addr, peer.port, st,
		      tx_bytes, rx, 0, 0, 0, i->uid, 0, (unsigned long)i->s.ino,
		      ref_read(&i->s.ref), 0);
	/* TCP: timers and windows, which are not followed; else: datagrams dropped. */
	n += scnprintf(line + n, sizeof(line) - (size_t)n, is_tcp ? " 100 0 0 10 0" : " 0");
	while (n < width)
		line[n++] = ' ';
	line[n++] = '\n';
	line[n] = '\0';
	emit(arg, line);
}

void inet_show(int type, net_emit emit, void *arg)
{
	struct inet_sock *i;
	int nr = 0;

	inet_lock();
	for_each_inet_sock(i)
	{
		if (is_shown(i, type))
			show_one(i, nr++, emit, arg);
	}
	inet_unlock();
}
