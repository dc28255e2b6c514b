/* The values of vfs/netinfo.h; the defaults are those of socket(7) and unix(7). */
#include "vfs/netinfo.h"

struct net_limits net_limits = {
	.wmem_default = 212992,
	.wmem_max = 212992,
	.rmem_default = 212992,
	.rmem_max = 212992,
	.optmem_max = 131072,
	.somaxconn = 4096,
	.max_dgram_qlen = 10,
};
void (*net_show_unix)(const struct ns_common *ns, net_emit emit, void *arg);
void (*net_show_inet)(const struct ns_common *ns, int family, int type, net_emit emit, void *arg);
void (*net_count_inet)(const struct ns_common *ns, struct net_counts *c);
struct net_traffic net_lo_traffic;
u32 net_unix_count;
