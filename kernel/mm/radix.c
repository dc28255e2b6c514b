/*
 * Page number -> page, as a tree of 64-way nodes. The root is NULL, one page (number 0, the common
 * small file), or a node with its lowest pointer bit set. A node of height h covers 64^(h+1) page
 * numbers.
 */
#include "lib/err.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define RADIX_BITS  6
#define RADIX_SLOTS (1u << RADIX_BITS)

struct radix_node {
	u32 height, used;
	void *slot[RADIX_SLOTS]; /* height 0: pages; else nodes */
};

static struct kmem_cache *node_cache;

static bool is_node(const void *p)
{
	return (unsigned long)p & 1;
}
static struct radix_node *to_node(void *p)
{
	return (struct radix_node *)((unsigned long)p - 1);
}
static void *tag(struct radix_node *n)
{
	return (void *)((unsigned long)n + 1);
}

static u64 max_index(const struct radix_node *n)
{
	unsigned bits = (n->height + 1) * RADIX_BITS;

	return bits >= 64 ? ~0UL : (1UL << bits) - 1;
}
static unsigned slot_of(const struct radix_node *n, u64 index)
{
	return (index >> (n->height * RADIX_BITS)) % RADIX_SLOTS;
}

static struct radix_node *new_node(unsigned height)
{
	struct radix_node *n;

	if (unlikely(!node_cache)) {
		struct kmem_cache *c =
			kmem_cache_create("radix_node", sizeof(struct radix_node), 16);

		if (!c)
			return NULL;
		(void)atomic_cmpxchg(&node_cache, NULL, c);
	}
	n = kmem_cache_alloc(node_cache, GFP_ATOMIC | GFP_ZERO);
	if (n)
		n->height = height;
	return n;
}

struct page *radix_find(void *tree, u64 index)
{
	struct radix_node *n;

	if (!is_node(tree))
		return index == 0 ? tree : NULL;
	n = to_node(tree);
	if (index > max_index(n))
		return NULL;
	while (n->height) {
		n = n->slot[slot_of(n, index)];
		if (!n)
			return NULL;
	}
	return n->slot[index % RADIX_SLOTS];
}

static unsigned height_for(u64 index)
{
	unsigned height = 0;

	while (index >>= RADIX_BITS)
		height++;
	return height;
}

/* Make the tree high enough for `index`. No node of it is ever left empty but the first. */
static int grow(void **tree, u64 index)
{
	if (!is_node(*tree)) {
		struct radix_node *n = new_node(*tree ? 0 : height_for(index));

		if (!n)
			return -ENOMEM;
		if (*tree) {
			n->slot[0] = *tree;
			n->used = 1;
		}
		*tree = tag(n);
	}
	while (index > max_index(to_node(*tree))) {
		struct radix_node *old = to_node(*tree), *n = new_node(old->height + 1);

		if (!n)
			return -ENOMEM;
		n->slot[0] = old;
		n->used = 1;
		*tree = tag(n);
	}
	return 0;
}

static int insert(void **tree, u64 index, struct page *p)
{
	struct radix_node *n;

	if (grow(tree, index))
		return -ENOMEM;
	for (n = to_node(*tree); n->height;) {
		unsigned i = slot_of(n, index);

		if (!n->slot[i]) {
			n->slot[i] = new_node(n->height - 1);
			if (!n->slot[i])
				return -ENOMEM;
			n->used++;
		}
		n = n->slot[i];
	}
	if (n->slot[index % RADIX_SLOTS])
		return -EEXIST;
	n->slot[index % RADIX_SLOTS] = p;
	n->used++;
	return 0;
}

int radix_insert(void **tree, u64 index, struct page *p)
{
	int err;

	if (!*tree && index == 0) {
		*tree = p;
		return 0;
	}
	if (!is_node(*tree) && index == 0)
		return -EEXIST;
	err = insert(tree, index, p);
	/* The nodes made on the way would stay for ever: nothing below them is ever removed. */
	if (err == -ENOMEM)
		(void)radix_remove(tree, index);
	return err;
}

/* True when the node is empty now and was freed. */
static bool remove_below(struct radix_node *n, u64 index, struct page **out)
{
	unsigned i = slot_of(n, index);

	if (n->slot[i]) {
		if (n->height == 0) {
			*out = n->slot[i];
			n->slot[i] = NULL;
			n->used--;
		} else if (remove_below(n->slot[i], index, out)) {
			n->slot[i] = NULL;
			n->used--;
		}
	}
	if (n->used)
		return false;
	kmem_cache_free(node_cache, n);
	return true;
}

struct page *radix_remove(void **tree, u64 index)
{
	struct page *p = NULL;

	if (!is_node(*tree)) {
		if (index == 0) {
			p = *tree;
			*tree = NULL;
		}
		return p;
	}
	if (index > max_index(to_node(*tree)))
		return NULL;
	if (remove_below(to_node(*tree), index, &p))
		*tree = NULL;
	return p;
}

struct gang {
	struct page **out;
	unsigned n, max;
	u64 from, to;
};

/* What n has of from..to; n's first page number is base, not above `to`. */
static void gang_below(const struct radix_node *n, u64 base, struct gang *g)
{
	unsigned shift = n->height * RADIX_BITS;
	u64 i = g->from > base ? (g->from - base) >> shift : 0;
	u64 last = MIN((g->to - base) >> shift, (u64)RADIX_SLOTS - 1);

	for (; i <= last && g->n < g->max; i++) {
		if (!n->slot[i])
			continue;
		if (n->height)
			gang_below(n->slot[i], base + (i << shift), g);
		else
			g->out[g->n++] = n->slot[i];
	}
}

unsigned radix_gang(void *tree, u64 from, u64 to, struct page **out, unsigned max)
{
	struct gang g = {.out = out, .max = max, .from = from, .to = to};

	if (!tree || !max)
		return 0;
	if (is_node(tree)) {
		gang_below(to_node(tree), 0, &g);
	} else if (from == 0) {
		out[0] = tree;
		g.n = 1;
	}
	return g.n;
}
