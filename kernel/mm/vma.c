/* Areas of an address space: look-up, split, merge, account. mm->lock is held, for writing where
 * anything changes. */
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

const struct vma_file_ops *vma_file_ops;
static struct kmem_cache *vma_cache;

#define LOW_TOP	  0x80000000ul /* MAP_32BIT: the first 2 GiB */
#define vma_of(n) rb_entry(n, struct vma, node)

struct vma *vma_find(struct mm *m, unsigned long addr)
{
	struct vma *v = READ_ONCE(m->last_hit), *best = NULL;

	if (v && addr >= v->start && addr < v->end)
		return v;
	for (struct rb_node *n = m->areas.node; n;) {
		v = vma_of(n);
		if (addr < v->end) {
			best = v;
			if (addr >= v->start)
				break;
			n = n->left;
		} else {
			n = n->right;
		}
	}
	if (best)
		WRITE_ONCE(m->last_hit, best);
	return best;
}

struct vma *vma_next(struct vma *v)
{
	struct rb_node *n = rb_next(&v->node);

	return n ? vma_of(n) : NULL;
}

struct vma *vma_prev(struct vma *v)
{
	struct rb_node *n = rb_prev(&v->node);

	return n ? vma_of(n) : NULL;
}

struct vma *vma_alloc(struct mm *m)
{
	struct vma *v;

	if (unlikely(!vma_cache))
		vma_cache = kmem_cache_create("vma", sizeof(struct vma), 16);
	v = vma_cache ? kmem_cache_alloc(vma_cache, GFP_ZERO) : NULL;
	if (v) {
		v->mm = m;
		list_init(&v->obj_node);
	}
	return v;
}

/* References that a copy of `v` needs too. */
static void vma_get_refs(struct vma *v)
{
	if (v->file)
		vma_file_ops->get(v->file);
	if (v->owns_shm)
		shm_get(v->obj);
}

void vma_free(struct vma *v)
{
	if (v->file)
		vma_file_ops->put(v->file);
	if (v->owns_shm)
		shm_put(v->obj);
	kmem_cache_free(vma_cache, v);
}

void vma_insert(struct mm *m, struct vma *v)
{
	struct rb_node **link = &m->areas.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = v->start < vma_of(parent)->start ? &parent->left : &parent->right;
	}
	rb_link_node(&v->node, parent, link);
	rb_insert_color(&v->node, &m->areas);
	m->nr_areas++;
	if (v->obj) {
		spin_lock(&v->obj->lock);
		list_add(&v->obj_node, &v->obj->vmas);
		spin_unlock(&v->obj->lock);
	}
}

void vma_remove(struct mm *m, struct vma *v)
{
	rb_erase(&v->node, &m->areas);
	m->nr_areas--;
	m->last_hit = NULL;
	if (v->obj) {
		spin_lock(&v->obj->lock);
		list_del(&v->obj_node);
		spin_unlock(&v->obj->lock);
	}
}

void vma_account(struct mm *m, const struct vma *v, long sign)
{
	size_t pages = (v->end - v->start) >> PAGE_SHIFT;

	if (sign < 0)
		pages = -pages;
	m->total_pages += pages;
	if (v->flags & VM_SHARED)
		m->shared_pages += pages;
	if (v->flags & VM_GROWSDOWN)
		m->stack_pages += pages;
	else if ((v->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		m->data_pages += pages;
	else if (v->flags & VM_EXEC)
		m->exec_pages += pages;
	if (v->flags & VM_LOCKED)
		m->locked_pages += pages;
}

/* Move the boundaries of an area; the object's lock, because unmapping by object reads them without
 * mm->lock. */
static void set_bounds(struct vma *v, unsigned long start, unsigned long end)
{
	if (v->obj)
		spin_lock(&v->obj->lock);
	v->pgoff += (start - v->start) >> PAGE_SHIFT;
	if (v->special_phys)
		v->special_phys += start - v->start;
	v->start = start;
	v->end = end;
	if (v->obj)
		spin_unlock(&v->obj->lock);
}

void vma_set_bounds(struct vma *v, unsigned long start, unsigned long end)
{
	set_bounds(v, start, end);
}

struct vma *vma_split(struct vma *v, unsigned long addr)
{
	struct vma *n = vma_alloc(v->mm);
	unsigned long end = v->end;

	if (!n)
		return NULL;
	n->flags = v->flags;
	n->obj = v->obj;
	n->file = v->file;
	n->owns_shm = v->owns_shm;
	n->name = v->name;
	n->has_anon = v->has_anon;
	n->start = addr;
	n->end = end;
	n->pgoff = vma_index(v, addr);
	if (v->special_phys)
		n->special_phys = v->special_phys + (addr - v->start);
	vma_get_refs(n);
	set_bounds(v, v->start, addr);
	v->mm->last_hit = NULL;
	vma_insert(v->mm, n);
	return n;
}

int vma_split_range(struct mm *m, unsigned long start, unsigned long end)
{
	struct vma *v = vma_find(m, start);

	if (v && v->start < start && !vma_split(v, start))
		return -ENOMEM;
	v = vma_find(m, end - 1);
	if (v && v->start < end && v->end > end && !vma_split(v, end))
		return -ENOMEM;
	return 0;
}

static bool continues(const struct vma *a, const struct vma *b)
{
	return a->end == b->start && a->flags == b->flags && a->obj == b->obj &&
	       a->file == b->file && a->name == b->name && a->owns_shm == b->owns_shm &&
	       !(a->flags & VM_SPECIAL) && vma_index(a, a->end) == b->pgoff;
}

/* b's range becomes a's; b goes. */
static void join(struct vma *a, struct vma *b)
{
	unsigned long end = b->end;

	a->has_anon |= b->has_anon;
	vma_remove(a->mm, b);
	set_bounds(a, a->start, end);
	vma_free(b);
}

struct vma *vma_merge(struct vma *v)
{
	struct vma *p = vma_prev(v), *n = vma_next(v);

	if (n && continues(v, n))
		join(v, n);
	if (p && continues(p, v)) {
		join(p, v);
		v = p;
	}
	return v;
}

unsigned vma_prot(u64 f)
{
	return VMP_USER | (f & (VM_READ | VM_WRITE | VM_EXEC) ? VMP_READ : 0) |
	       (f & VM_WRITE ? VMP_WRITE : 0) | (f & VM_EXEC ? VMP_EXEC : 0);
}

bool mm_has_room(struct mm *m, size_t pages, u64 vm_flags)
{
	if (m->total_pages + pages > m->limit_as >> PAGE_SHIFT)
		return false;
	if ((vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE &&
	    m->data_pages + pages > m->limit_data >> PAGE_SHIFT)
		return false;
	return true;
}

/*
 * Room for len bytes, top-down from mmap_base. The search goes on below the last answer (gap_hint)
 * as long as no hole above it that was freed or passed over could be large enough, so that a
 * program with tens of thousands of areas does not walk them at each mmap.
 */
unsigned long mm_find_gap(struct mm *m, unsigned long hint, size_t len, bool below_4g)
{
	unsigned long top = below_4g ? MIN(m->mmap_base, LOW_TOP) : m->mmap_base;
	bool use_hint = !below_4g && m->gap_hint && m->gap_hint <= top && len > m->largest_hole;
	struct vma *v;

	if (hint && hint >= m->mmap_min && hint + len <= (below_4g ? LOW_TOP : m->task_size) &&
	    hint + len > hint) {
		v = vma_find(m, hint);
		if (!v || hint + len <= v->start)
			return hint;
	}
	if (use_hint)
		top = m->gap_hint;
	else
		m->largest_hole = 0;
	v = vma_find(m, top - 1);
	if (v && v->start < top)
		top = v->start;
	v = v ? vma_prev(v) : NULL;
	if (!v) {
		struct rb_node *last = rb_last(&m->areas);

		v = last ? vma_of(last) : NULL;
		while (v && v->start >= top)
			v = vma_prev(v);
	}
	for (;; v = vma_prev(v)) {
		unsigned long floor = v ? v->end : m->mmap_min;

		if (top > floor && top - floor >= len) {
			if (!below_4g)
				m->gap_hint = top - len;
			return top - len;
		}
		if (!v)
			break;
		if (top > floor)
			m->largest_hole = MAX(m->largest_hole, top - floor);
		top = v->start;
	}
	/* Nothing below: above mmap_base there may be room beside the stack. */
	m->gap_hint = 0;
	if (below_4g)
		return 0;
	for (v = vma_find(m, m->mmap_base), top = m->mmap_base; v; top = v->end, v = vma_next(v))
		if (v->start > top && v->start - top >= len && !(v->flags & VM_GROWSDOWN))
			return top;
	return 0;
}
