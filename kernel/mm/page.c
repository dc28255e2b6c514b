/*
 * The page allocator: a buddy system over all RAM, with a stock of single pages per CPU in front of
 * it.
 *
 * struct page entries are not initialised at boot: a block's head is written when the block is made
 * (at boot, or when a larger block is split), and merging only ever looks at the head of a buddy,
 * which the split that made it has written.
 */
#include "mm/page.h"
#include "core/cpu.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/wait.h"
#include "lib/string.h"
#include "mm/internal.h"

#define MAX_ORDER      10 /* 4 MiB */
#define STOCK_SIZE     64
#define STOCK_MOVE     32
#define NR_LOCK_QUEUES 64

struct page *page_array;
size_t nr_page_frames;
bool (*oom_handler)(void);

struct page_stock {
	unsigned n;
	struct page *page[STOCK_SIZE];
};

static spinlock_t buddy_lock = SPINLOCK_INIT(RANK_PAGES, "pages");
static struct list_head free_list[MAX_ORDER + 1]; /* buddy_lock */
static u64 nr_free;				  /* pages in the lists; buddy_lock */
static u64 nr_total;
static struct page_stock stocks[MAX_CPUS];
static struct waitq lock_queues[NR_LOCK_QUEUES];
long mm_counter[NR_MM_COUNTERS];

static size_t page_index(const struct page *p)
{
	return (size_t)(p - page_array);
}

/* buddy_lock held. Put a block on its list, merged with its buddies as far as they are free. */
static void free_block(size_t pfn, unsigned order)
{
	nr_free += 1ul << order;
	while (order < MAX_ORDER) {
		struct page *buddy = pfn_to_page(pfn ^ (1ul << order));

		if ((pfn ^ (1ul << order)) + (1ul << order) > nr_page_frames)
			break;
		if (!(buddy->flags & PG_BUDDY) || buddy->order != order)
			break;
		list_del(&buddy->lru);
		buddy->flags = 0;
		pfn &= ~(1ul << order);
		order++;
	}
	pfn_to_page(pfn)->flags = PG_BUDDY;
	pfn_to_page(pfn)->order = order;
	pfn_to_page(pfn)->ref.n = 0;
	list_add(&pfn_to_page(pfn)->lru, &free_list[order]);
}

/* buddy_lock held. */
static struct page *take_block(unsigned order)
{
	unsigned o = order;
	struct page *p;

	while (o <= MAX_ORDER && list_empty(&free_list[o]))
		o++;
	if (o > MAX_ORDER)
		return NULL;
	p = list_first_entry(&free_list[o], struct page, lru);
	list_del(&p->lru);
	p->flags = 0; /* a page in a CPU's stock must not look free to its buddy */
	nr_free -= 1ul << order;
	while (o > order) {
		struct page *half;

		o--;
		half = p + (1ul << o);
		half->flags = PG_BUDDY;
		half->order = o;
		half->ref.n = 0;
		list_add(&half->lru, &free_list[o]);
	}
	return p;
}

static void prepare_page(struct page *p, unsigned order)
{
	p->flags = 0;
	ref_init(&p->ref, 1);
	p->obj = NULL;
	p->index = 0;
	p->order = order;
	p->map_count = 0;
	list_init(&p->lru);
}

static struct page *take_single(void)
{
	unsigned long f = arch_irq_save();
	struct page_stock *s = &stocks[this_cpu()->id];
	struct page *p = NULL;

	if (!s->n) {
		spin_lock(&buddy_lock);
		while (s->n < STOCK_MOVE && (p = take_block(0)))
			s->page[s->n++] = p;
		spin_unlock(&buddy_lock);
	}
	p = s->n ? s->page[--s->n] : NULL;
	arch_irq_restore(f);
	return p;
}

static void give_single(struct page *p)
{
	unsigned long f = arch_irq_save();
	struct page_stock *s = &stocks[this_cpu()->id];

	if (s->n == STOCK_SIZE) {
		spin_lock(&buddy_lock);
		while (s->n > STOCK_SIZE - STOCK_MOVE)
			free_block(page_index(s->page[--s->n]), 0);
		spin_unlock(&buddy_lock);
	}
	p->flags = 0;
	p->ref.n = 0;
	s->page[s->n++] = p;
	arch_irq_restore(f);
}

static struct page *try_alloc(unsigned order)
{
	struct page *p;
	unsigned long f;

	if (order == 0)
		return take_single();
	if (order > MAX_ORDER)
		return NULL;
	f = spin_lock_irqsave(&buddy_lock);
	p = take_block(order);
	spin_unlock_irqrestore(&buddy_lock, f);
	return p;
}

/* Memory is short: first clean page cache, then (for user pages) the out-of-memory rule. True = try
 * again. */
static bool make_room(unsigned order, unsigned gfp, unsigned round)
{
	if ((gfp & GFP_ATOMIC) || order > MAX_ORDER)
		return false;
	if (page_cache_reclaim(256 + (1ul << order)))
		return round < 64;
	if (order == 0 && (gfp & GFP_USER) && oom_handler)
		return round < 1000 && oom_handler();
	return false;
}

struct page *alloc_pages(unsigned order, unsigned gfp)
{
	struct page *p = try_alloc(order);

	for (unsigned round = 0; unlikely(!p); round++) {
		if (!make_room(order, gfp, round))
			return NULL;
		p = try_alloc(order);
	}
	prepare_page(p, order);
	if (gfp & GFP_ZERO)
		memset(page_to_virt(p), 0, PAGE_SIZE << order);
	return p;
}

void free_pages(struct page *p, unsigned order)
{
	unsigned long f;

	if (order == 0) {
		give_single(p);
		return;
	}
	f = spin_lock_irqsave(&buddy_lock);
	free_block(page_index(p), order);
	spin_unlock_irqrestore(&buddy_lock, f);
}

void page_put(struct page *p)
{
	if (ref_put(&p->ref))
		free_pages(p, p->order);
}

/* Page tables are made under the page-table lock: no sleeping here; callers reclaim and come again.
 */
unsigned long arch_alloc_table_page(void)
{
	struct page *p = alloc_pages(0, GFP_ATOMIC | GFP_ZERO);

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

/* --- page locks: a bit in the page, sleepers in a few shared queues --- */

static struct waitq *lock_queue(const struct page *p)
{
	return &lock_queues[page_index(p) % NR_LOCK_QUEUES];
}

bool page_trylock(struct page *p)
{
	return !(atomic_or(&p->flags, PG_LOCKED) & PG_LOCKED);
}

void page_lock(struct page *p)
{
	if (!page_trylock(p))
		wait_event(lock_queue(p), page_trylock(p));
}

void page_unlock(struct page *p)
{
	atomic_and(&p->flags, (u32)~PG_LOCKED);
	if (waitq_active(lock_queue(p)))
		waitq_wake_all(lock_queue(p));
}

/* --- boot --- */

struct range {
	unsigned long start, end;
};

/* Cut [start, end) out of the n ranges; may add one. */
static unsigned cut(struct range *r, unsigned n, unsigned max, unsigned long start,
		    unsigned long end)
{
	for (unsigned i = 0; i < n; i++) {
		if (end <= r[i].start || start >= r[i].end)
			continue;
		if (start > r[i].start && end < r[i].end && n < max) {
			r[n++] = (struct range){end, r[i].end};
			r[i].end = start;
		} else if (start > r[i].start) {
			r[i].end = start;
		} else {
			r[i].start = MIN(end, r[i].end);
		}
	}
	return n;
}

static void free_range(unsigned long start, unsigned long end)
{
	size_t pfn = ALIGN_UP(start, PAGE_SIZE) >> PAGE_SHIFT, last = end >> PAGE_SHIFT;
	unsigned long f = spin_lock_irqsave(&buddy_lock);

	while (pfn < last) {
		unsigned order = pfn ? (unsigned)__builtin_ctzl(pfn) : MAX_ORDER;

		order = MIN(order, MAX_ORDER);
		while (pfn + (1ul << order) > last)
			order--;
		free_block(pfn, order);
		nr_total += 1ul << order;
		pfn += 1ul << order;
	}
	spin_unlock_irqrestore(&buddy_lock, f);
}

void pages_free_region(unsigned long start, unsigned long end)
{
	free_range(start, end);
}

/* Merging looks at the heads of neighbours outside a range too: they must not be junk. */
static void clear_edges(unsigned long start, unsigned long end)
{
	size_t first = ALIGN_UP(start, PAGE_SIZE) >> PAGE_SHIFT, last = end >> PAGE_SHIFT;

	for (unsigned o = 0; o < MAX_ORDER && first < last; o++) {
		size_t below = first >> (o + 1) << (o + 1);
		size_t above = ((last - 1) >> (o + 1) << (o + 1)) + (1ul << o);

		if (below < first)
			pfn_to_page(below)->flags = 0;
		if (above >= last && above < nr_page_frames)
			pfn_to_page(above)->flags = 0;
	}
}

/* Put the page array at the start of the largest range. */
static void place_page_array(struct range *r, unsigned n)
{
	size_t bytes = ALIGN_UP(nr_page_frames * sizeof(struct page), PAGE_SIZE);
	unsigned best = 0;

	for (unsigned i = 1; i < n; i++)
		if (r[i].end - r[i].start > r[best].end - r[best].start)
			best = i;
	r[best].start = ALIGN_UP(r[best].start, PAGE_SIZE);
	if (r[best].end < r[best].start + bytes)
		panic("not enough memory for %lu page frames", nr_page_frames);
	page_array = phys_to_virt(r[best].start);
	r[best].start += bytes;
}

void pages_init(void)
{
	struct range r[MAX_MEM_REGIONS * 2];
	unsigned n = 0;

	for (unsigned o = 0; o <= MAX_ORDER; o++)
		list_init(&free_list[o]);
	for (unsigned i = 0; i < NR_LOCK_QUEUES; i++)
		waitq_init(&lock_queues[i]);
	for (unsigned i = 0; i < boot_info.nr_mem; i++) {
		r[n++] = (struct range){boot_info.mem[i].start, boot_info.mem[i].end};
		nr_page_frames = MAX(nr_page_frames, boot_info.mem[i].end >> PAGE_SHIFT);
	}
	n = cut(r, n, ARRAY_SIZE(r), 0, 0x100000);
	n = cut(r, n, ARRAY_SIZE(r), boot_info.kernel_start, boot_info.kernel_end);
	if (boot_info.initrd_start)
		n = cut(r, n, ARRAY_SIZE(r), boot_info.initrd_start & PAGE_MASK,
			boot_info.initrd_end);
	if (n == 0)
		panic("no memory");
	place_page_array(r, n);
	for (unsigned i = 0; i < n; i++)
		clear_edges(r[i].start, r[i].end);
	for (unsigned i = 0; i < n; i++)
		if (r[i].end > r[i].start)
			free_range(r[i].start, r[i].end);
}

void mem_stats(struct mem_stats *s)
{
	unsigned i;

	*s = (struct mem_stats){.total_pages = nr_total, .free_pages = nr_free};
	for_each_cpu (i)
		s->free_pages += stocks[i].n;
	s->cached_pages = (u64)MAX(mm_counter[MM_CACHED], 0l);
	s->slab_pages = (u64)MAX(mm_counter[MM_SLAB], 0l);
	s->anon_pages = (u64)MAX(mm_counter[MM_ANON], 0l);
	s->shmem_pages = (u64)MAX(mm_counter[MM_SHMEM], 0l);
	s->dirty_pages = (u64)MAX(mm_counter[MM_DIRTY], 0l);
	s->table_pages = (u64)MAX(mm_counter[MM_TABLES], 0l);
	s->kstack_pages = (u64)MAX(mm_counter[MM_KSTACK], 0l);
}
