/*
 * The data path of AF_UNIX streams. A sender copies into buffers of its own, then hangs them into
 * its peer's queue. Called through sock_ops; next is sys/ again.
 */
#include "net/unix.h"
#include <asm/siginfo.h>
#include <asm/signal.h>

#define CHAIN_MAX 16 /* buffers filled before they are handed over */

/* As many buffers as the send buffer admits, linked by `next`. ERR_PTR. */
static struct unix_buf *fill_chain(struct unix_sock *u, struct iter *it, size_t len)
{
	struct unix_buf *first = NULL, **link = &first, *b;
	unsigned nr = 0;
	int err = 0;

	while (len && nr++ < CHAIN_MAX) {
		size_t n, got;

		b = unix_buf_new(u, len, &err);
		if (!b)
			break;
		n = MIN(len, b->cap);
		got = iter_get(it, b->data, n);
		if (unlikely(got < n)) {
			iter_revert(it, got);
			unix_buf_free(b);
			err = -EFAULT;
			break;
		}
		b->len = (u32)n;
		len -= n;
		*link = b;
		link = &b->next;
	}
	return first ? first : ERR_PTR(err);
}

/* A small piece goes into the last buffer's room: true, and the caller frees `b`. */
static bool merge(struct unix_sock *to, const struct unix_buf *b)
{
	struct unix_buf *t = to->last;

	if (!t || b->next || b->files || b->is_oob || t->files || t->is_oob ||
	    t->sender != b->sender || t->cap - t->off - t->len < b->len || t->cap < b->cap)
		return false;
	if (t->has_ids != b->has_ids || (b->has_ids && memcmp(&t->ids, &b->ids, sizeof(b->ids))))
		return false;
	memcpy(t->data + t->off + t->len, b->data, b->len);
	t->len += b->len;
	return true;
}

int unix_stream_deliver(struct unix_sock *peer, struct unix_buf *b)
{
	struct unix_buf *unused = NULL;

	mutex_lock(&peer->lock);
	if (unlikely(peer->is_dead || (peer->s.shutdown & SOCK_SHUT_RCV))) {
		mutex_unlock(&peer->lock);
		unix_bufs_drop(b);
		return -EPIPE;
	}
	if (merge(peer, b)) {
		unused = b;
	} else {
		if (unlikely(b->is_oob))
			peer->oob = b;
		while (b) {
			struct unix_buf *next = b->next;

			b->next = NULL;
			unix_queue_add(peer, b);
			b = next;
		}
	}
	if (unlikely(peer->s.file && (peer->s.file->flags & FASYNC)))
		fown_send(peer->s.file, peer->s.file->async_fd, POLL_IN);
	WRITE_ONCE(peer->nr_arrived, peer->nr_arrived + 1);
	mutex_unlock(&peer->lock);
	if (waitq_active(&peer->s.rd_wait))
		waitq_wake_key(&peer->s.rd_wait, 1, UNIX_READ_EVENTS);
	if (unused)
		unix_buf_free(unused);
	return 0;
}

static int wait_for_room(struct unix_sock *u, u64 deadline)
{
	int err = wait_event_timeout(&u->s.wr_wait,
				     READ_ONCE(u->wmem_bytes) < u->s.sndbuf_bytes ||
					     READ_ONCE(u->s.shutdown) & SOCK_SHUT_SND,
				     deadline);

	return err ? socket_wait_error(err, deadline) : 0;
}

static void mark_chain(struct unix_sock *u, struct unix_sock *peer, struct unix_buf *b,
		       struct sock_msg *m)
{
	if (likely(!m->control.has_ids &&
		   !((u->s.options | peer->s.options) & (SOCK_OPT_PASSCRED | SOCK_OPT_PASSPIDFD)) &&
		   !peer->is_embryo && !m->control.files))
		return;
	b->files = m->control.files; /* with the first byte */
	m->control.files = NULL;
	for (; b; b = b->next)
		unix_add_ids(b, u, peer, m);
}

static int may_send(const struct unix_sock *u, const struct sock_msg *m)
{
	bool is_connected = READ_ONCE(u->state) == UNIX_ESTABLISHED;

	if (m->name_len)
		return is_connected ? -EISCONN : -EOPNOTSUPP;
	if (!is_connected)
		return -ENOTCONN;
	return u->s.shutdown & SOCK_SHUT_SND ? -EPIPE : 0;
}

/* The data path; the caller has looked at the flags. */
long unix_stream_send_data(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	struct unix_sock *u = unix_sk(s), *peer;
	struct unix_buf *b;
	u64 deadline = 0;
	long done = 0;
	int err;

	err = may_send(u, m);
	if (unlikely(err))
		return err;
	if (unlikely(m->control.files)) {
		err = unix_inflight(ctx, m->control.files);
		if (err)
			return err;
	}
	peer = u->peer;
	while (m->it->count) {
		size_t before = m->it->count;

		b = fill_chain(u, m->it, before);
		if (likely(!IS_ERR(b))) {
			mark_chain(u, peer, b, m);
			err = unix_stream_deliver(peer, b);
			if (unlikely(err))
				break;
			done += (long)(before - m->it->count);
			continue;
		}
		err = (int)PTR_ERR(b);
		if (err != -EAGAIN || (m->flags & MSG_DONTWAIT))
			break;
		if (!deadline)
			deadline = socket_deadline(s->sndtimeo_ns);
		err = wait_for_room(u, deadline);
		if (!err && (s->shutdown & SOCK_SHUT_SND))
			err = -EPIPE;
		if (err)
			break;
	}
	return done ? done : err;
}

/* --- receiving --- */

struct reader {
	struct unix_sock *u;
	struct sock_msg *m;
	long done;
	size_t target;	/* enough to return with */
	u32 first_skip; /* SO_PEEK_OFF */
	u32 skip;	/* what is left of it, and of what was peeked before a pause */
	bool is_peek, has_first, holds_scm;
	u64 deadline;
	struct unix_buf *used; /* read empty; freed without the lock */
};

static bool same_ids(const struct sock_control *c, const struct unix_buf *b)
{
	return c->has_ids == b->has_ids &&
	       (!b->has_ids || !memcmp(&c->ids, &b->ids, sizeof(b->ids)));
}

/* What comes with the first bytes: credentials, the sender's name. */
static void note_first(struct reader *r, const struct unix_buf *b)
{
	struct sock_msg *m = r->m;

	r->has_first = true;
	m->control.has_ids = b->has_ids;
	if (unlikely(b->has_ids))
		m->control.ids = b->ids;
	m->control.stamp_ns = b->stamp_ns;
	if (unlikely(m->name)) {
		const struct unix_addr *a = r->u->peer->addr;

		m->name_len = a ? unix_addr_copy(a, m->name) : 0;
	}
}

/* Bytes of one buffer. True: go on with the next one. */
static bool read_buf(struct reader *r, struct unix_buf *b, int *err)
{
	struct iter *it = r->m->it;
	size_t n = MIN(it->count, b->len - r->skip), got;

	got = iter_put(it, b->data + b->off + r->skip, n);
	if (unlikely(got < n)) {
		iter_revert(it, got);
		*err = -EFAULT;
		return false;
	}
	r->done += (long)n;
	if (r->is_peek) {
		if (r->u->s.peek_off >= 0)
			r->u->s.peek_off += (int)n;
		r->skip = 0;
		if (b->files)
			r->m->control.files = scm_copy(b->files);
		return !b->files;
	}
	b->off += (u32)n;
	b->len -= (u32)n;
	if (unlikely(r->u->s.peek_off > 0))
		r->u->s.peek_off = MAX(0, r->u->s.peek_off - (int)n);
	if (unlikely(b->files)) {
		unix_notinflight_locked(b->files);
		r->m->control.files = b->files;
		b->files = NULL;
	}
	if (b->len)
		return false;
	unix_queue_pop(r->u);
	b->next = r->used;
	r->used = b;
	return !r->m->control.files;
}

/* Everything that can be had without waiting; u->lock held. *err: why there is no more. */
static void read_queue(struct reader *r, int *err)
{
	struct unix_buf *b = r->u->head, *next;

	while (b && r->skip && r->skip >= b->len) {
		r->skip -= b->len;
		b = b->next;
	}
	while (b) {
		if (unlikely(b->is_oob)) {
			next = unix_oob_pass(r->u, b, r->is_peek, r->done, &r->used);
			if (!next && r->done)
				return;
			if (!next)
				break;
			b = next;
		}
		if (unlikely(b->files && !r->holds_scm)) {
			*err = -EDEADLK;
			return;
		}
		if (!r->has_first)
			note_first(r, b);
		else if (unlikely(r->u->s.options & (SOCK_OPT_PASSCRED | SOCK_OPT_PASSPIDFD)) &&
			 !same_ids(&r->m->control, b))
			return;
		next = b->next;
		if (!read_buf(r, b, err) || !r->m->it->count)
			return;
		b = next;
	}
	*err = -EAGAIN;
}

static void free_used(struct reader *r)
{
	unix_bufs_drop(r->used);
	r->used = NULL;
}

/* Nothing more without waiting: 1 wait, else what the call ends with. */
static int may_wait(struct reader *r)
{
	struct socket *s = &r->u->s;
	int err;

	if ((size_t)r->done >= r->target)
		return 0;
	err = socket_take_error(s);
	if (err || (READ_ONCE(s->shutdown) & SOCK_SHUT_RCV))
		return err;
	return r->m->flags & MSG_DONTWAIT ? -EAGAIN : 1;
}

static int wait_for_data(struct reader *r, u32 seen)
{
	struct socket *s = &r->u->s;
	int err;

	if (!r->deadline)
		r->deadline = socket_deadline(s->rcvtimeo_ns);
	err = wait_event_timeout(&s->rd_wait,
				 READ_ONCE(r->u->nr_arrived) != seen ||
					 (READ_ONCE(s->shutdown) & SOCK_SHUT_RCV) ||
					 READ_ONCE(s->error),
				 r->deadline);
	return err ? socket_wait_error(err, r->deadline) : 0;
}

/* Descriptors are taken out of a queue under scm_mutex, which comes first. u->lock held. */
static void take_scm_mutex(struct reader *r)
{
	mutex_unlock(&r->u->lock);
	mutex_lock(&scm_mutex);
	r->holds_scm = true;
	mutex_lock(&r->u->lock);
}

static void unlock(struct reader *r)
{
	mutex_unlock(&r->u->lock);
	if (unlikely(r->holds_scm))
		mutex_unlock(&scm_mutex);
	r->holds_scm = false;
	if (likely(r->used))
		free_used(r);
}

static long recv_loop(struct reader *r)
{
	struct unix_sock *u = r->u;
	u32 seen;
	int err;

	mutex_lock(&u->lock);
	for (;;) {
		err = 0;
		r->skip = r->first_skip + (r->is_peek ? (u32)r->done : 0);
		read_queue(r, &err);
		if (unlikely(err == -EDEADLK)) {
			take_scm_mutex(r);
			continue;
		}
		if (err != -EAGAIN)
			break;
		err = may_wait(r);
		if (err <= 0)
			break;
		seen = u->nr_arrived;
		unlock(r);
		err = wait_for_data(r, seen);
		if (err)
			return r->done ? r->done : err;
		mutex_lock(&u->lock);
	}
	unlock(r);
	return r->done ? r->done : err;
}

long unix_stream_recv(struct socket *s, struct sock_msg *m)
{
	struct reader r;
	size_t enough;

	if (unlikely(READ_ONCE(unix_sk(s)->state) != UNIX_ESTABLISHED))
		return -EINVAL;
	if (unlikely(m->flags & MSG_OOB))
		return unix_oob_recv(unix_sk(s), m);
	enough = m->flags & MSG_WAITALL ? m->it->count : MIN((size_t)s->rcvlowat, m->it->count);
	r.u = unix_sk(s);
	r.m = m;
	r.done = 0;
	r.target = enough ? enough : 1;
	r.is_peek = m->flags & MSG_PEEK;
	r.first_skip = unlikely(r.is_peek && s->peek_off > 0) ? (u32)s->peek_off : 0;
	r.has_first = false;
	r.holds_scm = false;
	r.deadline = 0;
	r.used = NULL;
	return recv_loop(&r);
}

long unix_stream_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	if (unlikely(m->flags & MSG_OOB))
		return unix_oob_send(unix_sk(s), ctx, m);
	return unix_stream_send_data(s, ctx, m);
}
