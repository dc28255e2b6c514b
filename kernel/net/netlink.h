/* Netlink sockets as a way back to a program: what mq_notify(2) does with SIGEV_THREAD. */
#ifndef NET_NETLINK_H
#define NET_NETLINK_H

#include "net/socket.h"

struct nl_msg;

/* A message for netlink_deliver(), which cannot fail then. At most 256 bytes. ERR_PTR(-ENOMEM). */
struct nl_msg *netlink_prepare(const void *data, size_t len);
void *netlink_data(struct nl_msg *m);
/* To a socket of AF_NETLINK, from the kernel; may sleep. */
void netlink_deliver(struct socket *s, struct nl_msg *m);
void netlink_discard(struct nl_msg *m);

#endif
