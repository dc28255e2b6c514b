/*
 * AF_NETLINK with NETLINK_ROUTE, as far as the C library asks: which interfaces and addresses there
 * are. There is a loopback interface that is down and has no address, as in a new network namespace
 * of Linux. netlink(7), rtnetlink(7). Called through sock_ops.
 */
#include "net/netlink.h"
#include "net/families.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#define REQUEST_MAX_BYTES 32768u
#define REPLY_BYTES	  256 /* of one message */

/* A datagram to the program: one netlink message or more. */
struct nl_msg {
	struct nl_msg *next;
	u32 len;
	u8 data[];
};

struct nl_sock {
	struct socket s;
	struct mutex lock; /* RANK_SOCKET: the queue */
	struct nl_msg *head, *last;
	u32 queued_bytes;
	u32 nr_arrived;
	u32 groups;
	/* ports_lock */
	u32 port; /* its address; 0 = not bound */
	struct list_head node;
};

static spinlock_t ports_lock = SPINLOCK_INIT(RANK_LEAF, "netlink ports");
static struct list_head bound = LIST_INIT(bound); /* ports_lock */
static u32 next_port = (u32)-4097;		  /* ports_lock */
static const struct sock_ops netlink_ops;

#define MSG_BYTES (sizeof(struct nl_msg) + REPLY_BYTES)

static void msg_free(struct nl_msg *m)
{
	kfree(m);
	socket_uncharge(MSG_BYTES);
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
	if (protocol != NETLINK_ROUTE)
		return ERR_PTR(-EPROTONOSUPPORT);
	n = kzalloc(sizeof(*n), GFP_KERNEL);
	if (!n)
		return ERR_PTR(-ENOMEM);
	socket_init(&n->s, &netlink_ops, AF_NETLINK, type);
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

static void queue_msg(struct nl_sock *n, struct nl_msg *m)
{
	mutex_lock(&n->lock);
	if (n->queued_bytes + m->len > n->s.rcvbuf_bytes) {
		mutex_unlock(&n->lock);
		msg_free(m);
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

static struct nl_msg *msg_new(void)
{
	struct nl_msg *m;

	if (!socket_charge(MSG_BYTES))
		return NULL;
	m = kzalloc(MSG_BYTES, GFP_KERNEL);
	if (!m)
		socket_uncharge(MSG_BYTES);
	return m;
}

struct nl_msg *netlink_prepare(const void *data, size_t len)
{
	struct nl_msg *m = msg_new();

	if (!m)
		return ERR_PTR(-ENOMEM);
	m->len = (u32)MIN(len, REPLY_BYTES);
	memcpy(m->data, data, m->len);
	return m;
}

void *netlink_data(struct nl_msg *m)
{
	return m->data;
}

void netlink_deliver(struct socket *s, struct nl_msg *m)
{
	queue_msg(nl_sk(s), m);
}

void netlink_discard(struct nl_msg *m)
{
	msg_free(m);
}

/* An empty message in answer to `req`, its body zeroed. NULL. */
static struct nl_msg *reply_new(const struct nl_sock *n, const struct nlmsghdr *req, u16 type,
				u16 flags, size_t body)
{
	struct nl_msg *m = msg_new();
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

static void add_attr(struct nl_msg *m, u16 type, const void *data, size_t len)
{
	struct nlmsghdr *h = (void *)m->data;
	struct rtattr *a = (void *)(m->data + m->len);

	a->rta_type = type;
	a->rta_len = (u16)RTA_LENGTH(len);
	memcpy(RTA_DATA(a), data, len);
	m->len += (u32)RTA_ALIGN(a->rta_len);
	h->nlmsg_len = m->len;
}

static void send_error(struct nl_sock *n, const struct nlmsghdr *req, int err)
{
	struct nl_msg *m = reply_new(n, req, NLMSG_ERROR, 0, sizeof(struct nlmsgerr));
	struct nlmsgerr *e;

	if (!m)
		return;
	e = NLMSG_DATA(m->data);
	e->error = err;
	e->msg = *req;
	queue_msg(n, m);
}

static void send_done(struct nl_sock *n, const struct nlmsghdr *req)
{
	struct nl_msg *m = reply_new(n, req, NLMSG_DONE, NLM_F_MULTI, sizeof(int));

	if (m)
		queue_msg(n, m);
}

static void send_loopback(struct nl_sock *n, const struct nlmsghdr *req, u16 flags)
{
	static const u8 no_address[6];
	struct nl_msg *m = reply_new(n, req, RTM_NEWLINK, flags, sizeof(struct ifinfomsg));
	const u32 mtu = 65536, queue = 1000;
	const u8 state = IF_OPER_STATE_DOWN;
	struct ifinfomsg *i;

	if (!m)
		return;
	i = NLMSG_DATA(m->data);
	i->ifi_type = IF_TYPE_LOOPBACK;
	i->ifi_index = 1;
	i->ifi_flags = n->s.ns ? IF_FLAGS_LOOPBACK_DOWN : IF_FLAGS_LOOPBACK;
	add_attr(m, IFLA_IFNAME, "lo", 3);
	add_attr(m, IFLA_TXQLEN, &queue, sizeof(queue));
	add_attr(m, IFLA_OPERSTATE, &state, sizeof(state));
	add_attr(m, IFLA_MTU, &mtu, sizeof(mtu));
	add_attr(m, IFLA_ADDRESS, no_address, sizeof(no_address));
	add_attr(m, IFLA_BROADCAST, no_address, sizeof(no_address));
	queue_msg(n, m);
}

/* RTM_GETLINK of one interface: by number or by name. */
static bool asks_for_loopback(const struct nlmsghdr *h)
{
	const struct ifinfomsg *i = NLMSG_DATA(h);
	size_t left = h->nlmsg_len - NLMSG_LENGTH(sizeof(*i));
	const struct rtattr *a = (const void *)((const u8 *)i + NLMSG_ALIGN(sizeof(*i)));

	if (i->ifi_index)
		return i->ifi_index == 1;
	while (left >= sizeof(*a) && a->rta_len >= sizeof(*a) && a->rta_len <= left) {
		size_t step = MIN(RTA_ALIGN((size_t)a->rta_len), left);

		if (a->rta_type == IFLA_IFNAME)
			return a->rta_len > RTA_LENGTH(2) && !memcmp(RTA_DATA(a), "lo", 3);
		left -= step;
		a = (const void *)((const u8 *)a + step);
	}
	return false;
}

static int handle(struct nl_sock *n, const struct nlmsghdr *h)
{
	bool is_dump = (h->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;

	if (!(h->nlmsg_flags & NLM_F_REQUEST) || h->nlmsg_type < NLMSG_MIN_TYPE)
		return 0;
	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(struct rtgenmsg)))
		return -EINVAL;
	if (is_dump && (h->nlmsg_type == RTM_GETLINK || h->nlmsg_type == RTM_GETADDR)) {
		if (h->nlmsg_type == RTM_GETLINK)
			send_loopback(n, h, NLM_F_MULTI);
		send_done(n, h);
		return 1;
	}
	if (h->nlmsg_type != RTM_GETLINK)
		return -EOPNOTSUPP;
	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(struct ifinfomsg)))
		return -EINVAL;
	if (!asks_for_loopback(h))
		return -ENODEV;
	send_loopback(n, h, 0);
	return 0;
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
	.close = netlink_close,
	.free = netlink_free,
};

const struct net_family netlink_family = {.family = AF_NETLINK, .create = netlink_create};
