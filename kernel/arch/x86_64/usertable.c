/* Page tables of user address spaces: four levels, made on demand. The caller holds the address
 * space's page-table lock. */
#include "core/log.h"
#include "internal.h"
#include "lib/err.h"
#include "lib/string.h"

static u64 *table_at(u64 entry)
{
	return phys_to_virt(entry & PTE_ADDR);
}
static unsigned index_at(unsigned long va, unsigned level)
{
	return (va >> (12 + 9 * level)) & 511;
}
/* Bytes that one entry of a table of `level` spans; 0 = the tables of PTEs, 3 = the top. */
static unsigned long span_of(unsigned level)
{
	return 1UL << (12 + 9 * level);
}

int arch_mm_init(struct arch_mm *m)
{
	memset(m, 0, sizeof(*m));
	m->pgd_phys = arch_alloc_table_page();
	if (!m->pgd_phys)
		return -ENOMEM;
	m->user_pgd_phys = m->pgd_phys;
	copy_kernel_half(phys_to_virt(m->pgd_phys));
	if (!pti_on)
		return 0;
	m->user_pgd_phys = arch_alloc_table_page();
	if (!m->user_pgd_phys) {
		arch_free_table_page(m->pgd_phys);
		m->pgd_phys = 0;
		return -ENOMEM;
	}
	pti_copy_kernel_half(phys_to_virt(m->user_pgd_phys));
	return 0;
}

/* First present entry at or after `i`, `stop` or more when none is before that. Most tables are
 * nearly empty, so eight are looked at together. */
static inline __attribute__((always_inline)) unsigned next_present(const u64 *t, unsigned i,
								   unsigned stop)
{
	for (; i < stop; i++) {
		while (!(i & 7) && i < stop &&
		       !((t[i] | t[i + 1] | t[i + 2] | t[i + 3] | t[i + 4] | t[i + 5] | t[i + 6] |
			  t[i + 7]) &
			 PTE_P))
			i += 8;
		if (i >= stop || (t[i] & PTE_P))
			break;
	}
	return i;
}

/* Free the tables below `table`, itself included. */
static void free_tables(u64 *table, unsigned level)
{
	for (unsigned i = level ? next_present(table, 0, 512) : 512; i < 512;
	     i = next_present(table, i + 1, 512)) {
		ASSERT(!pte_is_shared_table(table[i]));
		free_tables(table_at(table[i]), level - 1);
	}
	arch_free_table_page(virt_to_phys(table));
}

void arch_mm_destroy(struct arch_mm *m)
{
	u64 *pgd;

	if (!m->pgd_phys)
		return;
	tlb_drop_mm(m);
	ldt_free(m);
	pgd = phys_to_virt(m->pgd_phys);
	for (unsigned w = 0; w < ARRAY_SIZE(m->used_slots); w++)
		for (u64 bits = m->used_slots[w]; bits; bits &= bits - 1)
			free_tables(table_at(pgd[64 * w + (unsigned)__builtin_ctzl(bits)]), 2);
	if (m->user_pgd_phys != m->pgd_phys)
		arch_free_table_page(m->user_pgd_phys);
	arch_free_table_page(m->pgd_phys);
	m->pgd_phys = 0;
}

/* The entry for va in a table of `level`. Of the entries on the way each must have all bits of
 * `needed`, else NULL. */
static inline __attribute__((always_inline)) u64 *find_entry(struct arch_mm *m, unsigned long va,
							     unsigned level, u64 needed)
{
	u64 *t = phys_to_virt(m->pgd_phys);

#pragma GCC unroll 3
	for (unsigned above = 3; above > level; above--) {
		u64 e = READ_ONCE(t[index_at(va, above)]);

		if (~e & needed)
			return NULL;
		t = table_at(e);
	}
	return &t[index_at(va, level)];
}

pte_t *arch_pte_find(struct arch_mm *m, unsigned long va)
{
	return find_entry(m, va, 0, PTE_P);
}

pte_t *arch_pte_find_own(struct arch_mm *m, unsigned long va)
{
	return find_entry(m, va, 0, PTE_P | PTE_W);
}

static void set_top_entry(struct arch_mm *m, unsigned slot, u64 entry)
{
	u64 bit = BIT(slot & 63), *word = &m->used_slots[slot / 64];

	((u64 *)phys_to_virt(m->pgd_phys))[slot] = entry;
	if (m->user_pgd_phys != m->pgd_phys)
		((u64 *)phys_to_virt(m->user_pgd_phys))[slot] = entry;
	*word = entry ? *word | bit : *word & ~bit;
}

/* As find_entry() for tables that are not shared; what is missing on the way is made. */
static u64 *make_entry(struct arch_mm *m, unsigned long va, unsigned level)
{
	u64 *t = phys_to_virt(m->pgd_phys);

	for (unsigned above = 3; above > level; above--) {
		u64 *entry = &t[index_at(va, above)];

		if (pte_is_shared_table(*entry))
			return NULL;
		if (!(*entry & PTE_P)) {
			unsigned long pa = arch_alloc_table_page();

			if (!pa)
				return NULL;
			if (above == 3)
				set_top_entry(m, index_at(va, 3), pte_make_table(pa, false));
			else
				WRITE_ONCE(*entry, pte_make_table(pa, false));
		}
		t = table_at(*entry);
	}
	return &t[index_at(va, level)];
}

pte_t *arch_pte_alloc(struct arch_mm *m, unsigned long va)
{
	pte_t *pte;

	if (va >= USER_END)
		return NULL;
	pte = find_entry(m, va, 0, PTE_P | PTE_W);
	return likely(pte) ? pte : make_entry(m, va, 0);
}

pte_t *arch_table_entry(struct arch_mm *m, unsigned long va, bool make)
{
	return make ? make_entry(m, va, 1) : find_entry(m, va, 1, PTE_P);
}

unsigned long arch_pte_next(struct arch_mm *m, unsigned long va, unsigned long end)
{
	u64 *t[4] = {[3] = phys_to_virt(m->pgd_phys)};
	unsigned level = 3;

	while (level > 0 && va < end) {
		bool is_last = va / PAGE_SIZE >> 9 * (level + 1) ==
			       (end - 1) / PAGE_SIZE >> 9 * (level + 1);
		unsigned i = index_at(va, level),
			 stop = is_last ? index_at(end - 1, level) + 1 : 512;
		unsigned n = next_present(t[level], i, stop);

		if (n >= stop && is_last)
			return end;
		if (n >= stop) { /* on in the table above, or the one above that */
			do {
				level++;
				va = ALIGN_DOWN(va, span_of(level)) + span_of(level);
			} while (level < 3 && !index_at(va, level));
			continue;
		}
		if (n != i)
			va = ALIGN_DOWN(va, span_of(level)) + (n - i) * span_of(level);
		t[level - 1] = table_at(t[level][n]);
		level--;
	}
	return MIN(va, end);
}

/*
 * Unlink the tables that lie wholly in [start, end), depth first, and chain them by their first
 * word: a page address there is not-present to a CPU that still walks the old table.
 */
static void unlink_range(struct arch_mm *m, u64 *table, unsigned level, unsigned long start,
			 unsigned long end, unsigned long *chain)
{
	unsigned long span = span_of(level), va = ALIGN_DOWN(start, span);

	for (; va < end; va += span) {
		unsigned slot = index_at(va, level);
		u64 e = table[slot];

		if (!(e & PTE_P))
			continue;
		if (level > 1)
			unlink_range(m, table_at(e), level - 1, MAX(va, start), MIN(va + span, end),
				     chain);
		if (va < start || va + span > end)
			continue;
		ASSERT(!pte_is_shared_table(e));
		if (level == 3)
			set_top_entry(m, slot, 0);
		else
			WRITE_ONCE(table[slot], 0);
		table_at(e)[0] = *chain;
		*chain = e & PTE_ADDR;
	}
}

void arch_pt_free_range(struct arch_mm *m, unsigned long start, unsigned long end)
{
	unsigned long chain = 0;

	if (ALIGN_UP(start, span_of(1)) + span_of(1) > end)
		return;
	unlink_range(m, phys_to_virt(m->pgd_phys), 3, start, end, &chain);
	if (chain)
		arch_tlb_flush(m, start, end);
	while (chain) {
		unsigned long pa = chain;
		u64 *first = phys_to_virt(pa);

		chain = *first;
		*first = 0;
		arch_free_table_page(pa);
	}
}
