/*
 * Virtually contiguous memory with an unmapped page at either end. Addresses are given out upwards
 * and used again for the same size; stacks of ended threads are kept mapped for the next ones, and
 * what is too many is unmapped many at once: each time, every CPU has to be interrupted.
 */
#include "core/lock.h"
#include "core/log.h"
#include "lib/rbtree.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define MIN_CACHED_STACKS 16
#define MAX_CACHED_STACKS 64

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

static bool fill_area(struct vmap_area *a)
{
	size_t i, nr_mapped;

	for (i = nr_mapped = 0; i < a->nr_pages; i++) {
		a->page[i] = alloc_page(GFP_KERNEL);
		if (!a->page[i])
			break;
		if (arch_kernel_map(a->va + i * PAGE_SIZE, page_to_phys(a->page[i]), 1,
				    VMP_READ | VMP_WRITE)) {
			i++;
			break;
		}
		nr_mapped++;
	}
	if (nr_mapped == a->nr_pages)
		return true;
	/* Nobody has used the mappings, but a CPU may have looked ahead. */
	arch_kernel_unmap(a->va, nr_mapped);
	arch_kernel_flush(a->va, a->va + nr_mapped * PAGE_SIZE);
	while (i)
		page_put(a->page[--i]);
	return false;
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

/* Takes their pages from areas already unlinked, a list by next_free; the number of pages.
 * Interrupts on: other CPUs are waited for. */
static size_t destroy(struct vmap_area *areas)
{
	unsigned long start = KERNEL_VMAP_END, end = KERNEL_VMAP_START;
	struct vmap_area *a, *next;
	size_t freed = 0;

	if (!areas)
		return 0;
	for (a = areas; a; a = a->next_free) {
		arch_kernel_unmap(a->va, a->nr_pages);
		start = MIN(start, a->va);
		end = MAX(end, a->va + a->nr_pages * PAGE_SIZE);
	}
	arch_kernel_flush(start, end);
	for (a = areas; a; a = next) {
		next = a->next_free;
		for (size_t i = 0; i < a->nr_pages; i++)
			page_put(a->page[i]);
		freed += a->nr_pages;
		put_range(a);
	}
	return freed;
}

/* Stacks off the cache, until `keep` are left; lock held. */
static struct vmap_area *take_stacks(unsigned keep)
{
	struct vmap_area *taken = NULL, *a;

	while (vmap.nr_stacks > keep) {
		a = vmap.stacks;
		vmap.stacks = a->next_free;
		vmap.nr_stacks--;
		a->next_free = taken;
		taken = a;
	}
	return taken;
}

void vmap_free(void *p)
{
	unsigned long va = (unsigned long)p, flags;
	struct vmap_area *a = NULL, *unneeded;
	struct rb_node *n;

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
	a->next_free = NULL;
	unneeded = a;
	if (a->nr_pages == STACK_SIZE >> PAGE_SHIFT) {
		mm_count(MM_KSTACK, -(long)a->nr_pages);
		a->next_free = vmap.stacks;
		vmap.stacks = a;
		vmap.nr_stacks++;
		unneeded =
			vmap.nr_stacks > MAX_CACHED_STACKS ? take_stacks(MIN_CACHED_STACKS) : NULL;
	}
	spin_unlock_irqrestore(&vmap.lock, flags);
	destroy(unneeded);
}

size_t vmap_reclaim(void)
{
	unsigned long flags = spin_lock_irqsave(&vmap.lock);
	struct vmap_area *areas = take_stacks(0);

	spin_unlock_irqrestore(&vmap.lock, flags);
	return destroy(areas);
}
