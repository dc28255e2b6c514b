/*
 * AF_NETLINK: its addresses, its queue and the requests in what is sent. Families: NETLINK_ROUTE
 * (rtnetlink.c) and NETLINK_SOCK_DIAG (sock_diag.c). Nothing is ever multicast: no interface comes
 * or goes. netlink(7). Called through sock_ops.
 */
#include "net/netlink.h"
#include "net/nl.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "net/families.h"

#define REQUEST_MAX_BYTES 32768u
#define DUMP_MAX_BYTES	  (8u << 20) /* that wait to be read */

static spinlock_t ports_lock = SPINLOCK_INIT(RANK_LEAF, "netlink ports");
static struct list_head bound = LIST_INIT(bound); /* ports_lock */
static u32 next_port = (u32)-4097;		  /* ports_lock */
static const struct sock_ops netlink_ops;

static size_t msg_bytes(const struct nl_msg *m)
{
	return sizeof(*m) + m->room;
}

static void msg_free(struct nl_msg *m)
{
	socket_uncharge(msg_bytes(m));
	kfree(m);
}

static struct nl_sock *nl_sk(struct socket *s)
{
	return container_of(s, struct nl_sock, s);
}

static struct socket *netlink_create(int type, int protocol)
{
	struct nl_sock *n;

	if (type != SOCK_RAW && type != SOCK_DGRAM)
		return ERR_PTR(-ESOCKTNOSUPPORT);
	if (protocol != NETLINK_ROUTE && protocol != NETLINK_SOCK_DIAG)
		return ERR_PTR(-EPROTONOSUPPORT);
	n = kzalloc(sizeof(*n), GFP_KERNEL);
	if (!n)
		return ERR_PTR(-ENOMEM);
	socket_init(&n->s, &netlink_ops, AF_NETLINK, type);
	n->s.protocol = protocol;
	mutex_init(&n->lock, RANK_SOCKET, "netlink");
	list_init(&n->node);
	return &n->s;
}

/* --- addresses --- */

static bool is_used(u32 port)
{
	struct nl_sock *n;

	list_for_each_entry (n, &bound, node) {
		if (n->port == port)
			return true;
	}
	return false;
}

/* netlink(7): port 0 means any; the process's number when that is free. -EADDRINUSE. */
static int bind_port(struct nl_sock *n, u32 port)
{
	struct sock_ids ids;
	int err = 0;

	socket_caller(&ids);
	spin_lock(&ports_lock);
	if (n->port) {
		err = port && port != n->port ? -EINVAL : 0;
	} else if (port && is_used(port)) {
		err = -EADDRINUSE;
	} else {
		if (!port)
			port = ids.pid;
		while (is_used(port))
			port = next_port--;
		n->port = port;
		list_add(&n->node, &bound);
	}
	spin_unlock(&ports_lock);
	return err;
}

static int check_addr(const struct sockaddr_nl *a, int len)
{
	return len < (int)sizeof(*a) || a->nl_family != AF_NETLINK ? -EINVAL : 0;
}

static int netlink_bind(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len)
{
	const struct sockaddr_nl *a = addr;
	struct nl_sock *n = nl_sk(s);
	int err = check_addr(a, len);

	(void)ctx;
	if (!err)
		err = bind_port(n, a->nl_pid);
	if (!err)
		n->groups = a->nl_groups;
	return err;
}

/* Only the kernel answers. */
static int netlink_connect(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len,
			   bool nonblock)
{
	const struct sockaddr_nl *a = addr;
	int err;

	(void)ctx;
	(void)nonblock;
	if (len >= (int)sizeof(a->nl_family) && a->nl_family == AF_UNSPEC)
		return 0;
	err = check_addr(a, len);
	if (!err && (a->nl_pid || a->nl_groups))
		err = -EPERM;
	return err ? err : bind_port(nl_sk(s), 0);
}

static int netlink_name(struct socket *s, void *to, bool of_peer)
{
	struct nl_sock *n = nl_sk(s);
	struct sockaddr_nl a = {.nl_family = AF_NETLINK};

	if (!of_peer) {
		a.nl_pid = n->port;
		a.nl_groups = n->groups;
	}
	memcpy(to, &a, sizeof(a));
	return (int)sizeof(a);
}

/* --- messages --- */

void nl_queue(struct nl_sock *n, struct nl_msg *m)
{
	u32 limit = n->is_dumping ? DUMP_MAX_BYTES : n->s.rcvbuf_bytes;

	if (!m)
		return;
	mutex_lock(&n->lock);
	if (n->queued_bytes + m->len > limit) {
		mutex_unlock(&n->lock);
		msg_free(m);
		if (!n->has_no_enobufs)
			WRITE_ONCE(n->s.error, ENOBUFS); /* netlink(7): messages were lost */
		return;
	}
	m->next = NULL;
	if (n->last)
		n->last->next = m;
	else
		WRITE_ONCE(n->head, m);
	n->last = m;
	n->queued_bytes += m->len;
	WRITE_ONCE(n->nr_arrived, n->nr_arrived + 1);
	mutex_unlock(&n->lock);
	waitq_wake_key(&n->s.rd_wait, 1, EPOLLIN | EPOLLRDNORM);
}

static struct nl_msg *msg_new(size_t room)
{
	struct nl_msg *m;

	if (!socket_charge(sizeof(*m) + room))
		return NULL;
	m = kzalloc(sizeof(*m) + room, GFP_KERNEL);
	if (m)
		m->room = (u32)room;
	else
		socket_uncharge(sizeof(*m) + room);
	return m;
}

struct nl_msg *netlink_prepare(const void *data, size_t len)
{
	struct nl_msg *m = msg_new(len);

	if (!m)
		return ERR_PTR(-ENOMEM);
	m->len = (u32)len;
	memcpy(m->data, data, len);
	return m;
}

void *netlink_data(struct nl_msg *m)
{
	return m->data;
}

void netlink_deliver(struct socket *s, struct nl_msg *m)
{
	nl_queue(nl_sk(s), m);
}

void netlink_discard(struct nl_msg *m)
{
	msg_free(m);
}

struct nl_msg *nl_reply(const struct nl_sock *n, const struct nlmsghdr *req, u16 type, u16 flags,
			size_t body, size_t room)
{
	struct nl_msg *m = msg_new(NLMSG_SPACE(body) + room);
	struct nlmsghdr *h;

	if (!m)
		return NULL;
	h = (void *)m->data;
	h->nlmsg_type = type;
	h->nlmsg_flags = flags;
	h->nlmsg_seq = req->nlmsg_seq;
	h->nlmsg_pid = n->port;
	h->nlmsg_len = (u32)NLMSG_LENGTH(body);
	m->len = NLMSG_ALIGN(h->nlmsg_len);
	return m;
}

/* What has no room is left out: the caller gives enough. */
void nl_attr(struct nl_msg *m, u16 type, const void *data, size_t len)
{
	struct nlmsghdr *h;
	struct rtattr *a;

	if (!m || m->len + RTA_SPACE(len) > m->room)
		return;
	h = (void *)m->data;
	a = (void *)(m->data + m->len);
	a->rta_type = type;
	a->rta_len = (u16)RTA_LENGTH(len);
	memcpy(RTA_DATA(a), data, len);
	m->len += (u32)RTA_ALIGN(a->rta_len);
	h->nlmsg_len = m->len;
}

const struct rtattr *nl_find(const struct nlmsghdr *h, size_t body, u16 type)
{
	size_t at = NLMSG_LENGTH(body), left;
	const struct rtattr *a;

	if (h->nlmsg_len < at)
		return NULL;
	left = h->nlmsg_len - at;
	a = (const void *)((const u8 *)h + at);
	while (left >= sizeof(*a) && a->rta_len >= sizeof(*a) && a->rta_len <= left) {
		size_t step = MIN(RTA_ALIGN((size_t)a->rta_len), left);

		if (a->rta_type == type)
			return a;
		left -= step;
		a = (const void *)((const u8 *)a + step);
	}
	return NULL;
}

static void send_error(struct nl_sock *n, const struct nlmsghdr *req, int err)
{
	struct nl_msg *m = nl_reply(n, req, NLMSG_ERROR, 0, sizeof(struct nlmsgerr), 0);
	struct nlmsgerr *e;

	if (!m)
		return;
	e = nl_body(m);
	e->error = err;
	e->msg = *req;
	nl_queue(n, m);
}

void nl_done(struct nl_sock *n, const struct nlmsghdr *req)
{
	nl_queue(n, nl_reply(n, req, NLMSG_DONE, NLM_F_MULTI, sizeof(int), 0));
}

static int handle(struct nl_sock *n, const struct nlmsghdr *h)
{
	int ret;

	if (!(h->nlmsg_flags & NLM_F_REQUEST) || h->nlmsg_type < NLMSG_MIN_TYPE)
		return 0;
	n->is_dumping = nl_is_dump(h) && !READ_ONCE(n->head);
	ret = n->s.protocol == NETLINK_ROUTE ? rtnetlink_handle(n, h) : sock_diag_handle(n, h);
	n->is_dumping = false;
	return ret;
}

static void handle_all(struct nl_sock *n, const u8 *data, size_t left)
{
	while (left >= sizeof(struct nlmsghdr)) {
		const struct nlmsghdr *h = (const void *)data;
		size_t step;
		int err;

		if (h->nlmsg_len < sizeof(*h) || h->nlmsg_len > left)
			return;
		err = handle(n, h);
		if (err < 0 || (!err && (h->nlmsg_flags & NLM_F_ACK)))
			send_error(n, h, err);
		step = MIN(NLMSG_ALIGN((size_t)h->nlmsg_len), left);
		data += step;
		left -= step;
	}
}

static long netlink_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	const struct sockaddr_nl *a = m->name;
	struct nl_sock *n = nl_sk(s);
	size_t len = m->it->count;
	int err = 0;
	u8 *data;

	(void)ctx;
	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (m->name_len)
		err = check_addr(a, m->name_len);
	if (!err && m->name_len && (a->nl_pid || a->nl_groups))
		err = a->nl_groups ? -EPERM : -ECONNREFUSED;
	if (!err)
		err = bind_port(n, 0);
	if (err)
		return err;
	if (len > REQUEST_MAX_BYTES)
		return -EMSGSIZE;
	data = kmalloc(MAX(len, 16ul), GFP_KERNEL);
	if (!data)
		return -ENOBUFS;
	if (iter_get(m->it, data, len) < len)
		err = -EFAULT;
	else
		handle_all(n, data, len);
	kfree(data);
	return err ? err : (long)len;
}

/* What is there; -EAGAIN. */
static long take(struct nl_sock *n, struct sock_msg *m)
{
	struct nl_msg *msg;
	size_t count;
	long done;

	mutex_lock(&n->lock);
	msg = n->head;
	if (!msg) {
		mutex_unlock(&n->lock);
		return -EAGAIN;
	}
	count = MIN(m->it->count, msg->len);
	if (count < msg->len)
		m->out_flags |= MSG_TRUNC;
	done = iter_put(m->it, msg->data, count) == count ? (long)count : -EFAULT;
	if (done >= 0 && (m->flags & MSG_TRUNC))
		done = msg->len;
	if (!(m->flags & MSG_PEEK)) {
		WRITE_ONCE(n->head, msg->next);
		if (!n->head)
			n->last = NULL;
		n->queued_bytes -= msg->len;
		msg_free(msg);
	}
	mutex_unlock(&n->lock);
	return done;
}

static long netlink_recv(struct socket *s, struct sock_msg *m)
{
	struct sockaddr_nl from = {.nl_family = AF_NETLINK};
	struct nl_sock *n = nl_sk(s);
	u64 deadline = 0;
	long done;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	for (;;) {
		u32 seen = READ_ONCE(n->nr_arrived);

		done = socket_take_error(s);
		if (!done)
			done = take(n, m);
		if (done != -EAGAIN || (m->flags & MSG_DONTWAIT))
			break;
		if (!deadline)
			deadline = socket_deadline(s->rcvtimeo_ns);
		done = wait_event_timeout(&s->rd_wait,
					  READ_ONCE(n->nr_arrived) != seen || READ_ONCE(s->error),
					  deadline);
		if (done)
			return socket_wait_error((int)done, deadline);
	}
	if (done >= 0 && m->name) {
		memcpy(m->name, &from, sizeof(from));
		m->name_len = (int)sizeof(from);
	}
	return done;
}

/* netlink(7): the switches. Those that would change what is sent are not known here. */
static int netlink_setsockopt(struct socket *s, int level, int name, const void *value, int len)
{
	struct nl_sock *n = nl_sk(s);
	u32 val;

	if (level != SOL_NETLINK)
		return -ENOPROTOOPT;
	if (len < (int)sizeof(val))
		return -EINVAL;
	memcpy(&val, value, sizeof(val));
	switch (name) {
	case NETLINK_ADD_MEMBERSHIP:
	case NETLINK_DROP_MEMBERSHIP:
		if (!val || val > RTNLGRP_MAX)
			return -EINVAL;
		if (val <= 32 && name == NETLINK_ADD_MEMBERSHIP)
			n->groups |= BIT(val - 1);
		else if (val <= 32)
			n->groups &= ~BIT(val - 1);
		return 0;
	case NETLINK_NO_ENOBUFS:
		n->has_no_enobufs = val;
		return 0;
	case NETLINK_EXT_ACK:
	case NETLINK_CAP_ACK: /* an error repeats no more than the header of its request anyway */
		n->options = val ? n->options | BIT(name) : n->options & ~BIT(name);
		return 0;
	}
	return -ENOPROTOOPT;
}

static int netlink_getsockopt(struct socket *s, int level, int name, void *value, int *len)
{
	struct nl_sock *n = nl_sk(s);
	int val;

	if (level != SOL_NETLINK)
		return -ENOPROTOOPT;
	if (*len < (int)sizeof(val))
		return -EINVAL;
	if (name == NETLINK_NO_ENOBUFS)
		val = n->has_no_enobufs;
	else if (name == NETLINK_EXT_ACK || name == NETLINK_CAP_ACK)
		val = (n->options & BIT(name)) != 0;
	else
		return -ENOPROTOOPT;
	*len = sizeof(val);
	memcpy(value, &val, sizeof(val));
	return 0;
}

static unsigned netlink_poll(struct socket *s, struct poll_table *pt)
{
	unsigned events = EPOLLOUT | EPOLLWRNORM;

	poll_wait(pt, &s->rd_wait);
	if (READ_ONCE(nl_sk(s)->head))
		events |= EPOLLIN | EPOLLRDNORM;
	return events | (READ_ONCE(s->error) ? (unsigned)EPOLLERR : 0);
}

static void netlink_close(struct socket *s)
{
	struct nl_sock *n = nl_sk(s);

	s->file = NULL;
	spin_lock(&ports_lock);
	list_del(&n->node);
	spin_unlock(&ports_lock);
}

static void netlink_free(struct socket *s)
{
	struct nl_sock *n = nl_sk(s);

	while (n->head) {
		struct nl_msg *next = n->head->next;

		msg_free(n->head);
		n->head = next;
	}
	kfree(n);
}

static const struct sock_ops netlink_ops = {
	.bind = netlink_bind,
	.connect = netlink_connect,
	.name = netlink_name,
	.send = netlink_send,
	.recv = netlink_recv,
	.poll = netlink_poll,
	.setsockopt = netlink_setsockopt,
	.getsockopt = netlink_getsockopt,
	.close = netlink_close,
	.free = netlink_free,
};

const struct net_family netlink_family = {.family = AF_NETLINK, .create = netlink_create};
