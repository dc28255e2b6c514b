/* Network namespaces, network_namespaces(7). There is one TCP/IP stack, and it is the first
 * namespace's; in the others the loopback is down and stays down. */
#ifndef NET_NET_NS_H
#define NET_NET_NS_H

#include "vfs/user_ns.h"

struct socket;
extern struct ns_common init_net;
void net_ns_init(void);

/* struct socket.ns: NULL for the first namespace, so that its sockets count no references. */
void socket_set_ns(struct socket *s, struct ns_common *ns);
/* Whose capabilities count for the socket. */
const struct user_ns *socket_user_ns(const struct socket *s);
static inline bool net_ns_is(const struct ns_common *a, const struct ns_common *b)
{
	return (a ? a : &init_net) == (b ? b : &init_net);
}

#endif
