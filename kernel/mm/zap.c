/*
 * Taking pages out of page tables. A page goes back to the allocator only after every CPU's TLB
 * has forgotten it: pages gather, then one flush, then they are freed.
 */
#include "core/log.h"
#include "core/sched.h"
#include "mm/internal.h"

void gather_init(struct gather *g, struct mm *mm)
{
	g->mm = mm;
	g->n = g->nr_tables = 0;
	g->start = ~0UL;
	g->end = 0;
}

void gather_flush(struct gather *g)
{
	unsigned i;

	if (g->end > g->start)
		arch_tlb_flush(&g->mm->arch, g->start, g->end);
	for (i = 0; i < g->n; i++) {
		struct page *p = g->page[i];

		atomic_sub(&p->map_count, 1);
		page_put(p);
	}
	while (unlikely(g->nr_tables))
		table_put(g->table[--g->nr_tables]);
	g->n = 0;
	g->start = ~0UL;
	g->end = 0;
}

void rss_note_peak(struct mm *m)
{
	size_t rss = mm_rss_pages(m);

	if (rss > m->hiwater_rss_pages)
		m->hiwater_rss_pages = rss;
}

/* The PTEs of [va, end), all of one table, which is m's own; pt_lock held. */
static void zap_table(struct vma *v, unsigned long va, unsigned long end, struct gather *g,
		      bool even_private)
{
	pte_t *pte = arch_pte_find_own(&v->mm->arch, va);
	struct page *table;
	long nr_anon = 0, nr_object = 0;

	ASSERT(pte);
	if (!pte)
		return;
	table = table_of(pte);
	for (; va < end; va += PAGE_SIZE, pte++) {
		pte_t old = *pte;
		struct page *p;

		if (pte_none(old))
			continue;
		if (pte_is_special(old)) {
			WRITE_ONCE(*pte, PTE_NONE);
			gather_range(g, va);
			continue;
		}
		p = phys_to_page(pte_phys(old));
		if (p->flags & PG_ANON) {
			if (!even_private)
				continue;
			nr_anon++;
		} else {
			nr_object++;
		}
		WRITE_ONCE(*pte, PTE_NONE);
		gather_page(g, va, p);
	}
	v->mm->rss_anon -= nr_anon;
	*rss_object(v->mm, v) -= nr_object;
	table->index -= (u64)nr_anon;
}

static unsigned long table_end(unsigned long va, unsigned long end)
{
	unsigned long next = ALIGN_DOWN(va, TABLE_SPAN) + TABLE_SPAN;

	return MIN(next, end);
}

void zap_range(struct vma *v, unsigned long start, unsigned long end)
{
	struct mm *m = v->mm;
	unsigned long va = start;
	struct gather g;

	gather_init(&g, m);
	spin_lock(&m->pt_lock);
	va = arch_pte_next(&m->arch, va, end);
	if (va < end)
		rss_note_peak(m);
	while (va < end) {
		unsigned long stop = table_end(va, end);

		if (!(m->has_shared_tables && stop - va == TABLE_SPAN && table_leave(&g, va)))
			zap_table(v, va, stop, &g, true);
		va = stop;
		if (va < end && thread_test_flags(this_thread(), TIF_NEED_RESCHED)) {
			gather_flush(&g);
			spin_unlock(&m->pt_lock);
			cond_resched();
			spin_lock(&m->pt_lock);
		}
		if (va < end)
			va = arch_pte_next(&m->arch, va, end);
	}
	spin_unlock(&m->pt_lock);
	gather_flush(&g);
}

/* The part of v that shows pages [first, last] of its object; false when none. */
static bool shown_range(const struct vma *v, u64 first, u64 last, unsigned long *start,
			unsigned long *end)
{
	u64 v_last = v->pgoff + ((v->end - v->start) >> PAGE_SHIFT) - 1;

	if (last < v->pgoff || first > v_last)
		return false;
	*start = first <= v->pgoff ? v->start : v->start + ((first - v->pgoff) << PAGE_SHIFT);
	*end = last >= v_last ? v->end : v->start + ((last - v->pgoff + 1) << PAGE_SHIFT);
	return true;
}

void vmobj_unmap(struct vmobj *o, u64 first, u64 last, bool even_private)
{
	struct vma *v;

	if (list_empty(&o->vmas))
		return;
	spin_lock(&o->lock);
	list_for_each_entry (v, &o->vmas, obj_node) {
		unsigned long va, end;
		struct mm *m = v->mm;
		struct gather g;

		if (!shown_range(v, first, last, &va, &end))
			continue;
		gather_init(&g, m);
		spin_lock(&m->pt_lock);
		rss_note_peak(m);
		while ((va = arch_pte_next(&m->arch, va, end)) < end) {
			unsigned long stop = table_end(va, end);

			zap_table(v, va, stop, &g, even_private);
			va = stop;
		}
		gather_flush(&g);
		spin_unlock(&m->pt_lock);
	}
	spin_unlock(&o->lock);
}

void vmobj_wrprotect(struct vmobj *o, struct page *p)
{
	struct vma *v;

	if (!READ_ONCE(p->map_count))
		return;
	spin_lock(&o->lock);
	list_for_each_entry (v, &o->vmas, obj_node) {
		unsigned long va, end;
		pte_t *pte;

		if (!(v->flags & VM_SHARED) || !shown_range(v, p->index, p->index, &va, &end))
			continue;
		spin_lock(&v->mm->pt_lock);
		pte = arch_pte_find_own(&v->mm->arch, va);
		if (pte && pte_present(*pte) && pte_is_writable(*pte) &&
		    pte_phys(*pte) == page_to_phys(p)) {
			WRITE_ONCE(*pte, pte_wrprotect(pte_mkclean(*pte)));
			arch_tlb_flush(&v->mm->arch, va, va + PAGE_SIZE);
		}
		spin_unlock(&v->mm->pt_lock);
	}
	spin_unlock(&o->lock);
}

bool vmobj_is_locked(struct vmobj *o, u64 index)
{
	unsigned long va, end;
	bool found = false;
	struct vma *v;

	spin_lock(&o->lock);
	list_for_each_entry (v, &o->vmas, obj_node) {
		if ((v->flags & VM_LOCKED) && shown_range(v, index, index, &va, &end)) {
			found = true;
			break;
		}
	}
	spin_unlock(&o->lock);
	return found;
}
