/*
 * Kernel heap. A cache hands out objects of one size from slabs (1 to 8 pages cut into objects);
 * each CPU keeps a magazine of free objects, so the common case takes no lock. kmalloc() picks a
 * cache by size.
 */
#include "core/cpu.h"
#include "core/lock.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define MAGAZINE_SIZE 32
#define PG_SLAB_TAIL  BIT(9)
#define MAX_CACHES    64
#define LARGEST_CLASS 8192

struct magazine {
	unsigned n;
	void *object[MAGAZINE_SIZE];
};

/* In struct page of a slab's head: obj = cache, index = first free object, map_count = objects in
 * use. */
struct kmem_cache {
	const char *name;
	u32 size, order, per_slab, magazine_max;
	spinlock_t lock;
	struct list_head partial; /* slabs with free objects; lock */
	unsigned nr_empty;	  /* of these, wholly free ones; lock */
	struct magazine magazine[MAX_CPUS];
};

static struct kmem_cache caches[MAX_CACHES];
static unsigned nr_caches;
static const u16 class_size[] = {16,  32,  48,	64,   96,   128,  192,	256,
				 384, 512, 768, 1024, 1536, 2048, 4096, 8192};
static struct kmem_cache *class_cache[ARRAY_SIZE(class_size)];
static u8 class_of[LARGEST_CLASS / 16 + 1]; /* by (size + 15) / 16 */

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align)
{
	struct kmem_cache *c;

	if (nr_caches == MAX_CACHES)
		return NULL;
	c = &caches[nr_caches++];
	c->name = name;
	c->size = (u32)ALIGN_UP(MAX(size, (size_t)16), MAX(align, (size_t)16));
	while ((PAGE_SIZE << c->order) < c->size * 4ul && c->order < 3)
		c->order++;
	while ((PAGE_SIZE << c->order) < c->size)
		c->order++;
	c->per_slab = (u32)((PAGE_SIZE << c->order) / c->size);
	c->magazine_max = c->size <= 512 ? MAGAZINE_SIZE : 8;
	spin_init(&c->lock, RANK_SLAB, name);
	list_init(&c->partial);
	return c;
}

void kmalloc_init(void)
{
	unsigned k = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(class_size); i++)
		class_cache[i] = kmem_cache_create("kmalloc", class_size[i], 16);
	for (unsigned n = 0; n < ARRAY_SIZE(class_of); n++) {
		while (class_size[k] < n * 16)
			k++;
		class_of[n] = (u8)k;
	}
	if (zero_page_init())
		panic("no memory for the zero page");
}

static struct page *head_of(const void *p)
{
	struct page *pg = phys_to_page(virt_to_phys(p));

	return pg->flags & PG_SLAB_TAIL ? pfn_to_page(pg->index) : pg;
}

static void *pop_object(struct page *slab)
{
	void *p = (void *)slab->index;

	slab->index = *(u64 *)p;
	slab->map_count++;
	return p;
}

static struct page *new_slab(struct kmem_cache *c, unsigned gfp)
{
	struct page *slab = alloc_pages(c->order, gfp & GFP_ATOMIC);
	u8 *base;

	if (!slab)
		return NULL;
	base = page_to_virt(slab);
	slab->flags = PG_SLAB;
	slab->obj = (struct vmobj *)c;
	slab->index = 0;
	for (unsigned i = c->per_slab; i-- > 0;) {
		*(u64 *)(base + (size_t)i * c->size) = slab->index;
		slab->index = (u64)(base + (size_t)i * c->size);
	}
	for (unsigned i = 1; i < 1u << c->order; i++) {
		slab[i].flags = PG_SLAB | PG_SLAB_TAIL;
		slab[i].index = (u64)(slab - page_array);
	}
	mm_count(MM_SLAB, 1l << c->order);
	return slab;
}

/* Fill this CPU's magazine half way from partial slabs. Interrupts off. */
static void refill(struct kmem_cache *c, struct magazine *m)
{
	spin_lock(&c->lock);
	while (m->n < (c->magazine_max + 1) / 2 && !list_empty(&c->partial)) {
		struct page *slab = list_first_entry(&c->partial, struct page, lru);

		if (slab->map_count == 0)
			c->nr_empty--;
		while (slab->index && m->n < (c->magazine_max + 1) / 2)
			m->object[m->n++] = pop_object(slab);
		if (!slab->index)
			list_del(&slab->lru);
	}
	spin_unlock(&c->lock);
}

static void add_slab(struct kmem_cache *c, struct page *slab)
{
	unsigned long f = spin_lock_irqsave(&c->lock);

	list_add(&slab->lru, &c->partial);
	c->nr_empty++;
	spin_unlock_irqrestore(&c->lock, f);
}

void *kmem_cache_alloc(struct kmem_cache *c, unsigned gfp)
{
	void *p = NULL;

	for (;;) {
		unsigned long f = arch_irq_save();
		struct magazine *m = &c->magazine[this_cpu()->id];
		struct page *slab;

		if (unlikely(!m->n))
			refill(c, m);
		if (likely(m->n))
			p = m->object[--m->n];
		arch_irq_restore(f);
		if (p)
			break;
		slab = new_slab(c, gfp);
		if (!slab)
			return NULL;
		add_slab(c, slab);
	}
	if (gfp & GFP_ZERO)
		memset(p, 0, c->size);
	return p;
}

/* c->lock held. A slab that became wholly free, with others empty already, is returned for freeing.
 */
static struct page *give_back(struct kmem_cache *c, void *p)
{
	struct page *slab = head_of(p);

	if (!slab->index)
		list_add(&slab->lru, &c->partial);
	*(u64 *)p = slab->index;
	slab->index = (u64)p;
	if (--slab->map_count)
		return NULL;
	if (c->nr_empty >= 2) {
		list_del(&slab->lru);
		return slab;
	}
	c->nr_empty++;
	return NULL;
}

static void release_slab(struct kmem_cache *c, struct page *slab)
{
	for (unsigned i = 0; i < 1u << c->order; i++)
		slab[i].flags = 0;
	mm_count(MM_SLAB, -(1l << c->order));
	free_pages(slab, c->order);
}

void kmem_cache_free(struct kmem_cache *c, void *p)
{
	unsigned long f = arch_irq_save();
	struct magazine *m = &c->magazine[this_cpu()->id];

	if (unlikely(m->n == c->magazine_max)) {
		spin_lock(&c->lock);
		while (m->n > c->magazine_max / 2) {
			struct page *empty = give_back(c, m->object[--m->n]);

			if (empty)
				release_slab(c, empty);
		}
		spin_unlock(&c->lock);
	}
	m->object[m->n++] = p;
	arch_irq_restore(f);
}

static unsigned order_for(size_t size)
{
	unsigned order = 0;

	while ((PAGE_SIZE << order) < size)
		order++;
	return order;
}

void *kmalloc(size_t size, unsigned gfp)
{
	struct page *p;

	if (likely(size <= LARGEST_CLASS))
		return kmem_cache_alloc(class_cache[class_of[(size + 15) / 16]], gfp);
	if (size > PAGE_SIZE << 10)
		return NULL;
	p = alloc_pages(order_for(size), gfp);
	return p ? page_to_virt(p) : NULL;
}

void *kcalloc(size_t n, size_t size, unsigned gfp)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	return kmalloc(total, gfp | GFP_ZERO);
}

static size_t usable_size(const void *p)
{
	struct page *head = head_of(p);

	return head->flags & PG_SLAB ? ((struct kmem_cache *)head->obj)->size
				     : PAGE_SIZE << head->order;
}

void *krealloc(void *p, size_t size, unsigned gfp)
{
	size_t old = p ? usable_size(p) : 0;
	void *q;

	if (p && size <= old)
		return p;
	q = kmalloc(size, gfp);
	if (q && p) {
		memcpy(q, p, old);
		kfree(p);
	}
	return q;
}

void kfree(const void *p)
{
	struct page *head;

	if (!p)
		return;
	head = head_of(p);
	if (head->flags & PG_SLAB)
		kmem_cache_free((struct kmem_cache *)head->obj, (void *)p);
	else
		page_put(head);
}

char *kmemdup_nul(const char *s, size_t n, unsigned gfp)
{
	char *p = kmalloc(n + 1, gfp);

	if (p) {
		memcpy(p, s, n);
		p[n] = 0;
	}
	return p;
}

char *kstrdup(const char *s, unsigned gfp)
{
	return kmemdup_nul(s, strlen(s), gfp);
}
