/*
 * Wait queues: where threads sleep until something happens, and where poll hangs its hooks.
 * A waker changes the condition first, then calls wake; a sleeper queues itself first, then tests
 * the condition.
 */
#ifndef CORE_WAIT_H
#define CORE_WAIT_H

#include "core/lock.h"
#include "core/sched.h"
#include "lib/err.h"

struct waitq {
	spinlock_t lock; /* RANK_WAITQ; taken with interrupts off */
	struct list_head waiters;
};

struct waiter {
	struct list_head node;
	/* Called under waitq.lock with interrupts off. True counts as "one thread woken" for
	 * exclusive waiters. `key` is the waker's (poll: EPOLL* bits, 0 = any). */
	bool (*func)(struct waiter *w, unsigned key);
	struct thread *thread;
	bool is_exclusive;
};

#define WAITQ_INIT(name)                                                    \
	{                                                                   \
		SPINLOCK_INIT(RANK_WAITQ, #name), LIST_INIT((name).waiters) \
	}

void waitq_init(struct waitq *q);
void waitq_add(struct waitq *q,
	       struct waiter *w); /* non-exclusive in front, exclusive at the tail */
void waitq_remove(struct waitq *q, struct waiter *w);
static inline bool waitq_active(struct waitq *q)
{
	smp_mb();
	return !list_empty(&q->waiters);
}
/* Wake all non-exclusive waiters and at most `nr_exclusive` exclusive ones. Any context. */
void waitq_wake_key(struct waitq *q, unsigned nr_exclusive, unsigned key);
#define waitq_wake_one(q) waitq_wake_key(q, 1, 0)
#define waitq_wake_all(q) waitq_wake_key(q, ~0u, 0)

/* A waiter that wakes the calling thread. */
void waiter_init_self(struct waiter *w, bool is_exclusive);

/*
 * Sleep until `cond` holds. wait_event: not to be disturbed. wait_event_interruptible: 0, or
 * -ERESTARTSYS when a signal is pending. wait_event_timeout: also -ETIMEDOUT at `deadline_ns`
 * (0 = none; core/time.h).
 */
#define wait_event(q, cond)		  ((void)wait_event_full(q, cond, TS_UNINTERRUPTIBLE, 0))
#define wait_event_interruptible(q, cond) wait_event_full(q, cond, TS_INTERRUPTIBLE, 0)
#define wait_event_timeout(q, cond, deadline_ns) \
	wait_event_full(q, cond, TS_INTERRUPTIBLE, deadline_ns)

#define wait_event_full(q, cond, state_, deadline_ns_)                                         \
	({                                                                                     \
		int err_ = 0;                                                                  \
		if (!(cond)) {                                                                 \
			struct waiter w_;                                                      \
			waiter_init_self(&w_, false);                                          \
			waitq_add(q, &w_);                                                     \
			for (;;) {                                                             \
				set_thread_state(state_);                                      \
				if (cond)                                                      \
					break;                                                 \
				if ((state_) == TS_INTERRUPTIBLE && thread_signal_pending()) { \
					err_ = -ERESTARTSYS;                                   \
					break;                                                 \
				}                                                              \
				if (schedule_until(deadline_ns_)) {                            \
					if (!(cond))                                           \
						err_ = -ETIMEDOUT;                             \
					break;                                                 \
				}                                                              \
			}                                                                      \
			set_thread_state(TS_RUNNING);                                          \
			waitq_remove(q, &w_);                                                  \
		}                                                                              \
		err_;                                                                          \
	})

#endif
