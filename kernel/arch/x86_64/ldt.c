/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Local descriptor tables: modify_ldt(2). A table belongs to an address space and is mapped in it
 * at LDT_BASE, for the kernel's eyes, and the CPU's when user code loads a selector; user mode's
 * table of an isolated kernel maps it too, nothing else is there. So all threads see an entry
 * change at once, and a change of address space changes the LDT with it; only its length is each
 * CPU's.
 *
 * The caller holds the address space's lock where a table is read or written.
 */
#include "internal.h"
#include "core/irq.h"
#include "lib/err.h"
#include "lib/string.h"
#include <asm/ldt.h>

#define LDT_BYTES	 (LDT_ENTRIES * LDT_ENTRY_SIZE)
#define LDT_SLOT	 ((LDT_BASE >> 39) & 511)
#define ENTRIES_PER_PAGE (PAGE_SIZE / LDT_ENTRY_SIZE)
#define TABLE_FLAGS	 (PTE_P | PTE_W | PTE_A)
#define DESC_LDT	 0x82UL /* present, system, LDT */

_Static_assert(LDT_BYTES == ARCH_LDT_BYTES, "arch_types.h");

void ldt_load(struct arch_cpu *c, unsigned nr_entries)
{
	u64 *gdt = c->entry->gdt + LDT_SEL / 8;

	c->nr_ldt = nr_entries;
	if (!nr_entries) {
		__asm__ volatile("lldt %w0" ::"r"(0));
		return;
	}
	gdt[0] = (nr_entries * LDT_ENTRY_SIZE - 1) | (LDT_BASE & 0xffffff) << 16 | DESC_LDT << 40 |
		 (LDT_BASE >> 24 & 0xff) << 56;
	gdt[1] = LDT_BASE >> 32;
	__asm__ volatile("lldt %w0" ::"r"(LDT_SEL));
}

/* Entry `nr`, below m->nr_ldt. */
static u64 *entry_of(const struct arch_mm *m, unsigned nr)
{
	u64 *page = phys_to_virt(m->ldt_table[nr / ENTRIES_PER_PAGE] & PTE_ADDR);

	return &page[nr % ENTRIES_PER_PAGE];
}

u64 ldt_entry(const struct arch_mm *m, unsigned nr)
{
	return nr < m->nr_ldt ? READ_ONCE(*entry_of(m, nr)) : 0;
}

/* The tables above the table of pages. */
static int make_tables(struct arch_mm *m)
{
	unsigned long pa[3];

	for (unsigned i = 0; i < 3; i++) {
		pa[i] = arch_alloc_table_page();
		if (!pa[i]) {
			while (i--)
				arch_free_table_page(pa[i]);
			return -ENOMEM;
		}
	}
	*(u64 *)phys_to_virt(pa[0]) = pa[1] | TABLE_FLAGS;
	*(u64 *)phys_to_virt(pa[1]) = pa[2] | TABLE_FLAGS;
	m->ldt_table = phys_to_virt(pa[2]);
	((u64 *)phys_to_virt(m->pgd_phys))[LDT_SLOT] = pa[0] | TABLE_FLAGS;
	if (m->user_pgd_phys != m->pgd_phys)
		((u64 *)phys_to_virt(m->user_pgd_phys))[LDT_SLOT] = pa[0] | TABLE_FLAGS;
	return 0;
}

/* Pages for entries up to `nr`. */
static int make_room(struct arch_mm *m, unsigned nr)
{
	int err = m->ldt_table ? 0 : make_tables(m);

	for (unsigned i = 0; !err && i <= nr / ENTRIES_PER_PAGE; i++) {
		unsigned long pa;

		if (m->ldt_table[i])
			continue;
		pa = arch_alloc_table_page();
		if (!pa)
			return -ENOMEM;
		/* the CPU does not write: the accessed bit is set in each entry */
		m->ldt_table[i] = pa | PTE_P | PTE_A | PTE_NX;
	}
	return err;
}

void ldt_free(struct arch_mm *m)
{
	u64 *pdpt, *pd;

	if (!m->ldt_table)
		return;
	pdpt = phys_to_virt(((u64 *)phys_to_virt(m->pgd_phys))[LDT_SLOT] & PTE_ADDR);
	pd = phys_to_virt(pdpt[0] & PTE_ADDR);
	for (unsigned i = 0; i < LDT_BYTES / PAGE_SIZE; i++)
		if (m->ldt_table[i])
			arch_free_table_page(m->ldt_table[i] & PTE_ADDR);
	arch_free_table_page(virt_to_phys(m->ldt_table));
	arch_free_table_page(virt_to_phys(pd));
	arch_free_table_page(virt_to_phys(pdpt));
	m->ldt_table = NULL;
	m->nr_ldt = 0;
}

int arch_ldt_copy(struct arch_mm *to, const struct arch_mm *from)
{
	int err;

	if (!from->nr_ldt)
		return 0;
	err = make_room(to, from->nr_ldt - 1);
	if (err)
		return err; /* arch_mm_destroy() frees what there is */
	for (unsigned i = 0; i < from->nr_ldt; i += ENTRIES_PER_PAGE)
		memcpy(entry_of(to, i), entry_of(from, i), PAGE_SIZE);
	to->nr_ldt = from->nr_ldt;
	return 0;
}

/* On each CPU: the new length, and DS and ES again, which hold copies of their entries. FS and GS
 * keep their bases until they are loaded. */
static void reload(void *arg)
{
	struct arch_cpu *c = arch_this_cpu();
	const struct arch_mm *m = arg;

	if (READ_ONCE(c->loaded_mm) != m)
		return;
	if (c->nr_ldt != m->nr_ldt)
		ldt_load(c, m->nr_ldt);
	thread_reload_ldt_selectors();
}

static bool is_empty(const struct user_desc *d)
{
	return !d->base_addr && !d->limit && !d->contents && d->read_exec_only && !d->seg_32bit &&
	       !d->limit_in_pages && d->seg_not_present && !d->useable && !d->lm;
}

int arch_ldt_write(struct arch_mm *m, const void *user_desc, bool is_old)
{
	const struct user_desc *d = user_desc;
	unsigned long flags;
	u64 entry = 0;
	int err;

	if (d->entry_number >= LDT_ENTRIES)
		return -EINVAL;
	if (d->contents == 3 && (is_old || !d->seg_not_present))
		return fail(EINVAL, "a conforming code segment");
	if (!(is_old && !d->base_addr && !d->limit) && !is_empty(d)) {
		if (!d->seg_32bit)
			return fail(EINVAL, "no 16-bit segments");
		entry = desc_from_user(d);
		if (is_old)
			entry &= ~DESC_AVL;
	}
	err = make_room(m, d->entry_number);
	if (err)
		return err;
	m->nr_ldt = MAX(m->nr_ldt, d->entry_number + 1);
	WRITE_ONCE(*entry_of(m, d->entry_number), entry);
	flags = arch_irq_save();
	reload(m);
	arch_irq_restore(flags);
	smp_call_others(reload, m);
	return 0;
}

size_t arch_ldt_bytes(const struct arch_mm *m)
{
	return m->nr_ldt * LDT_ENTRY_SIZE;
}

void arch_ldt_read(const struct arch_mm *m, unsigned page, void *buf)
{
	memcpy(buf, entry_of(m, page * ENTRIES_PER_PAGE), PAGE_SIZE);
}
