/* What TCP connections carry: send, recv and poll. tcp(7). Called through sock_ops, of which tcp.c
 * has the rest; urgent data is oob.c's. */
#include "net/inet/inet.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <linux/tcp.h>

#define BOUNCE_BYTES 16384u /* from the program to lwIP at a time */

static u8 bounce[BOUNCE_BYTES]; /* inet_lock() */

/* Bytes that a program may add to what is not acknowledged yet: SO_SNDBUF, as far as lwIP goes. */
static u32 send_limit(const struct inet_sock *i)
{
	return i->s.buf_lock & SOCK_SNDBUF_LOCK ? MIN((u32)TCP_SND_BUF, i->s.sndbuf_bytes)
						: TCP_SND_BUF;
}

static u32 send_room(const struct inet_sock *i)
{
	u32 used = TCP_SND_BUF - i->tcp->snd_buf;

	return i->tcp->snd_queuelen < TCP_SND_QUEUELEN / 2 && used < send_limit(i)
		       ? send_limit(i) - used
		       : 0;
}

/* A third of the buffer is free; tcp(7), TCP_NOTSENT_LOWAT: and no more than that is unsent. */
bool inet_tcp_is_writable(const struct inet_sock *i)
{
	u32 lowat = (u32)i->opt.notsent_lowat;

	return i->tcp && send_room(i) >= send_limit(i) / 3 &&
	       (!lowat || i->tcp->snd_lbb - i->tcp->snd_nxt < lowat);
}

/* What fits now: bytes, 0 when nothing does, or an error. */
static long send_some(struct inet_sock *i, struct sock_msg *m)
{
	size_t room, n;
	u8 flags = TCP_WRITE_FLAG_COPY;
	int err;

	if (i->s.error)
		return socket_take_error(&i->s);
	if (i->state == INET_CONNECTING && i->tcp)
		return 0;
	if ((i->s.shutdown & SOCK_SHUT_SND) || i->state != INET_CONNECTED || !i->tcp)
		return -EPIPE;
	if (!m->it->count)
		return 0;
	room = MIN(send_room(i), BOUNCE_BYTES);
	if (!room)
		return 0;
	n = iter_get(m->it, bounce, MIN(room, m->it->count));
	if (!n)
		return -EFAULT;
	if ((m->flags & MSG_MORE) || i->opt.is_cork || m->it->count)
		flags |= TCP_WRITE_FLAG_MORE;
	err = tcp_write(i->tcp, bounce, (u16)n, flags);
	if (err) {
		iter_revert(m->it, n);
		return err == ERR_MEM ? 0 : -EPIPE;
	}
	if (unlikely(m->flags & MSG_OOB) && !m->it->count)
		inet_urgent_sent(i);
	if (!(m->flags & MSG_MORE) && !i->opt.is_cork)
		tcp_output(i->tcp);
	return (long)n;
}

static bool may_send(const struct inet_sock *i)
{
	return i->s.error || !i->tcp || (i->s.shutdown & SOCK_SHUT_SND) ||
	       (i->state == INET_CONNECTED && inet_tcp_is_writable(i));
}

/* tcp(7), MSG_FASTOPEN: connect and send; there is no cookie, so the data follows the handshake. */
static int fastopen(struct inet_sock *i, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	__kernel_sa_family_t family = AF_UNSPEC;

	if (i->state != INET_CLOSED)
		return i->state == INET_CONNECTING ? -EALREADY : -EISCONN;
	if (m->name_len >= (int)sizeof(family))
		memcpy(&family, m->name, sizeof(family));
	if (family == AF_UNSPEC)
		return m->name_len ? -EOPNOTSUPP : -EINVAL;
	return i->s.ops->connect(&i->s, ctx, m->name, m->name_len, m->flags & MSG_DONTWAIT);
}

long inet_tcp_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	struct inet_sock *i = inet_sk(s);
	u64 deadline_ns = socket_deadline(s->sndtimeo_ns);
	long done = 0, n;

	if (unlikely(m->flags & MSG_FASTOPEN)) {
		n = fastopen(i, ctx, m);
		if (n)
			return n;
	}
	do {
		inet_lock();
		n = send_some(i, m);
		inet_unlock();
		if (n > 0) {
			done += n;
			continue;
		}
		if (!n && !m->it->count)
			break;
		if (!n && (m->flags & MSG_DONTWAIT))
			n = -EAGAIN;
		if (!n)
			n = socket_wait_error(wait_event_timeout(&s->wr_wait, may_send(i),
								 deadline_ns),
					      deadline_ns);
		if (n)
			return done ?: n;
	} while (m->it->count);
	if (unlikely(m->flags & MSG_ZEROCOPY) && done && (s->options & SOCK_OPT_ZEROCOPY)) {
		inet_lock();
		inet_err_zerocopy(i);
		inet_unlock();
	}
	return done;
}

/* `n` bytes of the queue's first buffer were read. */
static void consume(struct inet_sock *i, size_t n)
{
	struct inet_buf *b = i->head;

	b->off += (u32)n;
	i->rx_bytes -= (u32)n;
	if (i->tcp)
		tcp_recved(i->tcp, (u16)n);
	if (b->off == b->p->tot_len)
		inet_queue_pop(i);
}

/* From the queue: bytes, 0 when it is empty, or an error. `before`: bytes this call has already. */
static long recv_some(struct inet_sock *i, struct sock_msg *m, long before)
{
	bool is_peek = m->flags & MSG_PEEK, is_trunc = m->flags & MSG_TRUNC;
	struct inet_buf *b = i->head;
	u32 off = b ? b->off : 0, seq = inet_read_seq(i);
	long done = 0;

	while (b && m->it->count) {
		struct inet_buf *next = b->next;
		u32 len = b->p->tot_len;
		size_t n = MIN((size_t)len - off, m->it->count);
		bool is_passed_over = false;
		long copied;

		if (unlikely(i->urgent.state) &&
		    !inet_urgent_limit(i, seq, before + done, &n, &is_passed_over))
			break;
		copied = is_trunc || is_passed_over ? (long)n : inet_copy_out(b->p, off, n, m->it);
		if (copied < 0)
			return done ?: copied;
		if (is_trunc && !is_passed_over)
			iter_advance(m->it, n); /* tcp(7): thrown away, not copied */
		done += is_passed_over ? 0 : copied;
		seq += (u32)copied;
		off += (u32)copied;
		if (!is_peek)
			consume(i, (size_t)copied);
		if ((size_t)copied < n)
			break;
		if (off == len) {
			b = next;
			off = 0;
		}
	}
	if (unlikely(i->urgent.state))
		inet_urgent_passed(i);
	return done;
}

/* Why there is nothing to wait for: 1, or an error; 0: there is. */
static int recv_is_over(struct inet_sock *i)
{
	if (i->s.error)
		return socket_take_error(&i->s);
	if (i->is_eof || (i->s.shutdown & SOCK_SHUT_RCV))
		return 1;
	if (i->state == INET_CLOSED || i->state == INET_LISTEN)
		return -ENOTCONN;
	return 0;
}

static bool may_recv(const struct inet_sock *i)
{
	return READ_ONCE(i->head) || i->s.error || i->is_eof || (i->s.shutdown & SOCK_SHUT_RCV) ||
	       i->state == INET_CLOSED;
}

long inet_tcp_recv(struct socket *s, struct sock_msg *m)
{
	struct inet_sock *i = inet_sk(s);
	u64 deadline_ns = socket_deadline(s->rcvtimeo_ns);
	size_t target;
	long done = 0, n;
	int over, inq;

	if (unlikely(m->flags & MSG_ERRQUEUE))
		return inet_err_recv(i, m);
	if (unlikely(m->flags & MSG_OOB))
		return inet_urgent_recv(i, m);
	target = m->flags & MSG_WAITALL ? m->it->count : MIN((size_t)s->rcvlowat, m->it->count);
	for (;;) {
		inet_lock();
		n = recv_some(i, m, done);
		over = n ? 0 : recv_is_over(i);
		if (unlikely(i->opt.wants_inq) && m->control.extras) {
			inq = i->rx_bytes || !i->is_eof ? (int)i->rx_bytes : 1;
			m->control.extras->nr = 0;
			sock_extras_add(m->control.extras, SOL_TCP, TCP_CM_INQ, &inq, sizeof(inq));
		}
		inet_unlock();
		if (n < 0 || over)
			return done ?: n < 0 ? n : over < 0 ? over : 0;
		done += n;
		if ((size_t)done >= target || !m->it->count || (done && (m->flags & MSG_PEEK)))
			return done;
		if (done && unlikely(i->urgent.state))
			return done; /* a read ends at the mark */
		if (m->flags & MSG_DONTWAIT)
			return done ?: -EAGAIN;
		n = socket_wait_error(wait_event_timeout(&s->rd_wait, may_recv(i), deadline_ns),
				      deadline_ns);
		if (n)
			return done ?: n;
	}
}

/* From how many bytes on poll(2) says that there is something: SO_RCVLOWAT, and the urgent byte at
 * the mark is not read as the others. */
static u32 readable_from(const struct inet_sock *i)
{
	u32 least = (u32)i->s.rcvlowat;

	if (unlikely(i->urgent.state) && inet_urgent_at_mark(i) &&
	    !(i->s.options & SOCK_OPT_OOBINLINE))
		least++;
	return MIN(least, i->s.rcvbuf_bytes);
}

unsigned inet_tcp_poll(struct socket *s, struct poll_table *pt)
{
	struct inet_sock *i = inet_sk(s);
	unsigned events = 0;

	poll_wait(pt, &s->rd_wait);
	poll_wait(pt, &s->wr_wait);
	inet_lock();
	if (s->error || i->errs)
		events |= EPOLLERR;
	if (i->errs && (s->options & SOCK_OPT_SELECT_ERR))
		events |= EPOLLPRI;
	if (i->state == INET_LISTEN) {
		if (i->pending)
			events |= EPOLLIN | EPOLLRDNORM;
		goto out;
	}
	if (i->is_eof || (s->shutdown & SOCK_SHUT_RCV))
		events |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (i->rx_bytes && i->rx_bytes >= readable_from(i))
		events |= EPOLLIN | EPOLLRDNORM;
	if (unlikely(i->urgent.state == INET_URGENT_VALID))
		events |= EPOLLPRI;
	if (i->state == INET_CONNECTING && i->tcp)
		goto out;
	if (!i->tcp || i->state == INET_CLOSED ||
	    ((s->shutdown & SOCK_SHUT_SND) && (i->is_eof || (s->shutdown & SOCK_SHUT_RCV))))
		events |= EPOLLHUP;
	if (!i->tcp || i->state == INET_CLOSED || (s->shutdown & SOCK_SHUT_SND) ||
	    inet_tcp_is_writable(i))
		events |= EPOLLOUT | EPOLLWRNORM;
out:
	inet_unlock();
	return events;
}
