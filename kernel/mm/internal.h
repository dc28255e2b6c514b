/* Shared by the files of mm/ only. */
#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

#include "mm/mm.h"

enum { MM_CACHED, MM_SLAB, MM_ANON, MM_SHMEM, MM_DIRTY, MM_TABLES, MM_KSTACK, NR_MM_COUNTERS };
extern long mm_counter[NR_MM_COUNTERS]; /* pages, atomic */
static inline void mm_count(unsigned which, long pages)
{
	__atomic_fetch_add(&mm_counter[which], pages, __ATOMIC_RELAXED);
}

bool page_trylock(struct page *p);

/* radix.c: a tree from page number to page; the object's lock protects it. */
struct page *radix_find(void *tree, u64 index);
int radix_insert(void **tree, u64 index, struct page *p); /* -ENOMEM, -EEXIST; never sleeps */
struct page *radix_remove(void **tree, u64 index);
/* Up to max pages with index in [from, to], ascending; how many. */
unsigned radix_gang(void *tree, u64 from, u64 to, struct page **out, unsigned max);

/* vmobj.c: references of shared anonymous objects */
void shm_get(struct vmobj *o);
void shm_put(struct vmobj *o);

/* zap.c: pages taken out of page tables wait here until the TLBs have forgotten them. */
#define GATHER_PAGES 64
struct gather {
	struct mm *mm;
	unsigned long start, end; /* to flush */
	unsigned n;
	bool has_changes;
	struct page *page[GATHER_PAGES];
};
void gather_init(struct gather *g, struct mm *mm);
void gather_flush(struct gather *g);					/* pt_lock may be held */
void gather_page(struct gather *g, unsigned long addr, struct page *p); /* p NULL: only the range */
/* Forget what [start, end) of an area maps. Takes pt_lock. */
void zap_range(struct mm *m, unsigned long start, unsigned long end);
/* Unmap pages [first, last] of an object everywhere; obj->lock must not be held. Private copies
 * stay unless `even_private`. */
void vmobj_unmap(struct vmobj *o, u64 first, u64 last, bool even_private);

/* Account a page that a PTE begins (1) or ends (-1) to map. */
void rss_add(struct mm *m, const struct page *p, long n);

/* vma.c; mm->lock held for writing unless said otherwise */
struct vma *vma_alloc(struct mm *m);
void vma_free(struct vma *v); /* drops its file */
void vma_insert(struct mm *m, struct vma *v);
void vma_remove(struct mm *m, struct vma *v);
struct vma *vma_prev(struct vma *v);
/* Cut an area in two at addr; NULL when out of memory, else the part that begins at addr. */
struct vma *vma_split(struct vma *v, unsigned long addr);
/* Make area boundaries at start and end; 0 or -ENOMEM. */
int vma_split_range(struct mm *m, unsigned long start, unsigned long end);
/* Join v with its neighbours where they continue each other; returns the area that now holds v's
 * range. */
struct vma *vma_merge(struct vma *v);
void vma_set_bounds(struct vma *v, unsigned long start, unsigned long end);
int stack_grow(struct mm *m, struct vma *v, unsigned long addr); /* mmap.c; -EFAULT */
void vma_account(struct mm *m, const struct vma *v, long sign);
int unmap_locked(struct mm *m, unsigned long start, unsigned long end);
bool mm_has_room(struct mm *m, size_t pages, u64 vm_flags); /* RLIMIT_AS, RLIMIT_DATA */
unsigned vma_prot(u64 vm_flags);			    /* VMP_* bits of an area's pages */
static inline u64 vma_index(const struct vma *v, unsigned long addr)
{
	return v->pgoff + ((addr - v->start) >> PAGE_SHIFT);
}

extern struct page
	*zero_page; /* read faults of anonymous memory; mapped PTE_SPECIAL, never counted */
int zero_page_init(void);

#endif
