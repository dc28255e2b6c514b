/* SOCK_STREAM on lwIP's TCP: connections. tcp(7). Called through sock_ops; next is lwIP's
 * lwip/tcp.h. What they carry is in tcp_data.c. */
#include "net/inet/inet.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include "core/time.h"
#include "vfs/fown.h"
#include <asm/siginfo.h>

#define BACKLOG_MAX 254

static const struct sock_ops tcp_ops;
static void drop_child(struct inet_sock *child);

/* To be accepted. */
static void offer(struct inet_sock *listener, struct inet_sock *i)
{
	i->listener = NULL;
	i->progress_ns = 0;
	*listener->pending_tail = i;
	listener->pending_tail = &i->next_pending;
	listener->nr_pending++;
	waitq_wake_key(&listener->s.rd_wait, 1, EPOLLIN | EPOLLRDNORM);
	if (unlikely(listener->s.file && (listener->s.file->flags & FASYNC)))
		fown_send(listener->s.file, listener->s.file->async_fd, POLL_IN);
}

/* tcp(7), TCP_MAXSEG. */
static void clamp_mss(struct inet_sock *i)
{
	if (i->opt.maxseg && i->tcp->mss > i->opt.maxseg)
		i->tcp->mss = (u16)i->opt.maxseg;
}

/*
 * SO_RCVBUF, when a program has set it: so much may the peer send that is not read yet. Three
 * segments it has to be, as lwIP opens a window by whole segments. The connection was just made.
 */
static void limit_window(struct inet_sock *i)
{
	u32 limit = MAX(i->s.rcvbuf_bytes, 3u * TCP_MSS);

	if (!(i->s.buf_lock & SOCK_RCVBUF_LOCK) || limit >= i->tcp->rcv_wnd)
		return;
	i->tcp->rcv_wnd = i->tcp->rcv_ann_wnd = limit;
	tcp_ack_now(i->tcp);
}

/* --- upcalls of lwIP, with the lock held --- */

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct inet_sock *i = arg;

	(void)err;
	if (unlikely(i->listener))
		offer(i->listener, i);
	if (!p) {
		i->is_eof = true;
		socket_wake_all(&i->s);
		return ERR_OK;
	}
	if (i->s.shutdown & SOCK_SHUT_RCV) {
		i->rx_end_seq += p->tot_len;
		tcp_recved(pcb, p->tot_len);
		pbuf_free(p);
		return ERR_OK;
	}
	if (!inet_queue(i, p, &i->peer))
		return ERR_MEM; /* lwIP keeps it and tries again */
	if (unlikely(i->urgent.state))
		inet_urgent_arrived(i, p);
	i->rx_end_seq += p->tot_len;
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
	if (unlikely(i->opt.user_timeout_ms))
		i->progress_ns = now_mono_ns();
	if (inet_tcp_is_writable(i))
		waitq_wake_key(&i->s.wr_wait, 1, EPOLLOUT | EPOLLWRNORM);
	return ERR_OK;
}

/* The connection is over, and lwIP has freed it. */
static void on_error(void *arg, err_t err)
{
	struct inet_sock *i = arg;
	int error = err == ERR_RST ? ECONNRESET : ETIMEDOUT;

	inet_urgent_forget(i);

	if (err == ERR_RST && i->state == INET_CONNECTING)
		error = ECONNREFUSED;
	i->tcp = NULL;
	i->is_eof = true;
	if (i->s.file) /* accept(2) gives out also one that was reset, with its peer's address */
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
	i->rx_end_seq = pcb->rcv_nxt;
	i->local = (struct inet_name){pcb->local_ip, pcb->local_port};
	clamp_mss(i);
	limit_window(i);
	socket_wake_all(&i->s);
	return ERR_OK;
}

static u64 ms_since(u64 when_ns)
{
	return (now_mono_ns() - when_ns) / NSEC_PER_MSEC;
}

/*
 * Twice a second. TCP_USER_TIMEOUT: too long has nothing of what was sent been acknowledged.
 * TCP_DEFER_ACCEPT: no data came in time, so the connection is given out without.
 */
static err_t on_tick(void *arg, struct tcp_pcb *pcb)
{
	struct inet_sock *i = arg;

	if (i->listener) {
		if (ms_since(i->progress_ns) >= (u64)i->listener->opt.defer_accept_s * 1000)
			offer(i->listener, i);
		return ERR_OK;
	}
	if (!i->opt.user_timeout_ms || (!pcb->unacked && !pcb->unsent)) {
		i->progress_ns = 0;
		return ERR_OK;
	}
	if (!i->progress_ns)
		i->progress_ns = now_mono_ns();
	if (ms_since(i->progress_ns) < (u64)i->opt.user_timeout_ms)
		return ERR_OK;
	tcp_abort(pcb); /* on_error() follows */
	return ERR_ABRT;
}

static void watch(struct inet_sock *i, struct tcp_pcb *pcb)
{
	i->tcp = pcb;
	tcp_arg(pcb, i);
	tcp_recv(pcb, on_recv);
	tcp_sent(pcb, on_sent);
	tcp_err(pcb, on_error);
	tcp_poll(pcb, on_tick, 1);
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
	tcp_poll(pcb, NULL, 0);
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct inet_sock *listener = arg, *i;

	if (err != ERR_OK || !pcb || !listener)
		return ERR_VAL;
	listener = inet_reuseport_pick(listener, pcb->remote_port);
	i = inet_new(&tcp_ops, listener->s.family, SOCK_STREAM, IPPROTO_TCP);
	if (!i)
		return ERR_MEM; /* lwIP resets it */
	watch(i, pcb);
	i->state = INET_CONNECTED;
	i->rx_end_seq = pcb->rcv_nxt;
	i->local = (struct inet_name){pcb->local_ip, pcb->local_port};
	i->peer = (struct inet_name){pcb->remote_ip, pcb->remote_port};
	i->has_peer = true;
	i->uid = listener->uid;
	i->opt = listener->opt;
	i->s.options = listener->s.options & ~SOCK_OPT_LINGER;
	i->s.sndbuf_bytes = listener->s.sndbuf_bytes;
	i->s.rcvbuf_bytes = listener->s.rcvbuf_bytes;
	i->s.buf_lock = listener->s.buf_lock;
	inet_apply_options(i);
	tcp_backlog_delayed(pcb);
	clamp_mss(i);
	limit_window(i);
	if (listener->opt.defer_accept_s) { /* until data comes: on_recv(), or on_tick() */
		i->listener = listener;
		i->progress_ns = now_mono_ns();
		return ERR_OK;
	}
	offer(listener, i);
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
	i->urgent.state = INET_URGENT_NONE;
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
	if (i->opt.is_portless && !name->port) { /* ip(7), IP_BIND_ADDRESS_NO_PORT */
		ip_addr_copy(i->tcp->local_ip, name->ip);
		i->local = *name;
		return 0;
	}
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
	inet_urgent_forget(i);
	i->tcp = NULL;
	forget(pcb);
	if (pcb->state == LISTEN) {
		tcp_close(pcb);
		return;
	}
	if (reset || tcp_close(pcb))
		tcp_abort(pcb);
}

static void drop_child(struct inet_sock *child)
{
	close_pcb(child, true);
	inet_queue_drop(child);
	list_del(&child->node);
	kfree(child);
}

static void drop_pending(struct inet_sock *i)
{
	struct inet_sock *child, *next;

	list_for_each_entry_safe (child, next, &inet_socks, node) {
		if (child->listener == i)
			drop_child(child);
	}
	while (i->pending) {
		child = i->pending;
		i->pending = child->next_pending;
		drop_child(child);
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
	s->file = NULL;
	drop_pending(i);
	close_pcb(i, has_linger && !s->linger_s);
	inet_queue_drop(i);
	inet_err_drop(i);
	inet_mcast_drop(i);
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
	i->backlog = backlog < 0 ? (int)net_limits.somaxconn : backlog;
	backlog = backlog < 0 || backlog > BACKLOG_MAX ? BACKLOG_MAX : backlog + 1;
	inet_lock();
	if (i->state == INET_LISTEN) {
		tcp_backlog_set(i->tcp, (u8)backlog);
	} else if (i->state != INET_CLOSED) {
		err = -EINVAL;
	} else {
		err = renew(i);
		if (!err && !i->local.port) {
			i->opt.is_portless = false;
			err = do_bind(i, i->is_bound ? &i->local : &none);
		}
		/* lwIP would have one listener of a name; those that share it: SO_REUSEPORT. */
		if (!err && (s->options & SOCK_OPT_REUSEPORT))
			i->tcp->so_options &= (u8)~SOF_REUSEADDR;
		pcb = err ? NULL : tcp_listen_with_backlog_and_err(i->tcp, (u8)backlog, &failed);
		if (pcb) {
			i->tcp = pcb;
			i->state = INET_LISTEN;
			i->is_bound = true;
			tcp_arg(pcb, i);
			inet_apply_options(i);
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

static void see_orphans(struct tcp_pcb *pcb, void (*see)(struct inet_sock *i, void *arg), void *arg)
{
	static struct inet_sock i; /* inet_lock() */

	for (; pcb; pcb = pcb->next) {
		if (pcb->callback_arg)
			continue;
		i.s.family = IP_IS_V6_VAL(pcb->local_ip) ? AF_INET6 : AF_INET;
		i.s.type = SOCK_STREAM;
		i.s.shutdown = SOCK_SHUT_ALL;
		i.state = INET_CONNECTED;
		i.tcp = pcb;
		i.local = (struct inet_name){pcb->local_ip, pcb->local_port};
		i.peer = (struct inet_name){pcb->remote_ip, pcb->remote_port};
		i.has_peer = true;
		see(&i, arg);
	}
}

void inet_tcp_orphans(void (*see)(struct inet_sock *i, void *arg), void *arg)
{
	see_orphans(tcp_active_pcbs, see, arg);
	see_orphans(tcp_tw_pcbs, see, arg);
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
	.changed = inet_options_changed,
	.is_listening = inet_tcp_is_listening,
	.close = inet_tcp_close,
	.free = inet_free_sock,
};
