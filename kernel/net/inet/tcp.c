/* SOCK_STREAM on lwIP's TCP. tcp(7). Called through sock_ops; next is lwIP's lwip/tcp.h. */
#include "net/inet/inet.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>

#define BOUNCE_BYTES 16384u /* from the program to lwIP at a time */
#define BACKLOG_MAX  254

static u8 bounce[BOUNCE_BYTES]; /* inet_lock() */
static const struct sock_ops tcp_ops;

/* A third of the buffer is free: poll(2) says so, and who waits goes on. */
static bool is_writable(const struct inet_sock *i)
{
	return i->tcp && i->tcp->snd_buf >= TCP_SND_BUF / 3 &&
	       i->tcp->snd_queuelen < TCP_SND_QUEUELEN / 2;
}

/* --- upcalls of lwIP, with the lock held --- */

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct inet_sock *i = arg;

	(void)err;
	if (!p) {
		i->is_eof = true;
		socket_wake_all(&i->s);
		return ERR_OK;
	}
	if (i->s.shutdown & SOCK_SHUT_RCV) {
		tcp_recved(pcb, p->tot_len);
		pbuf_free(p);
		return ERR_OK;
	}
	if (inet_queue(i, p, &i->peer))
		return ERR_MEM; /* lwIP keeps it and tries again */
	/* Acknowledged at once, as Linux begins a connection: no sender waits for the delayed one.
	 */
	tcp_ack_now(pcb);
	return ERR_OK;
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	struct inet_sock *i = arg;

	(void)pcb;
	(void)len;
	if (is_writable(i))
		waitq_wake_key(&i->s.wr_wait, 1, EPOLLOUT | EPOLLWRNORM);
	return ERR_OK;
}

/* The connection is over, and lwIP has freed it. */
static void on_error(void *arg, err_t err)
{
	struct inet_sock *i = arg;
	int error = err == ERR_RST ? ECONNRESET : ETIMEDOUT;

	if (err == ERR_RST && i->state == INET_CONNECTING)
		error = ECONNREFUSED;
	i->tcp = NULL;
	i->is_eof = true;
	i->has_peer = false;
	WRITE_ONCE(i->s.error, error);
	atomic_or(&i->s.shutdown, SOCK_SHUT_ALL);
	socket_wake_all(&i->s);
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct inet_sock *i = arg;

	(void)err;
	i->state = INET_CONNECTED;
	i->local = (struct inet_name){pcb->local_ip, pcb->local_port};
	socket_wake_all(&i->s);
	return ERR_OK;
}

static void watch(struct inet_sock *i, struct tcp_pcb *pcb)
{
	i->tcp = pcb;
	tcp_arg(pcb, i);
	tcp_recv(pcb, on_recv);
	tcp_sent(pcb, on_sent);
	tcp_err(pcb, on_error);
}

/* From now on lwIP finishes the connection alone. */
static void forget(struct tcp_pcb *pcb)
{
	tcp_arg(pcb, NULL);
	if (pcb->state == LISTEN) {
		tcp_accept(pcb, NULL);
		return;
	}
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct inet_sock *listener = arg, *i;

	if (err != ERR_OK || !pcb || !listener)
		return ERR_VAL;
	i = inet_new(&tcp_ops, listener->s.family, SOCK_STREAM, IPPROTO_TCP);
	if (!i)
		return ERR_MEM; /* lwIP resets it */
	watch(i, pcb);
	i->state = INET_CONNECTED;
	i->local = (struct inet_name){pcb->local_ip, pcb->local_port};
	i->peer = (struct inet_name){pcb->remote_ip, pcb->remote_port};
	i->is_bound = i->has_peer = true;
	i->uid = listener->uid;
	i->opt = listener->opt;
	i->s.options = listener->s.options & ~SOCK_OPT_LINGER;
	i->s.sndbuf_bytes = listener->s.sndbuf_bytes;
	i->s.rcvbuf_bytes = listener->s.rcvbuf_bytes;
	inet_apply_options(i);
	tcp_backlog_delayed(pcb);
	*listener->pending_tail = i;
	listener->pending_tail = &i->next_pending;
	listener->nr_pending++;
	waitq_wake_key(&listener->s.rd_wait, 1, EPOLLIN | EPOLLRDNORM);
	return ERR_OK;
}

/* --- birth, name, end --- */

struct socket *inet_tcp_create(int family, int protocol)
{
	struct inet_sock *i;
	struct tcp_pcb *pcb;

	if (protocol && protocol != IPPROTO_TCP)
		return ERR_PTR(-EPROTONOSUPPORT);
	inet_lock();
	i = inet_new(&tcp_ops, family, SOCK_STREAM, IPPROTO_TCP);
	pcb = i ? tcp_new_ip_type(inet_ip_type(i)) : NULL;
	if (pcb)
		watch(i, pcb);
	else if (i)
		list_del(&i->node);
	inet_unlock();
	if (pcb)
		return &i->s;
	kfree(i);
	return ERR_PTR(-ENOBUFS);
}

/* A connection that failed left none: a new one, bound as the old one was. */
static int renew(struct inet_sock *i)
{
	struct tcp_pcb *pcb;

	if (i->tcp)
		return 0;
	pcb = tcp_new_ip_type(inet_ip_type(i));
	if (!pcb)
		return -ENOBUFS;
	watch(i, pcb);
	i->is_eof = false;
	i->s.shutdown = 0;
	inet_queue_drop(i);
	if (i->is_bound)
		return inet_errno(tcp_bind(pcb, &i->local.ip, i->local.port));
	i->local = inet_no_name(i);
	return 0;
}

static int do_bind(struct inet_sock *i, const struct inet_name *name)
{
	int err = inet_bind_conflict(i, name);

	if (err)
		return err;
	inet_apply_options(i);
	err = tcp_bind(i->tcp, &name->ip, name->port);
	if (err == ERR_BUF)
		return -EADDRINUSE; /* no port is free */
	if (err)
		return inet_errno(err);
	i->local = (struct inet_name){name->ip, i->tcp->local_port};
	return 0;
}

static int inet_tcp_bind(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len)
{
	struct inet_sock *i = inet_sk(s);
	struct inet_name name;
	int err = inet_bind_name(i, ctx, addr, len, &name);

	if (err)
		return err;
	inet_lock();
	if (i->is_bound || i->state != INET_CLOSED)
		err = -EINVAL;
	else
		err = renew(i) ?: do_bind(i, &name);
	i->is_bound |= !err;
	inet_unlock();
	return err;
}

static void close_pcb(struct inet_sock *i, bool reset)
{
	struct tcp_pcb *pcb = i->tcp;

	if (!pcb)
		return;
	i->tcp = NULL;
	forget(pcb);
	if (pcb->state == LISTEN) {
		tcp_close(pcb);
		return;
	}
	if (reset || tcp_close(pcb))
		tcp_abort(pcb);
}

static void drop_pending(struct inet_sock *i)
{
	while (i->pending) {
		struct inet_sock *child = i->pending;

		i->pending = child->next_pending;
		close_pcb(child, true);
		inet_queue_drop(child);
		list_del(&child->node);
		kfree(child);
	}
	i->pending_tail = &i->pending;
	i->nr_pending = 0;
}

static bool is_all_sent(const struct inet_sock *i)
{
	return !i->tcp || (!i->tcp->unsent && !i->tcp->unacked);
}

static void inet_tcp_close(struct socket *s)
{
	struct inet_sock *i = inet_sk(s);
	bool has_linger = s->options & SOCK_OPT_LINGER;

	/* socket(7), SO_LINGER: close waits until all is sent, or so many seconds. */
	if (has_linger && s->linger_s > 0 && i->state == INET_CONNECTED)
		wait_event_timeout(&s->wr_wait, is_all_sent(i),
				   socket_deadline((u64)s->linger_s * NSEC_PER_SEC));
	inet_lock();
	drop_pending(i);
	close_pcb(i, has_linger && !s->linger_s);
	inet_queue_drop(i);
	list_del(&i->node);
	i->state = INET_CLOSED;
	inet_unlock();
}

/* --- connections --- */

static int start_connect(struct inet_sock *i, struct inet_name to)
{
	int err = inet_route(i, &to) ?: renew(i);

	if (err)
		return err;
	if (!to.port)
		return -ECONNREFUSED;
	inet_apply_options(i);
	i->state = INET_CONNECTING;
	i->peer = to;
	err = tcp_connect(i->tcp, &to.ip, to.port, on_connected);
	if (err) {
		i->state = INET_CLOSED;
		return err == ERR_BUF ? -EADDRNOTAVAIL : inet_errno(err);
	}
	i->has_peer = true;
	i->local = (struct inet_name){i->tcp->local_ip, i->tcp->local_port};
	return -EINPROGRESS;
}

/* What became of a connection that was being made; state is INET_CONNECTING. */
static int end_connect(struct inet_sock *i)
{
	if (i->tcp)
		return -EALREADY;
	i->state = INET_CLOSED;
	i->s.shutdown = 0;
	return socket_take_error(&i->s) ?: -ECONNABORTED;
}

static int disconnect(struct inet_sock *i)
{
	close_pcb(i, true);
	drop_pending(i);
	i->state = INET_CLOSED;
	i->has_peer = false;
	return renew(i);
}

static int inet_tcp_connect(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len,
			    bool nonblock)
{
	struct inet_sock *i = inet_sk(s);
	struct inet_name to;
	u64 deadline_ns;
	int err = inet_parse(i, addr, len, &to);

	(void)ctx;
	if (err < 0)
		return err;
	inet_lock();
	if (err)
		err = disconnect(i);
	else if (i->state == INET_CONNECTED || i->state == INET_LISTEN)
		err = -EISCONN;
	else if (i->state == INET_CONNECTING)
		err = end_connect(i);
	else
		err = start_connect(i, to);
	inet_unlock();
	if (nonblock || (err != -EINPROGRESS && err != -EALREADY))
		return err;
	deadline_ns = socket_deadline(s->sndtimeo_ns);
	err = wait_event_timeout(&s->wr_wait, i->state != INET_CONNECTING || !i->tcp, deadline_ns);
	if (err)
		return err == -ETIMEDOUT ? -EINPROGRESS : socket_wait_error(err, deadline_ns);
	inet_lock();
	err = i->state == INET_CONNECTING ? end_connect(i) : 0;
	inet_unlock();
	return err;
}

static int inet_tcp_listen(struct socket *s, int backlog)
{
	struct inet_sock *i = inet_sk(s);
	struct inet_name none = inet_no_name(i);
	struct tcp_pcb *pcb;
	err_t failed = ERR_OK;
	int err = 0;

	/* Linux admits one more than it was asked for. */
	backlog = backlog < 0 || backlog > BACKLOG_MAX ? BACKLOG_MAX : backlog + 1;
	inet_lock();
	if (i->state == INET_LISTEN) {
		tcp_backlog_set(i->tcp, (u8)backlog);
	} else if (i->state != INET_CLOSED) {
		err = -EINVAL;
	} else {
		err = renew(i);
		if (!err && !i->is_bound)
			err = do_bind(i, &none);
		pcb = err ? NULL : tcp_listen_with_backlog_and_err(i->tcp, (u8)backlog, &failed);
		if (pcb) {
			i->tcp = pcb;
			i->state = INET_LISTEN;
			i->is_bound = true;
			tcp_arg(pcb, i);
			tcp_accept(pcb, on_accept);
		} else if (!err) {
			err = inet_errno(failed);
		}
	}
	inet_unlock();
	return err;
}

static struct inet_sock *take_pending(struct inet_sock *i)
{
	struct inet_sock *child = i->pending;

	if (!child)
		return NULL;
	i->pending = child->next_pending;
	if (!i->pending)
		i->pending_tail = &i->pending;
	child->next_pending = NULL;
	i->nr_pending--;
	if (child->tcp)
		tcp_backlog_accepted(child->tcp);
	return child;
}

static struct socket *inet_tcp_accept(struct socket *s, bool nonblock)
{
	struct inet_sock *i = inet_sk(s), *child;
	u64 deadline_ns = socket_deadline(s->rcvtimeo_ns);
	int err = 0;

	for (;;) {
		inet_lock();
		child = take_pending(i);
		if (!child)
			err = i->state != INET_LISTEN ? -EINVAL : nonblock ? -EAGAIN : 0;
		inet_unlock();
		if (child)
			return &child->s;
		if (err)
			return ERR_PTR(err);
		err = wait_event_timeout(&s->rd_wait,
					 READ_ONCE(i->pending) || i->state != INET_LISTEN,
					 deadline_ns);
		if (err)
			return ERR_PTR(socket_wait_error(err, deadline_ns));
	}
}

static int inet_tcp_shutdown(struct socket *s, u32 which)
{
	struct inet_sock *i = inet_sk(s);
	int err = 0;

	inet_lock();
	if (i->state == INET_LISTEN) {
		if (which & SOCK_SHUT_RCV) {
			drop_pending(i);
			close_pcb(i, false);
			i->state = INET_CLOSED;
		}
	} else if (i->state == INET_CONNECTING) {
		disconnect(i);
	} else if (i->state != INET_CONNECTED || !i->tcp) {
		err = -ENOTCONN;
	} else {
		if ((which & SOCK_SHUT_SND) && !(s->shutdown & SOCK_SHUT_SND))
			tcp_shutdown(i->tcp, 0, 1);
		atomic_or(&s->shutdown, which);
	}
	inet_unlock();
	socket_wake_all(s);
	return err;
}

/* --- data --- */

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
	room = MIN((size_t)i->tcp->snd_buf, BOUNCE_BYTES);
	if (!room || i->tcp->snd_queuelen >= TCP_SND_QUEUELEN / 2)
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
	if (!(m->flags & MSG_MORE) && !i->opt.is_cork)
		tcp_output(i->tcp);
	return (long)n;
}

static bool may_send(const struct inet_sock *i)
{
	return i->s.error || !i->tcp || (i->s.shutdown & SOCK_SHUT_SND) ||
	       (i->state == INET_CONNECTED && is_writable(i));
}

static long inet_tcp_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	struct inet_sock *i = inet_sk(s);
	u64 deadline_ns = socket_deadline(s->sndtimeo_ns);
	long done = 0, n;

	(void)ctx;
	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP; /* lwIP has no urgent data */
	do {
		inet_lock();
		n = send_some(i, m);
		inet_unlock();
		if (n > 0) {
			done += n;
			continue;
		}
		if (!n && !m->it->count)
			return done;
		if (!n && (m->flags & MSG_DONTWAIT))
			n = -EAGAIN;
		if (!n)
			n = socket_wait_error(wait_event_timeout(&s->wr_wait, may_send(i),
								 deadline_ns),
					      deadline_ns);
		if (n)
			return done ?: n;
	} while (m->it->count);
	return done;
}

/* From the queue: bytes, 0 when it is empty, or an error. */
static long recv_some(struct inet_sock *i, struct sock_msg *m)
{
	bool is_peek = m->flags & MSG_PEEK;
	struct inet_buf *b = i->head;
	long done = 0;

	while (b && m->it->count) {
		size_t n = MIN((size_t)b->p->tot_len - b->off, m->it->count);
		long copied =
			m->flags & MSG_TRUNC ? (long)n : inet_copy_out(b->p, b->off, n, m->it);

		if (m->flags & MSG_TRUNC)
			iter_advance(m->it, n); /* tcp(7): thrown away, not copied */
		if (copied < 0)
			return done ?: copied;
		done += copied;
		if (is_peek) {
			b = b->next;
			continue;
		}
		b->off += (u32)copied;
		i->rx_bytes -= (u32)copied;
		if (i->tcp)
			tcp_recved(i->tcp, (u16)copied);
		if (b->off == b->p->tot_len)
			inet_queue_pop(i);
		if ((size_t)copied < n)
			break;
		b = i->head;
	}
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

static long inet_tcp_recv(struct socket *s, struct sock_msg *m)
{
	struct inet_sock *i = inet_sk(s);
	u64 deadline_ns = socket_deadline(s->rcvtimeo_ns);
	long done = 0, n;
	int over;

	if (m->flags & MSG_OOB)
		return -EINVAL;
	if (m->flags & MSG_ERRQUEUE)
		return -EAGAIN;
	for (;;) {
		inet_lock();
		n = recv_some(i, m);
		over = n ? 0 : recv_is_over(i);
		inet_unlock();
		if (n < 0 || over)
			return done ?: n < 0 ? n : over < 0 ? over : 0;
		done += n;
		if (!m->it->count || (done && (!(m->flags & MSG_WAITALL) || (m->flags & MSG_PEEK))))
			return done;
		if (m->flags & MSG_DONTWAIT)
			return done ?: -EAGAIN;
		n = socket_wait_error(wait_event_timeout(&s->rd_wait, may_recv(i), deadline_ns),
				      deadline_ns);
		if (n)
			return done ?: n;
	}
}

static unsigned inet_tcp_poll(struct socket *s, struct poll_table *pt)
{
	struct inet_sock *i = inet_sk(s);
	unsigned events = 0;

	poll_wait(pt, &s->rd_wait);
	poll_wait(pt, &s->wr_wait);
	inet_lock();
	if (s->error)
		events |= EPOLLERR;
	if (i->state == INET_LISTEN) {
		if (i->pending)
			events |= EPOLLIN | EPOLLRDNORM;
		goto out;
	}
	if (i->is_eof || (s->shutdown & SOCK_SHUT_RCV))
		events |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (i->head)
		events |= EPOLLIN | EPOLLRDNORM;
	if (i->state == INET_CONNECTING && i->tcp)
		goto out;
	if (!i->tcp || i->state == INET_CLOSED ||
	    ((s->shutdown & SOCK_SHUT_SND) && (i->is_eof || (s->shutdown & SOCK_SHUT_RCV))))
		events |= EPOLLHUP;
	if (!i->tcp || i->state == INET_CLOSED || (s->shutdown & SOCK_SHUT_SND) || is_writable(i))
		events |= EPOLLOUT | EPOLLWRNORM;
out:
	inet_unlock();
	return events;
}

static bool inet_tcp_is_listening(const struct socket *s)
{
	return container_of(s, const struct inet_sock, s)->state == INET_LISTEN;
}

/* --- for /proc/net/tcp and TCP_INFO: include/net/tcp_states.h of Linux --- */

int inet_tcp_state(const struct inet_sock *i)
{
	static const u8 numbers[] = {
		[CLOSED] = 7,	   [LISTEN] = 10,    [SYN_SENT] = 2,   [SYN_RCVD] = 3,
		[ESTABLISHED] = 1, [FIN_WAIT_1] = 4, [FIN_WAIT_2] = 5, [CLOSE_WAIT] = 8,
		[CLOSING] = 11,	   [LAST_ACK] = 9,   [TIME_WAIT] = 6,
	};

	return i->tcp ? numbers[i->tcp->state] : 7;
}

void inet_tcp_report(const struct inet_sock *i, u32 *unsent_bytes)
{
	*unsent_bytes = i->tcp && i->state != INET_LISTEN ? TCP_SND_BUF - i->tcp->snd_buf : 0;
}

static const struct sock_ops tcp_ops = {
	.bind = inet_tcp_bind,
	.connect = inet_tcp_connect,
	.listen = inet_tcp_listen,
	.accept = inet_tcp_accept,
	.name = inet_get_name,
	.send = inet_tcp_send,
	.recv = inet_tcp_recv,
	.shutdown = inet_tcp_shutdown,
	.poll = inet_tcp_poll,
	.ioctl = inet_ioctl,
	.setsockopt = inet_setsockopt,
	.getsockopt = inet_getsockopt,
	.is_listening = inet_tcp_is_listening,
	.close = inet_tcp_close,
	.free = inet_free_sock,
};
