/*
 * Locks. The kernel is not preempted in kernel mode: a thread gives up the CPU only where it
 * sleeps, calls cond_resched(), or returns to user mode. Interrupts may come at any time unless
 * switched off.
 *
 * spinlock_t  short sections, never sleeps inside. Data that interrupt handlers touch is locked
 * with the _irqsave form. mutex       may sleep inside; not from interrupts. rwsem       many
 * readers or one writer; may sleep inside.
 *
 * Each lock has a rank (core/lockrank.h); in debug builds (-DDEBUG) a CPU (spinlocks) or thread
 * (mutex, rwsem) that takes a lock of a rank not above all it holds panics with both names, and so
 * does sleeping while a spinlock is held.
 */
#ifndef CORE_LOCK_H
#define CORE_LOCK_H

#include "arch/arch.h"
#include "core/lockrank.h"
#include "lib/atomic.h"
#include "lib/list.h"

struct thread;

typedef struct {
	u32 locked;
#ifdef DEBUG
	u8 rank;
	const char *name;
#endif
} spinlock_t;

#ifdef DEBUG
#define SPINLOCK_INIT(rank_, name_)                           \
	{                                                     \
		.locked = 0, .rank = (rank_), .name = (name_) \
	}
void spin_debug_acquire(spinlock_t *l);
void spin_debug_release(spinlock_t *l);
void might_sleep(const char *what);  /* panics when a spinlock is held or in an interrupt */
unsigned lock_debug_irq_enter(void); /* interrupt upcalls: locks held below do not count */
void lock_debug_irq_exit(unsigned old_base);
#else
static inline void might_sleep(const char *what)
{
	(void)what;
}
static inline unsigned lock_debug_irq_enter(void)
{
	return 0;
}
static inline void lock_debug_irq_exit(unsigned old_base)
{
	(void)old_base;
}
#define SPINLOCK_INIT(rank_, name_) \
	{                           \
		.locked = 0         \
	}
static inline void spin_debug_acquire(spinlock_t *l)
{
	(void)l;
}
static inline void spin_debug_release(spinlock_t *l)
{
	(void)l;
}
#endif

static inline void spin_init(spinlock_t *l, enum lock_rank rank, const char *name)
{
	*l = (spinlock_t)SPINLOCK_INIT(rank, name);
	(void)rank;
	(void)name;
}

static inline bool spin_trylock(spinlock_t *l)
{
	if (__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE))
		return false;
	spin_debug_acquire(l);
	return true;
}
static inline void spin_lock(spinlock_t *l)
{
	while (unlikely(__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE)))
		while (READ_ONCE(l->locked))
			arch_cpu_relax();
	spin_debug_acquire(l);
}
static inline void spin_unlock(spinlock_t *l)
{
	spin_debug_release(l);
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}
static inline unsigned long __must_check spin_lock_irqsave(spinlock_t *l)
{
	unsigned long flags = arch_irq_save();

	spin_lock(l);
	return flags;
}
/* Where interrupts are on for sure. */
static inline void spin_lock_irq(spinlock_t *l)
{
	arch_irq_disable();
	spin_lock(l);
}
static inline void spin_unlock_irq(spinlock_t *l)
{
	spin_unlock(l);
	arch_irq_enable();
}
static inline void spin_unlock_irqrestore(spinlock_t *l, unsigned long flags)
{
	spin_unlock(l);
	arch_irq_restore(flags);
}

struct mutex {
	spinlock_t guard;
	struct thread *owner;
	struct list_head waiters; /* guard */
	u8 rank;
	const char *name;
};

void mutex_init(struct mutex *m, enum lock_rank rank, const char *name);
/* The rest of mutex_lock() when another thread has it, and of mutex_unlock() when one waits. */
void mutex_lock_wait(struct mutex *m);
void mutex_unlock_wake(struct mutex *m);
#ifdef DEBUG
void mutex_debug_acquire(struct mutex *m);
void mutex_debug_release(struct mutex *m);
#else
static inline void mutex_debug_acquire(struct mutex *m)
{
}
static inline void mutex_debug_release(struct mutex *m)
{
}
#endif
static inline void mutex_lock(struct mutex *m)
{
	mutex_debug_acquire(m);
	if (unlikely(!atomic_cmpxchg(&m->owner, NULL, arch_this_thread())))
		mutex_lock_wait(m);
}
bool mutex_trylock(struct mutex *m);
static inline void mutex_unlock(struct mutex *m)
{
	mutex_debug_release(m);
	/* The store is a full barrier: either we see the waiter, or it sees the free owner word. */
	atomic_store(&m->owner, NULL);
	if (unlikely(!list_empty(&m->waiters)))
		mutex_unlock_wake(m);
}
static inline bool mutex_is_locked(const struct mutex *m)
{
	return READ_ONCE(m->owner) != NULL;
}

struct rwsem {
	spinlock_t guard;
	int count; /* readers, or -1 for a writer; guard */
	struct list_head waiters;
	u8 rank;
	const char *name;
};

void rwsem_init(struct rwsem *s, enum lock_rank rank, const char *name);
void down_read(struct rwsem *s);
bool down_read_trylock(struct rwsem *s);
void up_read(struct rwsem *s);
void down_write(struct rwsem *s);
void up_write(struct rwsem *s);
void downgrade_write(struct rwsem *s);

#endif
