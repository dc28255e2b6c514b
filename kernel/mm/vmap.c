/* Kernel memory with guard pages. Freed kernel stacks stay mapped in a small pool: fork and exit
 * are hot. */
#include "core/lock.h"
#include "lib/string.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define POOL_MAX    64
#define NR_BUCKETS  256
#define STACK_PAGES (STACK_SIZE / PAGE_SIZE)

struct vmap_area {
	unsigned long va;
	size_t nr_pages;
	struct vmap_area *next; /* hash chain, pool, free addresses or the dead */
	struct page *page[];
};

static spinlock_t vmap_lock = SPINLOCK_INIT(RANK_VMAP, "vmap");
static unsigned long next_va = KERNEL_VMAP_START + PAGE_SIZE; /* all below: vmap_lock */
static struct vmap_area *buckets[NR_BUCKETS];
static struct vmap_area *pool, *dead, *free_areas;
static unsigned pool_size;

static struct vmap_area **bucket(unsigned long va)
{
	return &buckets[(va >> PAGE_SHIFT) % NR_BUCKETS];
}

static void free_area_pages(struct vmap_area *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		page_put(a->page[i]);
}

/* Unmap areas whose owners could not sleep when they freed them. */
static void bury_dead(void)
{
	unsigned long f = spin_lock_irqsave(&vmap_lock);
	struct vmap_area *list = dead, *a;

	dead = NULL;
	spin_unlock_irqrestore(&vmap_lock, f);
	while ((a = list)) {
		list = a->next;
		arch_kernel_unmap(a->va, a->nr_pages);
		free_area_pages(a, a->nr_pages);
		mm_count(MM_KSTACK, -(long)a->nr_pages);
		f = spin_lock_irqsave(&vmap_lock);
		a->next = free_areas;
		free_areas = a;
		spin_unlock_irqrestore(&vmap_lock, f);
	}
}

/* An address range of this size: one used before, or fresh. */
static struct vmap_area *get_area(size_t nr_pages)
{
	unsigned long f = spin_lock_irqsave(&vmap_lock);
	struct vmap_area **link = &free_areas, *a = NULL;
	unsigned long va;

	for (; *link; link = &(*link)->next) {
		if ((*link)->nr_pages == nr_pages) {
			a = *link;
			*link = a->next;
			break;
		}
	}
	va = next_va;
	if (!a && va + (nr_pages + 1) * PAGE_SIZE < KERNEL_VMAP_END)
		next_va += (nr_pages + 1) * PAGE_SIZE;
	else if (!a)
		va = 0;
	spin_unlock_irqrestore(&vmap_lock, f);
	if (a || !va)
		return a;
	a = kzalloc(sizeof(*a) + nr_pages * sizeof(struct page *), GFP_KERNEL);
	if (a) {
		a->va = va;
		a->nr_pages = nr_pages;
	}
	return a;
}

static void put_area(struct vmap_area *a)
{
	unsigned long f = spin_lock_irqsave(&vmap_lock);

	a->next = free_areas;
	free_areas = a;
	spin_unlock_irqrestore(&vmap_lock, f);
}

static bool fill_area(struct vmap_area *a)
{
	size_t i;

	for (i = 0; i < a->nr_pages; i++) {
		a->page[i] = alloc_page(GFP_KERNEL);
		if (!a->page[i])
			goto out_free;
	}
	for (i = 0; i < a->nr_pages; i++) {
		if (arch_kernel_map(a->va + i * PAGE_SIZE, page_to_phys(a->page[i]), 1,
				    VMP_READ | VMP_WRITE)) {
			arch_kernel_unmap(a->va, i);
			i = a->nr_pages;
			goto out_free;
		}
	}
	return true;
out_free:
	free_area_pages(a, i);
	return false;
}

static struct vmap_area *take_pooled(void)
{
	unsigned long f = spin_lock_irqsave(&vmap_lock);
	struct vmap_area *a = pool;

	if (a) {
		pool = a->next;
		pool_size--;
	}
	spin_unlock_irqrestore(&vmap_lock, f);
	return a;
}

void *vmap_alloc(size_t size_bytes)
{
	size_t nr_pages = DIV_ROUND_UP(size_bytes, PAGE_SIZE);
	struct vmap_area *a = nr_pages == STACK_PAGES ? take_pooled() : NULL;
	unsigned long f;

	if (!a) {
		bury_dead();
		a = get_area(nr_pages);
		if (!a)
			return NULL;
		if (!fill_area(a)) {
			put_area(a);
			return NULL;
		}
		mm_count(MM_KSTACK, (long)nr_pages);
	}
	f = spin_lock_irqsave(&vmap_lock);
	a->next = *bucket(a->va);
	*bucket(a->va) = a;
	spin_unlock_irqrestore(&vmap_lock, f);
	return (void *)a->va;
}

/* Any context. */
void vmap_free(void *p)
{
	unsigned long f;
	struct vmap_area **link, *a;

	if (!p)
		return;
	f = spin_lock_irqsave(&vmap_lock);
	for (link = bucket((unsigned long)p); (*link)->va != (unsigned long)p;
	     link = &(*link)->next)
		;
	a = *link;
	*link = a->next;
	if (a->nr_pages == STACK_PAGES && pool_size < POOL_MAX) {
		a->next = pool;
		pool = a;
		pool_size++;
	} else {
		a->next = dead;
		dead = a;
	}
	spin_unlock_irqrestore(&vmap_lock, f);
}
