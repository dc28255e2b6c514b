/*
 * Urgent bytes of streams, send(2) and recv(2) with MSG_OOB: as in TCP, the last byte of such a
 * send is marked, signalled with SIGURG, and may be read apart from the rest. There is one mark: a
 * second urgent byte makes the first a plain one. A byte that was read leaves its empty buffer in
 * the queue as the place of the mark.
 */
#include "net/unix.h"
#include <asm/siginfo.h>
#include <asm/signal.h>

static struct unix_buf *urgent_buf(struct unix_sock *u, struct sock_msg *m, u8 byte, u64 deadline)
{
	struct unix_buf *b;
	int err;

	for (;;) {
		b = unix_buf_new(u, 1, &err);
		if (b)
			break;
		if (err != -EAGAIN || (m->flags & MSG_DONTWAIT))
			return ERR_PTR(err);
		err = wait_event_timeout(&u->s.wr_wait,
					 READ_ONCE(u->wmem_bytes) < u->s.sndbuf_bytes ||
						 (READ_ONCE(u->s.shutdown) & SOCK_SHUT_SND),
					 deadline);
		if (!err && (u->s.shutdown & SOCK_SHUT_SND))
			return ERR_PTR(-EPIPE);
		if (err)
			return ERR_PTR(socket_wait_error(err, deadline));
	}
	b->data[0] = byte;
	b->len = 1;
	b->is_oob = true;
	return b;
}

static int send_urgent(struct unix_sock *u, struct sock_msg *m, u8 byte)
{
	struct unix_sock *peer = u->peer;
	struct unix_buf *b = urgent_buf(u, m, byte, socket_deadline(u->s.sndtimeo_ns));
	int err;

	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	unix_add_ids(b, u, peer, m);
	b->files = m->control.files;
	m->control.files = NULL;
	err = unix_stream_deliver(peer, b);
	if (err)
		return err;
	mutex_lock(&peer->lock);
	if (peer->s.file)
		fown_send(peer->s.file, 0, FOWN_URG);
	mutex_unlock(&peer->lock);
	waitq_wake_key(&peer->s.rd_wait, 1, EPOLLPRI);
	return 0;
}

long unix_oob_send(struct unix_sock *u, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	size_t len = m->it->count;
	long done = 0;
	u8 byte;
	int err;

	if (!len)
		return -EOPNOTSUPP;
	m->it->count = len - 1;
	done = unix_stream_send_data(&u->s, ctx, m);
	if (done < 0 || (size_t)done < len - 1)
		return done;
	if (READ_ONCE(u->state) != UNIX_ESTABLISHED)
		return -ENOTCONN;
	if (u->s.shutdown & SOCK_SHUT_SND)
		return done ? done : -EPIPE;
	m->it->count = 1;
	if (iter_get(m->it, &byte, 1) != 1)
		return done ? done : -EFAULT;
	err = send_urgent(u, m, byte);
	if (err)
		return done ? done : err;
	return done + 1;
}

long unix_oob_recv(struct unix_sock *u, struct sock_msg *m)
{
	struct unix_buf *b;
	long n = -EINVAL;

	mutex_lock(&u->lock);
	b = u->oob;
	if (b && !(u->s.options & SOCK_OPT_OOBINLINE)) {
		if (!m->it->count || iter_put(m->it, b->data + b->off, 1) != 1) {
			n = -EFAULT;
		} else {
			n = 1;
			m->out_flags |= MSG_OOB;
		}
		if (!(m->flags & MSG_PEEK)) {
			b->len = 0;
			WRITE_ONCE(u->oob, NULL);
		}
	}
	mutex_unlock(&u->lock);
	return n;
}

static void pop(struct unix_sock *u, struct unix_buf **used)
{
	struct unix_buf *b = u->head;

	unix_queue_pop(u);
	b->next = *used;
	*used = b;
}

struct unix_buf *unix_oob_pass(struct unix_sock *u, struct unix_buf *b, bool is_peek, bool done,
			       struct unix_buf **used)
{
	struct unix_buf *next = b;

	if (!b->len) {
		if (done && (!u->oob || b == u->oob))
			return NULL; /* a read ends at the mark */
		next = b->next;
		if (!is_peek)
			pop(u, used);
	}
	if (!next || next != u->oob)
		return next;
	if (done)
		return NULL;
	if (!is_peek)
		WRITE_ONCE(u->oob, NULL);
	if (u->s.options & SOCK_OPT_OOBINLINE)
		return next;
	/* At the mark, and nobody asked for the byte: it is lost. */
	b = next->next;
	if (!is_peek)
		pop(u, used);
	return b;
}

bool unix_oob_at_mark(struct unix_sock *u)
{
	const struct unix_buf *b = u->head;

	if (!b)
		return false;
	return b == u->oob || (!b->len && b->is_oob && (!u->oob || b->next == u->oob));
}
