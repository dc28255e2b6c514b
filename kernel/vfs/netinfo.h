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

#endif
