/* Shared by the files of mm/ only. */
#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

#include "mm/mm.h"

enum {
	MM_CACHED,
	MM_SLAB,
	MM_ANON,
	MM_SHMEM,
	MM_DIRTY,
	MM_TABLES,
	MM_KSTACK,
	MM_COMMIT,
	NR_MM_COUNTERS
};
extern long mm_counter[NR_MM_COUNTERS]; /* pages, atomic */
static inline void mm_count(unsigned which, long pages)
{
	__atomic_fetch_add(&mm_counter[which], pages, __ATOMIC_RELAXED);
}

/* What one last-level table covers; PTEs of one table are neighbours in memory. */
#define TABLE_SPAN	(PAGE_SIZE * (PAGE_SIZE / sizeof(pte_t)))
#define STACK_GUARD_GAP (256 * PAGE_SIZE) /* kept free below an area that grows down */
#define MAX_AREAS	((size_t)mm_max_areas)
#define FAULT_AROUND	16 /* pages mapped by one read fault of a file */

/* --- page.c, reclaim.c --- */
bool page_trylock(struct page *p);
void lru_add(struct page *p);	 /* new page of an evictable object */
void lru_remove(struct page *p); /* before it leaves its object */
size_t vmap_reclaim(void);	 /* cached stacks; pages freed */
bool reclaim_for_tables(void);	 /* after arch_pte_alloc() failed, no lock held; true = retry */
void writeback_wake(void);	 /* a page became dirty */

/* --- radix.c: page number -> page; the object's lock protects the tree --- */
#define RADIX_BITS  6
#define RADIX_SLOTS (1u << RADIX_BITS)

struct radix_node {
	u32 shift, used;	 /* shift: of a page number for its slot here */
	u64 last;		 /* the highest page number it covers, counted from its first */
	void *slot[RADIX_SLOTS]; /* shift 0: pages; else nodes */
};
static inline bool radix_is_node(const void *p)
{
	return (unsigned long)p & 1;
}
static inline struct radix_node *radix_to_node(const void *p)
{
	return (struct radix_node *)((unsigned long)p - 1);
}
/* Where the page of this number is or would be, NULL where the tree has no place for it. Behind it
 * in memory, up to the next multiple of RADIX_SLOTS, are those of the next numbers; not so for the
 * tree that is one page, whose only place is *tree itself. */
static inline void **radix_slot(void **tree, u64 index)
{
	struct radix_node *n = radix_to_node(*tree);

	if (!radix_is_node(*tree))
		return index == 0 ? tree : NULL;
	if (index > n->last)
		return NULL;
	for (u32 shift = n->shift; shift; shift -= RADIX_BITS) {
		n = n->slot[(index >> shift) % RADIX_SLOTS];
		if (!n)
			return NULL;
	}
	return &n->slot[index % RADIX_SLOTS];
}
static inline struct page *radix_find(void *tree, u64 index)
{
	void **slot = radix_slot(&tree, index);

	return slot ? *slot : NULL;
}
int radix_insert(void **tree, u64 index, struct page *p); /* -ENOMEM, -EEXIST; never sleeps */
struct page *radix_remove(void **tree, u64 index);
/* Up to max pages with index in [from, to], ascending; how many. */
unsigned radix_gang(void *tree, u64 from, u64 to, struct page **out, unsigned max);

/* --- vmobj.c --- */
/* As vmobj_get_page(); *did_io tells whether the backing store was asked. */
struct page *vmobj_get_page_io(struct vmobj *o, u64 index, bool *did_io);
/* Referenced, uptodate, unlocked pages with index in [from, to]; never sleeps. */
unsigned vmobj_find_range(struct vmobj *o, u64 from, u64 to, struct page **out, unsigned max);
/* Take a locked page out of the cache if it is clean, unmapped, and referenced only by the cache
 * and own_refs of the caller. */
bool vmobj_evict_page(struct vmobj *o, struct page *p, unsigned own_refs);
int vmobj_write_page(struct vmobj *o, struct page *p);	  /* p locked; no-op when clean */
static inline bool vmobj_is_memory(const struct vmobj *o) /* its pages live here only */
{
	return !o->is_evictable && !(o->ops && o->ops->writeback);
}

/* --- zap.c: pages taken out of page tables wait here until the TLBs have forgotten them --- */
#define GATHER_PAGES  64
#define GATHER_TABLES 8
struct gather {
	struct mm *mm;
	unsigned long start, end; /* to flush; empty: nothing */
	unsigned n, nr_tables;
	struct page *page[GATHER_PAGES];
	struct page *table[GATHER_TABLES]; /* shared page tables that are used no more */
};
void gather_init(struct gather *g, struct mm *mm);
void gather_flush(struct gather *g); /* pt_lock may be held */
static inline void gather_range(struct gather *g, unsigned long addr)
{
	if (addr < g->start)
		g->start = addr;
	if (addr + PAGE_SIZE > g->end)
		g->end = addr + PAGE_SIZE;
}
/* The reference and the mapping that a PTE held; gone after the next flush. */
static inline void gather_page(struct gather *g, unsigned long addr, struct page *p)
{
	gather_range(g, addr);
	g->page[g->n++] = p;
	if (g->n == GATHER_PAGES)
		gather_flush(g);
}
/* Forget what [start, end) of the area maps. Takes pt_lock; may switch between tables. */
void zap_range(struct vma *v, unsigned long start, unsigned long end);
/* Unmap pages [first, last] of an object everywhere; obj->lock must not be held. Private copies
 * stay unless even_private. */
void vmobj_unmap(struct vmobj *o, u64 first, u64 last, bool even_private);
/* Is the page in an area that is locked? */
bool vmobj_is_locked(struct vmobj *o, u64 index);
/* Take write permission for one page from everybody who shares it. */
void vmobj_wrprotect(struct vmobj *o, struct page *p);

/* Does it map a page of the program's own? */
static inline bool is_anon_page(pte_t pte)
{
	return pte_present(pte) && !pte_is_special(pte) &&
	       (phys_to_page(pte_phys(pte))->flags & PG_ANON);
}
/* A last-level table's `index` counts the anonymous pages that it maps; pt_lock. */
static inline struct page *table_of(const pte_t *pte)
{
	return phys_to_page((unsigned long)((const char *)pte - (const char *)phys_to_virt(0)));
}

/* --- tables.c: page tables shared by address spaces. A shared one lies wholly in one private
 * anonymous area of each; mm->lock held --- */
/* Give the table of va, which the area holds, to `to` as well. The pt_locks of both are held.
 * *has_changed: permissions went, a flush is due. -ENOMEM. */
int table_share(struct mm *from, struct mm *to, unsigned long va, bool *has_changed);
/* The table of va becomes m's own, if it is shared; pt_lock not held, may sleep. -ENOMEM. */
int table_unshare(struct mm *m, unsigned long va);
/* All tables of [start, end). */
int tables_unshare(struct mm *m, unsigned long start, unsigned long end);
/* Use the table of va no more, if it is shared; pt_lock held. */
bool table_leave(struct gather *g, unsigned long va);
void table_put(struct page *table); /* by gather_flush() */
/* Something is to begin or end at addr, be it an area or the part of one that is thrown away. */
static inline int table_cut(struct mm *m, unsigned long addr)
{
	if (likely(!m->has_shared_tables) || IS_ALIGNED(addr, TABLE_SPAN))
		return 0;
	return table_unshare(m, addr);
}

/* --- vma.c; mm->lock held for writing unless said otherwise --- */
struct vma *vma_new(struct mm *m); /* zeroed, unlinked; NULL */
/* Drop its references and free it; not under mm->lock, for letting a file go may take locks. */
void vma_free(struct vma *v);
void vma_free_list(struct list_head *dead);
struct vma *vma_dup(const struct vma *v); /* same references taken, unlinked; NULL */
void vma_insert(struct mm *m, struct vma *v);
void vma_remove(struct mm *m, struct vma *v);
void vma_link_object(struct vma *v,
		     struct vma *after); /* onto obj->vmas, behind `after` or first */
void vma_unlink_object(struct vma *v);
/* Move the edges of an area; neighbours must leave room. pgoff follows the start. */
void vma_set_range(struct vma *v, unsigned long start, unsigned long end);
/* Cut in two at addr; ERR_PTR(-ENOMEM), else the part that begins at addr. */
struct vma *vma_split(struct vma *v, unsigned long addr);
/* Make edges at start and end; 0 or -ENOMEM. */
int vma_split_range(struct mm *m, unsigned long start, unsigned long end);
/* Join with neighbours that continue it; absorbed areas go to `dead`. Returns the survivor. */
struct vma *vma_merge(struct vma *v, struct list_head *dead);
bool vma_continues(const struct vma *a, const struct vma *b); /* b simply goes on where a ends */
/* A gap of len bytes in [low, high), the highest; 0 = none. Lock held for reading. */
unsigned long vma_highest_gap(struct mm *m, size_t len, unsigned long low, unsigned long high);
unsigned long vma_lowest_gap(struct mm *m, size_t len, unsigned long low, unsigned long high);
unsigned vma_prot(u64 vm_flags); /* VMP_* of an area's pages */
static inline u64 vma_index(const struct vma *v, unsigned long addr)
{
	return v->pgoff + ((addr - v->start) >> PAGE_SHIFT);
}
static inline size_t vma_pages(const struct vma *v)
{
	return (v->end - v->start) >> PAGE_SHIFT;
}

/* --- mmap.c --- */
void mm_account(struct mm *m, u64 vm_flags, long pages);
/* PR_SET_MDWE: may an area with these flags get the new ones? A new area's are the same. */
static inline bool mm_denies_exec(const struct mm *m, u64 old_flags, u64 new_flags)
{
	return unlikely(m->mdwe) && (new_flags & VM_EXEC) &&
	       ((new_flags & VM_WRITE) || !(old_flags & VM_EXEC));
}
bool mm_has_data_room(const struct mm *m, size_t pages);    /* RLIMIT_DATA */
bool mm_has_room(struct mm *m, u64 vm_flags, size_t pages); /* RLIMIT_AS, RLIMIT_DATA */
static inline bool is_accountable(u64 vm_flags) /* counts as promised: private and writable */
{
	return (vm_flags & (VM_WRITE | VM_SHARED | VM_NORESERVE)) == VM_WRITE;
}
bool is_overcommit(struct mm *m, u64 vm_flags, size_t pages);
/* --- mlock.c; mm->lock held --- */
bool mm_may_lock(const struct mm *m, size_t pages);
/* --- seal.c; mm->lock held. Is anything of it sealed? --- */
bool find_seal(struct mm *m, unsigned long start, unsigned long end);
static inline bool has_seal(struct mm *m, unsigned long start, unsigned long end)
{
	return unlikely(m->has_seals) && find_seal(m, start, end);
}
/* Remove [start, end); areas go to `dead`, for vma_free_list() after unlocking. */
int unmap_locked(struct mm *m, unsigned long start, unsigned long end, struct list_head *dead);
bool is_data_mapping(u64 vm_flags);

/* --- fault.c --- */

int stack_expand(struct mm *m, struct vma *v, unsigned long addr);
void rss_note_peak(struct mm *m);
/* Where the area's pages that are not anonymous count, and where this one does. */
static inline long *rss_object(struct mm *m, const struct vma *v)
{
	return v->obj && vmobj_is_memory(v->obj) ? &m->rss_shmem : &m->rss_file;
}
static inline long *rss_counter(struct mm *m, const struct vma *v, const struct page *p)
{
	return p->flags & PG_ANON ? &m->rss_anon : rss_object(m, v);
}

#endif
