/* The copy of an address space for fork(2): areas now, pages when somebody writes. */
#include "core/log.h"
#include "core/sched.h"
#include "lib/err.h"
#include "mm/internal.h"

/* Same page in both, read-only in both; the pt_locks are held. */
static void copy_pte(struct mm *to, pte_t *src, pte_t *dst, bool *wrprotected)
{
	pte_t pte = *src;
	struct page *p;

	if (pte_is_special(pte)) {
		WRITE_ONCE(*dst, pte);
		return;
	}
	p = phys_to_page(pte_phys(pte));
	/* The child finds pages of files in the page cache when it wants them. */
	if (!(p->flags & PG_ANON))
		return;
	if (pte_is_writable(pte)) {
		pte = pte_wrprotect(pte);
		WRITE_ONCE(*src, pte);
		*wrprotected = true;
	}
	page_get(p);
	atomic_add(&p->map_count, 1);
	to->rss_anon++;
	table_of(dst)->index++;
	WRITE_ONCE(*dst, pte);
}

/* One table's worth; -ENOMEM when the child's table could not be had. Locks held. */
static int copy_table(struct vma *from, struct mm *to, unsigned long va, unsigned long stop,
		      bool *wrprotected)
{
	pte_t *src = arch_pte_find_own(&from->mm->arch, va), *dst = NULL;

	ASSERT(src);
	for (; src && va < stop; va += PAGE_SIZE, src++) {
		if (!pte_none(*src)) {
			if (!dst)
				dst = arch_pte_alloc(&to->arch, va);
			if (!dst)
				return -ENOMEM;
			copy_pte(to, src, dst, wrprotected);
		}
		if (dst)
			dst++;
	}
	return 0;
}

/* Is all that the table of va maps private memory of this one area? */
static bool has_table_alone(const struct vma *v, unsigned long va)
{
	unsigned long start = ALIGN_DOWN(va, TABLE_SPAN);

	return v->start <= start && start + TABLE_SPAN <= v->end && !v->obj &&
	       !(v->flags & VM_SPECIAL);
}

static int share_pages(struct vma *from, struct mm *to, bool *wrprotected)
{
	struct mm *m = from->mm;
	unsigned long va = from->start;

	for (;;) {
		unsigned long stop;
		int err = 0;

		/* Two of a rank: the child is reached by nobody but object walkers, who come to the
		 * parent first. */
		spin_lock(&m->pt_lock);
		va = arch_pte_next(&m->arch, va, from->end);
		stop = MIN(ALIGN_DOWN(va, TABLE_SPAN) + TABLE_SPAN, from->end);
		if (va < from->end) {
			spin_lock(&to->pt_lock);
			if (has_table_alone(from, va))
				err = table_share(m, to, va, wrprotected);
			else
				err = copy_table(from, to, va, stop, wrprotected);
			spin_unlock(&to->pt_lock);
		}
		spin_unlock(&m->pt_lock);
		if (va >= from->end)
			return 0;
		if (!err) {
			va = stop;
			cond_resched();
			continue;
		}
		/* The table is asked for before its first entry: nothing of it is shared yet. */
		if (!reclaim_for_tables())
			return err;
	}
}

static bool has_private_pages(const struct vma *v)
{
	if (v->flags & VM_WIPEONFORK)
		return false;
	return !(v->flags & VM_SHARED) || (v->flags & VM_SPECIAL);
}

static int copy_areas(struct mm *old, struct mm *new, bool *wrprotected)
{
	struct vma *v, *n;
	int err;

	for (v = old->first; v; v = v->next) {
		if (v->flags & VM_DONTCOPY)
			continue;
		if (is_overcommit(new, v->flags, vma_pages(v)))
			return -ENOMEM;
		n = vma_dup(v);
		if (!n)
			return -ENOMEM;
		n->flags &= ~(u64)(VM_LOCKED | VM_LOCKONFAULT); /* mlock(2): not inherited */
		vma_insert(new, n);
		vma_link_object(n, v); /* behind the parent's: see zap.c's walkers */
		mm_account(new, n->flags, (long)vma_pages(n));
		if (!has_private_pages(v))
			continue;
		err = share_pages(v, new, wrprotected);
		if (err)
			return err;
	}
	return 0;
}

static void copy_fields(struct mm *new, const struct mm *old)
{
	unsigned i;

	new->mmap_base = old->mmap_base;
	new->is_bottom_up = old->is_bottom_up;
	new->mmap_min = old->mmap_min;
	new->task_size = old->task_size;
	new->start_code = old->start_code;
	new->end_code = old->end_code;
	new->start_data = old->start_data;
	new->end_data = old->end_data;
	new->start_brk = old->start_brk;
	new->brk = old->brk;
	new->start_stack = old->start_stack;
	new->arg_start = old->arg_start;
	new->arg_end = old->arg_end;
	new->env_start = old->env_start;
	new->env_end = old->env_end;
	new->vdso_base = old->vdso_base;
	for (i = 0; i < ARRAY_SIZE(new->saved_auxv); i++)
		new->saved_auxv[i] = old->saved_auxv[i];
	new->limit_as = old->limit_as;
	new->limit_data = old->limit_data;
	new->limit_data_hard = old->limit_data_hard;
	new->limit_stack = old->limit_stack;
	new->limit_memlock = old->limit_memlock;
	new->dumpable = old->dumpable;
	new->mdwe = mm_mdwe_of_child(old);
	new->user_ns_id = old->user_ns_id;
	new->membarrier = old->membarrier;
	new->has_seals = old->has_seals;
	new->has_secrets = old->has_secrets;
	new->exe_file = old->exe_file;
	if (new->exe_file)
		vma_file_ops->get(new->exe_file);
}

struct mm *mm_fork(struct mm *old)
{
	struct mm *new = mm_create();
	bool wrprotected = false;
	int err;

	if (!new)
		return ERR_PTR(-ENOMEM);
	down_write(&old->lock);
	copy_fields(new, old);
	err = copy_areas(old, new, &wrprotected);
	if (!err)
		err = arch_ldt_copy(&new->arch, &old->arch);
	if (wrprotected)
		arch_tlb_flush(&old->arch, 0, old->task_size);
	up_write(&old->lock);
	if (err) {
		mm_put(new);
		return ERR_PTR(err);
	}
	new->peak_pages = new->total_pages;
	new->hiwater_rss_pages = mm_rss_pages(new);
	return new;
}
