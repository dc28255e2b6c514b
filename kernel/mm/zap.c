/* Taking pages out of page tables: flush first, free afterwards. */
#include "lib/atomic.h"
#include "mm/internal.h"

void gather_init(struct gather *g, struct mm *mm)
{
	g->mm = mm;
	g->start = ~0ul;
	g->end = 0;
	g->n = 0;
	g->has_changes = false;
}

void gather_flush(struct gather *g)
{
	if (g->has_changes)
		arch_tlb_flush(&g->mm->arch, g->start, g->end);
	for (unsigned i = 0; i < g->n; i++)
		page_put(g->page[i]);
	gather_init(g, g->mm);
}

void gather_page(struct gather *g, unsigned long addr, struct page *p)
{
	g->start = MIN(g->start, addr);
	g->end = MAX(g->end, addr + PAGE_SIZE);
	g->has_changes = true;
	if (p)
		g->page[g->n++] = p;
	if (g->n == GATHER_PAGES)
		gather_flush(g);
}

void rss_add(struct mm *m, const struct page *p, long n)
{
	long *which = &m->rss_file;

	if (p->flags & PG_ANON) {
		which = &m->rss_anon;
		mm_count(MM_ANON, n);
	} else if (p->obj && !p->obj->is_evictable) {
		which = &m->rss_shmem;
	}
	__atomic_fetch_add(which, n, __ATOMIC_RELAXED);
}

/* pt_lock held: forget one present entry. */
static void zap_pte(struct gather *g, unsigned long addr, pte_t *pte)
{
	pte_t old = *pte;
	struct page *p = NULL;

	*pte = PTE_NONE;
	if (!pte_is_special(old)) {
		p = phys_to_page(pte_phys(old));
		atomic_sub(&p->map_count, 1);
		rss_add(g->mm, p, -1);
		if (pte_is_dirty(old) && p->obj)
			vmobj_mark_dirty(p->obj, p);
	}
	gather_page(g, addr, p);
}

/* How far the entries behind `pte` go on in one table, from addr: entries of one table lie side by
 * side. */
static unsigned long table_end(unsigned long addr, unsigned long end)
{
	unsigned long stop = (addr | (PAGE_SIZE * (PAGE_SIZE / sizeof(pte_t)) - 1)) + 1;

	return stop == 0 || stop > end ? end : stop;
}

static void zap_tables(struct gather *g, unsigned long start, unsigned long end, bool even_private)
{
	struct arch_mm *am = &g->mm->arch;

	for (unsigned long a = arch_pte_next(am, start, end); a < end;
	     a = arch_pte_next(am, a, end)) {
		unsigned long stop = table_end(a, end);
		pte_t *pte = arch_pte_find(am, a);

		for (; a < stop; a += PAGE_SIZE, pte++) {
			if (!pte_present(*pte))
				continue;
			if (!even_private && !pte_is_special(*pte) &&
			    (phys_to_page(pte_phys(*pte))->flags & PG_ANON))
				continue;
			zap_pte(g, a, pte);
		}
	}
}

void zap_range(struct mm *m, unsigned long start, unsigned long end)
{
	size_t rss = mm_rss_pages(m);
	struct gather g;

	if (m->hiwater_rss_pages < rss)
		m->hiwater_rss_pages = rss;
	gather_init(&g, m);
	spin_lock(&m->pt_lock);
	zap_tables(&g, start, end, true);
	spin_unlock(&m->pt_lock);
	gather_flush(&g);
}

void vmobj_unmap(struct vmobj *o, u64 first, u64 last, bool even_private)
{
	struct vma *v;

	spin_lock(&o->lock);
	list_for_each_entry (v, &o->vmas, obj_node) {
		u64 v_last = v->pgoff + ((v->end - v->start) >> PAGE_SHIFT) - 1;
		u64 from = MAX(first, v->pgoff), to = MIN(last, v_last);
		struct gather g;

		if (from > to)
			continue;
		gather_init(&g, v->mm);
		spin_lock(&v->mm->pt_lock);
		zap_tables(&g, v->start + ((from - v->pgoff) << PAGE_SHIFT),
			   v->start + ((to - v->pgoff + 1) << PAGE_SHIFT), even_private);
		gather_flush(&g);
		spin_unlock(&v->mm->pt_lock);
	}
	spin_unlock(&o->lock);
}
