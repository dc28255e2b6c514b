/* SOCK_DGRAM on lwIP's UDP and SOCK_RAW on its raw packets. udp(7), raw(7), ipv6(7). Called through
 * sock_ops; next is lwIP's lwip/udp.h or lwip/raw.h. */
#include "net/inet/inet.h"
#include "net/net_ns.h"
#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/raw.h>
#include <lwip/prot/udp.h>
#include <lwip/udp.h>
#include "mm/kmalloc.h"
#include <linux/capability.h>

#define PACKET_MAX_BYTES 65535u /* for lwIP, headers included */
#define IP_BYTES	 20u
#define IP6_BYTES	 40u
#define UDP_BYTES	 8u
#define BUF_BYTES	 512u /* what a datagram takes in its queue beside its data */
#define ICMP6_SUM_AT	 2    /* raw(7): the kernel fills in the checksum of ICMPv6 */

static const struct sock_ops dgram_ops;

/* --- upcalls of lwIP, with the lock held --- */

/* What finds no room is lost, as datagrams may be. */
void inet_dgram_arrive(struct inet_sock *i, struct pbuf *p, const struct inet_packet *packet)
{
	u64 held = i->rx_bytes + (u64)i->nr_bufs * BUF_BYTES;
	struct inet_buf *b = NULL;

	if (!(i->s.shutdown & SOCK_SHUT_RCV) && held + p->tot_len <= i->s.rcvbuf_bytes)
		b = inet_queue(i, p, &packet->from);
	if (!b) {
		i->nr_drops++;
		pbuf_free(p);
		return;
	}
	b->to = packet->to;
	b->ttl = packet->ttl;
	b->tos = packet->tos;
}

/* What lwIP is handling now. */
static struct inet_packet current_packet(const ip_addr_t *from, u16 port)
{
	struct inet_packet packet = {.from = {*from, port}, .to = *ip_current_dest_addr()};

	if (ip_current_is_v6()) {
		packet.ttl = IP6H_HOPLIM(ip6_current_header());
		packet.tos = IP6H_TC(ip6_current_header());
	} else {
		packet.ttl = IPH_TTL(ip4_current_header());
		packet.tos = IPH_TOS(ip4_current_header());
	}
	return packet;
}

/* udplite(7), UDPLITE_RECV_CSCOV: less of the datagram than that must not be covered by its
 * checksum. */
static bool is_covered(const struct inet_sock *i, const struct pbuf *p)
{
	const struct udp_hdr *h = (const void *)((const u8 *)p->payload - sizeof(*h));
	u16 covered = lwip_ntohs(h->len);

	if (!i->opt.recv_cover || !covered || covered == p->tot_len + sizeof(*h))
		return true;
	return covered >= i->opt.recv_cover;
}

static void on_datagram(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
			u16_t port)
{
	struct inet_packet packet = current_packet(from, port);
	struct inet_sock *i = arg;

	(void)pcb;
	/* lwIP keeps the ports of UDP and UDP-Lite together. */
	if (ip_current_header_proto() != i->s.protocol ||
	    (i->s.protocol == IPPROTO_UDPLITE && !is_covered(i, p)))
		pbuf_free(p);
	else
		inet_dgram_arrive(inet_reuseport_pick(i, port), p, &packet);
}

/* 0: lwIP goes on with the packet, so this takes a copy. Of IPv6 the headers are not shown. */
static u8_t on_packet(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
	struct pbuf *copy = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
	struct inet_packet packet;

	(void)pcb;
	if (!copy)
		return 0;
	packet = current_packet(from, 0);
	if (ip_current_is_v6())
		pbuf_remove_header(copy, ip_current_header_tot_len());
	inet_dgram_arrive(arg, copy, &packet);
	return 0;
}

/* --- birth, names, end --- */

static void drop_more(struct inet_sock *i)
{
	if (i->more)
		pbuf_free(i->more);
	i->more = NULL;
}

static bool make_pcb(struct inet_sock *i)
{
	if (i->s.type == SOCK_RAW) {
		i->raw = raw_new_ip_type(inet_is_v6(i) ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4,
					 (u8)i->s.protocol);
		if (i->raw)
			raw_recv(i->raw, on_packet, i);
		if (i->raw && inet_is_v6(i) && i->s.protocol == IPPROTO_ICMPV6) {
			i->raw->chksum_reqd = 1;
			i->raw->chksum_offset = ICMP6_SUM_AT;
		}
		return i->raw;
	}
	i->udp = udp_new_ip_type(inet_ip_type(i));
	if (i->udp)
		udp_recv(i->udp, on_datagram, i);
	if (i->udp && i->s.protocol == IPPROTO_UDPLITE)
		udp_setflags(i->udp, UDP_FLAGS_UDPLITE);
	return i->udp;
}

struct socket *inet_dgram_create(int family, int type, int protocol)
{
	struct inet_sock *i;
	struct socket *s = ERR_PTR(-ENOBUFS);

	if (type == SOCK_DGRAM && protocol == (family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return ERR_PTR(-EACCES); /* icmp(7): ping_group_range is empty */
	if (type == SOCK_DGRAM && !protocol)
		protocol = IPPROTO_UDP;
	if (type == SOCK_DGRAM && protocol != IPPROTO_UDP && protocol != IPPROTO_UDPLITE)
		return ERR_PTR(-EPROTONOSUPPORT);
	if (type == SOCK_RAW && !socket_capable(&init_user_ns, CAP_NET_RAW))
		return ERR_PTR(-EPERM);
	if (type == SOCK_RAW && (protocol <= 0 || protocol > IPPROTO_RAW))
		return ERR_PTR(-EPROTONOSUPPORT);
	inet_lock();
	i = inet_new(&dgram_ops, family, type, protocol);
	if (i) {
		i->opt.has_hdrincl = protocol == IPPROTO_RAW; /* raw(7) */
		if (make_pcb(i)) {
			s = &i->s;
		} else {
			list_del(&i->node);
			kfree(i);
		}
	}
	inet_unlock();
	return s;
}

static void inet_dgram_close(struct socket *s)
{
	struct inet_sock *i = inet_sk(s);

	inet_lock();
	s->file = NULL;
	if (i->udp)
		udp_remove(i->udp);
	if (i->raw)
		raw_remove(i->raw);
	i->udp = NULL;
	i->raw = NULL;
	inet_queue_drop(i);
	inet_err_drop(i);
	inet_mcast_drop(i);
	drop_more(i);
	list_del(&i->node);
	inet_unlock();
}

static int do_bind(struct inet_sock *i, const struct inet_name *name)
{
	int err = inet_bind_conflict(i, name);

	if (err)
		return err;
	inet_apply_options(i);
	if (i->raw)
		err = raw_bind(i->raw, &name->ip);
	else if (i->opt.is_portless && !name->port)
		ip_addr_copy(i->udp->local_ip, name->ip);
	else
		err = udp_bind(i->udp, &name->ip, name->port);
	if (err)
		return err == ERR_BUF ? -EADDRINUSE : inet_errno(err);
	i->local = *name;
	if (i->udp)
		i->local.port = i->udp->local_port;
	return 0;
}

static int inet_dgram_bind(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len)
{
	struct inet_sock *i = inet_sk(s);
	struct inet_name name;
	int err = inet_bind_name(i, ctx, addr, len, &name);

	if (err)
		return err;
	inet_lock();
	err = i->is_bound && i->udp ? -EINVAL : do_bind(i, &name);
	i->is_bound |= !err;
	inet_unlock();
	return err;
}

/* -EACCES: socket(7), SO_BROADCAST. Else as inet_route(). */
static int check_target(const struct inet_sock *i, struct inet_name *to)
{
	u32 v4 = ip_addr_get_ip4_u32(&to->ip);

	if ((v4 == INADDR_BROADCAST || v4 == lwip_htonl(0x7fffffff)) &&
	    !(i->s.options & SOCK_OPT_BROADCAST))
		return -EACCES;
	return inet_route(i, to);
}

static int do_connect(struct inet_sock *i, struct inet_name to)
{
	int err = check_target(i, &to);

	if (err)
		return err;
	err = i->raw ? raw_connect(i->raw, &to.ip) : udp_connect(i->udp, &to.ip, to.port);
	if (err)
		return err == ERR_BUF ? -EAGAIN : inet_errno(err);
	i->peer = to;
	i->has_peer = true;
	i->state = INET_CONNECTED;
	i->local.ip = inet_source(i, &to.ip);
	if (i->udp)
		i->local.port = i->udp->local_port;
	return 0;
}

static void do_disconnect(struct inet_sock *i)
{
	if (i->udp)
		udp_disconnect(i->udp);
	if (i->raw)
		raw_disconnect(i->raw);
	i->has_peer = false;
	i->state = INET_CLOSED;
	i->local = inet_no_name(i);
	if (i->is_bound)
		ip_addr_copy(i->local.ip, *(i->raw ? &i->raw->local_ip : &i->udp->local_ip));
	if (i->udp)
		i->local.port = i->udp->local_port;
}

static int inet_dgram_connect(struct socket *s, const struct vfs_ctx *ctx, const void *addr,
			      int len, bool nonblock)
{
	struct inet_sock *i = inet_sk(s);
	struct inet_name to;
	int err = inet_parse(i, addr, len, &to);

	(void)ctx;
	(void)nonblock;
	if (err < 0)
		return err;
	inet_lock();
	if (err) {
		do_disconnect(i);
		err = 0;
	} else {
		err = do_connect(i, to);
	}
	inet_unlock();
	return err;
}

static int inet_dgram_shutdown(struct socket *s, u32 which)
{
	struct inet_sock *i = inet_sk(s);
	bool has_peer = i->has_peer;

	atomic_or(&s->shutdown, which);
	socket_wake_all(s);
	return has_peer ? 0 : -ENOTCONN; /* as Linux: it takes effect all the same */
}

/* --- data --- */

/* The hop limit and class of service of a packet: its own, or the socket's for that kind. */
static void find_header(const struct inet_sock *i, const struct inet_tx *tx, u8 *ttl, u8 *tos)
{
	const struct inet_options *o = &i->opt;
	bool is_group = ip_addr_ismulticast(&tx->to.ip);

	if (IP_IS_V6_VAL(tx->to.ip)) {
		*ttl = is_group ? o->mc_hops : o->hops;
		*tos = o->tclass;
	} else {
		*ttl = is_group ? o->mc_ttl : o->ttl;
		*tos = o->tos;
	}
	if (tx->ttl >= 0)
		*ttl = (u8)tx->ttl;
	if (tx->tos >= 0)
		*tos = (u8)tx->tos;
}

static int send_packet(struct inet_sock *i, struct pbuf *p, const struct inet_tx *tx)
{
	ip_addr_t from = tx->has_from ? tx->from : inet_source(i, &tx->to.ip);
	int err;

	inet_apply_options(i);
	if (i->raw) {
		/* ipv6(7): the place of the checksum lies in the packet, or nothing is sent */
		if (i->raw->chksum_reqd && p->tot_len < i->raw->chksum_offset + 2)
			return -EINVAL;
		find_header(i, tx, &i->raw->ttl, &i->raw->tos);
		raw_set_flags(i->raw, i->opt.has_hdrincl ? RAW_FLAGS_HDRINCL : 0);
		err = raw_sendto_if_src(i->raw, p, &tx->to.ip, netif_list, &from);
	} else {
		find_header(i, tx, &i->udp->ttl, &i->udp->tos);
		err = udp_sendto_if_src(i->udp, p, &tx->to.ip, tx->to.port, netif_list, &from);
		i->local.port = i->udp->local_port;
	}
	return inet_errno(err);
}

/* As Linux: AF_UNSPEC passes for AF_INET here, and for IPv6 means the peer. */
static int unspec_target(struct inet_sock *i, const struct sock_msg *m, struct inet_name *to)
{
	if (inet_is_v6(i)) {
		*to = i->peer;
		return i->has_peer ? 0 : -EDESTADDRREQ;
	}
	if (m->name_len < (int)sizeof(struct sockaddr_in))
		return -EINVAL;
	((struct sockaddr_in *)m->name)->sin_family = AF_INET;
	return inet_parse(i, m->name, m->name_len, to);
}

/* Where to, and how. */
static int find_target(struct inet_sock *i, const struct sock_msg *m, struct inet_tx *tx)
{
	struct inet_name *to = &tx->to;
	int err;

	tx->has_from = false;
	tx->ttl = tx->tos = -1;

	if (m->name_len) {
		err = inet_parse(i, m->name, m->name_len, to);
		if (err == 1)
			err = unspec_target(i, m, to);
		if (err)
			return err;
		if (!to->port && i->udp)
			return -EINVAL;
	} else if (i->has_peer) {
		*to = i->peer;
	} else {
		return -EDESTADDRREQ;
	}
	err = inet_cmsg_send(i, m->control.extras, tx);
	return err ?: check_target(i, to);
}

static u32 max_bytes(const struct inet_sock *i)
{
	return PACKET_MAX_BYTES - (inet_is_v6(i) ? IP6_BYTES : IP_BYTES) - (i->udp ? UDP_BYTES : 0);
}

int inet_dgram_push(struct inet_sock *i)
{
	int err = i->more ? send_packet(i, i->more, &i->more_tx) : 0;

	drop_more(i);
	return err;
}

/* What was held back and the bytes to send, in one packet; what was held back is gone. ERR_PTR. */
static struct pbuf *gather(struct inet_sock *i, struct iter *it)
{
	size_t had = i->more ? i->more->tot_len : 0, len = it->count;
	struct pbuf *p = NULL;
	int err = -EMSGSIZE;

	if (had + len <= max_bytes(i)) {
		p = pbuf_alloc(i->raw ? (i->opt.has_hdrincl ? PBUF_LINK : PBUF_IP) : PBUF_TRANSPORT,
			       (u16)(had + len), PBUF_RAM);
		err = p ? 0 : -ENOBUFS;
	}
	if (p && had)
		pbuf_copy_partial(i->more, p->payload, (u16)had, 0);
	drop_more(i);
	if (p && iter_get(it, (u8 *)p->payload + had, len) < len) {
		pbuf_free(p);
		err = -EFAULT;
	}
	return err ? ERR_PTR(err) : p;
}

static long inet_dgram_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m)
{
	struct inet_sock *i = inet_sk(s);
	size_t len = m->it->count;
	struct inet_tx tx;
	struct pbuf *p;
	int err;

	(void)ctx;
	if (len > max_bytes(i))
		return -EMSGSIZE;
	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	inet_lock();
	tx = i->more_tx; /* the first send said where to */
	err = i->more ? 0 : find_target(i, m, &tx);
	if (!err)
		err = socket_take_error(s);
	if (!err && (s->shutdown & SOCK_SHUT_SND))
		err = -EPIPE;
	if (err)
		goto out;
	p = gather(i, m->it);
	if (IS_ERR(p)) {
		err = (int)PTR_ERR(p);
		goto out;
	}
	if (i->udp && ((m->flags & MSG_MORE) || i->opt.is_cork)) {
		i->more = p;
		i->more_tx = tx;
		goto out;
	}
	err = send_packet(i, p, &tx);
	pbuf_free(p);
	if (!err && (m->flags & MSG_ZEROCOPY) && (s->options & SOCK_OPT_ZEROCOPY))
		inet_err_zerocopy(i);
out:
	inet_unlock();
	return err ?: (long)len;
}

/* One datagram: bytes, -EAGAIN when there is none. */
static long recv_one(struct inet_sock *i, struct sock_msg *m)
{
	struct inet_buf *b = i->head;
	size_t len, n;
	long copied;

	if (!b)
		return i->s.error ? socket_take_error(&i->s) : -EAGAIN;
	len = b->p->tot_len;
	n = MIN(len, m->it->count);
	copied = inet_copy_out(b->p, 0, n, m->it);
	if (copied < (long)n)
		return -EFAULT;
	if (m->name)
		m->name_len = inet_fill(i, m->name, &b->from);
	m->control.stamp_ns = b->stamp_ns;
	if (unlikely(i->opt.wants & INET_WANTS_CONTROL) && m->control.extras)
		inet_cmsg_recv(i, b, m->control.extras);
	if (unlikely(i->s.options & SOCK_OPT_RXQ_OVFL) && i->nr_drops && m->control.extras)
		sock_extras_add(m->control.extras, SOL_SOCKET, SO_RXQ_OVFL, &i->nr_drops,
				sizeof(i->nr_drops));
	if (n < len)
		m->out_flags |= MSG_TRUNC;
	if (!(m->flags & MSG_PEEK))
		inet_queue_pop(i);
	return m->flags & MSG_TRUNC ? (long)len : copied;
}

static long inet_dgram_recv(struct socket *s, struct sock_msg *m)
{
	struct inet_sock *i = inet_sk(s);
	u64 deadline_ns = socket_deadline(s->rcvtimeo_ns);
	long n;

	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (m->flags & MSG_ERRQUEUE)
		return inet_err_recv(i, m);
	for (;;) {
		inet_lock();
		n = recv_one(i, m);
		inet_unlock();
		if (n != -EAGAIN)
			return n;
		if (s->shutdown & SOCK_SHUT_RCV)
			return 0;
		if (m->flags & MSG_DONTWAIT)
			return -EAGAIN;
		n = socket_wait_error(wait_event_timeout(&s->rd_wait,
							 READ_ONCE(i->head) || s->error ||
								 (s->shutdown & SOCK_SHUT_RCV),
							 deadline_ns),
				      deadline_ns);
		if (n)
			return n;
	}
}

static unsigned inet_dgram_poll(struct socket *s, struct poll_table *pt)
{
	struct inet_sock *i = inet_sk(s);
	unsigned events = EPOLLOUT | EPOLLWRNORM;

	poll_wait(pt, &s->rd_wait);
	if (READ_ONCE(s->error) || READ_ONCE(i->errs))
		events |= EPOLLERR;
	if (READ_ONCE(i->errs) && (s->options & SOCK_OPT_SELECT_ERR))
		events |= EPOLLPRI;
	if (READ_ONCE(i->head))
		events |= EPOLLIN | EPOLLRDNORM;
	if (s->shutdown & SOCK_SHUT_RCV)
		events |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (s->shutdown == SOCK_SHUT_ALL)
		events |= EPOLLHUP;
	return events;
}

static const struct sock_ops dgram_ops = {
	.bind = inet_dgram_bind,
	.connect = inet_dgram_connect,
	.name = inet_get_name,
	.send = inet_dgram_send,
	.recv = inet_dgram_recv,
	.shutdown = inet_dgram_shutdown,
	.poll = inet_dgram_poll,
	.ioctl = inet_ioctl,
	.setsockopt = inet_setsockopt,
	.getsockopt = inet_getsockopt,
	.changed = inet_options_changed,
	.close = inet_dgram_close,
	.free = inet_free_sock,
};
