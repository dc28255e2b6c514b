/*
 * AF_INET and AF_INET6 sockets on lwIP, which is built from its Debian source package
 * (tools/fetch-lwip.sh). tcp.c and dgram.c fill struct sock_ops; inet.c has what they share, name.c
 * the addresses, input.c what looks at packets before lwIP does. One lock guards lwIP and all
 * struct inet_sock: inet_lock(). lwIP's callbacks run under it, from inet_unlock() at the latest,
 * which delivers what the loopback has queued.
 */
#ifndef NET_INET_INET_H
#define NET_INET_INET_H

#include "net/socket.h"
#include "vfs/netinfo.h"
#include <lwip/ip_addr.h>
#include <lwip/pbuf.h>
#include <linux/in.h>
#include <linux/in6.h>

struct tcp_pcb;
struct udp_pcb;
struct raw_pcb;

enum inet_state {
	INET_CLOSED,
	INET_CONNECTING,
	INET_CONNECTED,
	INET_LISTEN,
};

/*
 * A host's port. The address as on the wire, the port as a number. An IPv4 address that an AF_INET6
 * socket writes as ::ffff:a.b.c.d is an IPv4 address here; the type "any" is :: of a socket for
 * both protocols.
 */
struct inet_name {
	ip_addr_t ip;
	u16 port;
};

/* Received: part of a stream, or one datagram. */
struct inet_buf {
	struct inet_buf *next;
	struct pbuf *p;
	u32 off; /* bytes already read */
	struct inet_name from;
	u64 stamp_ns;
};

struct inet_sock {
	struct socket s;
	struct list_head node; /* of all sockets */
	enum inet_state state;
	struct tcp_pcb *tcp; /* NULL: reset, or another type */
	struct udp_pcb *udp;
	struct raw_pcb *raw;
	struct inet_name local, peer;
	bool is_bound, has_peer;
	struct inet_buf *head, **tail;
	u32 rx_bytes;
	struct pbuf *more; /* UDP: of a datagram that MSG_MORE or UDP_CORK holds back */
	struct inet_name more_to;
	u32 uid;     /* its maker's, of an accepted one the listener's; for /proc */
	bool is_eof; /* the peer has sent its last */
	/* of a listening socket: connections nobody has taken yet */
	struct inet_sock *pending, **pending_tail, *next_pending;
	int nr_pending;
	struct inet_options {
		bool is_nodelay, is_cork, has_hdrincl, is_v6only;
		u8 tos, ttl, mc_ttl, mc_loop;
		u8 tclass, hops, mc_hops; /* of IPv6 */
		int keepidle_s, keepintvl_s, keepcnt, maxseg, user_timeout_ms, defer_accept, syncnt,
			linger2, quickack;
	} opt;
};

static inline struct inet_sock *inet_sk(struct socket *s)
{
	return container_of(s, struct inet_sock, s);
}

void inet_lock(void);
void inet_unlock(void);
/* lwIP's err_t as a negative errno. */
int inet_errno(int err);

/* A socket of this type on the list of all; NULL when out of memory. */
struct inet_sock *inet_new(const struct sock_ops *ops, int family, int type, int protocol);
void inet_free_sock(struct socket *s); /* sock_ops.free */

/* name.c */
/* The address that bind, connect and send were given: -EINVAL, -EAFNOSUPPORT. AF_UNSPEC: 1. */
int inet_parse(const struct inet_sock *i, const void *addr, int len, struct inet_name *name);
/* As the socket's family writes it. Bytes filled. */
int inet_fill(const struct inet_sock *i, void *addr, const struct inet_name *name);
int inet_get_name(struct socket *s, void *addr, bool of_peer); /* sock_ops.name */
/* What bind was given, checked and made what lwIP binds to. -EINVAL -EAFNOSUPPORT -EADDRNOTAVAIL
 * -EACCES. */
int inet_bind_name(const struct inet_sock *i, const struct vfs_ctx *ctx, const void *addr, int len,
		   struct inet_name *name);
/* -EADDRINUSE: another socket holds that port. Under inet_lock(). */
int inet_bind_conflict(const struct inet_sock *i, const struct inet_name *name);
/* "Any" becomes the loopback. -ENETUNREACH -EINVAL: there is no way there. */
int inet_route(const struct inet_sock *i, struct inet_name *to);
/* The unbound name of a socket. */
struct inet_name inet_no_name(const struct inet_sock *i);
/* The address that packets to `to` come from: the one bound, or the loopback's. */
ip_addr_t inet_source(const struct inet_sock *i, const ip_addr_t *to);
static inline bool inet_is_v6(const struct inet_sock *i)
{
	return i->s.family == AF_INET6;
}
/* For pcbs: the type of a socket's unbound address. */
static inline u8 inet_ip_type(const struct inet_sock *i)
{
	return inet_is_v6(i) ? (i->opt.is_v6only ? IPADDR_TYPE_V6 : IPADDR_TYPE_ANY)
			     : IPADDR_TYPE_V4;
}

/* Received data. */
int inet_queue(struct inet_sock *i, struct pbuf *p, const struct inet_name *from); /* -ENOMEM */
void inet_queue_drop(struct inet_sock *i);
void inet_queue_pop(struct inet_sock *i);
/* Up to `n` bytes from `off` of a packet to the reader; bytes, or -EFAULT when there were none. */
long inet_copy_out(const struct pbuf *p, u32 off, size_t n, struct iter *it);

/* options.c */
int inet_setsockopt(struct socket *s, int level, int name, const void *val, int len);
int inet_getsockopt(struct socket *s, int level, int name, void *val, int *len);
void inet_apply_options(struct inet_sock *i);			     /* to lwIP's side */
void inet_put_value(void *to, int *len, const void *from, size_t n); /* cut to the room */
/* options_tcp.c, options_ip.c: of one level, under inet_lock() */
int inet_tcp_setopt(struct inet_sock *i, int name, const void *value, int len);
int inet_tcp_getopt(struct inet_sock *i, int name, void *value, int *len);
int inet_ip_setopt(struct inet_sock *i, int name, const void *value, int len);
int inet_ip_getopt(struct inet_sock *i, int name, void *value, int *len);
int inet_ip6_setopt(struct inet_sock *i, int name, const void *value, int len);
int inet_ip6_getopt(struct inet_sock *i, int name, void *value, int *len);
#define INET_LO_MTU 65536

/* ioctl.c */
long inet_ioctl(struct socket *s, unsigned cmd, void *arg);

/* proc.c: net_show_inet of vfs/netinfo.h. Takes inet_lock(). */
void inet_show(int family, int type, net_emit emit, void *arg);

/* tcp.c, dgram.c */
struct socket *inet_tcp_create(int family, int protocol);
struct socket *inet_dgram_create(int family, int type, int protocol);
int inet_tcp_state(const struct inet_sock *i); /* as /proc/net/tcp numbers it */
void inet_tcp_report(const struct inet_sock *i, u32 *unsent_bytes);
/* UDP: sends what was held back, if anything. Under inet_lock(). */
int inet_dgram_push(struct inet_sock *i);
/* The peer has no such port. */
void inet_dgram_refused(struct inet_sock *i, int error);

/* input.c: before lwIP delivers what the loopback has queued, and after. */
void inet_run_begins(void);
void inet_run_ends(void);

/* port.c: lwIP's heap and clock; the thread that runs its timers, which inet_start() makes. */
int inet_start(void);

/* list of all sockets, under inet_lock() */
extern struct list_head inet_socks;
#define for_each_inet_sock(i) list_for_each_entry (i, &inet_socks, node)

#endif
