/* What the files of futex(2) share: keys, the table of waiters. */
#ifndef PROC_FUTEX_INTERNAL_H
#define PROC_FUTEX_INTERNAL_H

#include "proc/futex.h"

struct futex_key {
	const void *space; /* struct mm or struct vmobj */
	u64 at;		   /* address, or byte offset in the object */
};

struct bucket {
	spinlock_t lock;	  /* RANK_FUTEX */
	struct list_head waiters; /* real-time threads by priority, then the others in turn */
};

struct pi_waiter;

struct futex_waiter {
	struct list_head node;
	struct bucket *bucket; /* changes under the locks of both when requeued */
	struct futex_key key;
	struct thread *thread;
	u32 bitset;
	int prio;	      /* real-time, when it was queued; 0: none */
	struct pi_waiter *pi; /* FUTEX_WAIT_REQUEUE_PI only: what it becomes */
};

static inline bool futex_key_equal(const struct futex_key *a, const struct futex_key *b)
{
	return a->at == b->at && a->space == b->space;
}

struct bucket *futex_bucket(const struct futex_key *k);
unsigned long futex_bucket_lock(struct bucket *b);
/* -EINVAL: not aligned; -EFAULT: no user address, or, when shared, nothing mapped. */
int futex_get_key(uaddr_t addr, bool is_shared, bool for_write, struct futex_key *key);
/* Queue the caller, about to sleep, if the word is `val`; 0, -EAGAIN, -EFAULT. */
int futex_queue_if_equal(struct futex_waiter *w, uaddr_t addr, u32 val);
/* True when the caller was woken by a waker (and not by a signal, the clock, or for nothing);
 * `unqueue`: it waits no longer in any case. */
bool futex_is_woken(struct futex_waiter *w, bool unqueue);

#endif
