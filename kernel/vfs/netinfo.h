/* What procfs shows and sets of the network: net/ lies beside it and registers itself here. */
#ifndef VFS_NETINFO_H
#define VFS_NETINFO_H

#include "lib/types.h"

/* /proc/sys/net: defaults and limits, in bytes unless named otherwise. */
struct net_limits {
	u32 wmem_default, wmem_max, rmem_default, rmem_max, optmem_max;
	u32 somaxconn;	    /* connections */
	u32 max_dgram_qlen; /* messages */
};
extern struct net_limits net_limits;

/* Prints one line per socket; NULL until there was one. */
typedef void (*net_emit)(void *arg, const char *line);
struct ns_common; /* the network namespace that is shown */
extern void (*net_show_unix)(const struct ns_common *ns, net_emit emit, void *arg);
/* AF_INET's or AF_INET6's sockets of one type: SOCK_STREAM, SOCK_DGRAM, SOCK_RAW. */
extern void (*net_show_inet)(const struct ns_common *ns, int family, int type, net_emit emit,
			     void *arg);
/* How many there are, [0]: of AF_INET, [1]: of AF_INET6. */
enum net_table { NET_TCP, NET_UDP, NET_UDPLITE, NET_RAW, NET_TABLES };
struct net_counts {
	u32 inuse[2][NET_TABLES];
	u32 all, tcps, orphans, time_waits; /* of both */
};
/* What the loopback has carried; each packet was sent and received. */
struct net_traffic {
	u64 packets, bytes;
};
extern struct net_traffic net_lo_traffic;
extern u32 net_unix_count; /* sockets of AF_UNIX */
extern void (*net_count_inet)(const struct ns_common *ns, struct net_counts *c);

#endif
