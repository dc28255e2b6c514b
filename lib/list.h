/* Circular doubly linked lists with the node inside the element. No locking: the owner's lock
 * protects a list. */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include "lib/types.h"

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_INIT(name)          \
	{                        \
		&(name), &(name) \
	}

static inline void list_init(struct list_head *l)
{
	l->next = l;
	l->prev = l;
}
static inline bool list_empty(const struct list_head *l)
{
	return l->next == l;
}
static inline void list_insert(struct list_head *n, struct list_head *prev, struct list_head *next)
{
	n->prev = prev;
	n->next = next;
	prev->next = n;
	next->prev = n;
}
/* Add at the front. */
static inline void list_add(struct list_head *n, struct list_head *l)
{
	list_insert(n, l, l->next);
}
static inline void list_add_tail(struct list_head *n, struct list_head *l)
{
	list_insert(n, l->prev, l);
}
/* Remove; the node is left pointing to itself, so that removing twice is harmless and
 * list_empty(node) is true. */
static inline void list_del(struct list_head *n)
{
	n->next->prev = n->prev;
	n->prev->next = n->next;
	list_init(n);
}
/* Move all of `from` to the tail of `to`. */
static inline void list_splice_tail(struct list_head *from, struct list_head *to)
{
	if (list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

#define list_entry(p, t, m)	  container_of(p, t, m)
#define list_first_entry(l, t, m) list_entry((l)->next, t, m)
#define list_last_entry(l, t, m)  list_entry((l)->prev, t, m)
#define list_for_each(p, l)	  for ((p) = (l)->next; (p) != (l); (p) = (p)->next)
#define list_for_each_entry(p, l, m)                                           \
	for ((p) = list_entry((l)->next, __typeof__(*(p)), m); &(p)->m != (l); \
	     (p) = list_entry((p)->m.next, __typeof__(*(p)), m))
#define list_for_each_entry_safe(p, n, l, m)                    \
	for ((p) = list_entry((l)->next, __typeof__(*(p)), m),  \
	    (n) = list_entry((p)->m.next, __typeof__(*(p)), m); \
	     &(p)->m != (l); (p) = (n), (n) = list_entry((n)->m.next, __typeof__(*(n)), m))

#endif
