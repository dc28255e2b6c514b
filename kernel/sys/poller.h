/* Waiting for several files at once: what poll and select share. */
#ifndef SYS_POLLER_H
#define SYS_POLLER_H

#include "sys/syscall.h"
#include "vfs/poll.h"
#include <linux/time_types.h>

struct poll_hook {
	struct waiter w;
	struct waitq *q;
	struct file *file; /* keeps q alive */
	struct poller *owner;
	unsigned key;
};
#define HOOKS_INLINE 8
#define HOOKS_BLOCK  40
struct hook_block {
	struct hook_block *next;
	unsigned used;
	struct poll_hook hooks[HOOKS_BLOCK];
};

struct poller {
	struct poll_table pt;
	struct thread *thread;
	bool was_triggered;
	bool is_out_of_memory;
	struct file *file; /* being asked, and for which events */
	unsigned key;
	unsigned nr_inline;
	struct hook_block *blocks;
	struct poll_hook hooks[HOOKS_INLINE];
};

void poller_init(struct poller *p);
void poller_end(struct poller *p); /* leaves every queue */
/* Ask one file; until the first sleep it is also queued on. */
static inline unsigned poller_ask(struct poller *p, struct file *f, unsigned events)
{
	if (unlikely(!f->ops->poll))
		return POLL_DEFAULT;
	if (!p->pt.queue)
		return f->ops->poll(f, NULL);
	p->file = f;
	p->key = events | EPOLLERR | EPOLLHUP;
	return f->ops->poll(f, &p->pt);
}
/* Sleep until a file calls or the deadline (0 = none); true: the deadline ended it. */
bool poller_sleep(struct poller *p, u64 deadline_ns);

/* personality(2), STICKY_TIMEOUTS: select and its like leave the program's timeout as it is. */
bool is_timeout_sticky(void);
/* A relative timeout as a deadline: 0 = none, 1 = at once. -EINVAL when malformed. */
long deadline_from(const struct __kernel_timespec *ts, u64 *deadline_ns);
/* What is left, for calls that write it back. */
void remaining(u64 deadline_ns, struct __kernel_timespec *ts);

/* The user's timespec, NULL for none, as a deadline; and what is left of it back to the user after
 * the call ended with n. Returns n; -EINTR instead of a restart that would wait anew. */
long timeout_get(uaddr_t timeout, u64 *deadline_ns);
long timeout_put(uaddr_t timeout, u64 deadline_ns, long n);

/* Replace the signal mask for the time of the call; then restore it unless a handler shall run with
 * it (is_interrupted). */
long sigmask_set(uaddr_t mask, size_t size);
void sigmask_restore_unless(bool is_interrupted);

#endif
