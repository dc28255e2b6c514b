/* AF_INET and AF_INET6: the families, and what TCP and datagram sockets share. ip(7), ipv6(7). */
#include "net/inet/inet.h"
#include "net/net_ns.h"
#include "core/time.h"
#include "mm/kmalloc.h"
#include "net/families.h"
#include "vfs/fown.h"
#include <asm/siginfo.h>
#include <lwip/err.h>

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

struct inet_sock *inet_new(const struct sock_ops *ops, int family, int type, int protocol)
{
	struct inet_sock *i = kzalloc(sizeof(*i), GFP_KERNEL);

	if (!i)
		return NULL;
	socket_init(&i->s, ops, family, type);
	i->s.protocol = protocol;
	i->tail = &i->head;
	i->pending_tail = &i->pending;
	i->errs_tail = &i->errs;
	i->opt = (struct inet_options){.ttl = 64,
				       .mc_ttl = 1,
				       .mc_loop = 1,
				       .hops = 64,
				       .mc_hops = 1,
				       .is_mc_all = true,
				       .is_mc_all6 = true,
				       .mtu_discover = IP_PMTUDISC_WANT,
				       .mtu6_discover = IPV6_PMTUDISC_WANT,
				       .keepidle_s = 7200,
				       .keepintvl_s = 75,
				       .keepcnt = 9,
				       .syncnt = 6,
				       .linger2 = 60,
				       .quickack = 1};
	i->local = inet_no_name(i);
	list_add_tail(&i->node, &inet_socks);
	return i;
}

/* The last reference is gone; close came before and took it off lwIP. */
void inet_free_sock(struct socket *s)
{
	kfree(inet_sk(s));
}

static struct socket *create(int family, int type, int protocol)
{
	if (protocol < 0 || protocol >= IPPROTO_MAX)
		return ERR_PTR(-EINVAL);
	switch (type) {
	case SOCK_STREAM:
		return inet_tcp_create(family, protocol);
	case SOCK_DGRAM:
	case SOCK_RAW:
		return inet_dgram_create(family, type, protocol);
	}
	return ERR_PTR(-ESOCKTNOSUPPORT);
}

static struct socket *start_and_create(int family, int type, int protocol)
{
	struct sock_ids maker;
	struct socket *s;
	int err = inet_start();

	if (err)
		return ERR_PTR(err);
	s = create(family, type, protocol);
	if (!IS_ERR(s)) {
		socket_caller(&maker);
		inet_sk(s)->uid = maker.uid;
		net_show_inet = inet_show;
		net_count_inet = inet_count;
	}
	return s;
}

static struct socket *inet_create(int type, int protocol)
{
	return start_and_create(AF_INET, type, protocol);
}

static struct socket *inet6_create(int type, int protocol)
{
	return start_and_create(AF_INET6, type, protocol);
}

const struct net_family inet_family = {.family = AF_INET,
				       .create = inet_create,
				       .set_down = inet_take_down};
const struct net_family inet6_family = {.family = AF_INET6,
					.create = inet6_create,
					.set_down = inet_take_down};

/* --- received data --- */

struct inet_buf *inet_queue(struct inet_sock *i, struct pbuf *p, const struct inet_name *from)
{
	struct inet_buf *b = kmalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return NULL;
	*b = (struct inet_buf){.p = p, .from = *from};
	if (unlikely(i->s.options & (SOCK_OPT_TIMESTAMP | SOCK_OPT_TIMESTAMPNS)))
		b->stamp_ns = now_real_ns();
	*i->tail = b;
	i->tail = &b->next;
	i->rx_bytes += p->tot_len;
	i->nr_bufs++;
	waitq_wake_key(&i->s.rd_wait, 1, EPOLLIN | EPOLLRDNORM);
	if (unlikely(i->s.file && (i->s.file->flags & FASYNC)))
		fown_send(i->s.file, i->s.file->async_fd, POLL_IN);
	return b;
}

void inet_queue_pop(struct inet_sock *i)
{
	struct inet_buf *b = i->head;

	i->rx_bytes -= b->p->tot_len - b->off;
	i->nr_bufs--;
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
