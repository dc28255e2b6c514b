/*
 * Locks with priority inheritance (futex(2), "Priority-inheritance futexes"). The word holds the
 * owner's tid, FUTEX_WAITERS and FUTEX_OWNER_DIED; without waiters the kernel knows nothing of it.
 * With waiters there is a struct pi_state: the owner runs at the priority of the first of them, and
 * so do those it waits for itself. pi_lock protects all of it: these calls are the slow path.
 */
#include "proc/futex_internal.h"
#include "lib/err.h"
#include "mm/kmalloc.h"
#include <linux/futex.h>

#define CHAIN_MAX 1024
/* Not an error: look again after having let go of the lock. */
#define RETRY  1
#define QUEUED 2

/* A lock somebody waits for. */
struct pi_state {
	struct list_head node; /* states */
	struct futex_key key;
	struct task *owner;	  /* reference */
	struct list_head held;	  /* owner->pi_held */
	struct list_head waiters; /* the highest priority first */
	bool is_unstored;	  /* the owner died; the new one writes its tid into the word */
};

struct pi_waiter {
	struct list_head node;	/* state->waiters */
	struct pi_state *state; /* NULL: waits for no lock */
	struct task *task;
	struct futex_key key;	/* of the lock */
	bool is_owner;		/* it was given the lock */
	struct pi_state *spare; /* for when it is the first to wait */
};

static spinlock_t pi_lock = SPINLOCK_INIT(RANK_PI, "pi");
static struct list_head states = LIST_INIT(states);
static bool is_used; /* somebody has waited for such a lock: exits must look */

static struct pi_state *find_state(const struct futex_key *key)
{
	struct pi_state *s;

	list_for_each_entry (s, &states, node)
		if (futex_key_equal(&s->key, key))
			return s;
	return NULL;
}

static int prio(const struct pi_waiter *w)
{
	return sched_effective_prio(&w->task->thread);
}

static void insert(struct pi_state *s, struct pi_waiter *w)
{
	struct pi_waiter *other;

	list_for_each_entry (other, &s->waiters, node)
		if (prio(w) > prio(other))
			break;
	list_add_tail(&w->node, &other->node);
}

static int inherited(struct task *t)
{
	struct pi_state *s;
	int best = 0;

	list_for_each_entry (s, &t->pi_held, held)
		if (!list_empty(&s->waiters))
			best = MAX(best,
				   prio(list_first_entry(&s->waiters, struct pi_waiter, node)));
	return best;
}

/* What t inherits has changed; so may what its own lock's owner inherits, and so on. */
static void adjust(struct task *t)
{
	for (unsigned n = 0; t && n < CHAIN_MAX; n++) {
		struct pi_waiter *w = t->pi_blocked;

		sched_boost(&t->thread, inherited(t));
		if (!w)
			break;
		list_del(&w->node);
		insert(w->state, w);
		t = w->state->owner;
	}
}

void futex_pi_changed(struct task *t)
{
	unsigned long f = spin_lock_irqsave(&pi_lock);

	if (t->pi_blocked)
		adjust(t);
	spin_unlock_irqrestore(&pi_lock, f);
}

static void set_owner(struct pi_state *s, struct task *t)
{
	if (s->owner) {
		list_del(&s->held);
		adjust(s->owner);
		task_put(s->owner);
	}
	s->owner = t;
	if (t) {
		ref_get(&t->ref);
		list_add(&s->held, &t->pi_held);
	}
}

static void free_state(struct pi_state *s)
{
	set_owner(s, NULL);
	list_del(&s->node);
	kfree(s);
}

/* Without waiters the word says all there is, once it is right. */
static void drop_if_idle(struct pi_state *s)
{
	if (list_empty(&s->waiters) && !s->is_unstored)
		free_state(s);
}

static void leave(struct pi_waiter *w)
{
	struct pi_state *s = w->state;

	list_del(&w->node);
	w->task->pi_blocked = NULL;
	w->state = NULL;
	adjust(s->owner);
	drop_if_idle(s);
}

/* The first waiter owns the lock now, and runs. */
static void hand_over(struct pi_state *s, bool is_unstored)
{
	struct pi_waiter *w = list_first_entry(&s->waiters, struct pi_waiter, node);
	struct task *t = w->task;

	list_del(&w->node);
	t->pi_blocked = NULL;
	w->state = NULL;
	s->is_unstored = is_unstored;
	set_owner(s, t);
	adjust(t);
	drop_if_idle(s);
	WRITE_ONCE(w->is_owner, true);
	wake_thread(&t->thread);
}

/* Would t wait for itself if it waited for s? */
static bool is_deadlock(const struct task *t, const struct pi_state *s)
{
	const struct task *o = s->owner;

	for (unsigned n = 0; o && n < CHAIN_MAX; n++) {
		if (o == t)
			return true;
		o = o->pi_blocked ? o->pi_blocked->state->owner : NULL;
	}
	return o != NULL;
}

/* Change the word from `val`; 0, RETRY when it is another one by now, -EFAULT. */
static int change(uaddr_t addr, u32 val, u32 new)
{
	u32 old;

	if (arch_cmpxchg_user32(addr, val, new, &old))
		return -EFAULT;
	return old == val ? 0 : RETRY;
}

/* The lock has an owner in the word, but no state yet: make it from the waiter's spare one, unless
 * is_try. */
static int attach(struct pi_waiter *w, uaddr_t addr, u32 val, bool is_try)
{
	struct task *owner = task_find((int)(val & FUTEX_TID_MASK));
	struct pi_state *s = w->spare;
	int err;

	if (!owner)
		return -ESRCH;
	err = owner->is_exiting ? (owner->is_pi_done ? -ESRCH : RETRY) : 0;
	if (!err && !is_try)
		err = change(addr, val, val | FUTEX_WAITERS);
	if (!err && !is_try) {
		*s = (struct pi_state){.key = w->key};
		w->spare = NULL;
		list_init(&s->waiters);
		set_owner(s, owner);
		list_add(&s->node, &states);
	}
	task_put(owner);
	return err;
}

/*
 * Try to take the lock for w->task, else queue it. 0: it has it; QUEUED; RETRY; errors of
 * futex(2). pi_lock held, interrupts off: -EFAULT may only mean that the page is not there.
 */
static int take_or_queue(struct pi_waiter *w, uaddr_t addr, bool has_more, bool is_try)
{
	struct pi_state *s = find_state(&w->key);
	u32 val, tid = (u32)w->task->vtid;
	int err;

	if (arch_get_user32(&val, addr))
		return -EFAULT;
	if ((val & FUTEX_TID_MASK) == tid)
		return -EDEADLK;
	if (!s && !(val & FUTEX_TID_MASK))
		return change(addr, val,
			      (val & FUTEX_OWNER_DIED) | tid | (has_more ? FUTEX_WAITERS : 0));
	if (s && !s->is_unstored && (val & FUTEX_TID_MASK) != (u32)s->owner->vtid)
		return fail(EINVAL, "the word names another owner than the waiters know");
	if (!s) {
		err = attach(w, addr, val, is_try);
		if (err)
			return err;
		s = find_state(&w->key);
	}
	if (is_try)
		return -EAGAIN;
	if (is_deadlock(w->task, s)) {
		drop_if_idle(s);
		return -EDEADLK;
	}
	w->state = s;
	w->task->pi_blocked = w;
	insert(s, w);
	adjust(s->owner);
	return QUEUED;
}

/* Between two attempts: bring the page in, or let an exiting owner go on. 0: try again. */
static int prepare_retry(uaddr_t addr, int err)
{
	if (err == -EFAULT)
		return mm_fault(current->mm, addr.v, FAULT_WRITE | FAULT_USER) ? -EFAULT : 0;
	if (err != RETRY)
		return err;
	if (thread_test_flags(this_thread(), TIF_KILLED))
		return -ERESTARTNOINTR;
	cond_resched();
	return 0;
}

/* The last owner died without unlocking: the word gets ours, and keeps FUTEX_OWNER_DIED. */
static int store_owner(const struct futex_key *key, uaddr_t addr)
{
	int err;

	do {
		unsigned long f = spin_lock_irqsave(&pi_lock);
		struct pi_state *s = find_state(key);
		u32 val;

		err = 0;
		if (s && s->owner == current && s->is_unstored) {
			err = arch_get_user32(&val, addr);
			if (!err)
				err = change(addr, val,
					     (val & FUTEX_OWNER_DIED) | FUTEX_WAITERS |
						     (u32)current->vtid);
			if (!err) {
				s->is_unstored = false;
				drop_if_idle(s);
			}
		}
		spin_unlock_irqrestore(&pi_lock, f);
		if (!err)
			return 0;
		err = prepare_retry(addr, err);
	} while (!err);
	return err;
}

/* Sleep until the lock is given to us; on_signal when a signal comes first. */
static int wait_for_lock(struct pi_waiter *w, uaddr_t addr, u64 deadline_ns, int on_signal)
{
	bool is_late = false, stop;

	for (;;) {
		unsigned long f;

		set_thread_state(TS_INTERRUPTIBLE);
		if (!READ_ONCE(w->is_owner) && !thread_signal_pending())
			is_late = schedule_until(deadline_ns);
		set_thread_state(TS_RUNNING);
		f = spin_lock_irqsave(&pi_lock);
		stop = is_late || thread_signal_pending();
		if (!w->is_owner && stop)
			leave(w);
		spin_unlock_irqrestore(&pi_lock, f);
		if (w->is_owner)
			return store_owner(&w->key, addr);
		if (stop)
			return is_late ? -ETIMEDOUT : on_signal;
	}
}

static int init_waiter(struct pi_waiter *w, bool has_spare)
{
	*w = (struct pi_waiter){.task = current};
	if (has_spare && !READ_ONCE(is_used)) {
		WRITE_ONCE(is_used, true);
		smp_mb();
	}
	list_init(&w->node);
	w->spare = has_spare ? kmalloc(sizeof(*w->spare), GFP_KERNEL) : NULL;
	return has_spare && !w->spare ? -ENOMEM : 0;
}

long futex_lock_pi(struct futex_word word, u64 deadline_ns, bool is_try)
{
	struct pi_waiter w;
	int err = init_waiter(&w, !is_try);

	if (!err)
		err = futex_get_key(word.addr, word.is_shared, true, &w.key);
	while (!err) {
		unsigned long f = spin_lock_irqsave(&pi_lock);

		err = take_or_queue(&w, word.addr, false, is_try);
		spin_unlock_irqrestore(&pi_lock, f);
		if (!err)
			break;
		if (err == QUEUED) {
			err = wait_for_lock(&w, word.addr, deadline_ns, -ERESTARTNOINTR);
			break;
		}
		err = prepare_retry(word.addr, err);
	}
	kfree(w.spare);
	return err;
}

static int unlock_step(const struct futex_key *key, uaddr_t addr)
{
	struct pi_state *s = find_state(key);
	u32 val, tid = (u32)current->vtid;
	struct pi_waiter *first;
	int err;

	if (arch_get_user32(&val, addr))
		return -EFAULT;
	if ((val & FUTEX_TID_MASK) != tid)
		return -EPERM;
	if (!s || list_empty(&s->waiters))
		return change(addr, val, 0);
	if (s->owner != current)
		return fail(EINVAL, "the word names another owner than the waiters know");
	first = list_first_entry(&s->waiters, struct pi_waiter, node);
	err = change(addr, val, FUTEX_WAITERS | (u32)first->task->vtid);
	if (!err)
		hand_over(s, false);
	return err;
}

long futex_unlock_pi(struct futex_word word)
{
	struct futex_key key;
	u32 val;
	int err;

	if (arch_get_user32(&val, word.addr))
		return -EFAULT;
	if ((val & FUTEX_TID_MASK) != (u32)current->vtid)
		return -EPERM;
	err = futex_get_key(word.addr, word.is_shared, true, &key);
	while (!err) {
		unsigned long f = spin_lock_irqsave(&pi_lock);

		err = unlock_step(&key, word.addr);
		spin_unlock_irqrestore(&pi_lock, f);
		if (!err)
			break;
		err = prepare_retry(word.addr, err);
	}
	return err;
}

/* The first waiter of `from` leaves the table; NULL when there is none. With `cmp`, the word must
 * be *cmp. pi_lock held: no waiter of FUTEX_WAIT_REQUEUE_PI goes away meanwhile. */
static struct futex_waiter *pick(const struct futex_key *from, const struct futex_key *to,
				 uaddr_t addr, const u32 *cmp)
{
	struct bucket *b = futex_bucket(from);
	struct futex_waiter *w, *found = NULL;
	unsigned long f = futex_bucket_lock(b);
	long err = 0;
	u32 now;

	if (cmp && arch_get_user32(&now, addr))
		err = -EFAULT;
	else if (cmp && now != *cmp)
		err = -EAGAIN;
	if (!err)
		list_for_each_entry (w, &b->waiters, node)
			if (futex_key_equal(&w->key, from)) {
				found = w;
				break;
			}
	if (found && (!found->pi || !futex_key_equal(&found->pi->key, to)))
		err = fail(EINVAL, "it waits otherwise, or for another lock");
	else if (found)
		list_del(&found->node);
	spin_unlock_irqrestore(&b->lock, f);
	return err ? ERR_PTR(err) : found;
}

static void put_back(struct futex_waiter *w)
{
	unsigned long f = futex_bucket_lock(w->bucket);

	list_add(&w->node, &w->bucket->waiters);
	spin_unlock_irqrestore(&w->bucket->lock, f);
}

/* Move one waiter to the lock, or give it the lock. 1 = done, 0 = none is left, RETRY - never. */
static int requeue_one(const struct futex_key *from, struct futex_word word,
		       const struct futex_key *to, struct futex_word lock, const u32 *cmp,
		       bool has_more)
{
	struct futex_waiter *w = pick(from, to, word.addr, cmp);
	int err;

	if (IS_ERR(w))
		return (int)PTR_ERR(w);
	if (!w)
		return 0;
	err = take_or_queue(w->pi, lock.addr, has_more, false);
	if (!err) {
		WRITE_ONCE(w->pi->is_owner, true);
		wake_thread(w->thread);
		return 1;
	}
	if (err == QUEUED)
		return 1;
	put_back(w);
	return err == RETRY ? -EBUSY : err;
}

long futex_requeue_pi(struct futex_word from, struct futex_word to, int nr_wake, int nr_requeue,
		      u32 cmp)
{
	struct futex_key kfrom, kto;
	long done = 0, limit = 1L + nr_requeue;
	int err;

	if (nr_wake != 1 || nr_requeue < 0 || from.addr.v == to.addr.v)
		return -EINVAL;
	err = futex_get_key(from.addr, from.is_shared, false, &kfrom);
	if (!err)
		err = futex_get_key(to.addr, to.is_shared, true, &kto);
	if (!err && futex_key_equal(&kfrom, &kto))
		err = -EINVAL;
	while (!err && done < limit) {
		unsigned long f = spin_lock_irqsave(&pi_lock);

		err = requeue_one(&kfrom, from, &kto, to, done ? NULL : &cmp, nr_requeue > 0);
		spin_unlock_irqrestore(&pi_lock, f);
		if (err == 1) {
			done++;
			err = 0;
		} else if (!err) {
			break;
		} else if (err == -EFAULT || err == -EBUSY) {
			u32 word;

			err = done || !arch_get_user32(&word, from.addr) ? 0 : -EFAULT;
			if (!err)
				err = prepare_retry(to.addr, -EFAULT);
			cond_resched();
			if (!err && thread_test_flags(this_thread(), TIF_KILLED))
				err = -ERESTARTNOINTR;
		}
	}
	return err && !done ? err : done;
}

/* One look of a thread in FUTEX_WAIT_REQUEUE_PI: 0 = has the lock; RETRY = sleep on; QUEUED = it
 * waits for the lock now; or why it gives up. */
static int requeue_wait_step(struct futex_waiter *w, bool is_late)
{
	unsigned long f = spin_lock_irqsave(&pi_lock);
	bool stop = is_late || thread_signal_pending();
	int ret = RETRY;

	if (w->pi->is_owner) {
		ret = 0;
	} else if (w->pi->state) {
		ret = QUEUED;
		if (stop) {
			leave(w->pi);
			ret = is_late ? -ETIMEDOUT : -EWOULDBLOCK;
		}
	} else if (stop) {
		(void)futex_is_woken(w, true);
		ret = is_late ? -ETIMEDOUT : -ERESTARTNOINTR;
	}
	spin_unlock_irqrestore(&pi_lock, f);
	return ret;
}

long futex_wait_requeue_pi(struct futex_word word, u32 val, u64 deadline_ns, u32 bitset,
			   struct futex_word lock)
{
	struct pi_waiter pi;
	struct futex_waiter w = {.thread = this_thread(), .bitset = bitset, .pi = &pi};
	bool is_late = false;
	int err;

	if (!bitset || word.addr.v == lock.addr.v)
		return -EINVAL;
	err = init_waiter(&pi, true);
	if (!err)
		err = futex_get_key(lock.addr, lock.is_shared, true, &pi.key);
	if (!err)
		err = futex_get_key(word.addr, word.is_shared, false, &w.key);
	if (!err && futex_key_equal(&w.key, &pi.key))
		err = -EINVAL;
	if (!err) {
		w.bucket = futex_bucket(&w.key);
		list_init(&w.node);
		err = futex_queue_if_equal(&w, word.addr, val);
	}
	if (err)
		goto out;
	do {
		if (!READ_ONCE(pi.is_owner) && !thread_signal_pending())
			is_late = schedule_until(deadline_ns);
		set_thread_state(TS_INTERRUPTIBLE);
		err = requeue_wait_step(&w, is_late);
	} while (err == RETRY || err == QUEUED);
	set_thread_state(TS_RUNNING);
	if (!err)
		err = store_owner(&pi.key, lock.addr);
out:
	kfree(pi.spare);
	return err;
}

void futex_exit_pi(struct task *t, bool is_final)
{
	unsigned long f;

	/* t->is_exiting was set before; a waiter sets is_used before it looks at that. */
	smp_mb();
	if ((!is_final && list_empty(&t->pi_held)) || !READ_ONCE(is_used)) {
		t->is_pi_done = is_final;
		return;
	}
	f = spin_lock_irqsave(&pi_lock);
	t->is_pi_done = is_final;
	while (!list_empty(&t->pi_held)) {
		struct pi_state *s = list_first_entry(&t->pi_held, struct pi_state, held);

		if (!list_empty(&s->waiters))
			hand_over(s, true);
		else
			free_state(s);
	}
	spin_unlock_irqrestore(&pi_lock, f);
}
