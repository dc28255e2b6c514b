/*
 * Areas of an address space. The tree is a treap: ordered by address, and by a random priority
 * from root to leaf, which keeps it as deep as a random tree. Each node holds the largest gap of
 * its subtree (the gap of an area is the free space between the one before it and itself), so that
 * a free place is found without looking at every area.
 */
#include "lib/err.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

const struct vma_file_ops *vma_file_ops;

static struct kmem_cache *vma_cache;
int mm_max_areas = 65530;

/* Where the free space below an area ends. */
static unsigned long gap_end(const struct vma *v)
{
	unsigned long low = v->prev ? v->prev->end : 0;

	if (!(v->flags & VM_GROWSDOWN))
		return v->start;
	return v->start - low > STACK_GUARD_GAP ? v->start - STACK_GUARD_GAP : low;
}

static unsigned long own_gap(const struct vma *v)
{
	return gap_end(v) - (v->prev ? v->prev->end : 0);
}

static unsigned long subtree_gap(const struct vma *v)
{
	unsigned long gap = own_gap(v);

	if (v->left && v->left->max_gap > gap)
		gap = v->left->max_gap;
	if (v->right && v->right->max_gap > gap)
		gap = v->right->max_gap;
	return gap;
}

/* The gap of `v`, or what hangs below it, changed. */
static void update_up(struct vma *v)
{
	for (; v; v = v->parent) {
		unsigned long gap = subtree_gap(v);

		if (v->max_gap == gap)
			return;
		v->max_gap = gap;
	}
}

static void replace_child(struct mm *m, struct vma *parent, struct vma *old, struct vma *new)
{
	if (!parent)
		m->areas = new;
	else if (parent->left == old)
		parent->left = new;
	else
		parent->right = new;
	if (new)
		new->parent = parent;
}

/* Lift v over its parent. */
static void rotate_up(struct mm *m, struct vma *v)
{
	struct vma *p = v->parent, *inner;

	replace_child(m, p->parent, p, v);
	if (p->left == v) {
		inner = v->right;
		p->left = inner;
		v->right = p;
	} else {
		inner = v->left;
		p->right = inner;
		v->left = p;
	}
	if (inner)
		inner->parent = p;
	p->parent = v;
	p->max_gap = subtree_gap(p);
	v->max_gap = subtree_gap(v);
}

static u32 next_priority(void)
{
	static u32 state = 0x9e3779b9;
	u32 x = state; /* a race between two address spaces only repeats a number */

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	state = x;
	return x;
}

/* Into tree and list; the range must be free. */
void vma_insert(struct mm *m, struct vma *v)
{
	struct vma **link = &m->areas, *parent = NULL, *prev = NULL, *next = NULL;

	while (*link) {
		parent = *link;
		if (v->start < parent->start) {
			next = parent;
			link = &parent->left;
		} else {
			prev = parent;
			link = &parent->right;
		}
	}
	v->mm = m;
	v->parent = parent;
	v->left = v->right = NULL;
	v->prev = prev;
	v->next = next;
	v->priority = next_priority();
	*link = v;
	if (prev)
		prev->next = v;
	else
		m->first = v;
	if (next)
		next->prev = v;
	else
		m->last = v;
	m->nr_areas++;
	v->max_gap = own_gap(v);
	update_up(v->parent);
	if (next)
		update_up(next);
	while (v->parent && v->priority > v->parent->priority)
		rotate_up(m, v);
}

void vma_remove(struct mm *m, struct vma *v)
{
	struct vma *child, *parent;

	while (v->left && v->right)
		rotate_up(m, v->left->priority > v->right->priority ? v->left : v->right);
	child = v->left ? v->left : v->right;
	parent = v->parent;
	replace_child(m, parent, v, child);
	if (v->prev)
		v->prev->next = v->next;
	else
		m->first = v->next;
	if (v->next)
		v->next->prev = v->prev;
	else
		m->last = v->prev;
	m->nr_areas--;
	m->last_hit = NULL;
	update_up(parent);
	if (v->next)
		update_up(v->next);
}

struct vma *vma_find(struct mm *m, unsigned long addr)
{
	struct vma *v = READ_ONCE(m->last_hit), *best = NULL;

	if (v && v->start <= addr && addr < v->end)
		return v;
	for (v = m->areas; v;) {
		if (addr < v->end) {
			best = v;
			if (addr >= v->start)
				break;
			v = v->left;
		} else {
			v = v->right;
		}
	}
	if (best)
		WRITE_ONCE(m->last_hit, best);
	return best;
}

struct vma *vma_next(struct vma *v)
{
	return v->next;
}

/* --- gaps --- */

/* In gaps below the areas of v's subtree. The way down is cut wherever the largest gap is too small
 * or the limits leave nothing. */
static unsigned long highest_gap_in(const struct vma *v, size_t len, unsigned long low,
				    unsigned long high)
{
	while (v && v->max_gap >= len) {
		unsigned long top = gap_end(v), bottom = v->prev ? v->prev->end : 0, found;

		if (v->right && v->end + len <= high) {
			found = highest_gap_in(v->right, len, low, high);
			if (found)
				return found;
		}
		top = MIN(top, high);
		if (top > low && top - low >= len && top > bottom && top - bottom >= len)
			return top - len;
		if (bottom <= low)
			return 0;
		v = v->left;
	}
	return 0;
}

unsigned long vma_highest_gap(struct mm *m, size_t len, unsigned long low, unsigned long high)
{
	unsigned long bottom = m->last ? MAX(m->last->end, low) : low;

	if (high <= low || high - low < len)
		return 0;
	if (bottom < high && high - bottom >= len)
		return high - len;
	return highest_gap_in(m->areas, len, low, high);
}

/* One area after the other: for the old layout only. */
unsigned long vma_lowest_gap(struct mm *m, size_t len, unsigned long low, unsigned long high)
{
	for (struct vma *v = vma_find(m, low); v && v->start < high; v = v->next) {
		if (v->start > low && v->start - low >= len)
			return low;
		low = MAX(low, v->end);
	}
	return high > low && high - low >= len ? low : 0;
}

/* --- making and letting go --- */

struct vma *vma_new(struct mm *m)
{
	struct vma *v;

	if (unlikely(!vma_cache)) {
		struct kmem_cache *c = kmem_cache_create("vma", sizeof(struct vma), 8);

		if (!c)
			return NULL;
		/* Two first callers at once: the loser's empty cache is simply never used. */
		(void)atomic_cmpxchg(&vma_cache, NULL, c);
	}
	v = kmem_cache_alloc(vma_cache, GFP_KERNEL | GFP_ZERO);
	if (v) {
		v->mm = m;
		list_init(&v->obj_node);
	}
	return v;
}

static void take_references(const struct vma *v)
{
	if (v->file)
		vma_file_ops->get(v->file);
	if (v->owns_shm)
		vmobj_shm_get(v->obj);
}

void vma_free(struct vma *v)
{
	if (v->owns_shm)
		vmobj_shm_put(v->obj);
	if (v->file)
		vma_file_ops->put(v->file);
	kmem_cache_free(vma_cache, v);
}

void vma_free_list(struct list_head *dead)
{
	while (!list_empty(dead)) {
		struct vma *v = list_first_entry(dead, struct vma, obj_node);

		list_del(&v->obj_node);
		vma_free(v);
	}
}

struct vma *vma_dup(const struct vma *v)
{
	struct vma *n = vma_new(v->mm);

	if (!n)
		return NULL;
	n->start = v->start;
	n->end = v->end;
	n->flags = v->flags;
	n->obj = v->obj;
	n->pgoff = v->pgoff;
	n->file = v->file;
	n->owns_shm = v->owns_shm;
	n->name = v->name;
	n->special_phys = v->special_phys;
	n->policy = v->policy;
	take_references(n);
	return n;
}

void vma_link_object(struct vma *v, struct vma *after)
{
	if (!v->obj)
		return;
	spin_lock(&v->obj->lock);
	list_add(&v->obj_node, after ? &after->obj_node : &v->obj->vmas);
	spin_unlock(&v->obj->lock);
}

void vma_unlink_object(struct vma *v)
{
	if (!v->obj)
		return;
	spin_lock(&v->obj->lock);
	list_del(&v->obj_node);
	spin_unlock(&v->obj->lock);
}

/* Walkers of obj->vmas trust the range: it changes under the object's lock. */
void vma_set_range(struct vma *v, unsigned long start, unsigned long end)
{
	bool has_new_start = v->start != start;
	struct vma *next = v->next;

	if (v->obj)
		spin_lock(&v->obj->lock);
	if (v->flags & VM_SPECIAL)
		v->special_phys += start - v->start;
	v->pgoff += (u64)((s64)(start - v->start) >> PAGE_SHIFT);
	v->start = start;
	v->end = end;
	if (v->obj)
		spin_unlock(&v->obj->lock);
	if (has_new_start)
		update_up(v);
	if (next)
		update_up(next);
}

struct vma *vma_split(struct vma *v, unsigned long addr)
{
	struct mm *m = v->mm;
	struct vma *upper;

	if (m->nr_areas >= MAX_AREAS || table_cut(m, addr))
		return ERR_PTR(-ENOMEM);
	upper = vma_dup(v);
	if (!upper)
		return ERR_PTR(-ENOMEM);
	upper->start = addr;
	upper->pgoff = vma_index(v, addr);
	if (v->flags & VM_SPECIAL)
		upper->special_phys += addr - v->start;
	vma_link_object(upper, v);
	vma_set_range(v, v->start, addr);
	vma_insert(m, upper);
	return upper;
}

int vma_split_range(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *v = vma_find(m, start), *upper;

	if (v && v->start < start) {
		upper = vma_split(v, start);
		if (IS_ERR(upper))
			return (int)PTR_ERR(upper);
	}
	v = vma_find(m, end - 1);
	if (v && v->start < end && end < v->end) {
		upper = vma_split(v, end);
		if (IS_ERR(upper))
			return (int)PTR_ERR(upper);
	}
	return 0;
}

bool vma_continues(const struct vma *a, const struct vma *b)
{
	if (a->end != b->start || a->flags != b->flags || a->obj != b->obj || a->file != b->file ||
	    a->name != b->name || a->owns_shm != b->owns_shm)
		return false;
	if (a->flags & (VM_SPECIAL | VM_GROWSDOWN))
		return false;
	if (unlikely(a->policy.mode | b->policy.mode) &&
	    (a->policy.mode != b->policy.mode || a->policy.nodes != b->policy.nodes ||
	     a->policy.home != b->policy.home))
		return false;
	return !a->obj || vma_index(a, a->end) == b->pgoff;
}

/* Take `upper` into the area below it. */
static void absorb(struct vma *lower, struct vma *upper, struct list_head *dead)
{
	unsigned long end = upper->end;

	vma_remove(lower->mm, upper);
	/* First widen, then unlink: an object's walker never misses a page between the two. */
	vma_set_range(lower, lower->start, end);
	vma_unlink_object(upper);
	list_add_tail(&upper->obj_node, dead);
}

struct vma *vma_merge(struct vma *v, struct list_head *dead)
{
	if (v->next && vma_continues(v, v->next))
		absorb(v, v->next, dead);
	if (v->prev && vma_continues(v->prev, v)) {
		v = v->prev;
		absorb(v, v->next, dead);
	}
	return v;
}

unsigned vma_prot(u64 vm_flags)
{
	unsigned prot = VMP_USER;

	if (vm_flags & VM_READ)
		prot |= VMP_READ;
	if (vm_flags & VM_WRITE)
		prot |= VMP_WRITE | VMP_READ;
	if (vm_flags & VM_EXEC)
		prot |= VMP_EXEC;
	return prot;
}
