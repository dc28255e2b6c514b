/*
 * AF_INET and AF_INET6 sockets of a namespace whose only interface, lo, is down: there is a way to
 * nowhere, and nothing arrives. They never reach lwIP, whose addresses and ports are the first
 * namespace's; what a name is given here others of the namespace cannot have. All that is no
 * matter of addresses the usual operations do.
 */
#include "net/inet/inet.h"
#include "core/random.h"
#include "core/time.h"
#include "net/net_ns.h"
#include <linux/in6.h>

#define PORTS_FROM 32768u /* ip(7), ip_local_port_range */
#define PORTS	   28232u

static int no_way(const struct inet_sock *i)
{
	return inet_is_v6(i) ? -EADDRNOTAVAIL : -ENETUNREACH;
}

/* Under inet_lock(). */
static bool is_taken(const struct inet_sock *i, const struct inet_name *name)
{
	struct inet_sock *o;

	for_each_inet_sock(o)
	{
		if (o != i && o->s.ns == i->s.ns && o->s.type == i->s.type &&
		    o->down_name.port == name->port &&
		    (ip_addr_isany(&o->down_name.ip) || ip_addr_isany(&name->ip) ||
		     ip_addr_cmp(&o->down_name.ip, &name->ip)) &&
		    !(o->s.options & i->s.options & (SOCK_OPT_REUSEADDR | SOCK_OPT_REUSEPORT)))
			return true;
	}
	return false;
}

/* A free port when none was asked for. Under inet_lock(). */
static int choose_port(const struct inet_sock *i, struct inet_name *name)
{
	u32 start;

	if (name->port)
		return is_taken(i, name) ? -EADDRINUSE : 0;
	random_bytes(&start, sizeof(start));
	for (u32 n = 0; n < PORTS; n++) {
		name->port = (u16)(PORTS_FROM + (start + n) % PORTS);
		if (!is_taken(i, name))
			return 0;
	}
	return -EADDRINUSE;
}

static int down_bind(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len)
{
	struct inet_sock *i = inet_sk(s);
	struct inet_name name;
	int err;

	inet_lock();
	err = inet_bind_name(i, ctx, addr, len, &name);
	if (!err && inet_is_v6(i) && !ip_addr_isany(&name.ip))
		err = -EADDRNOTAVAIL;
	if (!err && i->is_down_bound)
		err = -EINVAL;
	if (!err)
		err = choose_port(i, &name);
	if (!err) {
		i->down_name = name;
		i->is_down_bound = true;
	}
	inet_unlock();
	return err;
}

static int down_connect(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len,
			bool nonblock)
{
	struct inet_sock *i = inet_sk(s);
	struct inet_name to;
	int err = inet_parse(i, addr, len, &to);

	(void)ctx;
	(void)nonblock;
	if (err)
		return err < 0 ? err : 0; /* AF_UNSPEC: not connected, as before */
	return i->is_down_listening ? -EISCONN : no_way(i);
}

/* What listen(2) and sending do where bind(2) was not called. */
static int autobind(struct inet_sock *i)
{
	struct inet_name name = inet_no_name(i);
	int err = 0;

	inet_lock();
	if (!i->is_down_bound)
		err = choose_port(i, &name);
	if (!err && !i->is_down_bound) {
		i->down_name = name;
		i->is_down_bound = true;
	}
	inet_unlock();
	return err;
}

static int down_listen(struct socket *s, int backlog)
{
	struct inet_sock *i = inet_sk(s);
	int err;

	(void)backlog;
	if (s->type != SOCK_STREAM)
		return -EOPNOTSUPP;
	err = autobind(i);
	if (!err)
		WRITE_ONCE(i->is_down_listening, true);
	return err;
}

static bool down_is_listening(const struct socket *s)
{
	return container_of(s, const struct inet_sock, s)->is_down_listening;
}

/* Nobody ever comes. */
static struct socket *down_accept(struct socket *s, bool nonblock)
{
	u64 deadline = socket_deadline(s->rcvtimeo_ns);
	int err;

	if (s->type != SOCK_STREAM)
		return ERR_PTR(-EOPNOTSUPP);
	if (!down_is_listening(s))
		return ERR_PTR(-EINVAL);
	if (nonblock)
		return ERR_PTR(-EAGAIN);
	err = wait_event_timeout(&s->rd_wait, !down_is_listening(s), deadline);
	return ERR_PTR(err ? socket_wait_error(err, deadline) : -EINVAL);
}

static int down_name(struct socket *s, void *addr, bool of_peer)
{
	const struct inet_sock *i = inet_sk(s);

	return of_peer ? -ENOTCONN
		       : inet_fill(i, addr, i->is_down_bound ? &i->down_name : &i->local);
}

static long down_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	struct inet_sock *i = inet_sk(s);
	struct inet_name to;
	int err;

	if (s->type == SOCK_STREAM)
		return i->up_ops->send(s, ctx, m); /* it is not connected */
	err = autobind(i);
	if (err)
		return err;
	if (!m->name_len)
		return -EDESTADDRREQ;
	err = inet_parse(i, m->name, m->name_len, &to);
	return err < 0 ? err : no_way(i);
}

static long down_recv(struct socket *s, struct sock_msg *m)
{
	return inet_sk(s)->up_ops->recv(s, m);
}

static int down_shutdown(struct socket *s, u32 which)
{
	struct inet_sock *i = inet_sk(s);

	if (!i->is_down_listening)
		return i->up_ops->shutdown(s, which);
	if (which & SOCK_SHUT_RCV)
		WRITE_ONCE(i->is_down_listening, false);
	socket_wake_all(s);
	return 0;
}

static unsigned down_poll(struct socket *s, struct poll_table *pt)
{
	if (!down_is_listening(s))
		return inet_sk(s)->up_ops->poll(s, pt);
	poll_wait(pt, &s->rd_wait);
	return 0;
}

static long down_ioctl(struct socket *s, unsigned cmd, void *arg)
{
	const struct sock_ops *up = inet_sk(s)->up_ops;

	return up->ioctl ? up->ioctl(s, cmd, arg) : -ENOTTY;
}

/* Groups are joined at an interface. */
static bool joins(int level, int name)
{
	if (level == IPPROTO_IP)
		return name == IP_ADD_MEMBERSHIP || name == IP_ADD_SOURCE_MEMBERSHIP ||
		       name == MCAST_JOIN_GROUP || name == MCAST_JOIN_SOURCE_GROUP;
	return level == IPPROTO_IPV6 && (name == IPV6_ADD_MEMBERSHIP || name == MCAST_JOIN_GROUP ||
					 name == MCAST_JOIN_SOURCE_GROUP);
}

static int down_setsockopt(struct socket *s, int level, int name, const void *val, int len)
{
	const struct sock_ops *up = inet_sk(s)->up_ops;

	if (joins(level, name))
		return -ENODEV;
	return up->setsockopt ? up->setsockopt(s, level, name, val, len) : -EOPNOTSUPP;
}

static int down_getsockopt(struct socket *s, int level, int name, void *val, int *len)
{
	const struct sock_ops *up = inet_sk(s)->up_ops;

	return up->getsockopt ? up->getsockopt(s, level, name, val, len) : -EOPNOTSUPP;
}

static void down_changed(struct socket *s)
{
	const struct sock_ops *up = inet_sk(s)->up_ops;

	if (up->changed)
		up->changed(s);
}

static void down_close(struct socket *s)
{
	WRITE_ONCE(inet_sk(s)->is_down_listening, false);
	inet_sk(s)->up_ops->close(s);
}

static void down_free(struct socket *s)
{
	inet_sk(s)->up_ops->free(s);
}

static const struct sock_ops down_ops = {
	.bind = down_bind,
	.connect = down_connect,
	.listen = down_listen,
	.accept = down_accept,
	.name = down_name,
	.send = down_send,
	.recv = down_recv,
	.shutdown = down_shutdown,
	.poll = down_poll,
	.ioctl = down_ioctl,
	.setsockopt = down_setsockopt,
	.getsockopt = down_getsockopt,
	.changed = down_changed,
	.is_listening = down_is_listening,
	.close = down_close,
	.free = down_free,
};

void inet_take_down(struct socket *s)
{
	inet_sk(s)->up_ops = s->ops;
	s->ops = &down_ops;
}
