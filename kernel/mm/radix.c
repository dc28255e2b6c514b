/* Radix tree of 64-way nodes: page number to page. Height grows with the largest index. */
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define SHIFT 6
#define WIDTH (1u << SHIFT)

struct radix_node {
	unsigned height; /* 0 = slots are pages */
	unsigned used;
	void *slot[WIDTH];
};

/* Does a tree of this height reach `index`? */
static bool reaches(const struct radix_node *n, u64 index)
{
	unsigned bits = (n->height + 1) * SHIFT;

	return bits >= 64 || index >> bits == 0;
}

static unsigned slot_of(const struct radix_node *n, u64 index)
{
	return index >> (n->height * SHIFT) & (WIDTH - 1);
}

struct page *radix_find(void *tree, u64 index)
{
	struct radix_node *n = tree;

	if (!n || !reaches(n, index))
		return NULL;
	while (n && n->height)
		n = n->slot[slot_of(n, index)];
	return n ? n->slot[index & (WIDTH - 1)] : NULL;
}

static struct radix_node *new_node(unsigned height)
{
	struct radix_node *n = kzalloc(sizeof(*n), GFP_ATOMIC);

	if (n)
		n->height = height;
	return n;
}

int radix_insert(void **tree, u64 index, struct page *p)
{
	struct radix_node *n = *tree;

	if (!n) {
		n = new_node(0);
		if (!n)
			return -ENOMEM;
		*tree = n;
	}
	while (!reaches(n, index)) {
		struct radix_node *up = new_node(n->height + 1);

		if (!up)
			return -ENOMEM;
		up->slot[0] = n;
		up->used = 1;
		*tree = up;
		n = up;
	}
	while (n->height) {
		void **s = &n->slot[slot_of(n, index)];

		if (!*s) {
			*s = new_node(n->height - 1);
			if (!*s)
				return -ENOMEM; /* empty inner nodes are found and freed by a later
						   remove */
			n->used++;
		}
		n = *s;
	}
	if (n->slot[index & (WIDTH - 1)])
		return -EEXIST;
	n->slot[index & (WIDTH - 1)] = p;
	n->used++;
	return 0;
}

struct page *radix_remove(void **tree, u64 index)
{
	struct radix_node *path[64 / SHIFT + 1], *n = *tree;
	struct page *p;
	unsigned depth = 0;

	if (!n || !reaches(n, index))
		return NULL;
	for (; n->height; n = n->slot[slot_of(n, index)]) {
		path[depth++] = n;
		if (!n->slot[slot_of(n, index)])
			return NULL;
	}
	p = n->slot[index & (WIDTH - 1)];
	if (!p)
		return NULL;
	n->slot[index & (WIDTH - 1)] = NULL;
	n->used--;
	while (n->used == 0) {
		struct radix_node *up = depth ? path[--depth] : NULL;

		kfree(n);
		if (!up) {
			*tree = NULL;
			break;
		}
		up->slot[slot_of(up, index)] = NULL;
		up->used--;
		n = up;
	}
	return p;
}

static unsigned gang(struct radix_node *n, u64 base, u64 from, u64 to, struct page **out,
		     unsigned max)
{
	unsigned found = 0, shift = n->height * SHIFT;
	u64 span = shift >= 64 ? ~0ul : (1ul << shift) - 1;
	unsigned i = from > base ? (unsigned)MIN((from - base) >> shift, (u64)WIDTH) : 0;

	for (; i < WIDTH && found < max; i++) {
		u64 first = base + ((u64)i << shift);

		if (first > to)
			break;
		if (!n->slot[i] || first + span < from)
			continue;
		if (n->height)
			found += gang(n->slot[i], first, from, to, out + found, max - found);
		else
			out[found++] = n->slot[i];
	}
	return found;
}

unsigned radix_gang(void *tree, u64 from, u64 to, struct page **out, unsigned max)
{
	return tree ? gang(tree, 0, from, to, out, max) : 0;
}
