/* mprotect(2), msync(2), mincore(2), madvise(2). */
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"
#include <linux/mman.h>

/* New rights for the entries of [start, end). Writable comes by fault where copy-on-write or dirty
 * tracking wants to see it. */
static void protect_ptes(struct mm *m, unsigned long start, unsigned long end, u64 vm_flags)
{
	struct gather g;
	unsigned prot = vma_prot(vm_flags);

	gather_init(&g, m);
	spin_lock(&m->pt_lock);
	for (unsigned long a = arch_pte_next(&m->arch, start, end); a < end;
	     a = arch_pte_next(&m->arch, a + PAGE_SIZE, end)) {
		pte_t *pte = arch_pte_find(&m->arch, a), old = *pte, new;
		bool may_write;

		if (!pte_present(old))
			continue;
		may_write =
			pte_is_writable(old) || (pte_is_dirty(old) && !pte_is_special(old) &&
						 (vm_flags & VM_WRITE) && !(vm_flags & VM_SHARED) &&
						 (phys_to_page(pte_phys(old))->flags & PG_ANON) &&
						 ref_read(&phys_to_page(pte_phys(old))->ref) == 1);
		new = pte_make(pte_phys(old), prot);
		if (!may_write)
			new = pte_wrprotect(new);
		if (pte_is_dirty(old))
			new = pte_mkdirty(new);
		if (pte_is_special(old))
			new = pte_mkspecial(new);
		if (new != old) {
			*pte = new;
			gather_page(&g, a, NULL);
		}
	}
	spin_unlock(&m->pt_lock);
	gather_flush(&g);
}

static int check_protect(struct mm *m, unsigned long start, unsigned long end, unsigned vm_prot)
{
	unsigned long at = start;

	for (struct vma *v = vma_find(m, start); at < end; v = vma_next(v)) {
		if (!v || v->start > at)
			return -ENOMEM;
		if (((vm_prot & VM_READ) && !(v->flags & VM_MAYREAD)) ||
		    ((vm_prot & VM_WRITE) && !(v->flags & VM_MAYWRITE)) ||
		    ((vm_prot & VM_EXEC) && !(v->flags & VM_MAYEXEC)))
			return -EACCES;
		at = v->end;
	}
	return 0;
}

int mm_protect(struct mm *m, unsigned long start, size_t len, unsigned vm_prot)
{
	unsigned long end = start + ALIGN_UP(len, PAGE_SIZE), last;
	struct vma *v;
	int err, found;

	if (len == 0)
		return 0;
	if (end <= start || end > m->task_size)
		return -ENOMEM;
	down_write(&m->lock);
	/* The part before the first hole or refusal is changed, as on Linux. */
	for (last = start; last < end; last = v->end) {
		v = vma_find(m, last);
		if (!v || v->start > last || check_protect(m, last, MIN(v->end, end), vm_prot))
			break;
	}
	found = check_protect(m, start, end, vm_prot);
	last = MIN(last, end);
	err = last > start ? vma_split_range(m, start, last) : 0;
	for (v = vma_find(m, start); !err && v && v->start < last; v = vma_next(v)) {
		u64 new = (v->flags & ~(u64)VM_PROT) | vm_prot;

		if (new != v->flags) {
			size_t pages = (v->end - v->start) >> PAGE_SHIFT;

			if ((new &VM_WRITE) && !(v->flags & (VM_WRITE | VM_SHARED)) &&
			    m->data_pages + pages > m->limit_data >> PAGE_SHIFT) {
				err = -ENOMEM;
				break;
			}
			vma_account(m, v, -1);
			v->flags = new;
			vma_account(m, v, 1);
			protect_ptes(m, v->start, v->end, new);
		}
		v = vma_merge(v);
	}
	up_write(&m->lock);
	return err ? err : found;
}

int mm_sync(struct mm *m, unsigned long start, size_t len, int flags)
{
	unsigned long end = start + ALIGN_UP(len, PAGE_SIZE), at = start;
	int err = 0;

	down_read(&m->lock);
	for (struct vma *v = vma_find(m, start); at < end; v = vma_next(v)) {
		int e = 0;

		if (!v || v->start >= end) {
			err = -ENOMEM;
			break;
		}
		if (v->start > at)
			err = -ENOMEM;
		if ((flags & MS_INVALIDATE) && (v->flags & VM_LOCKED)) {
			err = -EBUSY;
			break;
		}
		if ((flags & MS_SYNC) && v->obj && (v->flags & VM_SHARED))
			e = vmobj_sync(v->obj, vma_index(v, MAX(at, v->start)) << PAGE_SHIFT,
				       (vma_index(v, MIN(end, v->end) - 1) + 1) << PAGE_SHIFT);
		if (e)
			err = e;
		at = v->end;
	}
	up_read(&m->lock);
	return err;
}

static bool is_resident(struct mm *m, struct vma *v, unsigned long addr)
{
	pte_t *pte;
	bool present;
	struct page *p;

	spin_lock(&m->pt_lock);
	pte = arch_pte_find(&m->arch, addr);
	present = pte && pte_present(*pte);
	spin_unlock(&m->pt_lock);
	if (present || !v->obj)
		return present;
	p = vmobj_find_page(v->obj, vma_index(v, addr));
	if (p)
		page_put(p);
	return p;
}

int mm_incore(struct mm *m, unsigned long start, size_t nr_pages, u8 *vec)
{
	int err = 0;

	down_read(&m->lock);
	for (size_t i = 0; i < nr_pages; i++) {
		unsigned long a = start + i * PAGE_SIZE;
		struct vma *v = vma_find(m, a);

		if (!v || v->start > a) {
			err = -ENOMEM;
			break;
		}
		vec[i] = is_resident(m, v, a);
	}
	up_read(&m->lock);
	return err;
}

/* --- madvise --- */

static int advise_dontneed(struct vma *v, unsigned long start, unsigned long end)
{
	if (v->flags & (VM_LOCKED | VM_SPECIAL))
		return -EINVAL;
	zap_range(v->mm, start, end);
	return 0;
}

static int advise_remove(struct vma *v, unsigned long start, unsigned long end)
{
	if ((v->flags & VM_LOCKED) || !v->obj)
		return -EINVAL;
	if ((v->flags & (VM_SHARED | VM_WRITE)) != (VM_SHARED | VM_WRITE))
		return -EACCES;
	if (v->obj->ops && v->obj->ops->writeback)
		return -EOPNOTSUPP;
	vmobj_invalidate(v->obj, vma_index(v, start) << PAGE_SHIFT,
			 (vma_index(v, end - 1) + 1) << PAGE_SHIFT, true);
	return 0;
}

static u64 advised_flags(const struct vma *v, int advice)
{
	switch (advice) {
	case MADV_NORMAL:
		return v->flags & ~(u64)(VM_SEQ_READ | VM_RAND_READ);
	case MADV_RANDOM:
		return (v->flags & ~(u64)VM_SEQ_READ) | VM_RAND_READ;
	case MADV_SEQUENTIAL:
		return (v->flags & ~(u64)VM_RAND_READ) | VM_SEQ_READ;
	case MADV_DONTFORK:
		return v->flags | VM_DONTCOPY;
	case MADV_DOFORK:
		return v->flags & ~(u64)VM_DONTCOPY;
	case MADV_WIPEONFORK:
		return v->flags | VM_WIPEONFORK;
	case MADV_KEEPONFORK:
		return v->flags & ~(u64)VM_WIPEONFORK;
	case MADV_DONTDUMP:
		return v->flags | VM_DONTDUMP;
	case MADV_DODUMP:
		return v->flags & ~(u64)VM_DONTDUMP;
	default:
		return v->flags;
	}
}

/* One area's part of the range; mm->lock held for writing. */
static int advise_area(struct vma *v, unsigned long start, unsigned long end, int advice)
{
	u64 new;
	int err;

	switch (advice) {
	case MADV_DONTNEED:
		return advise_dontneed(v, start, end);
	case MADV_FREE:
		if (v->obj || (v->flags & VM_SHARED))
			return -EINVAL;
		return advise_dontneed(v, start, end);
	case MADV_REMOVE:
		return advise_remove(v, start, end);
	case MADV_DOFORK:
	case MADV_DODUMP:
		if (v->flags & VM_SPECIAL)
			return -EINVAL;
		break;
	case MADV_WIPEONFORK:
		if (v->obj || (v->flags & VM_SHARED))
			return -EINVAL;
		break;
	case MADV_COLD:
	case MADV_PAGEOUT:
		return v->flags & (VM_LOCKED | VM_SPECIAL) ? -EINVAL : 0;
	}
	new = advised_flags(v, advice);
	if (new == v->flags)
		return 0;
	err = vma_split_range(v->mm, start, end);
	if (err)
		return err;
	v = vma_find(v->mm, start);
	v->flags = new;
	vma_merge(v);
	return 0;
}

static bool is_known_advice(int advice)
{
	switch (advice) {
	case MADV_NORMAL ... MADV_DONTNEED:
	case MADV_FREE ... MADV_DOFORK:
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return true;
	default:
		return false;
	}
}

static int populate(struct mm *m, unsigned long start, unsigned long end, bool is_write)
{
	for (unsigned long a = start; a < end; a += PAGE_SIZE) {
		int err = mm_fault(m, a, is_write ? FAULT_WRITE : 0);

		if (err)
			return err == -EFAULT	? -ENOMEM
			       : err == -EACCES ? -EINVAL
			       : err == -EIO	? -EFAULT
						: err;
	}
	return 0;
}

int mm_advise(struct mm *m, unsigned long start, size_t len, int advice)
{
	unsigned long end = start + ALIGN_UP(len, PAGE_SIZE), at;
	int err = 0;

	if (!is_known_advice(advice) || (start & ~PAGE_MASK) || end < start)
		return -EINVAL;
	if (len && end == start)
		return -EINVAL;
	if (end == start)
		return 0;
	if (advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE)
		return populate(m, start, end, advice == MADV_POPULATE_WRITE);
	down_write(&m->lock);
	for (at = start; at < end;) {
		struct vma *v = vma_find(m, at);
		unsigned long stop;
		int e;

		if (!v || v->start >= end) {
			err = -ENOMEM;
			break;
		}
		if (v->start > at) { /* holes are reported, the rest is advised all the same */
			err = -ENOMEM;
			at = v->start;
		}
		stop = MIN(end, v->end);
		e = advise_area(v, at, stop, advice);
		if (e) {
			err = e;
			break;
		}
		at = stop;
	}
	up_write(&m->lock);
	return err;
}
