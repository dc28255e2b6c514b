/* The areas of an address space: random changes beside a map of pages, then tree, list and gaps. */
#include "core/cpu.h"
#include "lib/err.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"
#include "unit.h"

#define NR_PAGES 600 /* of the small address space the test works in */
#define BASE	 0x100000UL
#define ROUNDS	 20000

struct cpu cpus[MAX_CPUS];
struct arch_cpu *const none_this_cpu = &cpus[0].arch;

void *calloc(size_t n, size_t size);

static long nr_areas_made;

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align)
{
	static size_t area_size;

	area_size = size;
	return (struct kmem_cache *)&area_size;
}
void *kmem_cache_alloc(struct kmem_cache *c, unsigned gfp)
{
	nr_areas_made++;
	return calloc(1, *(size_t *)c);
}
void kmem_cache_free(struct kmem_cache *c, void *p)
{
	nr_areas_made--;
	free(p);
}
void vmobj_shm_get(struct vmobj *o)
{
}
void vmobj_shm_put(struct vmobj *o)
{
}
int table_unshare(struct mm *m, unsigned long va)
{
	return 0;
}

static struct mm space;
static u64 kind[NR_PAGES]; /* VM_* of the area there, 0 = free */
static u64 state = 1;

static unsigned below(unsigned n)
{
	return unit_random(&state) % n;
}

static unsigned long address(unsigned page)
{
	return BASE + page * PAGE_SIZE;
}

static bool is_range_free(unsigned from, unsigned to)
{
	for (; from < to; from++)
		if (kind[from])
			return false;
	return true;
}

static void mark(unsigned from, unsigned to, u64 flags)
{
	for (; from < to; from++)
		kind[from] = flags;
}

static void map(unsigned from, unsigned to, u64 flags)
{
	struct list_head dead;
	struct vma *v;

	if (!is_range_free(from, to))
		return;
	v = vma_new(&space);
	v->start = address(from);
	v->end = address(to);
	v->flags = flags;
	v->pgoff = v->start >> PAGE_SHIFT;
	vma_insert(&space, v);
	mark(from, to, flags);
	list_init(&dead);
	if (below(2))
		vma_merge(v, &dead);
	vma_free_list(&dead);
}

static void unmap(unsigned from, unsigned to)
{
	struct vma *v, *next;

	if (vma_split_range(&space, address(from), address(to)))
		return;
	for (v = vma_find(&space, address(from)); v && v->start < address(to); v = next) {
		next = vma_next(v);
		vma_remove(&space, v);
		vma_free(v);
	}
	mark(from, to, 0);
}

/* Move an end of the area at `page`. */
static void trim(unsigned page)
{
	struct vma *v = vma_find(&space, address(page));

	if (!v || v->start > address(page))
		return;
	if (v->start < address(page) && below(2)) {
		mark((v->start - BASE) / PAGE_SIZE, page, 0);
		vma_set_range(v, address(page), v->end);
	} else if (v->start < address(page)) {
		mark(page, (v->end - BASE) / PAGE_SIZE, 0);
		vma_set_range(v, v->start, address(page));
	}
}

/* Areas below v, or -1 when order, priorities, links or gaps are wrong. */
static long count_tree(const struct vma *v, const struct vma *parent)
{
	unsigned long low, top, gap;
	long left, right;

	if (!v)
		return 0;
	left = count_tree(v->left, v);
	right = count_tree(v->right, v);
	if (left < 0 || right < 0 || v->parent != parent)
		return -1;
	if (parent && v->priority > parent->priority)
		return -1;
	low = v->prev ? v->prev->end : 0;
	top = v->start;
	if (v->flags & VM_GROWSDOWN)
		top = top - low > STACK_GUARD_GAP ? top - STACK_GUARD_GAP : low;
	gap = top - low;
	if (v->left)
		gap = MAX(gap, v->left->max_gap);
	if (v->right)
		gap = MAX(gap, v->right->max_gap);
	return gap == v->max_gap ? left + right + 1 : -1;
}

static bool is_sound(void)
{
	const struct vma *v, *prev = NULL;
	size_t n = 0;

	for (v = space.first; v; prev = v, v = v->next, n++)
		if (v->prev != prev || v->start >= v->end || (prev && prev->end > v->start))
			return false;
	return prev == space.last && n == space.nr_areas &&
	       count_tree(space.areas, NULL) == (long)n;
}

static bool is_found_right(void)
{
	for (unsigned page = 0; page < NR_PAGES; page++) {
		struct vma *v = vma_find(&space, address(page));

		if (kind[page] != (v && v->start <= address(page) ? v->flags : 0))
			return false;
		if (!kind[page] && v && v->prev && v->prev->end > address(page))
			return false;
	}
	return true;
}

/* May [page, page + n) be handed out? Below what grows down the guard gap stays free. */
static bool is_place(unsigned page, unsigned n)
{
	unsigned guard = STACK_GUARD_GAP / PAGE_SIZE, i;

	if (!is_range_free(page, page + n))
		return false;
	for (i = page + n; i < NR_PAGES && !kind[i]; i++)
		;
	return i == NR_PAGES || !(kind[i] & VM_GROWSDOWN) || i - (page + n) >= guard;
}

static bool is_gap_right(void)
{
	unsigned low = below(NR_PAGES), high = low + below(NR_PAGES - low + 1), n = 1 + below(40);
	unsigned long expected = 0, got;

	for (unsigned page = low; page + n <= high; page++)
		if (is_place(page, n))
			expected = address(page);
	got = vma_highest_gap(&space, n * PAGE_SIZE, address(low), address(high));
	return got == expected;
}

int main(void)
{
	bool is_good_tree = true, is_good_find = true, is_good_gap = true, has_depth = true;

	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned from = below(NR_PAGES - 30), to = from + 1 + below(30);

		if (below(3))
			map(from, to,
			    below(20) ? VM_READ | (below(2) ? VM_WRITE : 0) : VM_GROWSDOWN);
		else if (below(2))
			unmap(from, to);
		else
			trim(from);
		is_good_gap &= is_gap_right();
		if (round % 20 == 0) {
			is_good_tree &= is_sound();
			is_good_find &= is_found_right();
		}
	}
	CHECK(is_good_tree);
	CHECK(is_good_find);
	CHECK(is_good_gap);
	unmap(0, NR_PAGES);
	CHECK(!space.areas && !space.first && !space.last && !space.nr_areas);
	CHECK(nr_areas_made == 0);
	/* Rising addresses, as a program maps them, do not make a list of the tree. */
	for (unsigned i = 0; i < NR_PAGES; i++)
		map(i, i + 1, i & 1 ? VM_READ : VM_WRITE);
	for (unsigned i = 0; i < NR_PAGES; i++) {
		unsigned depth = 0;

		for (struct vma *v = vma_find(&space, address(i)); v; v = v->parent)
			depth++;
		has_depth &= depth < 40;
	}
	CHECK(has_depth);
	CHECK(is_sound());
	return unit_end();
}
