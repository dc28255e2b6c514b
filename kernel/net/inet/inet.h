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
#define timespec __kernel_old_timespec /* <linux/errqueue.h> wants the C library's */
#include <linux/errqueue.h>
#undef timespec
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
	/* datagrams */
	ip_addr_t to;
	u8 ttl, tos; /* IPv6: hop limit, traffic class */
};

/* Where a datagram comes from and goes to, as its headers say. */
struct inet_packet {
	struct inet_name from;
	ip_addr_t to;
	u8 ttl, tos;
};

/* How the next datagram is sent. */
struct inet_tx {
	struct inet_name to;
	ip_addr_t from;
	bool has_from;
	int ttl, tos; /* -1: as the socket's options say */
};

/* An ICMP error about a packet that was sent to `to`. */
struct inet_icmp {
	int error; /* positive errno */
	bool is_hard;
	u8 type, code;
	ip_addr_t from;
	struct inet_name to;
	u16 src_port, len;
	const u8 *data; /* `len` bytes of what the packet carried */
};

/* Options that are on or off: struct inet_options, wants. */
#define INET_WANTS_PKTINFO  BIT(0)
#define INET_WANTS_TTL	    BIT(1)
#define INET_WANTS_TOS	    BIT(2)
#define INET_WANTS_ORIGDST  BIT(3)
#define INET_WANTS_ERRORS   BIT(4)
#define INET_WANTS_PKTINFO6 BIT(5)
#define INET_WANTS_HOPLIMIT BIT(6)
#define INET_WANTS_TCLASS   BIT(7)
#define INET_WANTS_ORIGDST6 BIT(8)
#define INET_WANTS_ERRORS6  BIT(9)
#define INET_WANTS_CONTROL                                                           \
	(INET_WANTS_PKTINFO | INET_WANTS_TTL | INET_WANTS_TOS | INET_WANTS_ORIGDST | \
	 INET_WANTS_PKTINFO6 | INET_WANTS_HOPLIMIT | INET_WANTS_TCLASS | INET_WANTS_ORIGDST6)

/* One message of the error queue. */
struct inet_err {
	struct inet_err *next;
	struct sock_extended_err ee;
	ip_addr_t offender;
	struct inet_name to;
	u16 len;
	u8 data[];
};
struct inet_group;

/* TCP's urgent data, as its receiver sees it. There is one byte at most: MSG_OOB of recv(2). */
enum inet_urgent_state {
	INET_URGENT_NONE,
	INET_URGENT_COMING, /* announced; the byte has not arrived */
	INET_URGENT_VALID,
	INET_URGENT_READ, /* the mark is still ahead */
};
struct inet_urgent {
	u32 seq; /* of the byte */
	enum inet_urgent_state state;
	u8 byte;
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
	/* down.c: of a socket in a namespace without a network */
	const struct sock_ops *up_ops;
	struct inet_name down_name;
	bool is_down_bound, is_down_listening;
	struct inet_buf *head, **tail;
	u32 rx_bytes, nr_bufs;
	struct pbuf *more; /* UDP: of a datagram that MSG_MORE or UDP_CORK holds back */
	struct inet_tx more_tx;
	u32 uid;		   /* its maker's, of an accepted one the listener's; for /proc */
	bool is_eof;		   /* the peer has sent its last */
	struct inet_group *groups; /* mcast.c */
	struct inet_err *errs, **errs_tail; /* errqueue.c */
	u32 nr_errs, nr_zerocopy, nr_drops;
	/* TCP, oob.c */
	u32 rx_end_seq; /* number of the byte behind those in the queue */
	struct inet_urgent urgent;
	u32 sent_urgent_seq; /* number of the byte behind the urgent one */
	bool has_sent_urgent;
	/* of a listening socket: connections nobody has taken yet */
	struct inet_sock *pending, **pending_tail, *next_pending;
	int nr_pending, backlog;
	struct inet_sock *listener; /* of one that waits for data first, TCP_DEFER_ACCEPT */
	u64 progress_ns; /* when it began to wait, or something was acknowledged; 0: neither */
	struct inet_options {
		bool is_nodelay, is_cork, has_hdrincl, is_v6only, is_nonlocal, is_portless;
		bool is_mc_all, is_mc_all6;
		u32 wants;		 /* INET_WANTS_* */
		u32 mc_addr, mc_ifindex; /* as they were set; the interface is lo */
		u8 mtu_discover, mtu6_discover;
		u16 recv_cover; /* UDP-Lite */
		u8 tos, ttl, mc_ttl, mc_loop;
		u8 tclass, hops, mc_hops; /* of IPv6 */
		int keepidle_s, keepintvl_s, keepcnt, maxseg, user_timeout_ms, defer_accept_s,
			syncnt, linger2, quickack, fastopen, fastopen_connect, window_clamp,
			notsent_lowat, thin_timeouts, wants_inq;
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
/* socket(7), SO_REUSEPORT: which of those that share i's name is to have what comes from that port.
 * Under inet_lock(). */
struct inet_sock *inet_reuseport_pick(struct inet_sock *i, u16 peer_port);
/* "Any" becomes the loopback. -ENETUNREACH -EINVAL: there is no way there. */
int inet_route(const struct inet_sock *i, struct inet_name *to);
/* ::ffff:a.b.c.d becomes an IPv4 address. */
void inet_set_ip6(ip_addr_t *ip, const struct in6_addr *in6);
bool inet_is_local(const ip_addr_t *ip); /* an address of this machine */
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

void inet_take_down(struct socket *s); /* it is in another namespace than the first: down.c */

/* Received data. */
struct inet_buf *inet_queue(struct inet_sock *i, struct pbuf *p,
			    const struct inet_name *from); /* NULL: out of memory */
void inet_queue_drop(struct inet_sock *i);
void inet_queue_pop(struct inet_sock *i);
/* Up to `n` bytes from `off` of a packet to the reader; bytes, or -EFAULT when there were none. */
long inet_copy_out(const struct pbuf *p, u32 off, size_t n, struct iter *it);

/* cmsg.c */
int inet_cmsg_send(const struct inet_sock *i, const struct sock_extras *extras, struct inet_tx *tx);
void inet_cmsg_recv(const struct inet_sock *i, const struct inet_buf *b, struct sock_extras *x);

/* errqueue.c; inet_err_recv() takes inet_lock(), the others are called under it */
void inet_err_icmp(struct inet_sock *i, const struct inet_icmp *icmp);
void inet_err_zerocopy(struct inet_sock *i); /* a send with MSG_ZEROCOPY is done */
void inet_err_drop(struct inet_sock *i);
long inet_err_recv(struct inet_sock *i, struct sock_msg *m);

/* mcast.c */
int inet_mcast_if4(const void *value, int len, u32 *ifindex); /* of struct ip_mreq or ip_mreqn */
int inet_mcast_set4(struct inet_sock *i, bool is_join, const void *value, int len);
int inet_mcast_set6(struct inet_sock *i, bool is_join, const void *value, int len);
int inet_mcast_set_any(struct inet_sock *i, int family, bool is_join, const void *value, int len);
void inet_mcast_drop(struct inet_sock *i);
/* A UDP packet to a group and this port; `p` stays the caller's. */
void inet_mcast_input(struct pbuf *p, const struct inet_packet *packet, u16 port, u16 header_bytes);

/* options.c */
int inet_setsockopt(struct socket *s, int level, int name, const void *val, int len);
int inet_getsockopt(struct socket *s, int level, int name, void *val, int *len);
void inet_apply_options(struct inet_sock *i);			     /* to lwIP's side */
void inet_options_changed(struct socket *s);			     /* sock_ops.changed */
void inet_put_value(void *to, int *len, const void *from, size_t n); /* cut to the room */
/* options_tcp.c, options_ip.c: of one level, under inet_lock() */
int inet_tcp_setopt(struct inet_sock *i, int name, const void *value, int len);
int inet_tcp_getopt(struct inet_sock *i, int name, void *value, int *len);
int inet_ip_setopt(struct inet_sock *i, int name, const void *value, int len);
int inet_ip_getopt(struct inet_sock *i, int name, void *value, int *len);
int inet_ip6_setopt(struct inet_sock *i, int name, const void *value, int len);
int inet_ip6_getopt(struct inet_sock *i, int name, void *value, int *len);
#define INET_LO_MTU   65536
#define INET_LO_INDEX 1

/* ioctl.c */
long inet_ioctl(struct socket *s, unsigned cmd, void *arg);

/* proc.c */
bool inet_is_shown(const struct inet_sock *i); /* it has a port or a peer, as a new one has not */
int inet_state_number(const struct inet_sock *i); /* as TCP numbers its states */
/* net_count_inet and net_show_inet of vfs/netinfo.h. They take inet_lock(). */
void inet_count(const struct ns_common *ns, struct net_counts *c);
void inet_show(const struct ns_common *ns, int family, int type, net_emit emit, void *arg);

/* tcp.c, dgram.c */
struct socket *inet_tcp_create(int family, int protocol);
struct socket *inet_dgram_create(int family, int type, int protocol);
bool inet_tcp_is_writable(const struct inet_sock *i); /* poll(2) says so; who waits goes on */
long inet_tcp_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m);
long inet_tcp_recv(struct socket *s, struct sock_msg *m);
unsigned inet_tcp_poll(struct socket *s, struct poll_table *pt);
/* Connections that no socket has any more, each as if one had. Under inet_lock(). */
void inet_tcp_orphans(void (*see)(struct inet_sock *i, void *arg), void *arg);
int inet_tcp_state(const struct inet_sock *i); /* as /proc/net/tcp numbers it */
void inet_tcp_report(const struct inet_sock *i, u32 *unsent_bytes);
/* UDP: sends what was held back, if anything. Under inet_lock(). */
int inet_dgram_push(struct inet_sock *i);
/* A datagram for this socket; `p` is its data and belongs to this function. */
void inet_dgram_arrive(struct inet_sock *i, struct pbuf *p, const struct inet_packet *packet);

/* oob.c: urgent data of TCP. All under inet_lock(). */
static inline u32 inet_read_seq(const struct inet_sock *i) /* of the next byte to be read */
{
	return i->rx_end_seq - i->rx_bytes;
}
void inet_urgent_sent(struct inet_sock *i); /* the last byte given to lwIP is urgent */
extern u32 inet_nr_urgent;		    /* sockets that have sent one not yet acknowledged */
struct tcp_hdr;
/* A segment of `len` bytes arrives: marked for its sender, looked at for its receiver. */
void inet_urgent_input(struct tcp_hdr *tcp, const ip_addr_t *src, const ip_addr_t *dst);
/* These bytes are about to be queued. */
void inet_urgent_arrived(struct inet_sock *i, const struct pbuf *p);
/* Of `n` bytes from `seq` on, how many a read may take that has `done`; false: none, it ends here.
 * The urgent byte itself is passed over, unless it is inline. */
bool inet_urgent_limit(const struct inet_sock *i, u32 seq, long done, size_t *n, bool *passed_over);
void inet_urgent_passed(struct inet_sock *i); /* after a read */
bool inet_urgent_at_mark(const struct inet_sock *i);
void inet_urgent_forget(struct inet_sock *i); /* what was sent; the connection ends */
long inet_urgent_recv(struct inet_sock *i, struct sock_msg *m); /* MSG_OOB; takes inet_lock() */

/* input.c: before lwIP delivers what the loopback has queued, and after. */
void inet_run_begins(void);
void inet_run_ends(void);

/* port.c: lwIP's heap and clock; the thread that runs its timers, which inet_start() makes. */
int inet_start(void);

/* list of all sockets, under inet_lock() */
extern struct list_head inet_socks;
#define for_each_inet_sock(i) list_for_each_entry (i, &inet_socks, node)

#endif
