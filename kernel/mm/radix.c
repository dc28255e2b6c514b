/*
 * Page number -> page, as a tree of 64-way nodes. The root is NULL, one page (number 0, the common
 * small file), or a node with its lowest pointer bit set. A node whose slots are pages covers 64
 * page numbers, one above it 64 times as many, and so on.
 */
#include "lib/err.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

static struct kmem_cache *node_cache;

static void *tag(struct radix_node *n)
{
	return (void *)((unsigned long)n + 1);
}

static unsigned slot_of(const struct radix_node *n, u64 index)
{
	return (index >> n->shift) % RADIX_SLOTS;
}

static struct radix_node *new_node(u32 shift)
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
	if (n) {
		n->shift = shift;
		n->last = shift + RADIX_BITS >= 64 ? ~0UL : (1UL << (shift + RADIX_BITS)) - 1;
	}
	return n;
}

static u32 shift_for(u64 index)
{
	u32 shift = 0;

	while (index >>= RADIX_BITS)
		shift += RADIX_BITS;
	return shift;
}

/* Make the tree high enough for `index`. No node of it is ever left empty but the first. */
static int grow(void **tree, u64 index)
{
	if (!radix_is_node(*tree)) {
		struct radix_node *n = new_node(*tree ? 0 : shift_for(index));

		if (!n)
			return -ENOMEM;
		if (*tree) {
			n->slot[0] = *tree;
			n->used = 1;
		}
		*tree = tag(n);
	}
	while (index > radix_to_node(*tree)->last) {
		struct radix_node *old = radix_to_node(*tree),
				  *n = new_node(old->shift + RADIX_BITS);

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
	for (n = radix_to_node(*tree); n->shift;) {
		unsigned i = slot_of(n, index);

		if (!n->slot[i]) {
			n->slot[i] = new_node(n->shift - RADIX_BITS);
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
	if (!radix_is_node(*tree) && index == 0)
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
		if (n->shift == 0) {
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

	if (!radix_is_node(*tree)) {
		if (index == 0) {
			p = *tree;
			*tree = NULL;
		}
		return p;
	}
	if (index > radix_to_node(*tree)->last)
		return NULL;
	if (remove_below(radix_to_node(*tree), index, &p))
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
	unsigned shift = n->shift;
	u64 i = g->from > base ? (g->from - base) >> shift : 0;
	u64 last = MIN((g->to - base) >> shift, (u64)RADIX_SLOTS - 1);

	for (; i <= last && g->n < g->max; i++) {
		if (!n->slot[i])
			continue;
		if (shift)
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
	if (radix_is_node(tree)) {
		gang_below(radix_to_node(tree), 0, &g);
	} else if (from == 0) {
		out[0] = tree;
		g.n = 1;
	}
	return g.n;
}
