/* The address families that are served, for the table in socket.c. */
#ifndef NET_FAMILIES_H
#define NET_FAMILIES_H

#include "net/socket.h"

extern const struct net_family unix_family;    /* unix.c */
extern const struct net_family netlink_family; /* netlink.c */

#endif
