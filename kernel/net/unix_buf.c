/* Buffers of AF_UNIX messages, and what they are charged to. */
#include "net/unix.h"
#include "core/time.h"

#define BUF_MIN_BYTES 512u /* with the header */
#define BUF_MAX_BYTES PAGE_SIZE

static inline u32 buf_bytes(const struct unix_buf *b)
{
	return (u32)sizeof(*b) + b->cap;
}

static struct unix_buf *buf_alloc(size_t want)
{
	size_t size = MIN(MAX(ALIGN_UP(sizeof(struct unix_buf) + want, 64), BUF_MIN_BYTES),
			  BUF_MAX_BYTES);
	struct unix_buf *b;

	if (!socket_charge(size))
		return NULL;
	b = kmalloc(size, GFP_KERNEL);
	if (b)
		b->cap = (u32)(size - sizeof(*b));
	else
		socket_uncharge(size);
	return b;
}

static void buf_release(struct unix_buf *b)
{
	socket_uncharge(buf_bytes(b));
	kfree(b);
}

void unix_spare_free(struct unix_buf *b)
{
	buf_release(b);
}

struct unix_buf *unix_buf_new(struct unix_sock *from, size_t want, int *err)
{
	struct unix_buf *b;

	if (unlikely(READ_ONCE(from->wmem_bytes) >= from->s.sndbuf_bytes)) {
		*err = -EAGAIN;
		return NULL;
	}
	b = NULL;
	if (want <= BUF_MIN_BYTES - sizeof(*b) && READ_ONCE(from->spare))
		b = atomic_xchg(&from->spare, NULL);
	if (!b)
		b = buf_alloc(want);
	if (unlikely(!b)) {
		*err = -ENOBUFS;
		return NULL;
	}
	b->next = NULL;
	b->frag = NULL;
	b->sender = from;
	b->addr = NULL;
	b->files = NULL;
	b->has_ids = false;
	b->is_oob = false;
	b->off = 0;
	b->len = 0;
	b->total_len = 0;
	b->stamp_ns = 0;
	atomic_add(&from->wmem_bytes, buf_bytes(b));
	return b;
}

/* One buffer back; its sender may go on when enough is free. */
static void free_one(struct unix_buf *b)
{
	struct unix_sock *sender = b->sender;
	u32 bytes = buf_bytes(b);
	u32 left = atomic_sub(&sender->wmem_bytes, bytes);

	if (bytes == BUF_MIN_BYTES && !READ_ONCE(sender->spare))
		b = atomic_xchg(&sender->spare, b);
	if (b)
		buf_release(b);
	if (unlikely((u64)(left + bytes) * 4 > sender->s.sndbuf_bytes &&
		     (u64)left * 4 <= sender->s.sndbuf_bytes))
		waitq_wake_key(&sender->s.wr_wait, 1, UNIX_WRITE_EVENTS);
}

void unix_buf_free(struct unix_buf *b)
{
	struct unix_sock *sender = b->sender;
	bool holds_sender = unix_is_dgram(sender);

	if (unlikely(b->files)) {
		unix_notinflight(b->files);
		scm_drop(b->files);
	}
	if (b->addr)
		unix_addr_put(b->addr);
	while (b) {
		struct unix_buf *frag = b->frag;

		free_one(b);
		b = frag;
	}
	if (holds_sender)
		unix_put(sender);
}

void unix_bufs_drop(struct unix_buf *b)
{
	while (b) {
		struct unix_buf *next = b->next;

		unix_buf_free(b);
		b = next;
	}
}

struct unix_buf *unix_buf_fill(struct unix_sock *from, struct iter *it, size_t len)
{
	struct unix_buf *first = NULL, **link = &first, *b;
	size_t left = len;
	int err = 0;

	if (unix_is_dgram(from))
		unix_get(from); /* with the first buffer */
	do {
		size_t n;

		b = unix_buf_new(from, left, &err);
		/* Once begun, a message is finished: it is no larger than the send buffer. */
		if (!b && err == -EAGAIN && first) {
			b = buf_alloc(left);
			err = -ENOBUFS;
			if (b) {
				*b = (struct unix_buf){.sender = from, .cap = b->cap};
				atomic_add(&from->wmem_bytes, buf_bytes(b));
			}
		}
		if (!b)
			break;
		*link = b;
		link = &b->frag;
		n = MIN(left, b->cap);
		if (iter_get(it, b->data, n) < n) {
			err = -EFAULT;
			break;
		}
		b->len = (u32)n;
		left -= n;
		err = 0;
	} while (left);
	if (!err) {
		first->total_len = (u32)len;
		return first;
	}
	if (first)
		unix_buf_free(first);
	else if (unix_is_dgram(from))
		unix_put(from);
	return ERR_PTR(err);
}

/* --- queues --- */

void unix_queue_add(struct unix_sock *to, struct unix_buf *b)
{
	if (unlikely(to->s.options & (SOCK_OPT_TIMESTAMP | SOCK_OPT_TIMESTAMPNS)))
		b->stamp_ns = now_real_ns();
	if (to->last)
		WRITE_ONCE(to->last->next, b);
	else
		WRITE_ONCE(to->head, b);
	to->last = b;
	WRITE_ONCE(to->nr_queued, to->nr_queued + 1);
}

void unix_queue_pop(struct unix_sock *u)
{
	struct unix_buf *b = u->head;

	WRITE_ONCE(u->head, b->next);
	if (!b->next)
		u->last = NULL;
	b->next = NULL;
	WRITE_ONCE(u->nr_queued, u->nr_queued - 1);
}

/* unix(7), SO_PASSCRED: of either end. What was not accepted yet may ask for them later. */
void unix_add_ids(struct unix_buf *b, struct unix_sock *from, struct unix_sock *to,
		  const struct sock_msg *m)
{
	const u32 wants = SOCK_OPT_PASSCRED | SOCK_OPT_PASSPIDFD;

	if (m->control.has_ids) {
		b->ids = m->control.ids;
		b->has_ids = true;
	} else if (unlikely((from->s.options | to->s.options) & wants) || to->is_embryo) {
		socket_caller(&b->ids);
		b->has_ids = true;
	}
}
