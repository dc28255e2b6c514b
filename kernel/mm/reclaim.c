/*
 * The page cache's least-recently-used list: under pressure clean pages go, those nobody maps
 * first; a thread of its own writes dirty pages back some seconds after they were dirtied.
 */
#include "core/lock.h"
#include "core/log.h"
#include "core/sched.h"
#include "core/time.h"
#include "core/wait.h"
#include "lib/err.h"
#include "mm/internal.h"

#define BATCH		   16
#define WRITEBACK_DELAY_NS (5 * NSEC_PER_SEC)

static struct {
	spinlock_t lock;	/* RANK_LRU; never from interrupts */
	struct list_head pages; /* newest first */
	size_t nr;
} lru = {SPINLOCK_INIT(RANK_LRU, "lru"), LIST_INIT(lru.pages), 0};

void lru_add(struct page *p)
{
	spin_lock(&lru.lock);
	atomic_or(&p->flags, PG_LRU);
	list_add(&p->lru, &lru.pages);
	lru.nr++;
	spin_unlock(&lru.lock);
}

void lru_remove(struct page *p)
{
	spin_lock(&lru.lock);
	atomic_and(&p->flags, ~(u32)PG_LRU);
	list_del(&p->lru);
	lru.nr--;
	spin_unlock(&lru.lock);
}

/*
 * Up to BATCH pages from the old end, locked and referenced; *budget limits how many are looked at.
 * Each one looked at moves to the new end. A locked page's object stays (vmobj.c).
 */
static unsigned isolate(struct page **out, size_t *budget, bool (*is_wanted)(struct page *p))
{
	unsigned n = 0;

	spin_lock(&lru.lock);
	while (n < BATCH && *budget && !list_empty(&lru.pages)) {
		struct page *p = list_last_entry(&lru.pages, struct page, lru);

		--*budget;
		list_del(&p->lru);
		list_add(&p->lru, &lru.pages);
		if (!is_wanted(p) || !page_trylock(p))
			continue;
		page_get(p);
		out[n++] = p;
	}
	spin_unlock(&lru.lock);
	return n;
}

static bool is_cold(struct page *p)
{
	if (READ_ONCE(p->flags) & PG_REFERENCED) {
		atomic_and(&p->flags, ~(u32)PG_REFERENCED);
		return false;
	}
	return !(READ_ONCE(p->flags) & PG_DIRTY) && !READ_ONCE(p->map_count);
}

/* The second round takes pages out of page tables, too. */
static bool is_clean(struct page *p)
{
	return !(READ_ONCE(p->flags) & PG_DIRTY);
}

static bool is_dirty(struct page *p)
{
	return READ_ONCE(p->flags) & PG_DIRTY;
}

static size_t evict_round(size_t target, size_t budget, bool (*is_wanted)(struct page *p))
{
	struct page *pages[BATCH];
	size_t freed = 0;
	unsigned i, n;

	while (freed < target && (n = isolate(pages, &budget, is_wanted))) {
		for (i = 0; i < n; i++) {
			struct page *p = pages[i];
			struct vmobj *o = p->obj;

			if (o && READ_ONCE(p->map_count) && !vmobj_is_locked(o, p->index))
				vmobj_unmap(o, p->index, p->index, false);
			if (o && vmobj_evict_page(o, p, 1))
				freed++;
			page_unlock(p);
			page_put(p);
		}
	}
	return freed;
}

size_t page_cache_reclaim(size_t target_pages)
{
	size_t freed = evict_round(target_pages, READ_ONCE(lru.nr) * 2, is_cold);

	if (freed < target_pages)
		freed += evict_round(target_pages - freed, READ_ONCE(lru.nr), is_clean);
	if (!freed && READ_ONCE(mm_counter[MM_DIRTY]) > 0)
		writeback_wake();
	return freed;
}

/* --- write-back --- */

static struct waitq writeback_waitq = WAITQ_INIT(writeback_waitq);
static u32 writeback_state; /* 0 no thread yet, 1 thread there */

static void write_dirty(void)
{
	size_t budget = READ_ONCE(lru.nr);
	struct page *pages[BATCH];
	unsigned i, n;

	while ((n = isolate(pages, &budget, is_dirty))) {
		for (i = 0; i < n; i++) {
			struct page *p = pages[i];

			if (p->obj)
				vmobj_write_page(p->obj, p);
			page_unlock(p);
			page_put(p);
		}
		cond_resched();
	}
}

static bool has_dirty(void)
{
	return READ_ONCE(mm_counter[MM_DIRTY]) > 0;
}

static void writeback_main(void *arg)
{
	for (;;) {
		wait_event(&writeback_waitq, has_dirty());
		set_thread_state(TS_UNINTERRUPTIBLE);
		schedule_until(now_mono_ns() + WRITEBACK_DELAY_NS);
		write_dirty();
	}
}

/* Called where sleeping is not allowed: the thread is made by writeback_init(). */
void writeback_wake(void)
{
	if (READ_ONCE(writeback_state))
		waitq_wake_all(&writeback_waitq);
}

int writeback_init(void)
{
	struct thread *t = kthread_create("writeback", writeback_main, NULL);

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	WRITE_ONCE(writeback_state, 1);
	return 0;
}
