/*
 * The kernel heap. A cache cuts blocks of pages (slabs) into objects of one size; each CPU keeps a
 * stock of free ones. In a free object the first word links to the next free one of its slab. The
 * slab's head page holds: obj the cache, index the first free object, map_count objects in use.
 */
#include "core/cpu.h"
#include "core/log.h"
#include "lib/string.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define STOCK_MAX 32

struct obj_stock {
	unsigned n, max;
	void *obj[STOCK_MAX];
};

struct kmem_cache {
	struct obj_stock *stock[MAX_CPUS]; /* that CPU, interrupts off */
	unsigned size, order, nr_per_slab, stock_max;
	const char *name;
	spinlock_t lock;	  /* RANK_SLAB, interrupts off */
	struct list_head partial; /* slabs with free and used objects; lock */
	struct list_head empty;
	unsigned nr_empty;
	size_t nr_slabs;	 /* lock */
	struct kmem_cache *next; /* in all_caches */
};

static struct kmem_cache *all_caches; /* they are made during boot, one by one, for ever */

/* Stands for a stock not made yet: always empty, never room. */
static struct obj_stock no_stock;

static const u16 class_size[] = {16,  32,  48,	64,  96,   128,	 192,
				 256, 384, 512, 768, 1024, 1536, 2048};
#define NR_CLASSES ARRAY_SIZE(class_size)
#define MAX_CLASS  2048
static struct kmem_cache classes[NR_CLASSES];
static u8 class_of[MAX_CLASS / 16 + 1]; /* by (size + 15) / 16 */

static void cache_setup(struct kmem_cache *c, const char *name, size_t size)
{
	unsigned i;

	c->name = name;
	c->size = (unsigned)ALIGN_UP(MAX(size, 16UL), 16UL);
	while ((PAGE_SIZE << c->order) / c->size < 8 && c->order < 3)
		c->order++;
	c->nr_per_slab = (unsigned)((PAGE_SIZE << c->order) / c->size);
	c->stock_max = MIN(MAX(4096 / c->size, 4u), (unsigned)STOCK_MAX);
	spin_init(&c->lock, RANK_SLAB, name);
	list_init(&c->partial);
	list_init(&c->empty);
	for (i = 0; i < MAX_CPUS; i++)
		c->stock[i] = &no_stock;
	c->next = all_caches;
	all_caches = c;
}

static struct page *slab_of(const struct kmem_cache *c, const void *obj)
{
	size_t pfn = virt_to_phys(obj) >> PAGE_SHIFT;

	return pfn_to_page(pfn & ~((1UL << c->order) - 1));
}

/* A new slab with all objects free; no lock held. */
static struct page *new_slab(struct kmem_cache *c, unsigned gfp)
{
	struct page *p = alloc_pages(c->order, gfp & GFP_ATOMIC);
	void *next = NULL;
	unsigned i;
	u8 *base;

	if (!p)
		return NULL;
	base = page_to_virt(p);
	for (i = c->nr_per_slab; i-- > 0;) {
		*(void **)(base + (size_t)i * c->size) = next;
		next = base + (size_t)i * c->size;
	}
	for (i = 0; i < 1u << c->order; i++) {
		p[i].flags = PG_SLAB;
		p[i].obj = (struct vmobj *)c;
	}
	p->index = (u64)next;
	p->map_count = 0;
	mm_count(MM_SLAB, 1L << c->order);
	return p;
}

static void free_slab(struct kmem_cache *c, struct page *p)
{
	unsigned i;

	for (i = 0; i < 1u << c->order; i++)
		p[i].flags = 0;
	mm_count(MM_SLAB, -(1L << c->order));
	free_pages(p, c->order);
}

/* One object from the slabs at hand; c->lock held. */
static void *slab_take(struct kmem_cache *c)
{
	struct page *p;
	void *obj;

	if (!list_empty(&c->partial)) {
		p = list_first_entry(&c->partial, struct page, lru);
	} else if (!list_empty(&c->empty)) {
		p = list_first_entry(&c->empty, struct page, lru);
		list_del(&p->lru);
		list_add(&p->lru, &c->partial);
		c->nr_empty--;
	} else {
		return NULL;
	}
	obj = (void *)p->index;
	p->index = (u64) * (void **)obj;
	p->map_count++;
	if (!p->index)
		list_del(&p->lru);
	return obj;
}

/* Back to its slab; c->lock held. Returns a slab to be freed, or NULL. */
static struct page *slab_give(struct kmem_cache *c, void *obj)
{
	struct page *p = slab_of(c, obj);
	bool was_full = !p->index;

	*(void **)obj = (void *)p->index;
	p->index = (u64)obj;
	if (was_full)
		list_add(&p->lru, &c->partial);
	if (--p->map_count)
		return NULL;
	list_del(&p->lru);
	if (c->nr_empty) {
		c->nr_slabs--;
		return p;
	}
	list_add(&p->lru, &c->empty);
	c->nr_empty++;
	return NULL;
}

/* Stocks live for ever; they are cut from whole pages. */
static struct obj_stock *new_stock(unsigned max)
{
	static spinlock_t lock = SPINLOCK_INIT(RANK_SLAB, "stock memory");
	static u8 *at, *end;
	unsigned long flags;
	size_t size = ALIGN_UP(offsetof(struct obj_stock, obj) + max * sizeof(void *), 16UL);
	struct obj_stock *s = NULL;

	flags = spin_lock_irqsave(&lock);
	if ((size_t)(end - at) < size) {
		struct page *p = alloc_page(GFP_ATOMIC | GFP_ZERO);

		if (p) {
			mm_count(MM_SLAB, 1);
			at = page_to_virt(p);
			end = at + PAGE_SIZE;
		}
	}
	if ((size_t)(end - at) >= size) {
		s = (struct obj_stock *)at;
		at += size;
		s->n = 0;
		s->max = max;
	}
	spin_unlock_irqrestore(&lock, flags);
	return s;
}

static void *alloc_slow(struct kmem_cache *c, unsigned gfp)
{
	unsigned long flags = arch_irq_save();
	unsigned cpu = this_cpu()->id;
	struct obj_stock *s = c->stock[cpu];
	void *obj;

	if (s == &no_stock) {
		struct obj_stock *fresh = new_stock(c->stock_max);

		if (fresh)
			s = c->stock[cpu] = fresh;
	}
	spin_lock(&c->lock);
	obj = slab_take(c);
	while (obj && s->n < s->max / 2) {
		void *more = slab_take(c);

		if (!more)
			break;
		s->obj[s->n++] = more;
	}
	spin_unlock(&c->lock);
	arch_irq_restore(flags);
	if (!obj) {
		struct page *p = new_slab(c, gfp);

		if (!p)
			return NULL;
		flags = spin_lock_irqsave(&c->lock);
		list_add(&p->lru, &c->partial);
		c->nr_slabs++;
		obj = slab_take(c);
		spin_unlock_irqrestore(&c->lock, flags);
	}
	return obj;
}

void *kmem_cache_alloc(struct kmem_cache *c, unsigned gfp)
{
	unsigned long flags = arch_irq_save();
	struct obj_stock *s = c->stock[this_cpu()->id];
	void *obj = NULL;

	if (likely(s->n))
		obj = s->obj[--s->n];
	arch_irq_restore(flags);
	if (unlikely(!obj)) {
		obj = alloc_slow(c, gfp);
		if (!obj)
			return NULL;
	}
	if (gfp & GFP_ZERO)
		memset(obj, 0, c->size);
	return obj;
}

/* Objects [from, n) of a full stock go home. */
static void stock_spill(struct kmem_cache *c, struct obj_stock *s, unsigned keep)
{
	struct list_head gone;

	list_init(&gone);
	spin_lock(&c->lock);
	while (s->n > keep) {
		struct page *p = slab_give(c, s->obj[--s->n]);

		if (p)
			list_add(&p->lru, &gone);
	}
	spin_unlock(&c->lock);
	while (!list_empty(&gone)) {
		struct page *p = list_first_entry(&gone, struct page, lru);

		list_del(&p->lru);
		free_slab(c, p);
	}
}

void kmem_cache_free(struct kmem_cache *c, void *obj)
{
	unsigned long flags;
	struct obj_stock *s;

	if (!obj)
		return;
#ifdef DEBUG
	BUG_ON(!(slab_of(c, obj)->flags & PG_SLAB) || slab_of(c, obj)->obj != (struct vmobj *)c);
	memset(obj, 0x6b, c->size);
#endif
	flags = arch_irq_save();
	s = c->stock[this_cpu()->id];
	if (likely(s->n < s->max)) {
		s->obj[s->n++] = obj;
	} else if (s->max) {
		stock_spill(c, s, s->max / 2);
		s->obj[s->n++] = obj;
	} else {
		struct page *p;

		spin_lock(&c->lock);
		p = slab_give(c, obj);
		spin_unlock(&c->lock);
		if (p)
			free_slab(c, p);
	}
	arch_irq_restore(flags);
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align)
{
	struct kmem_cache *c;

	if (align > 16 || size > 8 * PAGE_SIZE)
		size = ALIGN_UP(size, MAX(align, 16UL));
	if (size > 8 * PAGE_SIZE)
		return NULL;
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (c)
		cache_setup(c, name, size);
	return c;
}

bool kmem_cache_stats(unsigned n, struct kmem_cache_stats *s)
{
	struct kmem_cache *c = all_caches;
	unsigned long flags;
	struct page *p;
	size_t nr_free;
	unsigned cpu;

	while (c && n--)
		c = c->next;
	if (!c)
		return false;
	flags = spin_lock_irqsave(&c->lock);
	nr_free = (size_t)c->nr_empty * c->nr_per_slab;
	list_for_each_entry (p, &c->partial, lru)
		nr_free += c->nr_per_slab - p->map_count;
	for_each_cpu (cpu)
		nr_free += READ_ONCE(c->stock[cpu]->n); /* may be changing there */
	*s = (struct kmem_cache_stats){.name = c->name,
				       .size_bytes = c->size,
				       .nr_per_slab = c->nr_per_slab,
				       .pages_per_slab = 1u << c->order,
				       .nr_used = c->nr_slabs * c->nr_per_slab - nr_free,
				       .nr_slabs = c->nr_slabs};
	spin_unlock_irqrestore(&c->lock, flags);
	return true;
}

/* --- kmalloc --- */

void kmalloc_init(void)
{
	unsigned i, k = 0;

	for (i = 0; i < NR_CLASSES; i++)
		cache_setup(&classes[i], "kmalloc", class_size[i]);
	for (i = 0; i <= MAX_CLASS / 16; i++) {
		while (class_size[k] < i * 16)
			k++;
		class_of[i] = (u8)k;
	}
}

void *kmalloc(size_t size, unsigned gfp)
{
	unsigned order = 0;
	struct page *p;

	if (likely(size <= MAX_CLASS))
		return kmem_cache_alloc(&classes[class_of[(size + 15) / 16]], gfp);
	if (size > PAGE_SIZE << 10)
		return NULL;
	while (PAGE_SIZE << order < size)
		order++;
	p = alloc_pages(order, gfp);
	if (!p)
		return NULL;
	mm_count(MM_SLAB, 1L << order);
	return page_to_virt(p);
}

void kfree(const void *obj)
{
	struct page *p;

	if (!obj)
		return;
	p = phys_to_page(virt_to_phys(obj));
	if (p->flags & PG_SLAB) {
		kmem_cache_free((struct kmem_cache *)p->obj, (void *)obj);
		return;
	}
	mm_count(MM_SLAB, -(1L << p->order));
	free_pages(p, p->order);
}

static size_t usable_size(const void *obj)
{
	struct page *p = phys_to_page(virt_to_phys(obj));

	if (p->flags & PG_SLAB)
		return ((struct kmem_cache *)p->obj)->size;
	return PAGE_SIZE << p->order;
}

void *kcalloc(size_t n, size_t size, unsigned gfp)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	return kmalloc(total, gfp | GFP_ZERO);
}

void *krealloc(void *old, size_t size, unsigned gfp)
{
	size_t had;
	void *new;

	if (!old)
		return kmalloc(size, gfp);
	had = usable_size(old);
	if (size <= had && size > had / 4)
		return old;
	new = kmalloc(size, gfp);
	if (!new)
		return NULL;
	memcpy(new, old, MIN(had, size));
	kfree(old);
	return new;
}

char *kmemdup_nul(const char *s, size_t n, unsigned gfp)
{
	char *p = kmalloc(n + 1, gfp);

	if (p) {
		memcpy(p, s, n);
		p[n] = '\0';
	}
	return p;
}

char *kstrdup(const char *s, unsigned gfp)
{
	return kmemdup_nul(s, strlen(s), gfp);
}
