/*
 * The socket layer: what every address family shares. A family (unix.c; later inet on lwIP) fills a
 * struct net_family and a struct sock_ops; sys/socket.c and the file operations in socket.c call
 * them. Data comes as struct iter, addresses and control data as kernel memory. All functions
 * return 0 or a count, or a negative errno.
 */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include "abi/linux/missing.h"
#include "lib/string.h"
#include "vfs/ns.h"
#include "vfs/poll.h"
#include "vfs/vfs.h"
#include <asm/socket.h>
#include <linux/socket.h>

#define SOCK_ADDR_MAX	  sizeof(struct __kernel_sockaddr_storage)
#define SOCK_TYPE_LIMIT	  11 /* types are below */
#define SOCK_FAMILY_LIMIT 46

struct socket;
struct sock_msg;

/* SCM_CREDENTIALS and SO_PEERCRED: struct ucred of unix(7). */
struct sock_ids {
	u32 pid, uid, gid;
};

/* Descriptors on their way: SCM_RIGHTS. */
struct scm_files {
	struct scm_files *next; /* of those waiting to be closed */
	u32 nr, sender_uid;
	bool is_counted; /* scm_inflight() was called */
	struct file *file[];
};
#define SCM_FILES_MAX 253

/* Ancillary data of a protocol: messages of cmsg(3) whose level is not SOL_SOCKET. */
#define SOCK_EXTRA_BYTES 48
#define SOCK_EXTRAS_MAX	 8
struct sock_extras {
	u32 nr;
	struct sock_extra {
		int level, type;
		u32 len;
		u8 data[SOCK_EXTRA_BYTES];
	} e[SOCK_EXTRAS_MAX];
};
static inline void sock_extras_add(struct sock_extras *x, int level, int type, const void *data,
				   u32 len)
{
	if (x->nr == SOCK_EXTRAS_MAX || len > SOCK_EXTRA_BYTES)
		return;
	x->e[x->nr].level = level;
	x->e[x->nr].type = type;
	x->e[x->nr].len = len;
	memcpy(x->e[x->nr++].data, data, len);
}

/* Ancillary data beside a message. */
struct sock_control {
	struct scm_files *files;    /* owned */
	struct sock_extras *extras; /* send: NULL = none; recv: NULL = not wanted */
	struct sock_ids ids;
	bool has_ids;
	u64 stamp_ns; /* received: real time of arrival, 0 = none */
};

/* One message as send and recv see it. */
struct sock_msg {
	struct iter *it;
	u32 flags;     /* MSG_*, as asked; MSG_DONTWAIT also for O_NONBLOCK */
	u32 out_flags; /* recv: MSG_TRUNC and the like */
	void *name;    /* SOCK_ADDR_MAX bytes; recv: NULL = not wanted */
	int name_len;  /* send: 0 = none; recv: bytes filled */
	struct sock_control control;
};

struct sock_ops {
	int (*bind)(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len);
	int (*connect)(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len,
		       bool nonblock);
	int (*listen)(struct socket *s, int backlog);
	struct socket *(*accept)(struct socket *s, bool nonblock); /* a reference; ERR_PTR */
	int (*name)(struct socket *s, void *addr, bool of_peer);   /* length */
	long (*send)(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m);
	long (*recv)(struct socket *s, struct sock_msg *m);
	int (*shutdown)(struct socket *s, u32 which); /* SOCK_SHUT_* */
	unsigned (*poll)(struct socket *s, struct poll_table *pt);
	long (*ioctl)(struct socket *s, unsigned cmd, void *arg); /* NULL; -ENOTTY */
	int (*peer_ids)(struct socket *s, struct sock_ids *ids);  /* NULL: -ENOPROTOOPT */
	/* Options of the family's own level; NULL: -EOPNOTSUPP. */
	int (*setsockopt)(struct socket *s, int level, int name, const void *val, int len);
	int (*getsockopt)(struct socket *s, int level, int name, void *val, int *len);
	void (*changed)(struct socket *s); /* NULL; an option of `options` was set */
	bool (*is_listening)(const struct socket *s);
	void (*close)(struct socket *s); /* the file is gone; a reference stays */
	void (*free)(struct socket *s);	 /* the last reference is gone */
};

#define SOCK_SHUT_RCV BIT(0)
#define SOCK_SHUT_SND BIT(1)
#define SOCK_SHUT_ALL (SOCK_SHUT_RCV | SOCK_SHUT_SND)

/* socket.options */
#define SOCK_OPT_DEBUG	      BIT(0)
#define SOCK_OPT_REUSEADDR    BIT(1)
#define SOCK_OPT_REUSEPORT    BIT(2)
#define SOCK_OPT_DONTROUTE    BIT(3)
#define SOCK_OPT_BROADCAST    BIT(4)
#define SOCK_OPT_KEEPALIVE    BIT(5)
#define SOCK_OPT_OOBINLINE    BIT(6)
#define SOCK_OPT_NO_CHECK     BIT(7)
#define SOCK_OPT_LINGER	      BIT(8)
#define SOCK_OPT_PASSCRED     BIT(9)
#define SOCK_OPT_TIMESTAMP    BIT(10)
#define SOCK_OPT_TIMESTAMPNS  BIT(11)
#define SOCK_OPT_TIMESTAMP_64 BIT(12) /* ..._NEW: 64-bit also for 32-bit programs */
#define SOCK_OPT_PASSPIDFD    BIT(13)
#define SOCK_OPT_ZEROCOPY     BIT(14)
#define SOCK_OPT_RXQ_OVFL     BIT(15)
#define SOCK_OPT_SELECT_ERR   BIT(16)
#define SOCK_OPT_PASSSEC      BIT(17)
#define SOCK_OPT_WIFI_STATUS  BIT(18)
#define SOCK_OPT_BOUND_TO_LO  BIT(19)
#define SOCK_OPT_LOCK_FILTER  BIT(20)

struct socket {
	const struct sock_ops *ops;
	refcount_t ref;
	u16 family, type;
	int protocol;
	u32 shutdown; /* SOCK_SHUT_*; atomic */
	u32 options;  /* SOCK_OPT_*; atomic */
	int error;    /* SO_ERROR; positive; atomic */
	u32 sndbuf_bytes, rcvbuf_bytes;
	int rcvlowat, priority, linger_s, peek_off; /* peek_off -1: off */
	u32 mark;
	int busy_poll, incoming_cpu;
	u8 buf_lock;		      /* SOCK_SNDBUF_LOCK, SOCK_RCVBUF_LOCK: a size was asked for */
	u64 rcvtimeo_ns, sndtimeo_ns; /* 0 = none */
	struct waitq rd_wait;	      /* data, connections, hang-up */
	struct waitq wr_wait;	      /* room */
	struct file *file;	      /* borrowed; NULL before and after its time */
	u64 ino;		      /* of the file, for /proc; 0 = none yet */
	struct ns_common *ns;	      /* reference; NULL: the first network namespace */
};

struct net_family {
	int family;
	/* A socket with one reference, or ERR_PTR: -ESOCKTNOSUPPORT -EPROTONOSUPPORT -ENOMEM. */
	struct socket *(*create)(int type, int protocol);
	int (*pair)(struct socket *a, struct socket *b); /* NULL: -EOPNOTSUPP */
	void (*set_down)(struct socket *s); /* it has no network; NULL: does not matter */
};

/* socket.c */
void socket_init(struct socket *s, const struct sock_ops *ops, int family, int type);
struct socket *socket_create(int family, int type, int protocol); /* ERR_PTR */
int socket_pair(int family, struct socket *a, struct socket *b);
/* An open file for `s`, whose reference is consumed. o_flags: O_NONBLOCK. ERR_PTR. */
struct file *socket_file(struct socket *s, u32 o_flags);
/* Borrowed from the file; NULL: no socket. */
extern const struct file_ops socket_file_ops;
static inline struct socket *socket_of(const struct file *f)
{
	return f->ops == &socket_file_ops ? f->private : NULL;
}
static inline struct socket *socket_get(struct socket *s)
{
	ref_get(&s->ref);
	return s;
}
static inline void socket_put(struct socket *s)
{
	struct ns_common *ns = s->ns;

	if (!ref_put(&s->ref))
		return;
	s->ops->free(s);
	if (unlikely(ns))
		ns_put(ns);
}
/* The pending error, which is taken away: 0 or negative. */
static inline int socket_take_error(struct socket *s)
{
	return likely(!READ_ONCE(s->error)) ? 0 : -atomic_xchg(&s->error, 0);
}
/* Until when a call waits, for wait_event_timeout(). */
u64 socket_deadline(u64 timeo_ns);
/* What a wait that failed means: timeouts are -EAGAIN, and a call with one is not restarted. */
int socket_wait_error(int err, u64 deadline_ns);
void socket_wake_all(struct socket *s); /* a change of state: everybody looks again */

/* sockopt.c: SOL_SOCKET. Values in kernel memory; *len is the room and becomes what was filled.
 * Timeouts are set by the caller, which knows the layout of times. */
int socket_setsockopt(struct socket *s, const struct cred *c, int name, const void *val, int len);
int socket_getsockopt(struct socket *s, int name, void *val, int *len);

/* ifreq.c: netdevice(7)'s questions; -ENOTTY for others, -ENODEV. */
long socket_ifreq(const struct socket *s, unsigned cmd, struct ifreq_k *r);

/* memory.c: bytes that sockets hold; false: too many already (-ENOBUFS) */
bool socket_charge(size_t bytes);
void socket_uncharge(size_t bytes);

/* scm.c: descriptors in messages */
/* Take `nr` descriptors of the caller; appends to *files. -EBADF -EINVAL -ENOMEM. */
int scm_take(const struct vfs_ctx *ctx, const int *fds, u32 nr, struct scm_files **files);
/* The same files once more: MSG_PEEK. NULL when out of memory. */
struct scm_files *scm_copy(const struct scm_files *f);
/* Close what nobody received. Never recurses, however long the chain. */
void scm_drop(struct scm_files *files);

/* Who calls, for credentials of messages; from sys/. */
extern struct ns_common *(*socket_caller_ns)(void); /* borrowed */
extern void (*socket_caller)(struct sock_ids *ids);
/* Over what the user namespace owns. */
struct user_ns;
extern bool (*socket_capable)(const struct user_ns *u, unsigned cap); /* CAP_*, of the caller */

#endif
