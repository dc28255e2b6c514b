/* Sleeping locks, and the debug checks of all locks (see core/lock.h). */
#include "core/cpu.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/sched.h"

struct lock_waiter {
	struct list_head node;
	struct thread *thread;
	bool is_writer;
	bool is_granted;
};

#ifdef DEBUG
#define MAX_HELD 24

/* Spinlocks held by a CPU, oldest first. Entries below irq_base belong to the interrupted code. */
static struct {
	const spinlock_t *lock[MAX_HELD];
	unsigned n, irq_base;
} held[MAX_CPUS];

/* Ranks whose locks may nest among themselves (see lockrank.h). */
static bool rank_may_nest(unsigned rank)
{
	return rank == RANK_EPOLL || rank == RANK_INODE || rank == RANK_PIPE || rank == RANK_PTE ||
	       rank == RANK_WAITQ || rank == RANK_RUNQ;
}

void spin_debug_acquire(spinlock_t *l)
{
	unsigned long flags = arch_irq_save();
	unsigned cpu = this_cpu()->id, i;

	for (i = held[cpu].irq_base; i < held[cpu].n && l->rank; i++) {
		const spinlock_t *h = held[cpu].lock[i];

		if (h->rank < l->rank || (h->rank == l->rank && rank_may_nest(l->rank)))
			continue;
		held[cpu].n = 0;
		panic("lock order: %s (rank %u) taken under %s (rank %u)", l->name, l->rank,
		      h->name, h->rank);
	}
	if (held[cpu].n == MAX_HELD)
		panic("too many spinlocks held, last %s", l->name);
	held[cpu].lock[held[cpu].n++] = l;
	this_cpu()->spin_depth = held[cpu].n;
	arch_irq_restore(flags);
}

void spin_debug_release(spinlock_t *l)
{
	unsigned long flags = arch_irq_save();
	unsigned cpu = this_cpu()->id, i = held[cpu].n;

	while (i > 0 && held[cpu].lock[i - 1] != l)
		i--;
	if (i > 0) {
		for (; i < held[cpu].n; i++)
			held[cpu].lock[i - 1] = held[cpu].lock[i];
		held[cpu].n--;
	}
	this_cpu()->spin_depth = held[cpu].n;
	arch_irq_restore(flags);
}

unsigned lock_debug_irq_enter(void)
{
	unsigned cpu = this_cpu()->id, old = held[cpu].irq_base;

	held[cpu].irq_base = held[cpu].n;
	return old;
}

void lock_debug_irq_exit(unsigned old_base)
{
	held[this_cpu()->id].irq_base = old_base;
}

void might_sleep(const char *what)
{
	unsigned long flags = arch_irq_save();
	unsigned cpu = this_cpu()->id, n = held[cpu].n;

	if (n) {
		const char *name = held[cpu].lock[n - 1]->name;

		held[cpu].n = 0;
		panic("sleeping (%s) while spinlock %s is held", what ? what : "?", name);
	}
	if (this_cpu()->irq_depth)
		panic("sleeping (%s) in an interrupt", what ? what : "?");
	arch_irq_restore(flags);
}

static void sleep_acquire(unsigned rank, const char *name)
{
	struct thread *t = this_thread();
	unsigned r;

	might_sleep(name);
	if (!t || !rank)
		return;
	for (r = ARRAY_SIZE(t->held_ranks) - 1; r >= rank; r--)
		if (t->held_ranks[r] && (r > rank || !rank_may_nest(r)))
			panic("lock order: %s (rank %u) taken while a lock of rank %u is held",
			      name, rank, r);
	t->held_ranks[rank]++;
}

static void sleep_release(unsigned rank)
{
	struct thread *t = this_thread();

	if (t && rank && t->held_ranks[rank])
		t->held_ranks[rank]--;
}
#else
static void sleep_acquire(unsigned rank, const char *name)
{
}
static void sleep_release(unsigned rank)
{
}
#endif

/* --- mutex: the owner word is the lock; waiters stay queued until they own it --- */

void mutex_init(struct mutex *m, enum lock_rank rank, const char *name)
{
	spin_init(&m->guard, RANK_MUTEX_GUARD, name);
	m->owner = NULL;
	list_init(&m->waiters);
	m->rank = rank;
	m->name = name;
}

static void mutex_lock_slow(struct mutex *m, struct thread *me)
{
	struct lock_waiter w = {.thread = me};

	BUG_ON(READ_ONCE(m->owner) == me);
	spin_lock(&m->guard);
	list_add_tail(&w.node, &m->waiters);
	for (;;) {
		set_thread_state(TS_UNINTERRUPTIBLE);
		if (atomic_cmpxchg(&m->owner, NULL, me))
			break;
		spin_unlock(&m->guard);
		schedule();
		spin_lock(&m->guard);
	}
	set_thread_state(TS_RUNNING);
	list_del(&w.node);
	spin_unlock(&m->guard);
}

void mutex_lock(struct mutex *m)
{
	struct thread *me = this_thread();

	sleep_acquire(m->rank, m->name);
	if (unlikely(!atomic_cmpxchg(&m->owner, NULL, me)))
		mutex_lock_slow(m, me);
}

bool mutex_trylock(struct mutex *m)
{
	struct thread *me = this_thread();

	if (!atomic_cmpxchg(&m->owner, NULL, me))
		return false;
#ifdef DEBUG
	if (me && m->rank)
		me->held_ranks[m->rank]++;
#endif
	return true;
}

void mutex_unlock(struct mutex *m)
{
	ASSERT(m->owner == this_thread());
	sleep_release(m->rank);
	/* The store is a full barrier: either we see the waiter, or it sees the free owner word. */
	atomic_store(&m->owner, NULL);
	if (likely(list_empty(&m->waiters)))
		return;
	spin_lock(&m->guard);
	if (!list_empty(&m->waiters))
		wake_thread(list_first_entry(&m->waiters, struct lock_waiter, node)->thread);
	spin_unlock(&m->guard);
}

/* --- rwsem: granted by the releaser, in arrival order, so that writers do not starve --- */

void rwsem_init(struct rwsem *s, enum lock_rank rank, const char *name)
{
	spin_init(&s->guard, RANK_MUTEX_GUARD, name);
	s->count = 0;
	list_init(&s->waiters);
	s->rank = rank;
	s->name = name;
}

/* Give the semaphore to whoever is first in line; guard held. */
static void rwsem_grant(struct rwsem *s)
{
	while (!list_empty(&s->waiters)) {
		struct lock_waiter *w = list_first_entry(&s->waiters, struct lock_waiter, node);
		struct thread *t = w->thread;

		if (w->is_writer ? s->count != 0 : s->count < 0)
			return;
		s->count = w->is_writer ? -1 : s->count + 1;
		list_del(&w->node);
		atomic_store(&w->is_granted, true);
		wake_thread(t);
	}
}

static void rwsem_wait(struct rwsem *s, bool is_writer)
{
	struct lock_waiter w = {.thread = this_thread(), .is_writer = is_writer};

	list_add_tail(&w.node, &s->waiters);
	spin_unlock(&s->guard);
	for (;;) {
		set_thread_state(TS_UNINTERRUPTIBLE);
		if (atomic_load(&w.is_granted))
			break;
		schedule();
	}
	set_thread_state(TS_RUNNING);
	/* The granter may still be looking at us: it is done when it has let go of the guard. */
	spin_lock(&s->guard);
	spin_unlock(&s->guard);
}

void down_read(struct rwsem *s)
{
	sleep_acquire(s->rank, s->name);
	spin_lock(&s->guard);
	if (likely(s->count >= 0 && list_empty(&s->waiters))) {
		s->count++;
		spin_unlock(&s->guard);
		return;
	}
	rwsem_wait(s, false);
}

bool down_read_trylock(struct rwsem *s)
{
	bool ok;

	spin_lock(&s->guard);
	ok = s->count >= 0 && list_empty(&s->waiters);
	if (ok)
		s->count++;
	spin_unlock(&s->guard);
#ifdef DEBUG
	if (ok && this_thread() && s->rank)
		this_thread()->held_ranks[s->rank]++;
#endif
	return ok;
}

void up_read(struct rwsem *s)
{
	sleep_release(s->rank);
	spin_lock(&s->guard);
	ASSERT(s->count > 0);
	if (--s->count == 0 && unlikely(!list_empty(&s->waiters)))
		rwsem_grant(s);
	spin_unlock(&s->guard);
}

void down_write(struct rwsem *s)
{
	sleep_acquire(s->rank, s->name);
	spin_lock(&s->guard);
	if (likely(s->count == 0 && list_empty(&s->waiters))) {
		s->count = -1;
		spin_unlock(&s->guard);
		return;
	}
	rwsem_wait(s, true);
}

void up_write(struct rwsem *s)
{
	sleep_release(s->rank);
	spin_lock(&s->guard);
	ASSERT(s->count == -1);
	s->count = 0;
	if (unlikely(!list_empty(&s->waiters)))
		rwsem_grant(s);
	spin_unlock(&s->guard);
}

void downgrade_write(struct rwsem *s)
{
	spin_lock(&s->guard);
	ASSERT(s->count == -1);
	s->count = 1;
	if (unlikely(!list_empty(&s->waiters)))
		rwsem_grant(s);
	spin_unlock(&s->guard);
}
