/* mprotect(2), mincore(2), msync(2): what changes or asks about existing areas. */
#include "core/sched.h"
#include "lib/err.h"
#include "mm/internal.h"
#include <linux/mman.h>

/* The entry for the same page under new flags. Write permission only appears where no copy and no
 * dirty-tracking fault is due. */
static pte_t changed_pte(pte_t old, u64 vm_flags)
{
	unsigned prot = vma_prot(vm_flags);
	struct page *p = phys_to_page(pte_phys(old));
	pte_t new;

	if (pte_is_special(old)) {
		new = pte_make(pte_phys(old), prot & ~VMP_WRITE);
		return pte_mkspecial(new);
	}
	if (!pte_is_writable(old) &&
	    ((vm_flags & VM_SHARED) || !(p->flags & PG_ANON) || ref_read(&p->ref) != 1))
		prot &= ~VMP_WRITE;
	new = pte_make(pte_phys(old), prot);
	return pte_is_dirty(old) ? pte_mkdirty(new) : new;
}

static void change_ptes(struct vma *v)
{
	struct mm *m = v->mm;
	unsigned long va = v->start, lo = ~0UL, hi = 0;

	spin_lock(&m->pt_lock);
	while ((va = arch_pte_next(&m->arch, va, v->end)) < v->end) {
		unsigned long stop = ALIGN_DOWN(va, TABLE_SPAN) + TABLE_SPAN;
		pte_t *pte = arch_pte_find_own(&m->arch, va);

		for (stop = MIN(stop, v->end); va < stop && pte; va += PAGE_SIZE, pte++) {
			pte_t new;

			if (pte_none(*pte))
				continue;
			new = changed_pte(*pte, v->flags);
			if (new == *pte)
				continue;
			WRITE_ONCE(*pte, new);
			lo = MIN(lo, va);
			hi = va + PAGE_SIZE;
		}
		va = stop;
	}
	if (lo < hi)
		arch_tlb_flush(&m->arch, lo, hi);
	spin_unlock(&m->pt_lock);
}

static int check_protect(struct mm *m, const struct vma *v, u64 prot, size_t pages)
{
	u64 new_flags = (v->flags & ~VM_PROT) | prot;

	if (v->flags & VM_SEALED)
		return -EPERM;
	if (prot & ~(v->flags >> 4) & VM_PROT)
		return -EACCES;
	if (mm_denies_exec(m, v->flags, new_flags))
		return -EACCES;
	if (is_data_mapping(new_flags) && !is_data_mapping(v->flags) && !mm_has_data_room(m, pages))
		return -ENOMEM;
	if (is_data_mapping(new_flags) && !is_data_mapping(v->flags) &&
	    is_overcommit(m, new_flags, pages))
		return -ENOMEM;
	return 0;
}

/* One area's share of mprotect; returns where it ended, or an error. */
static int protect_area(struct mm *m, struct vma **pv, unsigned long start, unsigned long end,
			u64 prot, struct list_head *dead)
{
	struct vma *v = *pv;
	size_t pages = (MIN(v->end, end) - MAX(v->start, start)) >> PAGE_SHIFT;
	int err = check_protect(m, v, prot, pages);

	if (err)
		return err;
	if ((v->flags & VM_PROT) == prot)
		return 0;
	if (v->start < start) {
		v = vma_split(v, start);
		if (IS_ERR(v))
			return (int)PTR_ERR(v);
	}
	if (v->end > end) {
		struct vma *upper = vma_split(v, end);

		if (IS_ERR(upper))
			return (int)PTR_ERR(upper);
	}
	err = tables_unshare(m, v->start, v->end);
	if (err)
		return err;
	mm_account(m, v->flags, -(long)pages);
	v->flags = (v->flags & ~VM_PROT) | prot;
	mm_account(m, v->flags, (long)pages);
	change_ptes(v);
	*pv = vma_merge(v, dead);
	return 0;
}

int mm_protect(struct mm *m, unsigned long start, size_t len, unsigned vm_prot)
{
	unsigned long end, at;
	struct list_head dead;
	struct vma *v;
	int err = 0;

	if (!IS_ALIGNED(start, PAGE_SIZE))
		return -EINVAL;
	if (!len)
		return 0;
	end = start + ALIGN_UP(len, PAGE_SIZE);
	if (end <= start || end > m->task_size)
		return -ENOMEM;
	list_init(&dead);
	down_write(&m->lock);
	for (at = start; at < end && !err;) {
		unsigned long next;

		v = vma_find(m, at);
		if (!v || v->start > at) {
			err = -ENOMEM;
			break;
		}
		next = MIN(v->end, end);
		err = protect_area(m, &v, at, end, vm_prot, &dead);
		at = next;
	}
	up_write(&m->lock);
	vma_free_list(&dead);
	return err;
}

/* --- mincore --- */

static bool is_resident(struct vma *v, unsigned long va)
{
	struct page *p;
	pte_t *pte;
	bool yes;

	spin_lock(&v->mm->pt_lock);
	pte = arch_pte_find(&v->mm->arch, va);
	yes = pte && pte_present(*pte);
	spin_unlock(&v->mm->pt_lock);
	if (yes || !v->obj)
		return yes;
	p = vmobj_find_page(v->obj, vma_index(v, va));
	if (!p)
		return false;
	yes = READ_ONCE(p->flags) & PG_UPTODATE;
	page_put(p);
	return yes;
}

int mm_incore(struct mm *m, unsigned long start, size_t nr_pages, u8 *vec)
{
	int err = 0;
	size_t i;

	down_read(&m->lock);
	for (i = 0; i < nr_pages; i++) {
		unsigned long va = start + (i << PAGE_SHIFT);
		struct vma *v = vma_find(m, va);

		if (!v || v->start > va) {
			err = -ENOMEM;
			break;
		}
		vec[i] = is_resident(v, va);
	}
	up_read(&m->lock);
	return err;
}

/* --- msync --- */

static int sync_area(struct mm *m, struct vma *v, unsigned long start, unsigned long end)
{
	struct file *f = v->file;
	struct vmobj *o = v->obj;
	u64 from = vma_index(v, start) << PAGE_SHIFT;
	int err;

	/* Writing back sleeps long and may take file-system locks: not under mm->lock. */
	vma_file_ops->get(f);
	up_read(&m->lock);
	err = vmobj_sync(o, from, from + (end - start));
	vma_file_ops->put(f);
	down_read(&m->lock);
	return err;
}

int mm_sync(struct mm *m, unsigned long start, size_t len, int flags)
{
	unsigned long end = start + ALIGN_UP(len, PAGE_SIZE), at = start;
	int err = 0, hole = 0;

	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || !IS_ALIGNED(start, PAGE_SIZE) ||
	    (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
		return -EINVAL;
	if (end < start)
		return -ENOMEM;
	down_read(&m->lock);
	while (at < end && !err) {
		struct vma *v = vma_find(m, at);
		unsigned long stop;

		if (!v || v->start >= end) {
			hole = -ENOMEM;
			break;
		}
		if (v->start > at) {
			hole = -ENOMEM;
			at = v->start;
		}
		stop = MIN(v->end, end);
		if ((flags & MS_INVALIDATE) && (v->flags & VM_LOCKED))
			err = -EBUSY;
		else if ((flags & MS_SYNC) && v->file && (v->flags & VM_SHARED))
			err = sync_area(m, v, at, stop);
		at = stop;
	}
	up_read(&m->lock);
	return err ? err : hole;
}
