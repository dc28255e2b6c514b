/*
 * Physical pages. Free memory is kept in blocks of 2^order pages (buddies); single pages pass
 * through a stock per CPU, without a lock. Only the struct page of a block's head is ever touched
 * before the block is used: booting with much memory costs no more than with little.
 */
#include "core/cpu.h"
#include "core/log.h"
#include "core/sched.h"
#include "core/time.h"
#include "core/wait.h"
#include "lib/string.h"
#include "mm/internal.h"

#define MAX_ORDER   (NR_PAGE_ORDERS - 1)
#define LOW_MEMORY  (1UL << 20) /* left to firmware and the start of other CPUs */
#define STOCK_MAX   64
#define OOM_WAIT_NS (5 * NSEC_PER_MSEC)

struct page *page_array;
size_t nr_page_frames;
long mm_counter[NR_MM_COUNTERS];
bool (*oom_handler)(void);

static struct {
	spinlock_t lock; /* RANK_PAGES, interrupts off */
	struct list_head free[MAX_ORDER + 1];
	u32 nr_blocks[MAX_ORDER + 1];
	size_t nr_free, nr_total;
	size_t reserve; /* pages that user data may not take */
} buddy = {.lock = SPINLOCK_INIT(RANK_PAGES, "pages")};

/* Free pages of one CPU; interrupts off. */
static struct page_stock {
	unsigned n;
	struct page *page[STOCK_MAX];
} __aligned(64) stocks[MAX_CPUS];
static unsigned stock_batch = 16;

/* --- buddies; buddy.lock held --- */

static void add_block(struct page *p, unsigned order)
{
	p->flags = PG_BUDDY;
	p->order = order;
	ref_init(&p->ref, 0);
	list_add(&p->lru, &buddy.free[order]);
	buddy.nr_blocks[order]++;
	buddy.nr_free += 1UL << order;
}

static void take_block(struct page *p, unsigned order)
{
	list_del(&p->lru);
	p->flags = 0;
	buddy.nr_blocks[order]--;
	buddy.nr_free -= 1UL << order;
}

/* Split down from the smallest block that is large enough. */
static struct page *buddy_alloc(unsigned order)
{
	unsigned k = order;
	struct page *p;

	while (k <= MAX_ORDER && list_empty(&buddy.free[k]))
		k++;
	if (k > MAX_ORDER)
		return NULL;
	p = list_first_entry(&buddy.free[k], struct page, lru);
	take_block(p, k);
	while (k > order) {
		k--;
		add_block(p + (1UL << k), k);
	}
	return p;
}

static void buddy_free(struct page *p, unsigned order)
{
	size_t pfn = (size_t)(p - page_array);

	for (; order < MAX_ORDER; order++) {
		size_t other = pfn ^ (1UL << order);
		struct page *b = pfn_to_page(other);

		if (other >= nr_page_frames || !(b->flags & PG_BUDDY) || b->order != order)
			break;
		take_block(b, order);
		pfn &= ~(1UL << order);
	}
	add_block(pfn_to_page(pfn), order);
}

/* --- the stock of single pages --- */

/* May an allocation of this kind take what is left? */
static bool may_take(unsigned gfp, size_t pages)
{
	size_t floor = gfp & GFP_ATOMIC ? 0 : gfp & GFP_USER ? buddy.reserve : buddy.reserve / 2;

	return buddy.nr_free >= floor + pages;
}

static void stock_fill(struct page_stock *s, unsigned gfp)
{
	spin_lock(&buddy.lock);
	while (s->n < stock_batch && may_take(gfp, 1)) {
		struct page *p = buddy_alloc(0);

		if (!p)
			break;
		s->page[s->n++] = p;
	}
	spin_unlock(&buddy.lock);
}

static struct page *stock_alloc(unsigned gfp)
{
	unsigned long flags = arch_irq_save();
	struct page_stock *s = &stocks[this_cpu()->id];
	struct page *p = NULL;

	if (unlikely(!s->n))
		stock_fill(s, gfp);
	if (likely(s->n))
		p = s->page[--s->n];
	arch_irq_restore(flags);
	return p;
}

static void stock_free(struct page *p)
{
	unsigned long flags = arch_irq_save();
	struct page_stock *s = &stocks[this_cpu()->id];

	p->flags = 0;
	if (unlikely(s->n >= 2 * stock_batch || s->n == STOCK_MAX)) {
		spin_lock(&buddy.lock);
		while (s->n > stock_batch)
			buddy_free(s->page[--s->n], 0);
		spin_unlock(&buddy.lock);
	}
	s->page[s->n++] = p;
	arch_irq_restore(flags);
}

/* --- allocation --- */

static void init_page(struct page *p, unsigned order)
{
	p->flags = 0;
	ref_init(&p->ref, 1);
	p->obj = NULL;
	p->index = 0;
	p->order = order;
	p->map_count = 0;
}

static struct page *try_alloc(unsigned order, unsigned gfp)
{
	struct page *p = NULL;
	unsigned long flags;

	if (order == 0)
		return stock_alloc(gfp);
	if (order > MAX_ORDER)
		return NULL;
	flags = spin_lock_irqsave(&buddy.lock);
	if (may_take(gfp, 1UL << order))
		p = buddy_alloc(order);
	spin_unlock_irqrestore(&buddy.lock, flags);
	return p;
}

/* Make room: caches first, then, for user data, by the out-of-memory rule. */
static struct page *alloc_slow(unsigned order, unsigned gfp)
{
	unsigned tries;
	struct page *p;

	if (gfp & GFP_ATOMIC)
		return NULL;
	for (tries = 0;; tries++) {
		size_t freed = page_cache_reclaim(MAX(64UL, 2UL << order));

		freed += vmap_reclaim();
		p = try_alloc(order, gfp);
		if (p)
			return p;
		if (freed && tries < 64)
			continue;
		if (!(gfp & GFP_USER) || !oom_handler ||
		    thread_test_flags(this_thread(), TIF_KILLED))
			return NULL;
		if (!oom_handler())
			return NULL;
		/* Let the one that was ended go and give its pages back. */
		set_thread_state(TS_UNINTERRUPTIBLE);
		schedule_until(now_mono_ns() + OOM_WAIT_NS);
	}
}

struct page *alloc_pages(unsigned order, unsigned gfp)
{
	struct page *p = try_alloc(order, gfp);
	size_t i;

	if (unlikely(!p)) {
		p = alloc_slow(order, gfp);
		if (!p)
			return NULL;
	}
	init_page(p, order);
	for (i = 1; i < 1UL << order; i++)
		init_page(p + i, 0);
	if (gfp & GFP_ZERO)
		memset(page_to_virt(p), 0, PAGE_SIZE << order);
	return p;
}

void free_pages(struct page *p, unsigned order)
{
	unsigned long flags;

	ASSERT(!(p->flags & (PG_BUDDY | PG_LRU)));
	if (p->flags & PG_ANON)
		mm_count(MM_ANON, -1);
	if (order == 0) {
		stock_free(p);
		return;
	}
	p->flags = 0;
	flags = spin_lock_irqsave(&buddy.lock);
	buddy_free(p, order);
	spin_unlock_irqrestore(&buddy.lock, flags);
}

/* --- page tables --- */

unsigned long arch_alloc_table_page(void)
{
	struct page *p = alloc_page(GFP_ATOMIC | GFP_ZERO);

	if (!p)
		return 0;
	mm_count(MM_TABLES, 1);
	return page_to_phys(p);
}

void arch_free_table_page(unsigned long pa)
{
	mm_count(MM_TABLES, -1);
	page_put(phys_to_page(pa));
}

bool reclaim_for_tables(void)
{
	struct page *p = alloc_page(GFP_USER);

	if (!p)
		return false;
	page_put(p);
	return true;
}

/* --- page locks: sleepers wait on a few shared queues --- */

#define NR_PAGE_QUEUES 32
static struct waitq page_queues[NR_PAGE_QUEUES];

static struct waitq *page_queue(const struct page *p)
{
	return &page_queues[(size_t)(p - page_array) % NR_PAGE_QUEUES];
}

bool page_trylock(struct page *p)
{
	return !(atomic_or(&p->flags, PG_LOCKED) & PG_LOCKED);
}

void page_lock(struct page *p)
{
	might_sleep("page lock");
	if (likely(page_trylock(p)))
		return;
	wait_event(page_queue(p), page_trylock(p));
}

void page_unlock(struct page *p)
{
	atomic_and(&p->flags, ~(u32)PG_LOCKED);
	if (waitq_active(page_queue(p)))
		waitq_wake_all(page_queue(p));
}

/* --- boot --- */

struct range {
	unsigned long start, end; /* physical, page aligned */
};

/* What is not to be handed out, in address order. */
static struct range taken[8];
static unsigned nr_taken;

static void take(unsigned long start, unsigned long end)
{
	unsigned i = nr_taken;

	start = ALIGN_DOWN(start, PAGE_SIZE);
	end = ALIGN_UP(end, PAGE_SIZE);
	if (start >= end)
		return;
	for (; i > 0 && taken[i - 1].start > start; i--)
		taken[i] = taken[i - 1];
	taken[i] = (struct range){start, end};
	nr_taken++;
}

static void each_free_range(void (*fn)(unsigned long start, unsigned long end))
{
	unsigned r, t;

	for (r = 0; r < boot_info.nr_mem; r++) {
		unsigned long at = ALIGN_UP(boot_info.mem[r].start, PAGE_SIZE);
		unsigned long end = ALIGN_DOWN(boot_info.mem[r].end, PAGE_SIZE);

		for (t = 0; t < nr_taken && at < end; t++) {
			if (taken[t].end <= at || taken[t].start >= end)
				continue;
			if (taken[t].start > at)
				fn(at, taken[t].start);
			at = taken[t].end;
		}
		if (at < end)
			fn(at, end);
	}
}

/* The largest aligned block that begins at pfn and ends by `end`. */
static unsigned block_order(size_t pfn, size_t end)
{
	unsigned order = 0;

	while (order < MAX_ORDER && !(pfn & (1UL << order)) && pfn + (2UL << order) <= end)
		order++;
	return order;
}

/*
 * Freeing a block looks at its buddy's struct page. Inside a range each one is written before that
 * (both halves of a split are); at the edges it may be memory nobody ever wrote.
 */
static void mark_buddies(unsigned long start, unsigned long end)
{
	size_t pfn = start >> PAGE_SHIFT, stop = end >> PAGE_SHIFT;

	while (pfn < stop) {
		unsigned order = block_order(pfn, stop), k;

		for (k = order; k < MAX_ORDER; k++) {
			size_t other = (pfn & ~((1UL << k) - 1)) ^ (1UL << k);

			if (other < nr_page_frames)
				memset(pfn_to_page(other), 0, sizeof(struct page));
		}
		pfn += 1UL << order;
	}
}

static void free_range(unsigned long start, unsigned long end)
{
	size_t pfn = start >> PAGE_SHIFT, stop = end >> PAGE_SHIFT;
	unsigned long flags = spin_lock_irqsave(&buddy.lock);

	buddy.nr_total += stop - pfn;
	while (pfn < stop) {
		unsigned order = block_order(pfn, stop);

		buddy_free(pfn_to_page(pfn), order);
		pfn += 1UL << order;
	}
	spin_unlock_irqrestore(&buddy.lock, flags);
}

/* Give memory back that was in use since boot: the initial archive once unpacked. Page aligned
 * inwards. */
void pages_free_region(unsigned long start, unsigned long end)
{
	start = ALIGN_UP(start, PAGE_SIZE);
	end = ALIGN_DOWN(end, PAGE_SIZE);
	if (start < end)
		free_range(start, end);
}

static unsigned long array_place;
static size_t array_size;

static void find_array_place(unsigned long start, unsigned long end)
{
	if (!array_place && end - start >= array_size)
		array_place = start;
}

void pages_init(void)
{
	unsigned long top = 0;
	unsigned i;

	for (i = 0; i <= MAX_ORDER; i++)
		list_init(&buddy.free[i]);
	for (i = 0; i < NR_PAGE_QUEUES; i++)
		waitq_init(&page_queues[i]);
	for (i = 0; i < boot_info.nr_mem; i++)
		top = MAX(top, boot_info.mem[i].end);
	nr_page_frames = top >> PAGE_SHIFT;
	array_size = ALIGN_UP(nr_page_frames * sizeof(struct page), PAGE_SIZE);
	take(0, LOW_MEMORY);
	take(boot_info.kernel_start, boot_info.kernel_end);
	take(boot_info.initrd_start, boot_info.initrd_end);
	each_free_range(find_array_place);
	if (!array_place)
		panic("no room for the page array (%zu KiB)", array_size >> 10);
	page_array = phys_to_virt(array_place);
	take(array_place, array_place + array_size);
	each_free_range(mark_buddies);
	/* Pages in use for good, or until pages_free_region(): kernel image, archive. */
	for (i = 0; i < nr_taken; i++) {
		size_t pfn = taken[i].start >> PAGE_SHIFT, stop = taken[i].end >> PAGE_SHIFT;

		if (taken[i].start == array_place && array_size > (1UL << 20))
			stop = pfn; /* never looked at but as buddies: marked above */
		for (; pfn < stop && pfn < nr_page_frames; pfn++) {
			init_page(pfn_to_page(pfn), 0);
			pfn_to_page(pfn)->flags = PG_RESERVED;
		}
	}
	each_free_range(free_range);
	buddy.reserve = MIN(MAX(buddy.nr_total / 128, 16UL), 1024UL);
	if (buddy.nr_total < 8192)
		stock_batch = 8;
}

/* --- figures --- */

void mem_stats(struct mem_stats *s)
{
	u64 count[NR_MM_COUNTERS];
	unsigned i;

	for (i = 0; i < NR_MM_COUNTERS; i++) {
		long n = READ_ONCE(mm_counter[i]);

		count[i] = n > 0 ? (u64)n : 0;
	}
	memset(s, 0, sizeof(*s));
	s->total_pages = buddy.nr_total;
	s->free_pages = READ_ONCE(buddy.nr_free);
	for_each_cpu (i)
		s->free_pages += READ_ONCE(stocks[i].n);
	s->cached_pages = count[MM_CACHED];
	s->slab_pages = count[MM_SLAB];
	s->anon_pages = count[MM_ANON];
	s->shmem_pages = count[MM_SHMEM];
	s->dirty_pages = count[MM_DIRTY];
	s->table_pages = count[MM_TABLES];
	s->kstack_pages = count[MM_KSTACK];
	s->reserve_pages = buddy.reserve;
}

void mem_free_blocks(u64 blocks[NR_PAGE_ORDERS])
{
	unsigned i;

	for (i = 0; i <= MAX_ORDER; i++)
		blocks[i] = READ_ONCE(buddy.nr_blocks[i]);
}
