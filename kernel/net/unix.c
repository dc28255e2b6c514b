/* AF_UNIX sockets: their birth and end, state and descriptions. unix(7). Called through sock_ops.
 */
#include "net/net_ns.h"
#include "net/families.h"
#include "net/unix.h"
#include "lib/printf.h"
#include <asm/ioctls.h>
#include <linux/sockios.h>

static const struct sock_ops unix_ops;
static void show_all(const struct ns_common *ns, net_emit emit, void *arg);

struct unix_sock *unix_new(int type)
{
	struct unix_sock *u;

	if (!socket_charge(sizeof(*u)))
		return ERR_PTR(-ENOBUFS);
	u = kzalloc(sizeof(*u), GFP_KERNEL);
	if (!u) {
		socket_uncharge(sizeof(*u));
		return ERR_PTR(-ENOMEM);
	}
	socket_init(&u->s, &unix_ops, AF_UNIX, type);
	mutex_init(&u->lock, RANK_SOCKET, "unix");
	u->pending_tail = &u->pending;
	u->backlog = net_limits.max_dgram_qlen;
	u->peer_ids = (struct sock_ids){0, ~0u, ~0u};
	list_init(&u->all_node);
	list_init(&u->name_node);
	list_init(&u->inflight_node);
	list_init(&u->gc_node);
	list_init(&u->room_relay.node);
	waitq_init(&u->room_wait);
	unix_list_add(u);
	net_show_unix = show_all;
	return u;
}

static struct socket *unix_create(int type, int protocol)
{
	struct unix_sock *u;

	if (protocol && protocol != AF_UNIX)
		return ERR_PTR(-EPROTONOSUPPORT);
	if (type == SOCK_RAW)
		type = SOCK_DGRAM; /* as Linux does, for old programs */
	if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
		return ERR_PTR(-ESOCKTNOSUPPORT);
	u = unix_new(type);
	return IS_ERR(u) ? (void *)u : &u->s;
}

static int unix_pair(struct socket *a, struct socket *b)
{
	struct unix_sock *x = unix_sk(a), *y = unix_sk(b);

	x->peer = unix_get(y);
	y->peer = unix_get(x);
	socket_caller(&x->peer_ids);
	y->peer_ids = x->peer_ids;
	x->state = UNIX_ESTABLISHED;
	y->state = UNIX_ESTABLISHED;
	return 0;
}

/* --- the end --- */

static void unix_free(struct socket *s)
{
	struct unix_sock *u = unix_sk(s);

	if (u->spare)
		unix_spare_free(u->spare);
	if (u->addr)
		unix_addr_put(u->addr);
	kfree(u);
	socket_uncharge(sizeof(*u));
}

/* The other end of a connection learns of it: unix(7), ECONNRESET for data that nobody read. */
static void hang_up(struct unix_sock *peer, bool had_unread)
{
	mutex_lock(&peer->lock);
	atomic_or(&peer->s.shutdown, SOCK_SHUT_ALL);
	if (had_unread)
		WRITE_ONCE(peer->s.error, ECONNRESET);
	mutex_unlock(&peer->lock);
	socket_wake_all(&peer->s);
}

static void close_pending(struct unix_sock *first)
{
	while (first) {
		struct unix_sock *next = first->next_pending;

		unix_close(first);
		unix_put(first);
		first = next;
	}
}

/* Of a queue's buffers only an urgent byte that was read may be empty. */
static bool has_data(const struct unix_buf *b)
{
	return b && (b->len || !b->is_oob || b->next);
}

void unix_close(struct unix_sock *u)
{
	struct unix_sock *peer, *pending;
	struct unix_buf *queue;
	struct path path;
	bool had_unread;

	unix_list_del(u);
	mutex_lock(&u->lock);
	u->is_dead = true;
	u->s.file = NULL;
	u->oob = NULL;
	atomic_or(&u->s.shutdown, SOCK_SHUT_ALL);
	queue = u->head;
	u->head = NULL;
	u->last = NULL;
	WRITE_ONCE(u->nr_queued, 0);
	pending = u->pending;
	u->pending = NULL;
	u->pending_tail = &u->pending;
	WRITE_ONCE(u->nr_pending, 0);
	peer = u->peer;
	WRITE_ONCE(u->peer, NULL);
	WRITE_ONCE(u->state, UNIX_CLOSE);
	path = u->path;
	u->path = (struct path){NULL, NULL};
	had_unread = has_data(queue) || u->is_embryo;
	mutex_unlock(&u->lock);
	waitq_wake_all(&u->room_wait);
	if (unix_is_dgram(u))
		unix_relay_stop(u);
	else if (peer)
		hang_up(peer, had_unread);
	unix_bufs_drop(queue);
	close_pending(pending);
	if (peer)
		unix_put(peer);
	if (path.dentry)
		path_put(&path);
}

static void unix_close_file(struct socket *s)
{
	unix_close(unix_sk(s));
	unix_gc();
}

/* --- shutdown(2) --- */

static int unix_shutdown(struct socket *s, u32 which)
{
	struct unix_sock *u = unix_sk(s), *peer = NULL;
	u32 other = 0;

	mutex_lock(&u->lock);
	atomic_or(&s->shutdown, which);
	if (u->peer && !unix_is_dgram(u))
		peer = unix_get(u->peer);
	mutex_unlock(&u->lock);
	if (which & SOCK_SHUT_RCV)
		other |= SOCK_SHUT_SND;
	if (which & SOCK_SHUT_SND)
		other |= SOCK_SHUT_RCV;
	if (peer) {
		mutex_lock(&peer->lock);
		atomic_or(&peer->s.shutdown, other);
		mutex_unlock(&peer->lock);
		socket_wake_all(&peer->s);
		unix_put(peer);
	}
	waitq_wake_all(&u->room_wait);
	socket_wake_all(s);
	return 0;
}

/* --- what others ask --- */

static int unix_name(struct socket *s, void *to, bool of_peer)
{
	struct unix_sock *u = unix_sk(s), *peer;
	int n;

	if (!of_peer)
		return unix_addr_copy(atomic_load_acquire(&u->addr), to);
	mutex_lock(&u->lock);
	peer = u->peer ? unix_get(u->peer) : NULL;
	mutex_unlock(&u->lock);
	if (!peer)
		return -ENOTCONN;
	n = unix_addr_copy(atomic_load_acquire(&peer->addr), to);
	unix_put(peer);
	return n;
}

static int unix_peer_ids(struct socket *s, struct sock_ids *ids)
{
	struct unix_sock *u = unix_sk(s);

	mutex_lock(&u->lock);
	*ids = u->peer_ids;
	mutex_unlock(&u->lock);
	return 0;
}

static bool unix_is_listening(const struct socket *s)
{
	return READ_ONCE(container_of(s, const struct unix_sock, s)->state) == UNIX_LISTEN;
}

static unsigned unix_poll(struct socket *s, struct poll_table *pt)
{
	struct unix_sock *u = unix_sk(s);
	unsigned events = 0;
	u32 shutdown;

	poll_wait(pt, &s->rd_wait);
	poll_wait(pt, &s->wr_wait);
	shutdown = READ_ONCE(s->shutdown);
	if (READ_ONCE(s->error))
		events |= EPOLLERR;
	if (shutdown == SOCK_SHUT_ALL)
		events |= EPOLLHUP;
	if (shutdown & SOCK_SHUT_RCV)
		events |= EPOLLRDHUP | UNIX_READ_EVENTS;
	if (unlikely(READ_ONCE(u->oob)))
		events |= EPOLLPRI;
	if (READ_ONCE(u->head) || READ_ONCE(u->pending))
		events |= UNIX_READ_EVENTS;
	if (!unix_is_dgram(u) && READ_ONCE(u->state) == UNIX_CLOSE)
		events |= EPOLLHUP;
	if (unix_is_writable(u) && unix_dgram_has_room(u, pt && pt->queue))
		events |= UNIX_WRITE_EVENTS;
	return events;
}

/* unix(7), SIOCINQ: of a datagram socket the first message, else all. */
static long queued_bytes(struct unix_sock *u)
{
	u64 n = 0;

	mutex_lock(&u->lock);
	if (unix_is_dgram(u)) {
		n = u->head ? u->head->total_len : 0;
	} else {
		for (struct unix_buf *b = u->head; b; b = b->next)
			n += unix_is_stream(u) ? b->len : b->total_len;
	}
	mutex_unlock(&u->lock);
	return (long)n;
}

static long unix_ioctl(struct socket *s, unsigned cmd, void *arg)
{
	struct unix_sock *u = unix_sk(s);

	switch (cmd) {
	case SIOCINQ:
		if (READ_ONCE(u->state) == UNIX_LISTEN)
			return -EINVAL;
		*(int *)arg = (int)queued_bytes(u);
		return 0;
	case SIOCATMARK:
		mutex_lock(&u->lock);
		*(int *)arg = unix_oob_at_mark(u);
		mutex_unlock(&u->lock);
		return 0;
	case SIOCOUTQ:
		*(int *)arg = (int)READ_ONCE(u->wmem_bytes);
		return 0;
	}
	return -ENOTTY;
}

/* --- /proc/net/unix --- */

static int state_number(const struct unix_sock *u, bool has_file)
{
	bool is_connected = u->state == UNIX_ESTABLISHED;

	if (has_file)
		return is_connected ? 3 : 1; /* SS_CONNECTED, SS_UNCONNECTED */
	return is_connected ? 2 : 4;	     /* SS_CONNECTING, SS_DISCONNECTING */
}

static void show_one(const struct unix_sock *u, net_emit emit, void *arg)
{
	const struct unix_addr *a = atomic_load_acquire(&u->addr);
	char line[256];
	int n, i, len;

	n = scnprintf(line, sizeof(line), "%016x: %08X %08X %08X %04X %02X %5lu", 0,
		      ref_read(&u->s.ref), 0, u->state == UNIX_LISTEN ? 0x10000 : 0, u->s.type,
		      state_number(u, u->s.ino), u->s.ino);
	if (a) {
		len = a->len - UNIX_PATH_OFFSET - (a->name.sun_path[0] != '\0');
		line[n++] = ' ';
		for (i = 0; i < len && i < UNIX_PATH_MAX; i++)
			line[n++] = a->name.sun_path[i] ? a->name.sun_path[i] : '@';
	}
	line[n++] = '\n';
	line[n] = '\0';
	emit(arg, line);
}

static void show_all(const struct ns_common *ns, net_emit emit, void *arg)
{
	struct unix_sock *u = NULL, *next;

	while ((next = unix_list_next(u))) {
		if (u)
			unix_put(u);
		u = next;
		if (net_ns_is(u->s.ns, ns))
			show_one(u, emit, arg);
	}
	if (u)
		unix_put(u);
}

static long unix_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	long n = likely(s->type == SOCK_STREAM) ? unix_stream_send(s, ctx, m)
						: unix_dgram_send(s, ctx, m);

	/* Descriptors that no message took along: the caller closes them. */
	if (unlikely(m->control.files))
		unix_notinflight(m->control.files);
	return n;
}

static long unix_recv(struct socket *s, struct sock_msg *m)
{
	return likely(s->type == SOCK_STREAM) ? unix_stream_recv(s, m) : unix_dgram_recv(s, m);
}

static const struct sock_ops unix_ops = {
	.bind = unix_bind,
	.connect = unix_connect,
	.listen = unix_listen,
	.accept = unix_accept,
	.name = unix_name,
	.send = unix_send,
	.recv = unix_recv,
	.shutdown = unix_shutdown,
	.poll = unix_poll,
	.ioctl = unix_ioctl,
	.peer_ids = unix_peer_ids,
	.is_listening = unix_is_listening,
	.close = unix_close_file,
	.free = unix_free,
};

const struct net_family unix_family = {
	.family = AF_UNIX,
	.create = unix_create,
	.pair = unix_pair,
};
