/* The data path of AF_UNIX datagrams and seqpackets: whole messages. Called through sock_ops. */
#include "net/unix.h"
#include <asm/siginfo.h>
#include <asm/signal.h>

#define OVERHEAD_BYTES 32 /* Linux: no message is larger than the send buffer less this */

/* --- who takes it --- */

static struct unix_sock *peer_get(struct unix_sock *u)
{
	struct unix_sock *p;

	if (!unix_is_dgram(u))
		return u->peer ? unix_get(u->peer) : NULL;
	mutex_lock(&u->lock);
	p = u->peer ? unix_get(u->peer) : NULL;
	mutex_unlock(&u->lock);
	return p;
}

/* unix(7): a datagram socket takes as many messages as max_dgram_qlen says, but for those of the
 * peer it is connected to, which its send buffer limits. */
static inline bool is_full(const struct unix_sock *to, const struct unix_sock *from)
{
	return READ_ONCE(to->peer) != from && READ_ONCE(to->nr_queued) > to->backlog;
}

/* --- poll: a sender that waits for room at its peer is told through its own queue --- */

static bool relay_woken(struct waiter *w, unsigned key)
{
	struct unix_sock *u = container_of(w, struct unix_sock, room_relay);

	(void)key;
	list_del(&w->node);
	waitq_wake_key(&u->s.wr_wait, 1, UNIX_WRITE_EVENTS);
	return false;
}

/* u->lock held */
static void relay_set(struct unix_sock *u, struct unix_sock *to)
{
	if (u->relay_to != to) {
		if (u->relay_to) {
			waitq_remove(&u->relay_to->room_wait, &u->room_relay);
			unix_put(u->relay_to);
		}
		u->relay_to = to ? unix_get(to) : NULL;
	}
	if (to && list_empty(&u->room_relay.node)) {
		u->room_relay.func = relay_woken;
		u->room_relay.is_exclusive = false;
		waitq_add(&to->room_wait, &u->room_relay);
	}
}

void unix_relay_stop(struct unix_sock *u)
{
	mutex_lock(&u->lock);
	relay_set(u, NULL);
	mutex_unlock(&u->lock);
}

bool unix_dgram_has_room(struct unix_sock *u, bool wait)
{
	bool has_room = true;
	struct unix_sock *p;

	if (!unix_is_dgram(u) || !READ_ONCE(u->peer))
		return true;
	mutex_lock(&u->lock);
	p = u->peer;
	if (p && is_full(p, u)) {
		if (wait)
			relay_set(u, p);
		has_room = !is_full(p, u) || READ_ONCE(p->is_dead);
	}
	mutex_unlock(&u->lock);
	return has_room;
}

void unix_dgram_disconnected(struct unix_sock *u, struct unix_sock *old)
{
	struct unix_buf *queue;

	unix_relay_stop(u);
	mutex_lock(&u->lock);
	queue = u->head;
	u->head = NULL;
	u->last = NULL;
	WRITE_ONCE(u->nr_queued, 0);
	mutex_unlock(&u->lock);
	if (queue) {
		waitq_wake_all(&u->room_wait);
		unix_bufs_drop(queue);
		if (!READ_ONCE(old->is_dead) && READ_ONCE(old->peer) == u) {
			WRITE_ONCE(old->s.error, ECONNRESET);
			socket_wake_all(&old->s);
		}
	}
	unix_put(old);
}

/* The connected receiver is gone: the connection too. */
static void forget_peer(struct unix_sock *u, struct unix_sock *dead)
{
	bool was_ours;

	mutex_lock(&u->lock);
	was_ours = u->peer == dead;
	if (was_ours) {
		WRITE_ONCE(u->peer, NULL);
		WRITE_ONCE(u->state, UNIX_CLOSE);
	}
	mutex_unlock(&u->lock);
	if (was_ours)
		unix_dgram_disconnected(u, dead);
}

/* --- sending --- */

static int wait_to_send(struct unix_sock *u, const struct sock_msg *m, u64 *deadline)
{
	int err;

	if (m->flags & MSG_DONTWAIT)
		return -EAGAIN;
	if (!*deadline)
		*deadline = socket_deadline(u->s.sndtimeo_ns);
	err = wait_event_timeout(&u->s.wr_wait,
				 READ_ONCE(u->wmem_bytes) < u->s.sndbuf_bytes ||
					 (READ_ONCE(u->s.shutdown) & SOCK_SHUT_SND) ||
					 READ_ONCE(u->s.error),
				 *deadline);
	return err ? socket_wait_error(err, *deadline) : 0;
}

static struct unix_buf *make_message(struct unix_sock *u, struct sock_msg *m, u64 *deadline)
{
	struct unix_buf *b;
	int err;

	for (;;) {
		err = socket_take_error(&u->s);
		if (err)
			return ERR_PTR(err);
		if (u->s.shutdown & SOCK_SHUT_SND)
			return ERR_PTR(-EPIPE);
		b = unix_buf_fill(u, m->it, m->it->count);
		if (!IS_ERR(b) || PTR_ERR(b) != -EAGAIN)
			return b;
		err = wait_to_send(u, m, deadline);
		if (err)
			return ERR_PTR(err);
	}
}

/* 0: `to` has it. -EBUSY: its queue is full. -ECONNREFUSED: it is gone. -EPERM, -EPIPE. */
static int deliver(struct unix_sock *u, struct unix_sock *to, struct unix_buf *b,
		   const struct sock_msg *m)
{
	int err = 0;

	mutex_lock(&to->lock);
	if (to->peer && to->peer != u)
		err = -EPERM;
	else if (to->is_dead)
		err = -ECONNREFUSED;
	else if (to->s.shutdown & SOCK_SHUT_RCV)
		err = -EPIPE;
	else if (is_full(to, u))
		err = -EBUSY;
	if (!err) {
		unix_add_ids(b, u, to, m);
		unix_queue_add(to, b);
		WRITE_ONCE(to->nr_arrived, to->nr_arrived + 1);
		if (unlikely(to->s.file && (to->s.file->flags & FASYNC)))
			fown_send(to->s.file, to->s.file->async_fd, POLL_IN);
	}
	mutex_unlock(&to->lock);
	if (!err && waitq_active(&to->s.rd_wait))
		waitq_wake_key(&to->s.rd_wait, 1, UNIX_READ_EVENTS);
	return err;
}

static int wait_for_queue(struct unix_sock *u, struct unix_sock *to, const struct sock_msg *m,
			  u64 *deadline)
{
	int err;

	if (m->flags & MSG_DONTWAIT)
		return -EAGAIN;
	if (!*deadline)
		*deadline = socket_deadline(u->s.sndtimeo_ns);
	err = wait_event_timeout(&to->room_wait,
				 !is_full(to, u) || READ_ONCE(to->is_dead) ||
					 (READ_ONCE(to->s.shutdown) & SOCK_SHUT_RCV),
				 *deadline);
	return err ? socket_wait_error(err, *deadline) : 0;
}

static struct unix_sock *receiver(struct unix_sock *u, const struct vfs_ctx *ctx,
				  const struct sock_msg *m)
{
	struct unix_sock *to;

	if (m->name_len)
		return unix_find(u, ctx, m->name, m->name_len);
	to = peer_get(u);
	return to ? to : ERR_PTR(unix_is_dgram(u) ? -ENOTCONN : -ECONNRESET);
}

static int send_buf(struct unix_sock *u, const struct vfs_ctx *ctx, struct unix_buf *b,
		    const struct sock_msg *m, u64 *deadline)
{
	struct unix_sock *to;
	int err;

	for (;;) {
		to = receiver(u, ctx, m);
		if (IS_ERR(to))
			return (int)PTR_ERR(to);
		err = deliver(u, to, b, m);
		if (unlikely(err == -EBUSY)) {
			err = wait_for_queue(u, to, m, deadline);
			unix_put(to);
			if (err)
				return err;
			continue;
		}
		if (unlikely(err == -ECONNREFUSED)) {
			if (unix_is_dgram(u) && READ_ONCE(u->peer) == to)
				forget_peer(u, to);
			if (!unix_is_dgram(u))
				err = -EPIPE;
		}
		unix_put(to);
		return err;
	}
}

static int may_send(struct unix_sock *u, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	int err;

	if (!unix_is_dgram(u)) {
		err = socket_take_error(&u->s);
		if (err)
			return err;
		if (READ_ONCE(u->state) != UNIX_ESTABLISHED)
			return -ENOTCONN;
		m->name_len = 0; /* ignored: send(2) */
	}
	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (m->name_len) {
		err = unix_check_addr(m->name, m->name_len);
		if (err)
			return err;
	} else if (!READ_ONCE(u->peer)) {
		return -ENOTCONN;
	}
	if (unlikely(u->s.options & (SOCK_OPT_PASSCRED | SOCK_OPT_PASSPIDFD)) && !u->addr) {
		err = unix_autobind(u);
		if (err)
			return err;
	}
	if (m->it->count > u->s.sndbuf_bytes - OVERHEAD_BYTES)
		return -EMSGSIZE;
	if (unlikely(m->control.files))
		return unix_inflight(ctx, m->control.files);
	return 0;
}

long unix_dgram_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	struct unix_sock *u = unix_sk(s);
	size_t len = m->it->count;
	struct unix_buf *b;
	u64 deadline = 0;
	int err = may_send(u, ctx, m);

	if (unlikely(err))
		return err;
	b = make_message(u, m, &deadline);
	if (IS_ERR(b))
		return PTR_ERR(b);
	b->files = m->control.files;
	m->control.files = NULL;
	if (u->addr) {
		ref_get(&u->addr->ref);
		b->addr = u->addr;
	}
	err = send_buf(u, ctx, b, m, &deadline);
	if (err) {
		unix_buf_free(b);
		return err;
	}
	return (long)len;
}

/* --- receiving --- */

/* Bytes from `skip` on; -EFAULT. */
static long copy_message(const struct unix_buf *b, struct iter *it, u32 skip, size_t len)
{
	long done = 0;

	for (; b && len; b = b->frag) {
		size_t n;

		if (skip >= b->len) {
			skip -= b->len;
			continue;
		}
		n = MIN(len, b->len - skip);
		if (iter_put(it, b->data + skip, n) < n)
			return -EFAULT;
		skip = 0;
		len -= n;
		done += (long)n;
	}
	return done;
}

static void note_message(struct sock_msg *m, const struct unix_buf *b)
{
	m->control.has_ids = b->has_ids;
	if (unlikely(b->has_ids))
		m->control.ids = b->ids;
	m->control.stamp_ns = b->stamp_ns;
	if (m->name)
		m->name_len = b->addr ? unix_addr_copy(b->addr, m->name) : 0;
}

/* The message's data and what is beside it, to the caller. */
static long hand_out(struct unix_sock *u, struct unix_buf *b, struct sock_msg *m, u32 skip)
{
	u32 size = b->total_len - skip;
	size_t n = MIN(m->it->count, size);
	long done;

	if (n < size)
		m->out_flags |= MSG_TRUNC;
	note_message(m, b);
	done = copy_message(b, m->it, skip, n);
	if (done < 0)
		return done;
	if (m->flags & MSG_PEEK) {
		if (u->s.peek_off >= 0)
			u->s.peek_off += (int)n;
	} else if (u->s.peek_off > 0) {
		u->s.peek_off = MAX(0, u->s.peek_off - (int)b->total_len);
	}
	return m->flags & MSG_TRUNC ? (long)size : done;
}

static struct unix_buf *find_message(const struct unix_sock *u, u32 *skip)
{
	struct unix_buf *b = u->head;

	while (b && *skip && *skip >= b->total_len) {
		*skip -= b->total_len;
		b = b->next;
	}
	return b;
}

/* What there is; -EAGAIN. u->lock held; scm_mutex too, when `holds_scm`, else -EDEADLK for a
 * message with descriptors. *out: the message, to be freed by the caller. */
static long take_message(struct unix_sock *u, struct sock_msg *m, bool holds_scm,
			 struct unix_buf **out)
{
	bool is_peek = m->flags & MSG_PEEK;
	u32 skip = is_peek && u->s.peek_off > 0 ? (u32)u->s.peek_off : 0;
	struct unix_buf *b = find_message(u, &skip);

	*out = NULL;
	if (!b)
		return -EAGAIN;
	if (unlikely(b->files)) {
		if (!holds_scm)
			return -EDEADLK;
		if (is_peek) {
			m->control.files = scm_copy(b->files);
		} else {
			unix_notinflight_locked(b->files);
			m->control.files = b->files;
			b->files = NULL;
		}
	}
	if (is_peek)
		return hand_out(u, b, m, skip);
	unix_queue_pop(u);
	*out = b;
	return 0;
}

static long try_recv(struct unix_sock *u, struct sock_msg *m, u32 *seen)
{
	struct unix_buf *b;
	long n;

	mutex_lock(&u->lock);
	*seen = u->nr_arrived;
	n = take_message(u, m, false, &b);
	mutex_unlock(&u->lock);
	if (unlikely(n == -EDEADLK)) {
		mutex_lock(&scm_mutex);
		mutex_lock(&u->lock);
		n = take_message(u, m, true, &b);
		mutex_unlock(&u->lock);
		mutex_unlock(&scm_mutex);
	}
	if (!b)
		return n;
	if (waitq_active(&u->room_wait))
		waitq_wake_key(&u->room_wait, ~0u, 0);
	n = hand_out(u, b, m, 0);
	unix_buf_free(b);
	return n;
}

long unix_dgram_recv(struct socket *s, struct sock_msg *m)
{
	struct unix_sock *u = unix_sk(s);
	bool is_seq = !unix_is_dgram(u);
	u64 deadline = 0;
	long n;
	u32 seen;

	if (is_seq && READ_ONCE(u->state) != UNIX_ESTABLISHED)
		return -ENOTCONN;
	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	for (;;) {
		n = socket_take_error(s);
		if (unlikely(n))
			return n;
		n = try_recv(u, m, &seen);
		if (likely(n != -EAGAIN))
			return n;
		if (READ_ONCE(s->shutdown) & SOCK_SHUT_RCV)
			return is_seq || !(m->flags & MSG_DONTWAIT) ? 0 : -EAGAIN;
		if (m->flags & MSG_DONTWAIT)
			return -EAGAIN;
		if (!deadline)
			deadline = socket_deadline(s->rcvtimeo_ns);
		n = wait_event_timeout(&s->rd_wait,
				       READ_ONCE(u->nr_arrived) != seen ||
					       (READ_ONCE(s->shutdown) & SOCK_SHUT_RCV) ||
					       READ_ONCE(s->error),
				       deadline);
		if (n)
			return socket_wait_error((int)n, deadline);
	}
}
