/*
 * Page tables that several address spaces use.
 *
 * fork(2) does not copy the entries of a last-level table that one private anonymous area fills: it
 * gives the child the table itself (share), and takes the permission to write from the entry above
 * it, in both. A process that is about to change an entry makes a copy first (unshare); one that
 * throws all of it away only lets go (leave). So a fork costs by tables, and who never writes never
 * pays for the pages.
 *
 * The rules:
 * - The table page's `ref` counts its users, its `index` the pages that it maps, for their RSS.
 * Each page has one reference and one in map_count from the table, however many users that has.
 * - While it is shared nobody changes an entry, but for taking permission to write. So each user
 *   reads it under its own pt_lock. With one user left it is shared still, until that one unshares
 * it.
 * - In each user it lies wholly in one private anonymous area: where an area or a part that is
 * zapped begins or ends, it is unshared first (table_cut()), while that can still fail. Those who
 * unmap an object's pages everywhere never meet one.
 * - A user lets go only after all CPUs have forgotten the way to the table: the last one may write
 * it.
 */
#include "core/log.h"
#include "core/sched.h"
#include "lib/err.h"
#include "mm/internal.h"

#define NR_PTES (TABLE_SPAN / PAGE_SIZE)

/* What `index` has to be: debug builds look. */
__attribute__((unused)) static u64 count_pages(const pte_t *pte)
{
	u64 n = 0;

	for (unsigned i = 0; i < NR_PTES; i++)
		n += is_anon_page(pte[i]);
	return n;
}

int table_share(struct mm *from, struct mm *to, unsigned long va, bool *has_changed)
{
	pte_t *src = arch_table_entry(&from->arch, va, false);
	pte_t *dst = arch_table_entry(&to->arch, va, true);
	struct page *table = phys_to_page(pte_phys(*src));

	if (!dst)
		return -ENOMEM;
	if (!pte_is_shared_table(*src)) {
		ASSERT(table->index == count_pages(page_to_virt(table)));
		WRITE_ONCE(*src, pte_make_table(page_to_phys(table), true));
		*has_changed = true;
	}
	page_get(table);
	WRITE_ONCE(*dst, pte_make_table(page_to_phys(table), true));
	to->rss_anon += (long)table->index;
	from->has_shared_tables = to->has_shared_tables = true;
	return 0;
}

/* The pages get a second place where they are mapped, and are read-only in both. */
static void copy_entries(pte_t *src, pte_t *dst)
{
	for (unsigned i = 0; i < NR_PTES; i++) {
		pte_t pte = READ_ONCE(src[i]);

		if (!pte_none(pte) && !pte_is_special(pte)) {
			struct page *p = phys_to_page(pte_phys(pte));

			page_get(p);
			atomic_add(&p->map_count, 1);
			if (pte_is_writable(pte)) {
				pte = pte_wrprotect(pte);
				WRITE_ONCE(src[i], pte);
			}
		}
		dst[i] = pte;
	}
}

/* NULL: no other user is left, or the table was not shared, and now it is not. pt_lock held. */
static pte_t *still_shared(struct mm *m, unsigned long va)
{
	pte_t *entry = arch_table_entry(&m->arch, va, false);

	if (!entry || !pte_is_shared_table(*entry))
		return NULL;
	/* Nobody can join but by a fork of ours. What the others did comes before they let go. */
	if (atomic_load_acquire(&phys_to_page(pte_phys(*entry))->ref.n) > 1)
		return entry;
	/* A CPU may have the old entry cached, and its fault need not drop it: it is none of a
	 * page. */
	WRITE_ONCE(*entry, pte_make_table(pte_phys(*entry), false));
	arch_tlb_flush(&m->arch, va, va + PAGE_SIZE);
	return NULL;
}

int table_unshare(struct mm *m, unsigned long va)
{
	struct page *copy = NULL, *old = NULL;
	pte_t *entry;

	if (!m->has_shared_tables)
		return 0;
	va = ALIGN_DOWN(va, TABLE_SPAN);
	spin_lock(&m->pt_lock);
	entry = still_shared(m, va);
	if (entry) {
		spin_unlock(&m->pt_lock);
		copy = alloc_page(GFP_USER);
		if (!copy)
			return -ENOMEM;
		spin_lock(&m->pt_lock);
		entry = still_shared(m, va);
	}
	if (entry) {
		old = phys_to_page(pte_phys(*entry));
		copy_entries(page_to_virt(old), page_to_virt(copy));
		copy->index = old->index;
		WRITE_ONCE(*entry, pte_make_table(page_to_phys(copy), false));
		arch_tlb_flush(&m->arch, va, va + TABLE_SPAN);
		mm_count(MM_TABLES, 1);
	}
	spin_unlock(&m->pt_lock);
	if (old)
		table_put(old);
	else if (copy)
		page_put(copy);
	return 0;
}

int tables_unshare(struct mm *m, unsigned long start, unsigned long end)
{
	int err = 0;

	while (m->has_shared_tables && !err) {
		spin_lock(&m->pt_lock);
		start = arch_pte_next(&m->arch, start, end);
		spin_unlock(&m->pt_lock);
		if (start >= end)
			break;
		err = table_unshare(m, start);
		start = ALIGN_DOWN(start, TABLE_SPAN) + TABLE_SPAN;
		cond_resched();
	}
	return err;
}

bool table_leave(struct gather *g, unsigned long va)
{
	pte_t *entry = arch_table_entry(&g->mm->arch, va, false);
	struct page *table;

	if (!entry || !pte_is_shared_table(*entry))
		return false;
	table = phys_to_page(pte_phys(*entry));
	WRITE_ONCE(*entry, PTE_NONE);
	g->mm->rss_anon -= (long)table->index;
	gather_range(g, va);
	gather_range(g, va + TABLE_SPAN - PAGE_SIZE);
	g->table[g->nr_tables++] = table;
	if (g->nr_tables == GATHER_TABLES)
		gather_flush(g);
	return true;
}

void table_put(struct page *table)
{
	const pte_t *pte = page_to_virt(table);

	if (!ref_put(&table->ref))
		return;
	for (unsigned i = 0; i < NR_PTES; i++) {
		if (!pte_none(pte[i]) && !pte_is_special(pte[i])) {
			struct page *p = phys_to_page(pte_phys(pte[i]));

			atomic_sub(&p->map_count, 1);
			page_put(p);
		}
	}
	mm_count(MM_TABLES, -1);
	free_pages(table, 0);
}

unsigned mm_page_maps(struct mm *m, unsigned long va, const struct page *p)
{
	const pte_t *entry = m->has_shared_tables ? arch_table_entry(&m->arch, va, false) : NULL;
	unsigned n = MAX(READ_ONCE(p->map_count), 1u);

	if (entry && pte_is_shared_table(*entry))
		n += ref_read(&phys_to_page(pte_phys(*entry))->ref) - 1;
	return n;
}
