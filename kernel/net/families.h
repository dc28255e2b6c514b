/* The address families that are served, for the table in socket.c. */
#ifndef NET_FAMILIES_H
#define NET_FAMILIES_H

#include "net/socket.h"

extern const struct net_family unix_family;    /* unix.c */
extern const struct net_family netlink_family; /* netlink.c */
extern const struct net_family inet_family;    /* inet/, unless it was built with INET=0 */
extern const struct net_family inet6_family;
void inet_init(void);
void net_init(void); /* at boot: locks only; a family starts with its first socket */

#endif
