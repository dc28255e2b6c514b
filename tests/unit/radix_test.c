/* The page index of a vm object against a sorted array, with an allocator that fails at times. */
#include "core/cpu.h"
#include "lib/err.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"
#include "unit.h"

#define NR_PAGES 3000

struct cpu cpus[MAX_CPUS];
struct arch_cpu *const none_this_cpu = &cpus[0].arch;

void *calloc(size_t n, size_t size);

static long nr_nodes;
static unsigned fail_every, nr_allocs;

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align)
{
	static size_t node_size;

	node_size = size;
	return (struct kmem_cache *)&node_size;
}
void *kmem_cache_alloc(struct kmem_cache *c, unsigned gfp)
{
	if (fail_every && ++nr_allocs % fail_every == 0)
		return NULL;
	nr_nodes++;
	return calloc(1, *(size_t *)c);
}
void kmem_cache_free(struct kmem_cache *c, void *p)
{
	nr_nodes--;
	free(p);
}

static struct page pages[NR_PAGES];
static bool is_in[NR_PAGES];
static u64 numbers[NR_PAGES]; /* ascending */
static void *tree;

static bool is_all_found(void)
{
	for (unsigned i = 0; i < NR_PAGES; i++)
		if (radix_find(tree, numbers[i]) != (is_in[i] ? &pages[i] : NULL))
			return false;
	return true;
}

static bool is_gang_right(unsigned from, unsigned to)
{
	struct page *got[64];
	unsigned n = radix_gang(tree, numbers[from], numbers[to], got, 64), k = 0;

	for (unsigned i = from; i <= to && k < 64; i++)
		if (is_in[i] && (k >= n || got[k++] != &pages[i]))
			return false;
	return k == n;
}

static void run(unsigned fails)
{
	u64 state = 7 + fails;
	bool is_good = true;

	fail_every = fails;
	for (unsigned round = 0; round < 40000; round++) {
		unsigned i = unit_random(&state) % NR_PAGES;

		if (unit_random(&state) % 3) {
			int err = radix_insert(&tree, numbers[i], &pages[i]);

			if (err == -ENOMEM && fails)
				continue;
			if (err != (is_in[i] ? -EEXIST : 0))
				is_good = false;
			is_in[i] = true;
		} else {
			struct page *p = radix_remove(&tree, numbers[i]);

			if (p != (is_in[i] ? &pages[i] : NULL))
				is_good = false;
			is_in[i] = false;
		}
		if (round % 100 == 0) {
			unsigned to = i + unit_random(&state) % (NR_PAGES - i);

			is_good = is_good && is_gang_right(i, to);
		}
	}
	CHECK(is_good);
	CHECK(is_all_found());
	for (unsigned i = 0; i < NR_PAGES; i++) {
		radix_remove(&tree, numbers[i]);
		is_in[i] = false;
	}
	CHECK(is_all_found());
}

/* A page alone, wherever it is, leaves nothing behind. */
static bool is_empty_again(void)
{
	fail_every = 0;
	for (unsigned i = 0; i < NR_PAGES; i++) {
		if (radix_insert(&tree, numbers[i], &pages[i]) ||
		    radix_find(tree, numbers[i]) != &pages[i] ||
		    radix_remove(&tree, numbers[i]) != &pages[i] || tree || nr_nodes)
			return false;
	}
	return true;
}

int main(void)
{
	u64 state = 3, at = 0;

	/* Dense runs, then ever wider holes up to the largest page number of a file. */
	for (unsigned i = 0; i < NR_PAGES; i++) {
		numbers[i] = at;
		at += i % 50 ? 1 : unit_random(&state) % (1UL << MIN(i / 60, 31u)) + 1;
		pages[i].index = numbers[i];
	}
	numbers[NR_PAGES - 1] = ~0UL >> PAGE_SHIFT;
	run(0);
	run(7);
	CHECK(!tree && !nr_nodes);
	CHECK(is_empty_again());
	CHECK(radix_find(NULL, 0) == NULL);
	CHECK(radix_gang(NULL, 0, 10, (struct page *[1]){NULL}, 1) == 0);
	return unit_end();
}
