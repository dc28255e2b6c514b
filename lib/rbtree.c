#include "lib/rbtree.h"

/* Put `n` where `old` hung (old->parent keeps its link). */
static void replace_child(struct rb_root *root, struct rb_node *parent, struct rb_node *old,
			  struct rb_node *n)
{
	if (!parent)
		root->node = n;
	else if (parent->left == old)
		parent->left = n;
	else
		parent->right = n;
	if (n)
		n->parent = parent;
}

static void rotate_left(struct rb_root *root, struct rb_node *n)
{
	struct rb_node *r = n->right;

	n->right = r->left;
	if (r->left)
		r->left->parent = n;
	replace_child(root, n->parent, n, r);
	r->left = n;
	n->parent = r;
}

static void rotate_right(struct rb_root *root, struct rb_node *n)
{
	struct rb_node *l = n->left;

	n->left = l->right;
	if (l->right)
		l->right->parent = n;
	replace_child(root, n->parent, n, l);
	l->right = n;
	n->parent = l;
}

void rb_insert_color(struct rb_node *n, struct rb_root *root)
{
	while (n->parent && n->parent->is_red) {
		struct rb_node *p = n->parent, *g = p->parent;
		bool p_is_left = g->left == p;
		struct rb_node *uncle = p_is_left ? g->right : g->left;

		if (uncle && uncle->is_red) {
			p->is_red = false;
			uncle->is_red = false;
			g->is_red = true;
			n = g;
			continue;
		}
		if (p_is_left) {
			if (p->right == n) {
				rotate_left(root, p);
				p = n;
			}
			p->is_red = false;
			g->is_red = true;
			rotate_right(root, g);
		} else {
			if (p->left == n) {
				rotate_right(root, p);
				p = n;
			}
			p->is_red = false;
			g->is_red = true;
			rotate_left(root, g);
		}
		break;
	}
	root->node->is_red = false;
}

/* The paths through `n` (may be NULL, child of `p`) are one black node short: repair. */
static void erase_fixup(struct rb_root *root, struct rb_node *n, struct rb_node *p)
{
	while (n != root->node && (!n || !n->is_red)) {
		bool is_left = p->left == n;
		struct rb_node *s = is_left ? p->right : p->left;

		if (s->is_red) {
			s->is_red = false;
			p->is_red = true;
			is_left ? rotate_left(root, p) : rotate_right(root, p);
			s = is_left ? p->right : p->left;
		}
		if ((!s->left || !s->left->is_red) && (!s->right || !s->right->is_red)) {
			s->is_red = true;
			n = p;
			p = n->parent;
			continue;
		}
		if (is_left && (!s->right || !s->right->is_red)) {
			s->left->is_red = false;
			s->is_red = true;
			rotate_right(root, s);
			s = p->right;
		} else if (!is_left && (!s->left || !s->left->is_red)) {
			s->right->is_red = false;
			s->is_red = true;
			rotate_left(root, s);
			s = p->left;
		}
		s->is_red = p->is_red;
		p->is_red = false;
		if (is_left) {
			s->right->is_red = false;
			rotate_left(root, p);
		} else {
			s->left->is_red = false;
			rotate_right(root, p);
		}
		n = root->node;
		break;
	}
	if (n)
		n->is_red = false;
}

void rb_erase(struct rb_node *n, struct rb_root *root)
{
	struct rb_node *child, *parent;
	bool removed_black;

	if (n->left && n->right) {
		struct rb_node *next = n->right;

		while (next->left)
			next = next->left;
		removed_black = !next->is_red;
		child = next->right;
		parent = next->parent;
		if (parent == n) {
			parent = next;
		} else {
			replace_child(root, parent, next, child);
			next->right = n->right;
			n->right->parent = next;
		}
		replace_child(root, n->parent, n, next);
		next->left = n->left;
		n->left->parent = next;
		next->is_red = n->is_red;
	} else {
		child = n->left ? n->left : n->right;
		parent = n->parent;
		removed_black = !n->is_red;
		replace_child(root, parent, n, child);
	}
	if (removed_black)
		erase_fixup(root, child, parent);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->left)
		n = n->left;
	return n;
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->right)
		n = n->right;
	return n;
}

struct rb_node *rb_next(const struct rb_node *n)
{
	if (n->right) {
		for (n = n->right; n->left;)
			n = n->left;
		return (struct rb_node *)n;
	}
	while (n->parent && n->parent->right == n)
		n = n->parent;
	return n->parent;
}

struct rb_node *rb_prev(const struct rb_node *n)
{
	if (n->left) {
		for (n = n->left; n->right;)
			n = n->right;
		return (struct rb_node *)n;
	}
	while (n->parent && n->parent->left == n)
		n = n->parent;
	return n->parent;
}
