/* mremap(2): grow, shrink, move and duplicate mappings. */
#include "lib/err.h"
#include "mm/internal.h"
#include <linux/mman.h>

struct remap {
	struct mm *m;
	unsigned long old, new_addr;
	size_t old_len, new_len;
	int flags;
	struct list_head *dead;
};

/* The PTEs of up to one source table; 0 or -ENOMEM with *done bytes moved. Locks held. */
static int move_table(struct mm *m, unsigned long from, unsigned long to, size_t len, size_t *done)
{
	pte_t *src = arch_pte_find_own(&m->arch, from), *dst = NULL;
	size_t off;

	for (off = 0; src && off < len; off += PAGE_SIZE, src++, dst = dst ? dst + 1 : NULL) {
		if (IS_ALIGNED(to + off, TABLE_SPAN))
			dst = NULL;
		if (pte_none(*src))
			continue;
		if (!dst)
			dst = arch_pte_alloc(&m->arch, to + off);
		if (!dst) {
			*done = off;
			return -ENOMEM;
		}
		WRITE_ONCE(*dst, *src);
		if (is_anon_page(*src)) {
			table_of(dst)->index++;
			table_of(src)->index--;
		}
		WRITE_ONCE(*src, PTE_NONE);
	}
	*done = len;
	return 0;
}

/*
 * Move what [from, from + len) maps to `to`. The object's lock keeps those who unmap pages
 * everywhere from looking at one place before and at the other after the move. Returns bytes done.
 */
static size_t move_ptes(struct mm *m, struct vmobj *o, unsigned long from, unsigned long to,
			size_t len)
{
	unsigned long va = from, end = from + len;
	int err = 0;

	while (va < end && !err) {
		unsigned long start, stop;
		size_t done = 0;

		if (o)
			spin_lock(&o->lock);
		spin_lock(&m->pt_lock);
		start = va = arch_pte_next(&m->arch, va, end);
		if (va < end) {
			stop = MIN(ALIGN_DOWN(va, TABLE_SPAN) + TABLE_SPAN, end);
			err = move_table(m, va, to + (va - from), stop - va, &done);
			va += done;
			if (va > start)
				arch_tlb_flush(&m->arch, start, va);
		}
		spin_unlock(&m->pt_lock);
		if (o)
			spin_unlock(&o->lock);
		if (err && reclaim_for_tables())
			err = 0;
	}
	return MIN(va, end) - from;
}

/* mremap(2), ERRORS, for the area found and the lengths asked for. */
static int check_resize(struct remap *r, struct vma *v)
{
	size_t grow = r->new_len > r->old_len ? (r->new_len - r->old_len) >> PAGE_SHIFT : 0;

	if (!r->old_len && !(v->flags & VM_SHARED))
		return -EINVAL;
	if ((r->flags & MREMAP_DONTUNMAP) && (v->flags & VM_SPECIAL))
		return -EINVAL;
	if (r->old_len > v->end - r->old)
		return -EFAULT;
	if (!grow)
		return 0;
	if (v->flags & VM_SPECIAL)
		return -EFAULT;
	if (vma_index(v, r->old) + (r->new_len >> PAGE_SHIFT) < vma_index(v, r->old))
		return -EINVAL;
	if ((v->flags & VM_LOCKED) && !mm_may_lock(r->m, grow))
		return -EAGAIN;
	if (is_overcommit(r->m, v->flags, grow))
		return -ENOMEM;
	return mm_has_room(r->m, v->flags, grow) ? 0 : -ENOMEM;
}

/* A new area at r->new_addr that shows what v shows from r->old on. */
static struct vma *make_target(struct remap *r, struct vma *v)
{
	struct vma *n = vma_dup(v);

	if (!n)
		return NULL;
	n->start = r->new_addr;
	n->end = r->new_addr + r->new_len;
	n->pgoff = v->obj ? vma_index(v, r->old) : n->start >> PAGE_SHIFT;
	if (v->flags & VM_SPECIAL)
		n->special_phys += r->old - v->start;
	n->flags &= ~(u64)VM_STACK;
	vma_insert(r->m, n);
	vma_link_object(n, v);
	mm_account(r->m, n->flags, (long)vma_pages(n));
	return n;
}

static void drop_target(struct remap *r, struct vma *n)
{
	mm_account(r->m, n->flags, -(long)vma_pages(n));
	vma_remove(r->m, n);
	vma_unlink_object(n);
	list_add_tail(&n->obj_node, r->dead);
}

/* Move the area's part to r->new_addr, which is free. */
static long move_area(struct remap *r, struct vma *v)
{
	struct mm *m = r->m;
	size_t moving = MIN(r->old_len, r->new_len), moved;
	struct vmobj *o = v->obj;
	struct vma *n;
	int err;

	if (m->nr_areas + 3 >= MAX_AREAS)
		return -ENOMEM;
	/* Cut first: removing the old part must not fail later. */
	if (r->old_len) {
		err = vma_split_range(m, r->old, r->old + r->old_len);
		if (!err)
			err = tables_unshare(m, r->old, r->old + r->old_len);
		if (err)
			return err;
		v = vma_find(m, r->old);
	}
	n = make_target(r, v);
	if (!n)
		return -ENOMEM;
	moved = move_ptes(m, o, r->old, r->new_addr, moving);
	if (moved < moving) {
		move_ptes(m, o, r->new_addr, r->old, moved);
		drop_target(r, n);
		return -ENOMEM;
	}
	if (r->flags & MREMAP_DONTUNMAP) {
		mm_account(m, v->flags, -(long)vma_pages(v));
		v->flags &= ~(u64)(VM_LOCKED | VM_LOCKONFAULT);
		mm_account(m, v->flags, (long)vma_pages(v));
		vma_merge(v, r->dead);
	} else if (r->old_len) {
		unmap_locked(m, r->old, r->old + r->old_len, r->dead);
	}
	vma_merge(n, r->dead);
	return (long)r->new_addr;
}

static bool ranges_meet(unsigned long a, size_t a_len, unsigned long b, size_t b_len)
{
	return a < b + b_len && b < a + a_len;
}

/* MREMAP_FIXED and MREMAP_DONTUNMAP: always a move. */
static long remap_to(struct remap *r)
{
	struct mm *m = r->m;
	struct vma *v;
	int err;

	if (r->flags & MREMAP_FIXED) {
		if (!IS_ALIGNED(r->new_addr, PAGE_SIZE) || r->new_len > m->task_size ||
		    r->new_addr > m->task_size - r->new_len)
			return -EINVAL;
		if (ranges_meet(r->old, r->old_len, r->new_addr, r->new_len))
			return -EINVAL;
		if (r->new_addr < m->mmap_min)
			return -EPERM;
		if (has_seal(m, r->new_addr, r->new_addr + r->new_len))
			return -EPERM;
		err = unmap_locked(m, r->new_addr, r->new_addr + r->new_len, r->dead);
		if (err)
			return err;
	}
	if (r->old_len > r->new_len) {
		err = unmap_locked(m, r->old + r->new_len, r->old + r->old_len, r->dead);
		if (err)
			return err;
		r->old_len = r->new_len;
	}
	v = vma_find(m, r->old);
	if (!v || v->start > r->old)
		return -EFAULT;
	err = check_resize(r, v);
	if (err)
		return err;
	if ((r->flags & MREMAP_DONTUNMAP) && !mm_has_room(m, v->flags, r->new_len >> PAGE_SHIFT))
		return -ENOMEM;
	if (!(r->flags & MREMAP_FIXED)) {
		r->new_addr = mm_find_gap(m, r->new_addr, r->new_len, false);
		if (!r->new_addr)
			return -ENOMEM;
	}
	return move_area(r, v);
}

static bool try_grow_in_place(struct remap *r, struct vma *v)
{
	unsigned long end = r->old + r->new_len;
	struct vma *next = v->next;
	unsigned long guard = next && (next->flags & VM_GROWSDOWN) ? STACK_GUARD_GAP : 0;

	if (r->old + r->old_len != v->end || !r->old_len || end > r->m->task_size)
		return false;
	if (next && end + guard > next->start)
		return false;
	mm_account(r->m, v->flags, (long)((end - v->end) >> PAGE_SHIFT));
	vma_set_range(v, v->start, end);
	vma_merge(v, r->dead);
	return true;
}

static long remap_locked(struct remap *r)
{
	struct mm *m = r->m;
	struct vma *v = vma_find(m, r->old);
	int err;

	if (!v || v->start > r->old)
		return -EFAULT;
	if (has_seal(m, r->old, r->old + MAX(r->old_len, PAGE_SIZE)))
		return -EPERM;
	if (r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return remap_to(r);
	if (r->old_len >= r->new_len && r->old_len) {
		/* Shrinking may span areas, growing may not. */
		if (r->old_len > r->new_len) {
			err = unmap_locked(m, r->old + r->new_len, r->old + r->old_len, r->dead);
			if (err)
				return err;
		} else if (r->old_len > v->end - r->old) {
			return -EFAULT;
		}
		return (long)r->old;
	}
	err = check_resize(r, v);
	if (err)
		return err;
	if (try_grow_in_place(r, v))
		return (long)r->old;
	if (!(r->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	r->new_addr = mm_find_gap(m, 0, r->new_len, false);
	if (!r->new_addr)
		return -ENOMEM;
	return move_area(r, v);
}

long mm_remap(struct mm *m, unsigned long old, size_t old_len, size_t new_len, int flags,
	      unsigned long new_addr)
{
	struct list_head dead;
	struct remap r = {
		.m = m,
		.old = old,
		.new_addr = new_addr,
		.old_len = ALIGN_UP(old_len, PAGE_SIZE),
		.new_len = ALIGN_UP(new_len, PAGE_SIZE),
		.flags = flags,
		.dead = &dead,
	};
	bool is_locked;
	long ret;

	if (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP))
		return -EINVAL;
	if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if ((flags & MREMAP_DONTUNMAP) && r.old_len != r.new_len)
		return -EINVAL;
	if (!IS_ALIGNED(old, PAGE_SIZE) || !r.new_len || (old_len && !r.old_len))
		return -EINVAL;
	if (old > m->task_size || r.old_len > m->task_size - old)
		return -EINVAL;
	if (r.new_len > m->task_size)
		return -ENOMEM;
	list_init(&dead);
	down_write(&m->lock);
	ret = remap_locked(&r);
	is_locked = false;
	if (ret >= 0) {
		struct vma *v = vma_find(m, (unsigned long)ret);

		is_locked = v && (v->flags & VM_LOCKED);
	}
	up_write(&m->lock);
	vma_free_list(&dead);
	if (is_locked && r.new_len > r.old_len)
		mm_populate(m, (unsigned long)ret, r.new_len);
	return ret;
}
