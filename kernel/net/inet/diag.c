/* Sockets of AF_INET and AF_INET6 for sock_diag(7). Called by net/sock_diag.c. */
#include "net/inet/inet.h"
#include "net/nl.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#define ROOM 512 /* bytes of attributes */

static void put_address(const struct inet_sock *i, const struct inet_name *name, __be32 *to)
{
	struct sockaddr_in6 in6;

	if (inet_is_v6(i)) {
		inet_fill(i, &in6, name);
		memcpy(to, &in6.sin6_addr, sizeof(in6.sin6_addr));
	} else {
		to[0] = ip_addr_get_ip4_u32(&name->ip);
	}
}

static void put_id(const struct inet_sock *i, struct inet_diag_sockid *id)
{
	id->idiag_sport = lwip_htons(i->raw ? (u16)i->s.protocol : i->local.port);
	put_address(i, &i->local, id->idiag_src);
	if (i->has_peer) {
		id->idiag_dport = lwip_htons(i->peer.port);
		put_address(i, &i->peer, id->idiag_dst);
	}
	id->idiag_cookie[0] = (u32)i->s.ino;
	id->idiag_cookie[1] = 0;
}

/* A dump that is being made. */
struct dump {
	struct nl_sock *n;
	const struct nlmsghdr *h;
	int type;
	struct nl_msg *head, **tail;
};

static void add_one(struct inet_sock *i, void *arg)
{
	struct dump *dump = arg;
	const struct inet_diag_req_v2 *r = NLMSG_DATA(dump->h);
	u8 state = (u8)inet_state_number(i);
	struct inet_diag_msg *d;
	struct tcp_info info;
	int len = sizeof(info);
	struct nl_msg *m;

	if (i->s.ns != dump->n->s.ns || i->s.type != dump->type ||
	    (i->udp && i->s.protocol != r->sdiag_protocol) || i->s.family != r->sdiag_family ||
	    !inet_is_shown(i) || !(r->idiag_states & BIT(state)))
		return;
	m = nl_reply(dump->n, dump->h, SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, sizeof(*d), ROOM);
	if (!m)
		return;
	*dump->tail = m;
	dump->tail = &m->next;
	d = nl_body(m);
	d->idiag_family = (u8)i->s.family;
	d->idiag_state = state;
	put_id(i, &d->id);
	d->idiag_rqueue = i->rx_bytes;
	inet_tcp_report(i, &d->idiag_wqueue);
	if (i->state == INET_LISTEN) {
		d->idiag_rqueue = (u32)i->nr_pending;
		d->idiag_wqueue = (u32)i->backlog;
	}
	d->idiag_uid = i->uid;
	d->idiag_inode = (u32)i->s.ino;
	nl_attr_u8(m, INET_DIAG_SHUTDOWN, (u8)i->s.shutdown);
	if (inet_is_v6(i) && (i->state == INET_LISTEN || !i->has_peer))
		nl_attr_u8(m, INET_DIAG_SKV6ONLY, i->opt.is_v6only);
	if (i->s.type == SOCK_STREAM && (r->idiag_ext & BIT(INET_DIAG_INFO - 1)) &&
	    !inet_tcp_getopt(i, TCP_INFO, &info, &len))
		nl_attr(m, INET_DIAG_INFO, &info, (size_t)len);
	if (i->s.type == SOCK_STREAM && (r->idiag_ext & BIT(INET_DIAG_CONG - 1)))
		nl_attr(m, INET_DIAG_CONG, "reno", 5);
}

static int type_of(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return SOCK_STREAM;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return SOCK_DGRAM;
	case IPPROTO_RAW:
		return SOCK_RAW;
	}
	return -ENOENT;
}

int inet_diag_dump(struct nl_sock *n, const struct nlmsghdr *h)
{
	const struct inet_diag_req_v2 *r = NLMSG_DATA(h);
	struct dump dump = {.n = n, .h = h, .tail = &dump.head};
	struct inet_sock *i;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*r)))
		return -EINVAL;
	dump.type = type_of(r->sdiag_protocol);
	if (dump.type < 0)
		return dump.type;
	if (!nl_is_dump(h))
		return -EOPNOTSUPP;
	inet_lock();
	for_each_inet_sock(i) add_one(i, &dump);
	inet_tcp_orphans(add_one, &dump);
	inet_unlock();
	/* The lock of a queue has the rank of inet_lock(). */
	while (dump.head) {
		struct nl_msg *m = dump.head;

		dump.head = m->next;
		nl_queue(n, m);
	}
	nl_done(n, h);
	return 1;
}
