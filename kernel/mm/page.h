/* Physical pages: one struct page per frame, a buddy allocator, per-CPU stocks of single pages. */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include "arch/arch.h"
#include "lib/atomic.h"
#include "lib/list.h"

struct vmobj;

/* page->flags, atomic */
#define PG_LOCKED     BIT(0) /* being filled or truncated; sleep with page_lock() */
#define PG_UPTODATE   BIT(1) /* contents valid */
#define PG_DIRTY      BIT(2)
#define PG_BUDDY      BIT(3) /* free, heads a block of `order` */
#define PG_SLAB	      BIT(4)
#define PG_LRU	      BIT(5) /* on the page-cache LRU */
#define PG_REFERENCED BIT(6)
#define PG_RESERVED   BIT(7)
#define PG_ANON	      BIT(8) /* anonymous user page */

struct page {
	u32 flags;
	refcount_t ref; /* 0 = free; each PTE, the page cache and each temporary user hold one */
	struct list_head lru; /* free list, page-cache LRU, slab list */
	struct vmobj *obj;    /* page cache: owner; slab: its cache */
	u64 index;	      /* page cache: page number in the object */
	u32 order;	      /* buddy */
	u32 map_count;	      /* PTEs that map it (atomic) */
};

extern struct page *page_array;
extern size_t nr_page_frames;

#define GFP_KERNEL 0u	  /* may sleep and reclaim */
#define GFP_ATOMIC BIT(0) /* may not sleep */
#define GFP_ZERO   BIT(1)
#define GFP_USER   BIT(2) /* for user data: may call the out-of-memory rule */

void pages_init(void);					/* from boot_info */
struct page *alloc_pages(unsigned order, unsigned gfp); /* NULL when out of memory; ref 1 */
void free_pages(struct page *p, unsigned order);
/* Free memory in use since boot (the initial archive); physical, rounded inwards to pages. */
void pages_free_region(unsigned long start, unsigned long end);
#define alloc_page(gfp) alloc_pages(0, gfp)
static inline void page_get(struct page *p)
{
	ref_get(&p->ref);
}
/* Frees at the last reference. The only holder needs no atomic to be the last. */
static inline void page_put(struct page *p)
{
	if (ref_read(&p->ref) == 1 || ref_put(&p->ref))
		free_pages(p, p->order);
}
void page_lock(struct page *p);
void page_unlock(struct page *p);

static inline struct page *pfn_to_page(size_t pfn)
{
	return &page_array[pfn];
}
static inline struct page *phys_to_page(unsigned long pa)
{
	return &page_array[pa >> PAGE_SHIFT];
}
static inline unsigned long page_to_phys(const struct page *p)
{
	return (unsigned long)(p - page_array) << PAGE_SHIFT;
}
static inline void *page_to_virt(const struct page *p)
{
	return phys_to_virt(page_to_phys(p));
}

struct mem_stats {
	u64 total_pages, free_pages, cached_pages, slab_pages, anon_pages, shmem_pages, dirty_pages,
		table_pages, kstack_pages, mlocked_pages;
	u64 reserve_pages; /* kept from user data */
};
void mem_stats(struct mem_stats *s);
#define NR_PAGE_ORDERS 11
void mem_free_blocks(u64 blocks[NR_PAGE_ORDERS]); /* free blocks of 2^i pages */
/* Out of memory for a user page: end the task with the largest resident set (registered by proc/).
 * True = retry. */
extern bool (*oom_handler)(void);

#endif
