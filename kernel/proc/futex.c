/*
 * Futexes: a hash table of waiters, keyed by what the word is -- an address of one address space,
 * or, for memory shared between several, a place in a vm object. Compare and sleep are one step
 * under the bucket's lock; interrupts are off there, so that a user access that would fault fails
 * instead of sleeping and is repeated outside.
 */
#include "proc/futex_internal.h"
#include "lib/err.h"
#include "mm/mm.h"
#include <linux/futex.h>

#define FUTEX_BUCKETS	2048u
#define ROBUST_LIST_MAX 2048
#define ROBUST_PI	1UL /* low bit of a robust list entry */

static struct bucket buckets[FUTEX_BUCKETS];

struct bucket *futex_bucket(const struct futex_key *k)
{
	u64 h = ((u64)k->space >> 6) * 0x9e3779b97f4a7c15UL ^ (k->at >> 2) * 0xc2b2ae3d27d4eb4fUL;

	return &buckets[(h >> 40) % FUTEX_BUCKETS];
}

unsigned long futex_bucket_lock(struct bucket *b)
{
	unsigned long f = spin_lock_irqsave(&b->lock);

	if (unlikely(!b->waiters.next))
		list_init(&b->waiters);
	return f;
}

/* Both, in the order of their addresses. */
static unsigned long bucket_lock2(struct bucket *a, struct bucket *b)
{
	unsigned long f;

	if (a > b) {
		struct bucket *t = a;

		a = b;
		b = t;
	}
	f = futex_bucket_lock(a);
	if (a != b) {
		spin_lock(&b->lock);
		if (unlikely(!b->waiters.next))
			list_init(&b->waiters);
	}
	return f;
}

static void bucket_unlock2(struct bucket *a, struct bucket *b, unsigned long f)
{
	if (a != b)
		spin_unlock(&b->lock);
	spin_unlock_irqrestore(&a->lock, f);
}

int futex_get_key(uaddr_t addr, bool is_shared, bool for_write, struct futex_key *key)
{
	struct mm *m = current->mm;
	struct vma *v;
	int err = 0;

	if (addr.v % sizeof(u32))
		return -EINVAL;
	if (!arch_access_ok(addr, sizeof(u32)))
		return -EFAULT;
	key->space = m;
	key->at = addr.v;
	if (!is_shared)
		return 0;
	down_read(&m->lock);
	v = vma_find(m, addr.v);
	/* A private page that cannot be written never changes: nothing to wait for (Linux). */
	if (!v || v->start > addr.v || !(v->flags & VM_PROT) ||
	    (!(v->flags & VM_WRITE) && (for_write || !v->obj))) {
		err = -EFAULT;
	} else if (v->obj && (v->flags & VM_SHARED)) {
		key->space = v->obj;
		key->at = (v->pgoff << PAGE_SHIFT) + (addr.v - v->start);
	}
	up_read(&m->lock);
	return err;
}

/* With the bucket locked: the waiter leaves the table and runs. It cannot return from its call
 * before it has had this lock, so `w` stays good meanwhile. */
static void wake_waiter(struct futex_waiter *w)
{
	list_del(&w->node);
	wake_thread(w->thread);
}

/* The calling waiter's own bucket, locked. */
static struct bucket *lock_own(struct futex_waiter *w, unsigned long *f)
{
	for (;;) {
		struct bucket *b = READ_ONCE(w->bucket);

		*f = futex_bucket_lock(b);
		if (b == w->bucket)
			return b;
		spin_unlock_irqrestore(&b->lock, *f);
	}
}

/* Where a wake-up comes to it in turn: sched(7)'s real-time threads first. Both locks held. */
static void enqueue(struct futex_waiter *w, struct bucket *b)
{
	struct list_head *at = &b->waiters;
	struct futex_waiter *other;

	if (unlikely(w->prio))
		list_for_each_entry (other, &b->waiters, node)
			if (other->prio < w->prio) {
				at = &other->node;
				break;
			}
	list_add_tail(&w->node, at);
}

bool futex_is_woken(struct futex_waiter *w, bool unqueue)
{
	unsigned long f;
	struct bucket *b = lock_own(w, &f);
	bool woken = list_empty(&w->node);

	if (unqueue)
		list_del(&w->node);
	spin_unlock_irqrestore(&b->lock, f);
	return woken;
}

int futex_queue_if_equal(struct futex_waiter *w, uaddr_t addr, u32 val)
{
	for (;;) {
		unsigned long f = futex_bucket_lock(w->bucket);
		u32 now;
		int err = arch_get_user32(&now, addr);

		if (!err && now == val) {
			w->prio = sched_effective_prio(w->thread);
			enqueue(w, w->bucket);
			set_thread_state(TS_INTERRUPTIBLE);
			spin_unlock_irqrestore(&w->bucket->lock, f);
			return 0;
		}
		spin_unlock_irqrestore(&w->bucket->lock, f);
		if (!err)
			return -EAGAIN;
		err = arch_get_user32(&now, addr);
		if (err)
			return err;
	}
}

long futex_wait(uaddr_t addr, bool is_shared, u32 val, u64 deadline_ns, u32 bitset)
{
	struct futex_waiter w = {.thread = this_thread(), .bitset = bitset};
	bool is_late = false;
	int err;

	if (!bitset)
		return -EINVAL;
	err = futex_get_key(addr, is_shared, false, &w.key);
	if (err)
		return err;
	w.bucket = futex_bucket(&w.key);
	list_init(&w.node);
	err = futex_queue_if_equal(&w, addr, val);
	if (err)
		return err;
	for (;;) {
		bool stop;

		if (!list_empty(&w.node) && !thread_signal_pending())
			is_late = schedule_until(deadline_ns);
		set_thread_state(TS_RUNNING);
		stop = is_late || thread_signal_pending();
		if (futex_is_woken(&w, stop))
			return 0;
		if (stop)
			return is_late ? -ETIMEDOUT : -ERESTARTSYS;
		set_thread_state(TS_INTERRUPTIBLE);
	}
}

/* All of them leave the table; the last one that was woken, or -1. */
static int unqueue_all(struct futex_waiter *w, unsigned nr)
{
	int woken = -1;

	for (unsigned i = 0; i < nr; i++)
		if (futex_is_woken(&w[i], true))
			woken = (int)i;
	return woken;
}

static bool any_woken(struct futex_waiter *w, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		if (list_empty(&w[i].node))
			return true;
	return false;
}

/* Queue on each word; 0, 1 = one was woken meanwhile (*woken), error. */
static int queue_all(struct futex_waiter *w, const struct futex_word *words, const u32 *values,
		     unsigned nr, int *woken)
{
	for (unsigned i = 0; i < nr; i++) {
		int err = futex_queue_if_equal(&w[i], words[i].addr, values[i]);

		if (!err)
			continue;
		set_thread_state(TS_RUNNING);
		*woken = unqueue_all(w, i);
		return *woken >= 0 ? 1 : err;
	}
	return 0;
}

long futex_wait_many(struct futex_waiter *w, const struct futex_word *words, const u32 *values,
		     unsigned nr, u64 deadline_ns)
{
	bool is_late = false;
	int err, woken;

	for (unsigned i = 0; i < nr; i++) {
		w[i] = (struct futex_waiter){.thread = this_thread(),
					     .bitset = FUTEX_BITSET_MATCH_ANY};
		err = futex_get_key(words[i].addr, words[i].is_shared, false, &w[i].key);
		if (err)
			return err;
		w[i].bucket = futex_bucket(&w[i].key);
		list_init(&w[i].node);
	}
	for (;;) {
		err = queue_all(w, words, values, nr, &woken);
		if (err)
			return err > 0 ? woken : err;
		/* A copy that faulted may have slept: the state is set last. */
		set_thread_state(TS_INTERRUPTIBLE);
		if (!any_woken(w, nr) && !thread_signal_pending())
			is_late = schedule_until(deadline_ns);
		set_thread_state(TS_RUNNING);
		woken = unqueue_all(w, nr);
		if (woken >= 0)
			return woken;
		if (is_late)
			return -ETIMEDOUT;
		if (thread_signal_pending())
			return -ERESTARTSYS;
	}
}

size_t futex_waiter_bytes(void)
{
	return sizeof(struct futex_waiter);
}

static int wake_matching(struct bucket *b, const struct futex_key *key, int nr, u32 bitset)
{
	struct futex_waiter *w, *n;
	int woken = 0;

	list_for_each_entry_safe (w, n, &b->waiters, node) {
		if (!futex_key_equal(&w->key, key) || !(w->bitset & bitset))
			continue;
		if (unlikely(w->pi))
			return -EINVAL; /* it waits for FUTEX_CMP_REQUEUE_PI */
		wake_waiter(w);
		if (++woken >= nr)
			break;
	}
	return woken;
}

long futex_wake(uaddr_t addr, bool is_shared, int nr, u32 bitset)
{
	struct futex_key key;
	struct bucket *b;
	unsigned long f;
	int n;

	if (!bitset)
		return -EINVAL;
	n = futex_get_key(addr, is_shared, false, &key);
	if (n)
		return n;
	b = futex_bucket(&key);
	f = futex_bucket_lock(b);
	n = wake_matching(b, &key, nr, bitset);
	spin_unlock_irqrestore(&b->lock, f);
	return n;
}

void futex_wake_addr(uaddr_t addr, int nr)
{
	(void)futex_wake(addr, true, nr, FUTEX_BITSET_MATCH_ANY);
}

static long requeue_locked(struct bucket *from, struct bucket *to, const struct futex_key *kfrom,
			   const struct futex_key *kto, int nr_wake, int nr_requeue)
{
	struct futex_waiter *w, *n;
	long done = 0;
	int moved = 0;

	list_for_each_entry_safe (w, n, &from->waiters, node) {
		if (!futex_key_equal(&w->key, kfrom))
			continue;
		if (unlikely(w->pi))
			return -EINVAL;
		if (done < nr_wake) {
			wake_waiter(w);
		} else if (moved < nr_requeue) {
			w->key = *kto;
			/* Within one bucket it keeps its place, as on Linux. */
			if (from != to) {
				list_del(&w->node);
				w->bucket = to;
				enqueue(w, to);
			}
			moved++;
		} else {
			break;
		}
		done++;
	}
	return done;
}

long futex_requeue(struct futex_word from, struct futex_word to, int nr_wake, int nr_requeue,
		   const u32 *cmp)
{
	struct futex_key kfrom, kto;
	struct bucket *a, *b;
	long ret;
	u32 now;

	if (nr_wake < 0 || nr_requeue < 0)
		return -EINVAL;
	ret = futex_get_key(from.addr, from.is_shared, false, &kfrom);
	if (!ret)
		ret = futex_get_key(to.addr, to.is_shared, false, &kto);
	if (ret)
		return ret;
	a = futex_bucket(&kfrom);
	b = futex_bucket(&kto);
	for (;;) {
		unsigned long f = bucket_lock2(a, b);

		ret = cmp ? arch_get_user32(&now, from.addr) : 0;
		if (!ret && cmp && now != *cmp)
			ret = -EAGAIN;
		else if (!ret)
			ret = requeue_locked(a, b, &kfrom, &kto, nr_wake, nr_requeue);
		bucket_unlock2(a, b, f);
		if (ret != -EFAULT)
			return ret;
		ret = arch_get_user32(&now, from.addr);
		if (ret)
			return ret;
	}
}

static bool wake_op_matches(u32 op, u32 old)
{
	int cmparg = (int)(op << 20) >> 20, value = (int)old;

	switch ((op >> 24) & 15) {
	case FUTEX_OP_CMP_EQ:
		return value == cmparg;
	case FUTEX_OP_CMP_NE:
		return value != cmparg;
	case FUTEX_OP_CMP_LT:
		return value < cmparg;
	case FUTEX_OP_CMP_GE:
		return value >= cmparg;
	case FUTEX_OP_CMP_LE:
		return value <= cmparg;
	case FUTEX_OP_CMP_GT:
		return value > cmparg;
	}
	return false;
}

long futex_wake_op(uaddr_t addr1, uaddr_t addr2, bool is_shared, int nr1, int nr2, u32 op)
{
	int oparg = (int)(op << 8) >> 20;
	struct futex_key k1, k2;
	struct bucket *a, *b;
	u32 old;
	int err;

	if (op & ((u32)FUTEX_OP_OPARG_SHIFT << 28))
		oparg = (int)(1u << (oparg & 31));
	err = futex_get_key(addr1, is_shared, false, &k1);
	if (!err)
		err = futex_get_key(addr2, is_shared, true, &k2);
	if (err)
		return err;
	a = futex_bucket(&k1);
	b = futex_bucket(&k2);
	for (;;) {
		unsigned long f = bucket_lock2(a, b);
		long woken = 0;

		err = arch_futex_op(addr2, (int)(op >> 28) & 7, (u32)oparg, &old);
		if (!err && ((op >> 24) & 15) > FUTEX_OP_CMP_GE)
			err = -ENOSYS;
		if (!err) {
			woken = wake_matching(a, &k1, nr1, FUTEX_BITSET_MATCH_ANY);
			if (woken >= 0 && wake_op_matches(op, old)) {
				int more = wake_matching(b, &k2, nr2, FUTEX_BITSET_MATCH_ANY);

				woken = more < 0 ? more : woken + more;
			}
		}
		bucket_unlock2(a, b, f);
		if (err != -EFAULT)
			return err ? err : woken;
		err = mm_fault(current->mm, addr2.v, FAULT_WRITE | FAULT_USER);
		if (err)
			return -EFAULT;
	}
}

/* The owner of a lock died: say so in the word, and wake one who waits for it. */
static int robust_death(struct task *t, uaddr_t addr, bool is_pi, bool is_pending)
{
	u32 val, old;

	if (addr.v % sizeof(u32))
		return -EINVAL;
	if (arch_get_user32(&val, addr))
		return -EFAULT;
	/* It died between unlocking and waking: nobody else would wake the waiter. */
	if (is_pending && !is_pi && !val) {
		futex_wake_addr(addr, 1);
		return 0;
	}
	for (;;) {
		if ((val & FUTEX_TID_MASK) != (u32)t->vtid)
			return 0;
		if (arch_cmpxchg_user32(addr, val, (val & FUTEX_WAITERS) | FUTEX_OWNER_DIED, &old))
			return -EFAULT;
		if (old == val)
			break;
		val = old;
	}
	if (!is_pi && (val & FUTEX_WAITERS))
		futex_wake_addr(addr, 1);
	return 0;
}

/* A long of the program's: 32-bit programs have lists of half the size. */
static int robust_word(const struct task *t, u64 *value, u64 addr)
{
	u32 v;
	int err;

	if (t->robust_list_len == ROBUST_HEAD_BYTES)
		return arch_get_user64(value, uaddr(addr));
	err = arch_get_user32(&v, uaddr(addr));
	*value = v;
	return err;
}

/* The lock word of an entry: `offset` has a sign. */
static uaddr_t robust_lock(const struct task *t, u64 entry, u64 offset)
{
	u64 addr = (entry & ~ROBUST_PI) + offset;

	return uaddr(t->robust_list_len == ROBUST_HEAD_BYTES ? addr : (u32)addr);
}

void futex_exit_robust(struct task *t)
{
	u64 head = t->robust_list.v, word = t->robust_list_len / 3;
	u64 entry, pending, next, offset;
	unsigned n;

	if (robust_word(t, &entry, head) || robust_word(t, &offset, head + word) ||
	    robust_word(t, &pending, head + 2 * word))
		return;
	for (n = 0; (entry & ~ROBUST_PI) != head && n < ROBUST_LIST_MAX; n++) {
		/* The entry is gone once its lock is released: read the next one first. */
		int err = robust_word(t, &next, entry & ~ROBUST_PI);

		if ((entry & ~ROBUST_PI) != (pending & ~ROBUST_PI) &&
		    robust_death(t, robust_lock(t, entry, offset), entry & ROBUST_PI, false))
			return;
		if (err)
			return;
		entry = next;
		cond_resched();
	}
	if (pending & ~ROBUST_PI)
		(void)robust_death(t, robust_lock(t, pending, offset), pending & ROBUST_PI, true);
}
