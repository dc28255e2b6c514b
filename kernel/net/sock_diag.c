/*
 * NETLINK_SOCK_DIAG: the sockets there are, sock_diag(7), as ss(8) asks. Those of AF_UNIX are here,
 * those of IP in inet/diag.c. Called by netlink.c.
 */
#include "net/nl.h"
#include "net/unix.h"
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

#define ROOM	       512 /* bytes of attributes */
#define ST_ESTABLISHED 1   /* as TCP numbers them */
#define ST_SYN_SENT    2
#define ST_CLOSE       7
#define ST_LISTEN      10

static u8 unix_state_of(const struct unix_sock *u)
{
	switch (READ_ONCE(u->state)) {
	case UNIX_LISTEN:
		return ST_LISTEN;
	case UNIX_CONNECTING:
		return ST_SYN_SENT;
	case UNIX_ESTABLISHED:
		return ST_ESTABLISHED;
	case UNIX_CLOSE:
		break;
	}
	return ST_CLOSE;
}

static void put_queue(struct nl_msg *m, struct unix_sock *u, u8 state)
{
	struct unix_diag_rqlen q = {0, 0};

	mutex_lock(&u->lock);
	if (state == ST_LISTEN) {
		q.udiag_rqueue = u->nr_pending;
		q.udiag_wqueue = u->backlog;
	} else {
		for (const struct unix_buf *b = u->head; b; b = b->next)
			q.udiag_rqueue += b->len - b->off;
		q.udiag_wqueue = READ_ONCE(u->wmem_bytes);
	}
	mutex_unlock(&u->lock);
	nl_attr(m, UNIX_DIAG_RQLEN, &q, sizeof(q));
}

static void send_unix(struct nl_sock *n, const struct nlmsghdr *h, struct unix_sock *u)
{
	const struct unix_diag_req *r = NLMSG_DATA(h);
	u8 state = unix_state_of(u);
	struct unix_diag_msg *d;
	struct unix_addr *a = READ_ONCE(u->addr);
	struct unix_sock *peer = NULL;
	struct nl_msg *m;

	if (!(r->udiag_states & BIT(state)) || !u->s.ino || u->s.ns != n->s.ns)
		return;
	m = nl_reply(n, h, SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, sizeof(*d), ROOM);
	if (!m)
		return;
	d = nl_body(m);
	*d = (struct unix_diag_msg){.udiag_family = AF_UNIX,
				    .udiag_type = (u8)u->s.type,
				    .udiag_state = state,
				    .udiag_ino = (u32)u->s.ino};
	d->udiag_cookie[0] = (u32)u->s.ino;
	if ((r->udiag_show & UDIAG_SHOW_NAME) && a && a->len > 0)
		nl_attr(m, UNIX_DIAG_NAME, a->name.sun_path, (size_t)a->len);
	mutex_lock(&u->lock);
	if (!unix_is_dgram(u) || !u->is_dead)
		peer = u->peer;
	if ((r->udiag_show & UDIAG_SHOW_PEER) && peer)
		nl_attr_u32(m, UNIX_DIAG_PEER, (u32)peer->s.ino);
	mutex_unlock(&u->lock);
	if (r->udiag_show & UDIAG_SHOW_RQLEN)
		put_queue(m, u, state);
	nl_attr_u8(m, UNIX_DIAG_SHUTDOWN, (u8)u->s.shutdown);
	nl_queue(n, m);
}

static int dump_unix(struct nl_sock *n, const struct nlmsghdr *h)
{
	struct unix_sock *u, *next;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(struct unix_diag_req)))
		return -EINVAL;
	if (!nl_is_dump(h))
		return -EOPNOTSUPP;
	for (u = unix_list_next(NULL); u; u = next) {
		send_unix(n, h, u);
		next = unix_list_next(u);
		unix_put(u);
	}
	nl_done(n, h);
	return 1;
}

int sock_diag_handle(struct nl_sock *n, const struct nlmsghdr *h)
{
	const struct sock_diag_req *r = NLMSG_DATA(h);

	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return -EINVAL;
	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*r)))
		return -EINVAL;
	switch (r->sdiag_family) {
	case AF_UNIX:
		return dump_unix(n, h);
#ifdef CONFIG_INET
	case AF_INET:
	case AF_INET6:
		return inet_diag_dump(n, h);
#endif
	}
	return -ENOENT;
}
