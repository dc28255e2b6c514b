/*
 * AF_UNIX from the inside, for unix_*.c: unix(7).
 *
 * A message lies in the queue of its receiver, charged to its sender. A stream's small writes share
 * a buffer. Connected stream and seqpacket sockets keep their peer until they are closed, so that
 * the data path needs no reference: `peer` is set once, before `state` says established. A datagram
 * socket's peer changes under its lock.
 *
 * Of two sockets the locks are not held together, but for a listener's before a new connection's.
 */
#ifndef NET_UNIX_H
#define NET_UNIX_H

#include "lib/string.h"
#include "mm/kmalloc.h"
#include "net/socket.h"
#include "vfs/fown.h"
#include "vfs/netinfo.h"
#include <linux/un.h>

#define UNIX_READ_EVENTS  ((unsigned)(EPOLLIN | EPOLLRDNORM))
#define UNIX_WRITE_EVENTS ((unsigned)(EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND))
#define UNIX_PATH_OFFSET  ((int)__builtin_offsetof(struct sockaddr_un, sun_path))

/* A name, shared by what carries it. */
struct unix_addr {
	refcount_t ref;
	int len; /* of `name` */
	u32 hash;
	struct sockaddr_un name;
	u8 nul; /* a path of full length ends here */
};

/* A message, or a part of one; for streams a run of bytes. */
struct unix_buf {
	struct unix_buf *next;	  /* in the queue */
	struct unix_buf *frag;	  /* the rest of this message, sizes of its own */
	struct unix_sock *sender; /* it is charged to; a datagram holds a reference */
	struct unix_addr *addr;	  /* datagrams: the sender's, referenced; or NULL */
	struct scm_files *files;
	struct sock_ids ids;
	bool has_ids, is_oob;
	u32 cap, off, len; /* of data: room, start, bytes */
	u32 total_len;	   /* with the frags */
	u64 stamp_ns;
	u8 data[];
};

enum unix_state { UNIX_CLOSE, UNIX_CONNECTING, UNIX_LISTEN, UNIX_ESTABLISHED };

struct unix_sock {
	struct socket s;
	enum unix_state state;	/* atomic */
	struct unix_sock *peer; /* referenced; see above */
	struct mutex lock;	/* RANK_SOCKET: from here to `wmem_bytes` */
	struct unix_buf *head, *last;
	u32 nr_queued;
	u32 nr_arrived;		 /* deliveries so far, for sleepers */
	bool is_dead, is_embryo; /* its file is gone; it was not accepted yet */
	struct unix_buf *oob;	 /* the urgent byte in the queue that was not read yet; or NULL */
	struct unix_sock *pending, **pending_tail; /* listener: not yet accepted */
	u32 nr_pending, backlog;
	struct sock_ids peer_ids; /* SO_PEERCRED */
	u32 wmem_bytes;		  /* atomic: of messages it sent that nobody received yet */
	struct unix_buf *spare;	  /* atomic: an empty buffer for its next small message */
	struct unix_sock *next_pending;
	/* names_lock */
	struct list_head all_node, name_node;
	/* Set once, under lock and names_lock. */
	struct unix_addr *addr;
	struct path path; /* of a bound file */
	/* Senders that found the queue full (datagrams), connects that found the backlog full. */
	struct waitq room_wait;
	struct waiter room_relay;   /* ours, in a receiver's room_wait */
	struct unix_sock *relay_to; /* whose; referenced; lock */
	/* scm_mutex */
	u32 nr_inflight;
	u32 gc_count;
	u8 gc_mark;
	struct list_head inflight_node, gc_node;
};

static inline struct unix_sock *unix_sk(struct socket *s)
{
	return container_of(s, struct unix_sock, s);
}
static inline struct unix_sock *unix_get(struct unix_sock *u)
{
	ref_get(&u->s.ref);
	return u;
}
static inline void unix_put(struct unix_sock *u)
{
	socket_put(&u->s);
}
static inline bool unix_is_stream(const struct unix_sock *u)
{
	return u->s.type == SOCK_STREAM;
}
static inline bool unix_is_dgram(const struct unix_sock *u)
{
	return u->s.type == SOCK_DGRAM;
}
/* poll's idea of room: a quarter of the buffer in use at most. */
static inline bool unix_is_writable(const struct unix_sock *u)
{
	return (u64)READ_ONCE(u->wmem_bytes) * 4 <= u->s.sndbuf_bytes &&
	       READ_ONCE(u->state) != UNIX_LISTEN;
}

/* unix.c */
struct unix_sock *unix_new(int type); /* one reference; ERR_PTR */
void unix_close(struct unix_sock *u);
/* Length of the name in *addr; of NULL the one of an unnamed socket. */
int unix_addr_copy(const struct unix_addr *a, void *to);

/* unix_name.c */
int unix_bind(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len);
int unix_autobind(struct unix_sock *u);
int unix_check_addr(const void *addr, int len); /* -EINVAL */
/* The socket of that name, referenced; ERR_PTR: -ECONNREFUSED -EPROTOTYPE -EINVAL or the path's. */
struct unix_sock *unix_find(const struct unix_sock *from, const struct vfs_ctx *ctx,
			    const void *addr, int len);
void unix_list_add(struct unix_sock *u);
void unix_list_del(struct unix_sock *u); /* with its name */
/* The one after `u` (NULL: the first) of all sockets, referenced; NULL at the end. */
struct unix_sock *unix_list_next(struct unix_sock *u);
void unix_addr_put(struct unix_addr *a);

/* unix_connect.c */
int unix_connect(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len,
		 bool nonblock);
int unix_listen(struct socket *s, int backlog);
struct socket *unix_accept(struct socket *s, bool nonblock);

/* unix_buf.c */
/* An empty buffer of `from` with room for `want` bytes, or for a part of them. NULL and *err:
 * -EAGAIN (its send buffer is full), -ENOBUFS. */
struct unix_buf *unix_buf_new(struct unix_sock *from, size_t want, int *err);
/* Message data from the user: one buffer with its frags. ERR_PTR: as above, -EFAULT. */
struct unix_buf *unix_buf_fill(struct unix_sock *from, struct iter *it, size_t len);
void unix_buf_free(struct unix_buf *b); /* uncharged, its frags and what travels with it too */
/* The receiver's lock is held: */
void unix_queue_add(struct unix_sock *to, struct unix_buf *b);
void unix_queue_pop(struct unix_sock *u); /* the first one, which the caller has */
void unix_spare_free(struct unix_buf *b); /* that no message is in */
/* Free a chain of `next` taken from a queue; no lock held. */
void unix_bufs_drop(struct unix_buf *b);
/* Does the message carry its sender's ids? */
void unix_add_ids(struct unix_buf *b, struct unix_sock *from, struct unix_sock *to,
		  const struct sock_msg *m);

/* unix_stream.c, unix_dgram.c */
long unix_stream_send_data(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m);
/* Hang a chain into peer's queue; 0, -EPIPE. Consumes it. */
int unix_stream_deliver(struct unix_sock *peer, struct unix_buf *b);
long unix_stream_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m);
long unix_stream_recv(struct socket *s, struct sock_msg *m);
long unix_dgram_send(struct socket *s, const struct vfs_ctx *ctx, struct sock_msg *m);
long unix_dgram_recv(struct socket *s, struct sock_msg *m);
void unix_relay_stop(struct unix_sock *u);
bool unix_dgram_has_room(struct unix_sock *u, bool wait); /* at its peer; u->lock not held */
/* `u` lets go of `old`, whose reference is consumed. */
void unix_dgram_disconnected(struct unix_sock *u, struct unix_sock *old);

/* unix_oob.c: urgent bytes of streams, MSG_OOB */
long unix_oob_send(struct unix_sock *u, const struct vfs_ctx *ctx, struct sock_msg *m);
long unix_oob_recv(struct unix_sock *u, struct sock_msg *m);
/* `b` is or was one; u->lock held. Where a read of `done` bytes so far goes on; NULL: it ends. What
 * is passed over without peeking is popped into *used. */
struct unix_buf *unix_oob_pass(struct unix_sock *u, struct unix_buf *b, bool is_peek, bool done,
			       struct unix_buf **used);
bool unix_oob_at_mark(struct unix_sock *u); /* SIOCATMARK; u->lock held */

/* unix_gc.c: descriptors in flight */
extern struct mutex scm_mutex;					   /* RANK_SCM */
int unix_inflight(const struct vfs_ctx *ctx, struct scm_files *f); /* -ETOOMANYREFS -ENOMEM */
void unix_notinflight(struct scm_files *f);
void unix_notinflight_locked(struct scm_files *f); /* scm_mutex held */
void unix_gc(void);

#endif
