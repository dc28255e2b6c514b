/* AF_INET: the family, and what TCP and datagram sockets share. ip(7). */
#include "net/inet/inet.h"
#include "core/time.h"
#include "mm/kmalloc.h"
#include "net/families.h"
#include <lwip/err.h>
#include <lwip/ip4.h>
#include <lwip/netif.h>
#include <lwip/icmp.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/tcp.h>
#include <lwip/prot/udp.h>
#include <lwip/udp.h>
#include <linux/capability.h>

#define PORT_UNPRIVILEGED  1024 /* /proc/sys/net/ipv4/ip_unprivileged_port_start */
#define LOOPBACK_NET(addr) (((addr)&0xff) == 127)

struct list_head inet_socks = LIST_INIT(inet_socks);

int inet_errno(int err)
{
	switch (err) {
	case ERR_OK:
		return 0;
	case ERR_MEM:
	case ERR_BUF:
		return -ENOBUFS;
	case ERR_TIMEOUT:
		return -ETIMEDOUT;
	case ERR_RTE:
	case ERR_IF:
		return -ENETUNREACH;
	case ERR_INPROGRESS:
		return -EINPROGRESS;
	case ERR_WOULDBLOCK:
		return -EAGAIN;
	case ERR_USE:
		return -EADDRINUSE;
	case ERR_ALREADY:
		return -EALREADY;
	case ERR_ISCONN:
		return -EISCONN;
	case ERR_CONN:
	case ERR_CLSD:
		return -ENOTCONN;
	case ERR_ABRT:
		return -ECONNABORTED;
	case ERR_RST:
		return -ECONNRESET;
	}
	return -EINVAL;
}

/* --- birth and end --- */

struct inet_sock *inet_new(const struct sock_ops *ops, int type, int protocol)
{
	struct inet_sock *i = kzalloc(sizeof(*i), GFP_KERNEL);

	if (!i)
		return NULL;
	socket_init(&i->s, ops, AF_INET, type);
	i->s.protocol = protocol;
	i->tail = &i->head;
	i->pending_tail = &i->pending;
	i->opt = (struct inet_options){.ttl = 64,
				       .mc_ttl = 1,
				       .mc_loop = 1,
				       .keepidle_s = 7200,
				       .keepintvl_s = 75,
				       .keepcnt = 9,
				       .syncnt = 6,
				       .linger2 = 60,
				       .quickack = 1};
	list_add_tail(&i->node, &inet_socks);
	return i;
}

/* The last reference is gone; close came before and took it off lwIP. */
void inet_free_sock(struct socket *s)
{
	kfree(inet_sk(s));
}

static struct socket *create(int type, int protocol)
{
	if (protocol < 0 || protocol >= IPPROTO_MAX)
		return ERR_PTR(-EINVAL);
	switch (type) {
	case SOCK_STREAM:
		return inet_tcp_create(protocol);
	case SOCK_DGRAM:
	case SOCK_RAW:
		return inet_dgram_create(type, protocol);
	}
	return ERR_PTR(-ESOCKTNOSUPPORT);
}

static struct socket *inet_create(int type, int protocol)
{
	struct sock_ids maker;
	struct socket *s;
	int err = inet_start();

	if (err)
		return ERR_PTR(err);
	s = create(type, protocol);
	if (!IS_ERR(s)) {
		socket_caller(&maker);
		inet_sk(s)->uid = maker.uid;
		net_show_inet = inet_show;
	}
	return s;
}

const struct net_family inet_family = {.family = AF_INET, .create = inet_create};

/* --- names --- */

int inet_parse(const void *addr, int len, struct inet_name *name)
{
	const struct sockaddr_in *in = addr;

	if (len < (int)sizeof(in->sin_family))
		return -EINVAL;
	if (in->sin_family == AF_UNSPEC)
		return 1;
	if (len < (int)sizeof(*in))
		return -EINVAL;
	if (in->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	*name = (struct inet_name){in->sin_addr.s_addr, lwip_htons(in->sin_port)};
	return 0;
}

int inet_fill(void *addr, struct inet_name name)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = lwip_htons(name.port)};

	in.sin_addr.s_addr = name.addr;
	memcpy(addr, &in, sizeof(in));
	return sizeof(in);
}

int inet_get_name(struct socket *s, void *addr, bool of_peer)
{
	struct inet_sock *i = inet_sk(s);
	int n = -ENOTCONN;

	inet_lock();
	if (!of_peer)
		n = inet_fill(addr, i->local);
	else if (i->has_peer)
		n = inet_fill(addr, i->peer);
	inet_unlock();
	return n;
}

/* bind(2): -EACCES, -EADDRNOTAVAIL. */
int inet_may_bind(const struct vfs_ctx *ctx, struct inet_name name)
{
	if (name.addr && name.addr != INADDR_BROADCAST && !LOOPBACK_NET(name.addr))
		return -EADDRNOTAVAIL; /* the loopback is the only interface */
	if (name.port && name.port < PORT_UNPRIVILEGED &&
	    !cred_has_cap(ctx->cred, CAP_NET_BIND_SERVICE))
		return -EACCES;
	return 0;
}

/* --- received data --- */

int inet_queue(struct inet_sock *i, struct pbuf *p, struct inet_name from)
{
	struct inet_buf *b = kmalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return -ENOMEM;
	*b = (struct inet_buf){.p = p, .from = from};
	if (unlikely(i->s.options & (SOCK_OPT_TIMESTAMP | SOCK_OPT_TIMESTAMPNS)))
		b->stamp_ns = now_real_ns();
	*i->tail = b;
	i->tail = &b->next;
	i->rx_bytes += p->tot_len;
	waitq_wake_key(&i->s.rd_wait, 1, EPOLLIN | EPOLLRDNORM);
	return 0;
}

void inet_queue_pop(struct inet_sock *i)
{
	struct inet_buf *b = i->head;

	i->rx_bytes -= b->p->tot_len - b->off;
	i->head = b->next;
	if (!i->head)
		i->tail = &i->head;
	pbuf_free(b->p);
	kfree(b);
}

void inet_queue_drop(struct inet_sock *i)
{
	while (i->head)
		inet_queue_pop(i);
}

long inet_copy_out(const struct pbuf *p, u32 off, size_t n, struct iter *it)
{
	size_t done = 0;

	for (; p && n; p = p->next) {
		size_t now, copied;

		if (off >= p->len) {
			off -= p->len;
			continue;
		}
		now = MIN(n, (size_t)p->len - off);
		copied = iter_put(it, (const u8 *)p->payload + off, now);
		done += copied;
		if (copied < now)
			return done ? (long)done : -EFAULT;
		n -= now;
		off = 0;
	}
	return (long)done;
}

/* --- ICMP errors, which lwIP itself does not pass on --- */

static void unreachable(const struct ip_hdr *sent, u8 code)
{
	const struct udp_hdr *udp = (const void *)((const u8 *)sent + IPH_HL_BYTES(sent));
	u16 from = lwip_ntohs(udp->src), to = lwip_ntohs(udp->dest);
	struct inet_sock *i;

	if (IPH_PROTO(sent) != IP_PROTO_UDP)
		return;
	for_each_inet_sock(i)
	{
		if (i->udp && i->has_peer && i->local.port == from && i->peer.port == to)
			inet_dgram_refused(i, code == ICMP_DUR_PORT ? ECONNREFUSED : EHOSTUNREACH);
	}
}

static void look_at_icmp(const struct pbuf *p, const struct icmp_echo_hdr *icmp)
{
	const u8 *end = (const u8 *)p->payload + p->len;

	if ((const u8 *)(icmp + 1) + sizeof(struct ip_hdr) + sizeof(struct udp_hdr) <= end &&
	    icmp->type == ICMP_DUR)
		unreachable((const void *)(icmp + 1), icmp->code);
}

/*
 * Two ends whose windows are both closed answer each other's acknowledgements for ever: lwIP takes
 * a segment without data for one outside a window of no bytes, and acknowledges that. Here this
 * would be one run of the loopback's queue, without end. So an acknowledgement that comes a second
 * time in a run is dropped; and after ACKS_PER_RUN, all are: the next run goes on.
 */
#define ACKS_PER_RUN 4096
#define ACK_SLOTS    64

static struct tcp_hdr seen_acks[ACK_SLOTS];
static unsigned nr_acks;

void inet_run_begins(void)
{
	if (nr_acks)
		memset(seen_acks, 0, sizeof(seen_acks));
	nr_acks = 0;
}

static bool is_repeated_ack(const struct pbuf *p, const struct tcp_hdr *tcp)
{
	u32 payload_at = (u32)((const u8 *)tcp - (const u8 *)p->payload) + TCPH_HDRLEN_BYTES(tcp);
	struct tcp_hdr *seen = &seen_acks[(tcp->src * 31u + tcp->dest) % ACK_SLOTS];

	if (payload_at != p->tot_len || TCPH_FLAGS(tcp) != TCP_ACK)
		return false;
	if (++nr_acks > ACKS_PER_RUN || !memcmp(seen, tcp, sizeof(*tcp)))
		return true;
	*seen = *tcp;
	return false;
}

/* lwIP asks before it handles a packet, which is in one piece. 0: it goes on with it; 1: it is
 * ours. */
int inet_input_hook(struct pbuf *p, struct netif *in)
{
	const struct ip_hdr *ip = p->payload;
	const void *next;

	(void)in;
	if (p->len < sizeof(*ip) || p->len < IPH_HL_BYTES(ip) + sizeof(struct icmp_echo_hdr))
		return 0;
	next = (const u8 *)ip + IPH_HL_BYTES(ip);
	if (IPH_PROTO(ip) == IP_PROTO_ICMP)
		look_at_icmp(p, next);
	if (IPH_PROTO(ip) == IP_PROTO_TCP && p->len >= IPH_HL_BYTES(ip) + sizeof(struct tcp_hdr) &&
	    is_repeated_ack(p, next)) {
		pbuf_free(p);
		return 1;
	}
	return 0;
}
