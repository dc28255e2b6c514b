/* mremap(2). */
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"
#include <linux/mman.h>

/* Move the entries of [old, old + len) to new; both areas belong to m and mm->lock is held for
 * writing. */
static int move_ptes(struct mm *m, unsigned long old, unsigned long new, size_t len)
{
	struct gather g;
	unsigned long end = old + len;
	int err = 0;

	gather_init(&g, m);
	spin_lock(&m->pt_lock);
	for (unsigned long a = arch_pte_next(&m->arch, old, end); a < end;
	     a = arch_pte_next(&m->arch, a + PAGE_SIZE, end)) {
		pte_t *src = arch_pte_find(&m->arch, a), *dst;

		if (!pte_present(*src))
			continue;
		dst = arch_pte_alloc(&m->arch, new + (a - old));
		if (!dst) {
			err = -ENOMEM;
			break;
		}
		*dst = *src;
		*src = PTE_NONE;
		gather_page(&g, a, NULL);
	}
	spin_unlock(&m->pt_lock);
	gather_flush(&g);
	return err;
}

/* A second area like v (whole or a duplicate of shared memory) at [new, new + len). */
static struct vma *clone_area(struct vma *v, unsigned long from, unsigned long new, size_t len)
{
	struct vma *n = vma_alloc(v->mm);

	if (!n)
		return NULL;
	n->start = new;
	n->end = new + len;
	n->flags = v->flags;
	n->obj = v->obj;
	n->pgoff = v->obj ? vma_index(v, from) : new >> PAGE_SHIFT;
	n->file = v->file;
	n->owns_shm = v->owns_shm;
	n->name = v->name;
	n->has_anon = v->has_anon;
	if (v->special_phys)
		n->special_phys = v->special_phys + (from - v->start);
	if (n->file)
		vma_file_ops->get(n->file);
	if (n->owns_shm)
		shm_get(n->obj);
	return n;
}

static long move_area(struct mm *m, struct vma *v, unsigned long old, size_t old_len,
		      size_t new_len, unsigned long new, bool keep_old)
{
	struct vma *n = clone_area(v, old, new, new_len);
	size_t moved = MIN(old_len, new_len);
	int err;

	if (!n)
		return -ENOMEM;
	vma_insert(m, n);
	vma_account(m, n, 1);
	err = old_len ? move_ptes(m, old, new, moved) : 0;
	if (err) {
		move_ptes(m, new, old,
			  moved); /* the tables it came from are still there: this cannot fail */
		unmap_locked(m, new, new + new_len);
		return err;
	}
	if (m->vdso_base == old && (v->flags & VM_SPECIAL))
		m->vdso_base = new;
	if (old_len && !keep_old)
		err = unmap_locked(m, old, old + old_len);
	vma_merge(n);
	return err ? err : (long)new;
}

static bool can_grow_in_place(struct mm *m, struct vma *v, unsigned long old_end,
			      unsigned long new_end)
{
	struct vma *next = vma_next(v);

	return v->end == old_end && new_end > old_end && new_end <= m->task_size &&
	       (!next || next->start >= new_end);
}

struct remap {
	unsigned long old, new;
	size_t old_len, new_len;
	int flags;
};

static int check(struct mm *m, const struct remap *r, struct vma *v)
{
	size_t grow = r->new_len > r->old_len ? r->new_len - r->old_len : 0;

	if (!v || v->start > r->old)
		return -EFAULT;
	if (!r->old_len && !(v->flags & VM_SHARED))
		return -EINVAL;
	if ((r->flags & MREMAP_DONTUNMAP) && (v->flags & VM_SPECIAL))
		return -EINVAL;
	if (r->old_len > v->end - r->old)
		return -EFAULT;
	if (grow && (v->flags & VM_SPECIAL))
		return -EFAULT;
	if (grow && !mm_has_room(m, grow >> PAGE_SHIFT, v->flags))
		return -ENOMEM;
	return 0;
}

static long remap_locked(struct mm *m, struct remap *r)
{
	struct vma *v = vma_find(m, r->old);
	int err;

	/* Shrinking in place first: it works over several areas. */
	if (!(r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && r->old_len >= r->new_len) {
		if (!v || v->start > r->old)
			return -EFAULT;
		err = r->old_len > r->new_len
			      ? unmap_locked(m, r->old + r->new_len, r->old + r->old_len)
			      : 0;
		return err ? err : (long)r->old;
	}
	if (r->flags & MREMAP_FIXED) {
		err = unmap_locked(m, r->new, r->new + r->new_len);
		if (err)
			return err;
		if (r->old_len > r->new_len) {
			err = unmap_locked(m, r->old + r->new_len, r->old + r->old_len);
			if (err)
				return err;
			r->old_len = r->new_len;
		}
		v = vma_find(m, r->old);
	}
	err = check(m, r, v);
	if (err)
		return err;
	if (!(r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) &&
	    can_grow_in_place(m, v, r->old + r->old_len, r->old + r->new_len)) {
		vma_account(m, v, -1);
		vma_set_bounds(v, v->start, r->old + r->new_len);
		vma_account(m, v, 1);
		vma_merge(v);
		return (long)r->old;
	}
	if (!(r->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	if (!(r->flags & MREMAP_FIXED)) {
		r->new = mm_find_gap(m, r->new, r->new_len, false);
		if (!r->new)
			return -ENOMEM;
	}
	return move_area(m, v, r->old, r->old_len, r->new_len, r->new, r->flags & MREMAP_DONTUNMAP);
}

long mm_remap(struct mm *m, unsigned long old, size_t old_len, size_t new_len, int flags,
	      unsigned long new_addr)
{
	struct remap r = {.old = old,
			  .new = new_addr,
			  .old_len = ALIGN_UP(old_len, PAGE_SIZE),
			  .new_len = ALIGN_UP(new_len, PAGE_SIZE),
			  .flags = flags};
	long ret;

	if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) || (old & ~PAGE_MASK) ||
	    !r.new_len)
		return -EINVAL;
	if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if ((flags & MREMAP_DONTUNMAP) && r.old_len != r.new_len)
		return -EINVAL;
	if (r.old_len > m->task_size || old > m->task_size - r.old_len)
		return flags & MREMAP_FIXED ? -EINVAL : -EFAULT;
	if (flags & MREMAP_FIXED) {
		if ((new_addr & ~PAGE_MASK) || r.new_len > m->task_size ||
		    new_addr > m->task_size - r.new_len)
			return -EINVAL;
		if (old + r.old_len > new_addr && new_addr + r.new_len > old)
			return -EINVAL;
	} else if (r.new_len > m->task_size) {
		return -ENOMEM;
	}
	down_write(&m->lock);
	ret = remap_locked(m, &r);
	up_write(&m->lock);
	return ret;
}
