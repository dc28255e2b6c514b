/*
 * AF_NETLINK from the inside, for netlink.c, rtnetlink.c and sock_diag.c: netlink(7). A request is
 * handled when it is sent; what answers it is made with nl_reply() and nl_attr() and queued with
 * nl_queue().
 */
#ifndef NET_NL_H
#define NET_NL_H

#include "net/socket.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/* A datagram to the program: one netlink message. */
struct nl_msg {
	struct nl_msg *next;
	u32 len, room; /* bytes of `data`: used, and there are */
	u8 data[];
};

struct nl_sock {
	struct socket s;
	struct mutex lock; /* RANK_SOCKET: the queue */
	struct nl_msg *head, *last;
	u32 queued_bytes;
	u32 nr_arrived;
	u32 groups;
	bool is_dumping;     /* what answers a dump may be more than the buffer holds */
	bool has_no_enobufs; /* NETLINK_NO_ENOBUFS */
	u32 options;	     /* of SOL_NETLINK that were set, by number */
	/* ports_lock */
	u32 port; /* its address; 0 = not bound */
	struct list_head node;
};

/* Of a request: 0 or a negative errno to be acknowledged, or 1: it was answered. */
typedef int (*nl_handler)(struct nl_sock *n, const struct nlmsghdr *h);
int rtnetlink_handle(struct nl_sock *n, const struct nlmsghdr *h);
int sock_diag_handle(struct nl_sock *n, const struct nlmsghdr *h);

/* A message in answer to `req`, with a body of zeros and `room` bytes for attributes. NULL when out
 * of memory; the functions below take that, too. */
struct nl_msg *nl_reply(const struct nl_sock *n, const struct nlmsghdr *req, u16 type, u16 flags,
			size_t body, size_t room);
static inline void *nl_body(struct nl_msg *m)
{
	return NLMSG_DATA((struct nlmsghdr *)m->data);
}
void nl_attr(struct nl_msg *m, u16 type, const void *data, size_t len);
static inline void nl_attr_u32(struct nl_msg *m, u16 type, u32 val)
{
	nl_attr(m, type, &val, sizeof(val));
}
static inline void nl_attr_u8(struct nl_msg *m, u16 type, u8 val)
{
	nl_attr(m, type, &val, sizeof(val));
}
void nl_queue(struct nl_sock *n, struct nl_msg *m);
void nl_done(struct nl_sock *n, const struct nlmsghdr *req); /* the end of a dump */
static inline bool nl_is_dump(const struct nlmsghdr *h)
{
	return (h->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
}
/* The first attribute of that type behind a body of `body` bytes; NULL. */
const struct rtattr *nl_find(const struct nlmsghdr *h, size_t body, u16 type);

#ifdef CONFIG_INET
/* inet/diag.c: sockets of AF_INET and AF_INET6, for sock_diag(7). */
int inet_diag_dump(struct nl_sock *n, const struct nlmsghdr *h);
#endif

#endif
