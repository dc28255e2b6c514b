/*
 * Virtually contiguous memory with an unmapped page at either end. Addresses are given out upwards
 * and used again for the same size; stacks of ended threads are kept mapped for the next ones.
 */
#include "core/lock.h"
#include "core/log.h"
#include "lib/rbtree.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define MAX_CACHED_STACKS 16

struct vmap_area {
	struct rb_node node; /* by va */
	unsigned long va;    /* of the first mapped page */
	size_t nr_pages;
	struct vmap_area *next_free; /* unused address ranges, or cached stacks */
	struct page *page[];
};

static struct {
	spinlock_t lock; /* RANK_VMAP, interrupts off */
	struct rb_root in_use;
	unsigned long next_va;
	struct vmap_area *unused; /* address ranges without pages */
	struct vmap_area *stacks;
	unsigned nr_stacks;
} vmap = {.lock = SPINLOCK_INIT(RANK_VMAP, "vmap"), .next_va = KERNEL_VMAP_START};

static void link_area(struct vmap_area *a)
{
	struct rb_node **link = &vmap.in_use.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = a->va < rb_entry(parent, struct vmap_area, node)->va ? &parent->left
									    : &parent->right;
	}
	rb_link_node(&a->node, parent, link);
	rb_insert_color(&a->node, &vmap.in_use);
}

/* An address range of this size without pages; NULL. */
static struct vmap_area *get_range(size_t nr_pages)
{
	struct vmap_area **link, *a = NULL;
	unsigned long flags = spin_lock_irqsave(&vmap.lock);

	for (link = &vmap.unused; *link; link = &(*link)->next_free)
		if ((*link)->nr_pages == nr_pages) {
			a = *link;
			*link = a->next_free;
			break;
		}
	spin_unlock_irqrestore(&vmap.lock, flags);
	if (a)
		return a;
	a = kmalloc(sizeof(*a) + nr_pages * sizeof(a->page[0]), GFP_KERNEL);
	if (!a)
		return NULL;
	a->nr_pages = nr_pages;
	flags = spin_lock_irqsave(&vmap.lock);
	a->va = vmap.next_va + PAGE_SIZE;
	if (a->va + (nr_pages + 1) * PAGE_SIZE > KERNEL_VMAP_END) {
		spin_unlock_irqrestore(&vmap.lock, flags);
		kfree(a);
		return NULL;
	}
	vmap.next_va = a->va + nr_pages * PAGE_SIZE; /* its guard is the next one's first page */
	spin_unlock_irqrestore(&vmap.lock, flags);
	return a;
}

static void put_range(struct vmap_area *a)
{
	unsigned long flags = spin_lock_irqsave(&vmap.lock);

	a->next_free = vmap.unused;
	vmap.unused = a;
	spin_unlock_irqrestore(&vmap.lock, flags);
}

static void free_area_pages(struct vmap_area *a, size_t nr_mapped, size_t nr)
{
	size_t i;

	if (nr_mapped)
		arch_kernel_unmap(a->va, nr_mapped);
	for (i = 0; i < nr; i++)
		page_put(a->page[i]);
}

static bool fill_area(struct vmap_area *a)
{
	size_t i;

	for (i = 0; i < a->nr_pages; i++) {
		a->page[i] = alloc_page(GFP_KERNEL);
		if (!a->page[i]) {
			free_area_pages(a, i, i);
			return false;
		}
		if (arch_kernel_map(a->va + i * PAGE_SIZE, page_to_phys(a->page[i]), 1,
				    VMP_READ | VMP_WRITE)) {
			free_area_pages(a, i, i + 1);
			return false;
		}
	}
	return true;
}

static struct vmap_area *pop_stack(void)
{
	unsigned long flags = spin_lock_irqsave(&vmap.lock);
	struct vmap_area *a = vmap.stacks;

	if (a) {
		vmap.stacks = a->next_free;
		vmap.nr_stacks--;
		link_area(a);
	}
	spin_unlock_irqrestore(&vmap.lock, flags);
	return a;
}

void *vmap_alloc(size_t size_bytes)
{
	size_t nr = ALIGN_UP(size_bytes, PAGE_SIZE) >> PAGE_SHIFT;
	struct vmap_area *a = NULL;
	unsigned long flags;

	if (!nr)
		return NULL;
	if (nr == STACK_SIZE >> PAGE_SHIFT)
		a = pop_stack();
	if (!a) {
		a = get_range(nr);
		if (!a)
			return NULL;
		if (!fill_area(a)) {
			put_range(a);
			return NULL;
		}
		flags = spin_lock_irqsave(&vmap.lock);
		link_area(a);
		spin_unlock_irqrestore(&vmap.lock, flags);
	}
	if (nr == STACK_SIZE >> PAGE_SHIFT)
		mm_count(MM_KSTACK, (long)nr);
	return (void *)a->va;
}

/* Takes its pages from an area already unlinked. Interrupts on: other CPUs are waited for. */
static void destroy(struct vmap_area *a)
{
	free_area_pages(a, a->nr_pages, a->nr_pages);
	put_range(a);
}

void vmap_free(void *p)
{
	unsigned long va = (unsigned long)p, flags;
	struct vmap_area *a = NULL;
	struct rb_node *n;
	bool is_kept = false;

	if (!p)
		return;
	flags = spin_lock_irqsave(&vmap.lock);
	for (n = vmap.in_use.node; n;) {
		a = rb_entry(n, struct vmap_area, node);
		if (a->va == va)
			break;
		n = va < a->va ? n->left : n->right;
	}
	BUG_ON(!n);
	rb_erase(&a->node, &vmap.in_use);
	if (a->nr_pages == STACK_SIZE >> PAGE_SHIFT) {
		mm_count(MM_KSTACK, -(long)a->nr_pages);
		if (vmap.nr_stacks < MAX_CACHED_STACKS) {
			a->next_free = vmap.stacks;
			vmap.stacks = a;
			vmap.nr_stacks++;
			is_kept = true;
		}
	}
	spin_unlock_irqrestore(&vmap.lock, flags);
	if (!is_kept)
		destroy(a);
}

size_t vmap_reclaim(void)
{
	size_t freed = 0;

	for (;;) {
		unsigned long flags = spin_lock_irqsave(&vmap.lock);
		struct vmap_area *a = vmap.stacks;

		if (a) {
			vmap.stacks = a->next_free;
			vmap.nr_stacks--;
		}
		spin_unlock_irqrestore(&vmap.lock, flags);
		if (!a)
			return freed;
		freed += a->nr_pages;
		destroy(a);
	}
}
