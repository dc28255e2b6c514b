/* connect(2), listen(2) and accept(2) of AF_UNIX sockets. Called through sock_ops. */
#include "net/net_ns.h"
#include "net/unix.h"

/* --- datagrams: a peer is where messages go that name no other --- */

static int set_dgram_peer(struct unix_sock *u, struct unix_sock *to)
{
	struct unix_sock *old;

	mutex_lock(&u->lock);
	old = u->peer;
	WRITE_ONCE(u->peer, to);
	WRITE_ONCE(u->state, to ? UNIX_ESTABLISHED : UNIX_CLOSE);
	mutex_unlock(&u->lock);
	if (old == to && old)
		unix_put(old);
	else if (old)
		unix_dgram_disconnected(u, old);
	socket_wake_all(&u->s);
	return 0;
}

static int dgram_connect(struct unix_sock *u, const struct vfs_ctx *ctx, const void *addr, int len)
{
	const struct sockaddr_un *un = addr;
	struct unix_sock *to;
	int err;

	if (len < (int)sizeof(un->sun_family))
		return -EINVAL;
	if (un->sun_family == AF_UNSPEC)
		return set_dgram_peer(u, NULL);
	err = unix_check_addr(addr, len);
	if (!err && (u->s.options & SOCK_OPT_PASSCRED) && !u->addr)
		err = unix_autobind(u);
	if (err)
		return err;
	do {
		to = unix_find(u, ctx, addr, len);
		if (IS_ERR(to))
			return (int)PTR_ERR(to);
		mutex_lock(&to->lock);
		err = 0;
		if (to->is_dead)
			err = -EAGAIN; /* its name is gone by now: look again */
		else if (to->peer && to->peer != u)
			err = -EPERM; /* connected to another one */
		mutex_unlock(&to->lock);
		if (err)
			unix_put(to);
	} while (err == -EAGAIN);
	return err ? err : set_dgram_peer(u, to);
}

/* --- streams and seqpackets --- */

static bool is_backlog_full(const struct unix_sock *l)
{
	return READ_ONCE(l->nr_pending) > READ_ONCE(l->backlog);
}

static int wait_for_backlog(struct unix_sock *u, struct unix_sock *l, u64 *deadline)
{
	int err;

	if (!*deadline)
		*deadline = socket_deadline(u->s.sndtimeo_ns);
	err = wait_event_timeout(&l->room_wait,
				 !is_backlog_full(l) || READ_ONCE(l->is_dead) ||
					 (READ_ONCE(l->s.shutdown) & SOCK_SHUT_RCV),
				 *deadline);
	return err ? socket_wait_error(err, *deadline) : 0;
}

/* u->state from "closed" to "connecting", once. */
static int claim(struct unix_sock *u)
{
	if (atomic_cmpxchg(&u->state, UNIX_CLOSE, UNIX_CONNECTING))
		return 0;
	return READ_ONCE(u->state) == UNIX_ESTABLISHED ? -EISCONN : -EINVAL;
}

/* Both ends of a connection, of which `fresh` waits at the listener. l->lock held. */
static void join(struct unix_sock *u, struct unix_sock *fresh, struct unix_sock *l)
{
	socket_caller(&fresh->peer_ids);
	socket_set_ns(&fresh->s, l->s.ns);
	fresh->peer = unix_get(u);
	fresh->is_embryo = true;
	ref_get(&l->addr->ref);
	fresh->addr = l->addr;
	fresh->state = UNIX_ESTABLISHED;
	u->peer_ids = l->peer_ids;
	u->peer = unix_get(fresh);
	atomic_store_release(&u->state, UNIX_ESTABLISHED);
	fresh->next_pending = NULL;
	*l->pending_tail = fresh;
	l->pending_tail = &fresh->next_pending;
	WRITE_ONCE(l->nr_pending, l->nr_pending + 1);
}

/* 0, -EBUSY: the backlog is full; -EAGAIN: the listener went away, look again. */
static int try_join(struct unix_sock *u, struct unix_sock *fresh, struct unix_sock *l)
{
	int err = 0;

	mutex_lock(&l->lock);
	if (l->is_dead)
		err = -EAGAIN;
	else if (l->state != UNIX_LISTEN || (l->s.shutdown & SOCK_SHUT_RCV))
		err = -ECONNREFUSED;
	else if (is_backlog_full(l))
		err = -EBUSY;
	else
		err = claim(u);
	if (!err)
		join(u, fresh, l);
	mutex_unlock(&l->lock);
	if (!err) {
		waitq_wake_key(&l->s.rd_wait, 1, UNIX_READ_EVENTS);
		socket_wake_all(&u->s);
	}
	return err;
}

static int connect_to(struct unix_sock *u, struct unix_sock *fresh, const struct vfs_ctx *ctx,
		      const void *addr, int len, bool nonblock)
{
	u64 deadline = 0;

	for (;;) {
		struct unix_sock *l = unix_find(u, ctx, addr, len);
		int err;

		if (IS_ERR(l))
			return (int)PTR_ERR(l);
		err = try_join(u, fresh, l);
		if (err == -EBUSY) {
			err = nonblock ? -EAGAIN : wait_for_backlog(u, l, &deadline);
			unix_put(l);
			if (err)
				return err;
			continue;
		}
		unix_put(l);
		if (err != -EAGAIN)
			return err;
		cond_resched();
	}
}

int unix_connect(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len,
		 bool nonblock)
{
	struct unix_sock *u = unix_sk(s), *fresh;
	int err;

	if (unix_is_dgram(u))
		return dgram_connect(u, ctx, addr, len);
	err = unix_check_addr(addr, len);
	if (!err && (s->options & SOCK_OPT_PASSCRED) && !u->addr)
		err = unix_autobind(u);
	if (err)
		return err;
	fresh = unix_new(s->type);
	if (IS_ERR(fresh))
		return (int)PTR_ERR(fresh);
	err = connect_to(u, fresh, ctx, addr, len, nonblock);
	if (err) {
		unix_close(fresh);
		unix_put(fresh);
	}
	return err; /* the listener has the reference */
}

int unix_listen(struct socket *s, int backlog)
{
	struct unix_sock *u = unix_sk(s);
	int err = 0;

	if (unix_is_dgram(u))
		return -EOPNOTSUPP;
	if (!u->addr)
		return -EINVAL;
	mutex_lock(&u->lock);
	if (!atomic_cmpxchg(&u->state, UNIX_CLOSE, UNIX_LISTEN) && u->state != UNIX_LISTEN)
		err = -EINVAL;
	if (!err) {
		WRITE_ONCE(u->backlog, (u32)backlog);
		socket_caller(&u->peer_ids);
	}
	mutex_unlock(&u->lock);
	if (!err)
		waitq_wake_all(&u->room_wait);
	return err;
}

static struct unix_sock *take_pending(struct unix_sock *l)
{
	struct unix_sock *u;

	mutex_lock(&l->lock);
	u = l->pending;
	if (u) {
		WRITE_ONCE(l->pending, u->next_pending);
		if (!l->pending)
			l->pending_tail = &l->pending;
		WRITE_ONCE(l->nr_pending, l->nr_pending - 1);
	}
	mutex_unlock(&l->lock);
	if (u)
		waitq_wake_all(&l->room_wait);
	return u;
}

struct socket *unix_accept(struct socket *s, bool nonblock)
{
	struct unix_sock *l = unix_sk(s), *u;
	u64 deadline = 0;
	int err;

	if (unix_is_dgram(l))
		return ERR_PTR(-EOPNOTSUPP);
	if (READ_ONCE(l->state) != UNIX_LISTEN)
		return ERR_PTR(-EINVAL);
	while (!(u = take_pending(l))) {
		if (nonblock)
			return ERR_PTR(-EAGAIN);
		if (READ_ONCE(s->shutdown) & SOCK_SHUT_RCV)
			return ERR_PTR(-EINVAL);
		if (!deadline)
			deadline = socket_deadline(s->rcvtimeo_ns);
		err = wait_event_timeout(&s->rd_wait,
					 READ_ONCE(l->pending) ||
						 (READ_ONCE(s->shutdown) & SOCK_SHUT_RCV),
					 deadline);
		if (err)
			return ERR_PTR(socket_wait_error(err, deadline));
	}
	mutex_lock(&u->lock);
	atomic_or(&u->s.options, s->options & (SOCK_OPT_PASSCRED | SOCK_OPT_PASSPIDFD));
	u->is_embryo = false;
	mutex_unlock(&u->lock);
	return &u->s;
}
