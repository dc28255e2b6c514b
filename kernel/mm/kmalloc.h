/* Kernel heap: size-class slabs with per-CPU stocks; large sizes come from the page allocator. */
#ifndef MM_KMALLOC_H
#define MM_KMALLOC_H

#include "mm/page.h"

struct kmem_cache;

void kmalloc_init(void);
void *kmalloc(size_t size, unsigned gfp); /* NULL when out of memory; 16-byte aligned */
static inline void *kzalloc(size_t size, unsigned gfp)
{
	return kmalloc(size, gfp | GFP_ZERO);
}
void *kcalloc(size_t n, size_t size, unsigned gfp); /* checks n * size; zeroed */
void *krealloc(void *p, size_t size, unsigned gfp);
void kfree(const void *p); /* NULL is fine */
char *kstrdup(const char *s, unsigned gfp);
char *kmemdup_nul(const char *s, size_t n, unsigned gfp);
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align);
void *kmem_cache_alloc(struct kmem_cache *c, unsigned gfp);
void kmem_cache_free(struct kmem_cache *c, void *p);
/* What a cache holds. */
struct kmem_cache_stats {
	const char *name;
	unsigned size_bytes, nr_per_slab, pages_per_slab;
	size_t nr_used; /* objects */
	size_t nr_slabs;
};
/* Of the n-th cache; false: there are not so many. */
bool kmem_cache_stats(unsigned n, struct kmem_cache_stats *s);

/* Virtually contiguous memory with an unmapped guard page at either end: kernel stacks, large
 * tables. */
void *vmap_alloc(size_t size_bytes); /* NULL */
void vmap_free(void *p);

#endif
