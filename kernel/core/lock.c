/* Sleeping locks, and the debug checks of all locks (see core/lock.h). */
#include "core/cpu.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/sched.h"
#include "core/time.h"

struct lock_waiter {
	struct list_head node;
	struct thread *thread;
	bool is_writer;
	bool is_granted;
	u64 starved_ns; /* rwsem: from then on nobody may go first */
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
	       rank == RANK_SOCKET || rank == RANK_WAITQ || rank == RANK_RUNQ;
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

void mutex_lock_wait(struct mutex *m)
{
	struct thread *me = this_thread();
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

void mutex_unlock_wake(struct mutex *m)
{
	/* Interrupts off: the woken CPU is not interrupted before the guard is free. */
	unsigned long flags = spin_lock_irqsave(&m->guard);

	if (!list_empty(&m->waiters))
		wake_thread(list_first_entry(&m->waiters, struct lock_waiter, node)->thread);
	spin_unlock_irqrestore(&m->guard, flags);
}

#ifdef DEBUG
void mutex_debug_acquire(struct mutex *m)
{
	sleep_acquire(m->rank, m->name);
}

void mutex_debug_release(struct mutex *m)
{
	ASSERT(m->owner == this_thread());
	sleep_release(m->rank);
}
#endif

/*
 * --- rwsem: a writer that comes by may take it before the first in line has woken up: handing it
 * over to a sleeper each time would make every section as long as a wake-up. Who has waited for
 * STARVED_NS is granted it by the releaser. Readers queue behind a waiting writer.
 */
#define STARVED_NS (4 * NSEC_PER_MSEC)

void rwsem_init(struct rwsem *s, enum lock_rank rank, const char *name)
{
	spin_init(&s->guard, RANK_MUTEX_GUARD, name);
	s->count = 0;
	list_init(&s->waiters);
	s->rank = rank;
	s->name = name;
}

static struct lock_waiter *rwsem_first(struct rwsem *s)
{
	return list_empty(&s->waiters) ? NULL
				       : list_first_entry(&s->waiters, struct lock_waiter, node);
}

/* Take it for `w`, first in line, if it is free for it; guard held. */
static bool rwsem_take(struct rwsem *s, struct lock_waiter *w)
{
	if (w->is_writer ? s->count != 0 : s->count < 0)
		return false;
	s->count = w->is_writer ? -1 : s->count + 1;
	list_del(&w->node);
	return true;
}

/* Give it to whoever is first in line and has waited long, and to the readers that follow; wake a
 * first one who has not. Guard held, interrupts off. */
static void rwsem_grant(struct rwsem *s)
{
	u64 now = now_mono_ns();
	struct lock_waiter *w;

	while ((w = rwsem_first(s))) {
		struct thread *t = w->thread;

		if (w->is_writer && now < w->starved_ns) {
			if (s->count == 0)
				wake_thread(t);
			return;
		}
		if (!rwsem_take(s, w))
			return;
		atomic_store(&w->is_granted, true);
		wake_thread(t);
	}
}

static void rwsem_wait(struct rwsem *s, bool is_writer)
{
	struct lock_waiter w = {
		.thread = this_thread(),
		.is_writer = is_writer,
		.starved_ns = now_mono_ns() + STARVED_NS,
	};

	list_add_tail(&w.node, &s->waiters);
	for (;;) {
		set_thread_state(TS_UNINTERRUPTIBLE);
		/* Granted, or come by in time: the guard is held, so the granter is done with us.
		 */
		if (w.is_granted || (rwsem_first(s) == &w && rwsem_take(s, &w)))
			break;
		spin_unlock(&s->guard);
		schedule();
		spin_lock(&s->guard);
	}
	set_thread_state(TS_RUNNING);
	spin_unlock(&s->guard);
}

/* May a newcomer have it? Guard held. */
static bool rwsem_is_free_for(struct rwsem *s, bool is_writer)
{
	struct lock_waiter *w = rwsem_first(s);

	if (is_writer)
		return s->count == 0 && (!w || (w->is_writer && now_mono_ns() < w->starved_ns));
	return s->count >= 0 && !w;
}

void down_read(struct rwsem *s)
{
	sleep_acquire(s->rank, s->name);
	spin_lock(&s->guard);
	if (likely(rwsem_is_free_for(s, false))) {
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

/* The guard is held: let go of it, after seeing to the waiters. */
static void rwsem_release(struct rwsem *s)
{
	unsigned long flags;

	if (likely(list_empty(&s->waiters))) {
		spin_unlock(&s->guard);
		return;
	}
	/* Interrupts off: the woken CPU is not interrupted before the guard is free. */
	flags = arch_irq_save();
	rwsem_grant(s);
	spin_unlock_irqrestore(&s->guard, flags);
}

void up_read(struct rwsem *s)
{
	sleep_release(s->rank);
	spin_lock(&s->guard);
	ASSERT(s->count > 0);
	s->count--;
	rwsem_release(s);
}

void down_write(struct rwsem *s)
{
	sleep_acquire(s->rank, s->name);
	spin_lock(&s->guard);
	if (likely(rwsem_is_free_for(s, true))) {
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
	rwsem_release(s);
}

void downgrade_write(struct rwsem *s)
{
	spin_lock(&s->guard);
	ASSERT(s->count == -1);
	s->count = 1;
	rwsem_release(s);
}
