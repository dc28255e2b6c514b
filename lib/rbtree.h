/* Red-black tree with the node inside the element; the owner compares and locks. */
#ifndef LIB_RBTREE_H
#define LIB_RBTREE_H

#include "lib/types.h"

struct rb_node {
	struct rb_node *parent, *left, *right;
	bool is_red;
};
struct rb_root {
	struct rb_node *node;
};

#define RB_ROOT		  ((struct rb_root){NULL})
#define rb_entry(p, t, m) container_of(p, t, m)

/*
 * Insertion is in two steps: the caller walks down to a NULL link, then rb_link_node() hangs the
 * node there and rb_insert_color() rebalances.
 */
static inline void rb_link_node(struct rb_node *n, struct rb_node *parent, struct rb_node **link)
{
	*n = (struct rb_node){.parent = parent, .is_red = true};
	*link = n;
}
/* The two ends of many a short life: the first node of an empty tree, and the last one. */
static inline void rb_set_only(struct rb_node *n, struct rb_root *root)
{
	*n = (struct rb_node){.parent = NULL};
	root->node = n;
}
static inline bool rb_is_only(const struct rb_node *n, const struct rb_root *root)
{
	return root->node == n && !n->left && !n->right;
}
void rb_insert_color(struct rb_node *n, struct rb_root *root);
void rb_erase(struct rb_node *n, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *n);
struct rb_node *rb_prev(const struct rb_node *n);

#endif
