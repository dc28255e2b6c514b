/* lib/rbtree.c: random insertions and removals beside a plain array; order, links and colours. */
#include "unit.h"
#include "lib/rbtree.h"

#define KEYS   300
#define ROUNDS 20000

struct item {
	struct rb_node node;
	u32 key;
};

static struct item items[KEYS];
static bool is_in[KEYS];
static struct rb_root root;

static void insert(struct item *it)
{
	struct rb_node **link = &root.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = it->key < rb_entry(parent, struct item, node)->key ? &parent->left
									  : &parent->right;
	}
	rb_link_node(&it->node, parent, link);
	rb_insert_color(&it->node, &root);
}

/* Black height of the subtree, or -1 when a rule is broken. */
static int black_height(const struct rb_node *n, const struct rb_node *parent)
{
	int left, right;

	if (!n)
		return 1;
	if (n->parent != parent || (n->is_red && parent && parent->is_red))
		return -1;
	left = black_height(n->left, n);
	right = black_height(n->right, n);
	if (left < 0 || left != right)
		return -1;
	return left + !n->is_red;
}

static bool is_right(void)
{
	struct rb_node *n = rb_first(&root), *last = NULL;

	if (black_height(root.node, NULL) < 0 || (root.node && root.node->is_red))
		return false;
	for (u32 i = 0; i < KEYS; i++) {
		if (!is_in[i])
			continue;
		if (!n || rb_entry(n, struct item, node)->key != i || rb_prev(n) != last)
			return false;
		last = n;
		n = rb_next(n);
	}
	return !n && rb_last(&root) == last;
}

int main(void);
int main(void)
{
	u64 seed = 1;
	bool is_good = true;

	root = RB_ROOT;
	CHECK(!rb_first(&root) && !rb_last(&root));
	for (u32 i = 0; i < KEYS; i++)
		items[i].key = i;
	for (u32 round = 0; round < ROUNDS && is_good; round++) {
		u32 i = unit_random(&seed) % KEYS;

		if (is_in[i])
			rb_erase(&items[i].node, &root);
		else
			insert(&items[i]);
		is_in[i] = !is_in[i];
		if (round % 16 == 0)
			is_good = is_right();
	}
	CHECK(is_good);
	for (u32 i = 0; i < KEYS; i++)
		if (is_in[i])
			rb_erase(&items[i].node, &root);
	CHECK(!root.node);
	/* sorted input is the worst case of a plain tree */
	for (u32 i = 0; i < KEYS; i++) {
		insert(&items[i]);
		is_in[i] = true;
	}
	CHECK(is_right());
	CHECK(black_height(root.node, NULL) <= 10);
	return unit_end();
}
