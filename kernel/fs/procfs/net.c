/* /proc/net and /proc/sys/net. What is shown registers itself in vfs/netinfo.h. */
#include "proc/ns.h"
#include "vfs/netinfo.h"
#include "fs/procfs/procfs.h"
#include "lib/string.h"
#include "abi/linux/missing.h"

/* The network namespace of the process whose /proc/PID/net it is; referenced, NULL: it has none. */
static struct ns_common *ns_of(const struct proc_who *who)
{
	struct task *t = proc_task(who);
	struct ns_common *ns = t ? task_get_ns(t, NS_NET) : NULL;

	if (t)
		task_put(t);
	return ns;
}

static bool is_first(const struct proc_who *who)
{
	struct ns_common *ns = ns_of(who);
	bool is = ns == init_nsproxy.ns[NS_NET];

	ns_put(ns);
	return is;
}

static void emit_line(void *arg, const char *line)
{
	proc_write(arg, line, strlen(line));
}

static int show_unix(struct proc_buf *b, const struct proc_who *who)
{
	struct ns_common *ns = ns_of(who);

	if (!ns)
		return -ESRCH;
	proc_printf(b, "Num       RefCount Protocol Flags    Type St Inode Path\n");
	if (net_show_unix)
		net_show_unix(ns, emit_line, b);
	ns_put(ns);
	return 0;
}

/* --- the tables of AF_INET, whose lines have a fixed length --- */

static void head(struct proc_buf *b, const char *columns, size_t width)
{
	size_t n = strlen(columns);

	proc_write(b, columns, n);
	for (; n < width; n++)
		proc_write(b, " ", 1);
	proc_write(b, "\n", 1);
}

#define SOCK_COLUMNS                                                                  \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt" \
	"   uid  timeout inode"
#define SOCK_COLUMNS6                                                                      \
	"  sl  local_address                         remote_address                      " \
	"  st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"

static int show_sockets(struct proc_buf *b, const struct proc_who *who, int family, int type,
			const char *columns, size_t width)
{
	struct ns_common *ns = ns_of(who);

	if (!ns)
		return -ESRCH;
	head(b, columns, width);
	if (net_show_inet)
		net_show_inet(ns, family, type, emit_line, b);
	ns_put(ns);
	return 0;
}

static int show_tcp(struct proc_buf *b, const struct proc_who *who)
{
	return show_sockets(b, who, AF_INET, SOCK_STREAM, SOCK_COLUMNS, 149);
}

static int show_udp(struct proc_buf *b, const struct proc_who *who)
{
	return show_sockets(b, who, AF_INET, SOCK_DGRAM, " " SOCK_COLUMNS " ref pointer drops",
			    127);
}

static int show_raw(struct proc_buf *b, const struct proc_who *who)
{
	return show_sockets(b, who, AF_INET, SOCK_RAW, SOCK_COLUMNS " ref pointer drops", 0);
}

static int show_tcp6(struct proc_buf *b, const struct proc_who *who)
{
	return show_sockets(b, who, AF_INET6, SOCK_STREAM, SOCK_COLUMNS6, 0);
}

static int show_udp6(struct proc_buf *b, const struct proc_who *who)
{
	return show_sockets(b, who, AF_INET6, SOCK_DGRAM, SOCK_COLUMNS6 " ref pointer drops", 0);
}

static int show_raw6(struct proc_buf *b, const struct proc_who *who)
{
	return show_sockets(b, who, AF_INET6, SOCK_RAW, SOCK_COLUMNS6 " ref pointer drops", 0);
}

static struct net_counts count_sockets(const struct proc_who *who)
{
	struct ns_common *ns = ns_of(who);
	struct net_counts c = {0};

	if (ns && net_count_inet)
		net_count_inet(ns, &c);
	ns_put(ns);
	return c;
}

/* Memory is not counted by protocol. */
static int show_sockstat(struct proc_buf *b, const struct proc_who *who)
{
	struct net_counts c = count_sockets(who);
	const u32 *n = c.inuse[0];

	proc_printf(b, "sockets: used %u\n", c.all + READ_ONCE(net_unix_count));
	proc_printf(b, "TCP: inuse %u orphan %u tw %u alloc %u mem 0\n", n[NET_TCP], c.orphans,
		    c.time_waits, c.tcps);
	proc_printf(b, "UDP: inuse %u mem 0\nUDPLITE: inuse %u\nRAW: inuse %u\n", n[NET_UDP],
		    n[NET_UDPLITE], n[NET_RAW]);
	proc_printf(b, "FRAG: inuse 0 memory 0\n");
	return 0;
}

static int show_sockstat6(struct proc_buf *b, const struct proc_who *who)
{
	struct net_counts c = count_sockets(who);
	const u32 *n = c.inuse[1];

	proc_printf(b, "TCP6: inuse %u\nUDP6: inuse %u\nUDPLITE6: inuse %u\nRAW6: inuse %u\n",
		    n[NET_TCP], n[NET_UDP], n[NET_UDPLITE], n[NET_RAW]);
	proc_printf(b, "FRAG6: inuse 0 memory 0\n");
	return 0;
}

/* Address, interface, bits of the prefix, scope, flags, name: all in hexadecimal but the last. */
static int show_if_inet6(struct proc_buf *b, const struct proc_who *who)
{
	if (is_first(who)) /* lo has none while it is down */
		proc_printf(b, "00000000000000000000000000000001 01 80 10 80       lo\n");
	return 0;
}

/* The loopback needs no route here and no neighbours. */
static int show_route(struct proc_buf *b, const struct proc_who *who)
{
	(void)who;
	head(b,
	     "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
	     127);
	return 0;
}

static int show_arp(struct proc_buf *b, const struct proc_who *who)
{
	(void)who;
	proc_printf(b, "IP address       HW type     Flags       HW address            Mask     "
		       "Device\n");
	return 0;
}

static int show_dev(struct proc_buf *b, const struct proc_who *who)
{
	struct net_traffic t = net_lo_traffic;

	(void)who;
	proc_printf(b, "Inter-|   Receive                                                |  "
		       "Transmit\n face |bytes    packets errs drop fifo frame compressed "
		       "multicast|bytes    packets errs drop fifo colls carrier compressed\n");
	proc_printf(b,
		    "    lo: %7lu %7lu    0    0    0     0          0         0 %8lu %7lu    0 "
		    "   0    0     0       0          0\n",
		    (unsigned long)t.bytes, (unsigned long)t.packets, (unsigned long)t.bytes,
		    (unsigned long)t.packets);
	return 0;
}

const struct proc_entry proc_net[] = {
	{.name = "unix", .mode = S_IFREG | 0444, .show = show_unix},
	{.name = "dev", .mode = S_IFREG | 0444, .show = show_dev},
	{.name = "tcp", .mode = S_IFREG | 0444, .show = show_tcp},
	{.name = "udp", .mode = S_IFREG | 0444, .show = show_udp},
	{.name = "raw", .mode = S_IFREG | 0444, .show = show_raw},
	{.name = "tcp6", .mode = S_IFREG | 0444, .show = show_tcp6},
	{.name = "udp6", .mode = S_IFREG | 0444, .show = show_udp6},
	{.name = "raw6", .mode = S_IFREG | 0444, .show = show_raw6},
	{.name = "if_inet6", .mode = S_IFREG | 0444, .show = show_if_inet6},
	{.name = "sockstat", .mode = S_IFREG | 0444, .show = show_sockstat},
	{.name = "sockstat6", .mode = S_IFREG | 0444, .show = show_sockstat6},
	{.name = "route", .mode = S_IFREG | 0444, .show = show_route},
	{.name = "arp", .mode = S_IFREG | 0444, .show = show_arp},
	{0}};

#define LIMIT(field, lowest)                                                            \
	{                                                                               \
		.name = #field, .mode = S_IFREG | 0644, .ctl = &(const struct proc_ctl) \
		{                                                                       \
			.kind = CTL_INT, .data = &net_limits.field, .min = lowest,      \
			.max = INT32_MAX                                                \
		}                                                                       \
	}

static const struct proc_entry sys_net_core[] = {LIMIT(wmem_default, 4608),
						 LIMIT(wmem_max, 4608),
						 LIMIT(rmem_default, 2304),
						 LIMIT(rmem_max, 2304),
						 LIMIT(optmem_max, 0),
						 LIMIT(somaxconn, 0),
						 {0}};
static const struct proc_entry sys_net_unix[] = {LIMIT(max_dgram_qlen, 0), {0}};

const struct proc_entry proc_sys_net[] = {
	{.name = "core", .mode = S_IFDIR | 0555, .children = sys_net_core},
	{.name = "unix", .mode = S_IFDIR | 0555, .children = sys_net_unix},
	{0}};
