/* fork's copy of an address space: areas copied, private pages shared until somebody writes. */
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"

/* Child and parent map one page now; neither may write to it. */
static pte_t share_pte(struct mm *child, pte_t *src, bool *wrprotected)
{
	struct page *p;

	if (pte_is_special(*src))
		return *src;
	p = phys_to_page(pte_phys(*src));
	page_get(p);
	atomic_add(&p->map_count, 1);
	rss_add(child, p, 1);
	if (pte_is_writable(*src)) {
		*src = pte_wrprotect(*src);
		*wrprotected = true;
	}
	return *src;
}

/* Entries of [start, end), which lies within one table. Parent's pt_lock held. */
static int copy_table(struct mm *child, struct mm *parent, unsigned long start, unsigned long end,
		      bool *wrprotected)
{
	pte_t *src = arch_pte_find(&parent->arch, start), *dst = NULL;

	for (unsigned long a = start; a < end; a += PAGE_SIZE, src++) {
		if (!pte_present(*src)) {
			if (dst)
				dst++;
			continue;
		}
		if (!dst) {
			dst = arch_pte_alloc(&child->arch, a);
			if (!dst)
				return -ENOMEM;
		}
		*dst++ = share_pte(child, src, wrprotected);
	}
	return 0;
}

static int copy_pages(struct mm *child, struct vma *v, bool *wrprotected)
{
	struct mm *parent = v->mm;
	unsigned long a = v->start;
	unsigned round = 0;
	int err = 0;

	spin_lock(&parent->pt_lock);
	while ((a = arch_pte_next(&parent->arch, a, v->end)) < v->end) {
		unsigned long stop = (a | (PAGE_SIZE * (PAGE_SIZE / sizeof(pte_t)) - 1)) + 1;

		stop = MIN(stop, v->end);
		err = copy_table(child, parent, a, stop, wrprotected);
		if (err) {
			/* No table page: reclaim and do this stretch again. Nothing of it was
			 * copied, the table comes first. */
			spin_unlock(&parent->pt_lock);
			if (round++ >= 8 || !page_cache_reclaim(16))
				return err;
			err = 0;
			spin_lock(&parent->pt_lock);
			continue;
		}
		a = stop;
	}
	spin_unlock(&parent->pt_lock);
	return err;
}

static int copy_area(struct mm *child, struct vma *v, bool *wrprotected)
{
	struct vma *n = vma_alloc(child);

	if (!n)
		return -ENOMEM;
	n->start = v->start;
	n->end = v->end;
	n->flags = v->flags & ~VM_LOCKED;
	n->obj = v->obj;
	n->pgoff = v->pgoff;
	n->file = v->file;
	n->owns_shm = v->owns_shm;
	n->name = v->name;
	n->has_anon = v->has_anon;
	n->special_phys = v->special_phys;
	if (n->file)
		vma_file_ops->get(n->file);
	if (n->owns_shm)
		shm_get(n->obj);
	vma_insert(child, n);
	vma_account(child, n, 1);
	if (v->flags & (VM_WIPEONFORK | VM_SHARED))
		return 0; /* shared pages are found again by faults */
	if ((v->obj || (v->flags & VM_SPECIAL)) && !v->has_anon)
		return 0;
	return copy_pages(child, v, wrprotected);
}

static void copy_numbers(struct mm *to, const struct mm *from)
{
	to->mmap_base = from->mmap_base;
	to->mmap_min = from->mmap_min;
	to->task_size = from->task_size;
	to->start_code = from->start_code;
	to->end_code = from->end_code;
	to->start_data = from->start_data;
	to->end_data = from->end_data;
	to->start_brk = from->start_brk;
	to->brk = from->brk;
	to->start_stack = from->start_stack;
	to->arg_start = from->arg_start;
	to->arg_end = from->arg_end;
	to->env_start = from->env_start;
	to->env_end = from->env_end;
	to->vdso_base = from->vdso_base;
	to->limit_as = from->limit_as;
	to->limit_data = from->limit_data;
	to->limit_stack = from->limit_stack;
	to->limit_memlock = from->limit_memlock;
	to->dumpable = from->dumpable;
	memcpy(to->saved_auxv, from->saved_auxv, sizeof(to->saved_auxv));
}

struct mm *mm_fork(struct mm *old)
{
	struct mm *m = mm_create();
	bool wrprotected = false;
	struct vma *v;
	int err = 0;

	if (!m)
		return ERR_PTR(-ENOMEM);
	down_write(&old->lock);
	copy_numbers(m, old);
	m->exe_file = old->exe_file;
	if (m->exe_file)
		vma_file_ops->get(m->exe_file);
	for (v = vma_find(old, 0); v && !err; v = vma_next(v))
		if (!(v->flags & VM_DONTCOPY))
			err = copy_area(m, v, &wrprotected);
	if (wrprotected)
		arch_tlb_flush(&old->arch, 0, old->task_size);
	up_write(&old->lock);
	if (err) {
		mm_put(m);
		return ERR_PTR(err);
	}
	return m;
}
