/*
 * The kernel's half of the address space.
 *
 *	slot 273  0xffff888000000000  all RAM, read-write, never executable, large pages
 *	slot 402  0xffffc90000000000  mm's vmap area, 4 KiB pages
 *	slot 403  0xffffc98000000000  the port's own area: device registers, per-CPU pages
 *	slot 511  0xffffffff80000000  the image: text RX, rodata R, data RW; the vsyscall page
 *
 * The tables below these four top-level entries are shared by every address space. With isolation
 * on there is a second set, which holds no more than the doors need; user mode runs on that.
 */
#include "internal.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/string.h"

#define SLOT(va)	(((va) >> 39) & 511)
#define ARCH_VMAP_START KERNEL_VMAP_END
#define TABLE_FLAGS	(PTE_P | PTE_W | PTE_A)
#define SIZE_2M		(1UL << 21)
#define SIZE_1G		(1UL << 30)

extern u64 boot_pml4[512];

unsigned long init_pgd_phys;
bool pti_on, pcid_on;
u64 pte_global;
static u64 *pti_pgd; /* what user mode sees of the kernel; copied into each mm's user table */
static const unsigned kernel_slots[] = {SLOT(DIRECT_MAP_BASE), SLOT(KERNEL_VMAP_START),
					SLOT(ARCH_VMAP_START), SLOT(KERNEL_IMAGE_BASE)};

static u64 *table_at(u64 entry)
{
	return phys_to_virt(entry & PTE_ADDR);
}

/* --- the direct map, before the page allocator --- */

static bool is_ram(unsigned long start, unsigned long end, bool all_of_it)
{
	for (unsigned i = 0; i < boot_info.nr_mem; i++) {
		if (all_of_it && boot_info.mem[i].start <= start && end <= boot_info.mem[i].end)
			return true;
		if (!all_of_it && boot_info.mem[i].start < end && start < boot_info.mem[i].end)
			return true;
	}
	return false;
}

static u64 map_gigabyte(unsigned long base)
{
	const u64 leaf = PTE_P | PTE_W | PTE_A | PTE_D | PTE_PS | PTE_NX;
	unsigned long pd_phys;
	u64 *pd;

	if (cpu_features.has_1g_pages && is_ram(base, base + SIZE_1G, true))
		return base | leaf;
	pd_phys = boot_take_page();
	pd = phys_to_virt(pd_phys);
	for (unsigned i = 0; i < 512; i++) {
		unsigned long pa = base + i * SIZE_2M;

		if (pa < SIZE_2M || is_ram(pa, pa + SIZE_2M, false))
			pd[i] = pa | leaf;
		else if (!is_ram(pa, base + SIZE_1G, false))
			break;
	}
	return pd_phys | TABLE_FLAGS;
}

/* Map all RAM with the largest pages that hold RAM only at their edges. */
void direct_map_init(void)
{
	unsigned long pdpt_phys = boot_take_page(), end = 0;
	u64 *pdpt = phys_to_virt(pdpt_phys);

	for (unsigned i = 0; i < boot_info.nr_mem; i++)
		end = MAX(end, boot_info.mem[i].end);
	for (unsigned i = 0; i < 512 && i * SIZE_1G < end; i++)
		if (is_ram(i * SIZE_1G, (i + 1) * SIZE_1G, false))
			pdpt[i] = map_gigabyte(i * SIZE_1G);
	boot_pml4[SLOT(DIRECT_MAP_BASE)] = pdpt_phys | TABLE_FLAGS;
	init_pgd_phys = virt_to_phys(boot_pml4);
	cpus[0].arch.kernel_cr3 = init_pgd_phys;
	write_cr3(init_pgd_phys);
}

static void direct_map_set_global(void)
{
	u64 *pdpt = table_at(boot_pml4[SLOT(DIRECT_MAP_BASE)]);

	for (unsigned i = 0; i < 512 && i * SIZE_1G < boot_info.mem[boot_info.nr_mem - 1].end;
	     i++) {
		if (!(pdpt[i] & PTE_P))
			continue;
		if (pdpt[i] & PTE_PS) {
			pdpt[i] |= pte_global;
			continue;
		}
		for (u64 *pd = table_at(pdpt[i]), *e = pd; e < pd + 512; e++)
			if (*e & PTE_P)
				*e |= pte_global;
	}
}

/* --- 4 KiB mappings --- */

/* The table below *entry, made when absent; two CPUs may come at once. NULL: none, or no memory. */
static u64 *next_table(u64 *entry, bool make)
{
	u64 e = READ_ONCE(*entry);
	unsigned long pa;

	if (e & PTE_P)
		return table_at(e);
	if (!make)
		return NULL;
	pa = arch_alloc_table_page();
	if (!pa)
		return NULL;
	if (!atomic_cmpxchg(entry, 0, pa | TABLE_FLAGS))
		arch_free_table_page(pa);
	return table_at(READ_ONCE(*entry));
}

static pte_t *walk(u64 *pgd, unsigned long va, bool make)
{
	u64 *t = next_table(&pgd[SLOT(va)], make);

	t = t ? next_table(&t[(va >> 30) & 511], make) : NULL;
	t = t ? next_table(&t[(va >> 21) & 511], make) : NULL;
	return t ? &t[(va >> 12) & 511] : NULL;
}

pte_t *kernel_pte(unsigned long va, bool make)
{
	return walk(boot_pml4, va, make);
}

static u64 kernel_flags(unsigned prot)
{
	return PTE_P | PTE_A | PTE_D | pte_global | (prot & VMP_WRITE ? PTE_W : 0) |
	       (prot & VMP_EXEC ? 0 : PTE_NX);
}

int arch_kernel_map(unsigned long va, unsigned long pa, size_t nr_pages, unsigned prot)
{
	for (size_t i = 0; i < nr_pages; i++) {
		pte_t *pte = kernel_pte(va + i * PAGE_SIZE, true);

		if (!pte)
			return -ENOMEM; /* what was mapped so far the caller unmaps */
		*pte = (pa + i * PAGE_SIZE) | kernel_flags(prot);
	}
	return 0;
}

void arch_kernel_unmap(unsigned long va, size_t nr_pages)
{
	for (size_t i = 0; i < nr_pages; i++) {
		pte_t *pte = kernel_pte(va + i * PAGE_SIZE, false);

		if (pte)
			*pte = 0;
	}
}

void arch_kernel_flush(unsigned long start, unsigned long end)
{
	tlb_flush_kernel(start, end);
}

void *arch_vmap_area(size_t nr_pages)
{
	static unsigned long next = ARCH_VMAP_START + PAGE_SIZE;

	return (void *)__atomic_fetch_add(&next, (nr_pages + 1) * PAGE_SIZE, __ATOMIC_RELAXED);
}

void *arch_ioremap(unsigned long pa, size_t size_bytes)
{
	unsigned long offset = pa & ~PAGE_MASK;
	size_t nr = DIV_ROUND_UP(offset + size_bytes, PAGE_SIZE);
	unsigned long va = (unsigned long)arch_vmap_area(nr);

	for (size_t i = 0; i < nr; i++) {
		pte_t *pte = kernel_pte(va + i * PAGE_SIZE, true);

		if (!pte)
			return NULL;
		*pte = ((pa & PAGE_MASK) + i * PAGE_SIZE) | kernel_flags(VMP_READ | VMP_WRITE) |
		       PTE_PCD | PTE_PWT;
	}
	return (void *)(va + offset);
}

/* --- the final table --- */

static unsigned long must_have_page(void)
{
	unsigned long pa = arch_alloc_table_page();

	if (!pa)
		panic("no memory for the kernel's page table");
	return pa;
}

static void map_image(u64 *pgd, const char *start, const char *end, unsigned prot)
{
	pte_t *pte = NULL, flags = kernel_flags(prot);

	for (; start < end; start += PAGE_SIZE, pte++) {
		if (!pte || IS_ALIGNED((unsigned long)start, SIZE_2M))
			pte = walk(pgd, (unsigned long)start, true);
		if (!pte)
			panic("no memory for the kernel's page table");
		*pte = virt_to_phys(start) | flags;
	}
}

/* Map the kernel's pages of [start, end) in user mode's table, with the protection they have. */
void pti_share(const void *start, const void *end)
{
	unsigned long va = ALIGN_DOWN((unsigned long)start, PAGE_SIZE);

	if (!pti_on)
		return;
	for (; va < (unsigned long)end; va += PAGE_SIZE) {
		pte_t *from = kernel_pte(va, false), *to = walk(pti_pgd, va, true);

		if (!from || !to)
			panic("no memory for the kernel's page table");
		*to = *from;
	}
}

void pti_copy_kernel_half(u64 *user_pgd)
{
	memcpy(user_pgd + 256, pti_pgd + 256, PAGE_SIZE / 2);
}

void copy_kernel_half(u64 *pgd)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernel_slots); i++)
		pgd[kernel_slots[i]] = boot_pml4[kernel_slots[i]];
}

/* The text is still writable, and no CPU has been there. */
void patch_branch(const u64 patch[2], u8 opcode)
{
	u8 *at = (u8 *)patch[0];
	s32 distance = (s32)(patch[1] - (patch[0] + 5));

	at[0] = opcode;
	memcpy(at + 1, &distance, sizeof(distance));
}

/* Before the first address space is loaded the kernel runs with PCID 0, which nobody goes back to.
 */
static void isolation_init(void)
{
	unsigned long pa;

	if (!pti_on)
		return;
	pa = must_have_page();
	pti_pgd = phys_to_virt(pa);
	cpus[0].arch.user_cr3 = pcid_on ? pa | PCID_USER | CR3_NOFLUSH : pa;
	/* Every top-level entry must exist before the first program's table copies them. */
	for (size_t i = 0; i < ARRAY_SIZE(kernel_slots); i++)
		pti_pgd[kernel_slots[i]] = must_have_page() | TABLE_FLAGS;
	pti_share(__entry_text_start, __entry_text_end);
	pti_share(cpus, cpus + MAX_CPUS);
	pti_share(&boot_cpu_entry, &boot_cpu_entry + 1);
	desc_share();
}

/* Instructions of the vsyscall page in mode `emulate`, where programs may read it. */
extern char vsyscall_page[];

void vsyscall_map(void)
{
	unsigned slots[2] = {SLOT(VSYSCALL_ADDR), (VSYSCALL_ADDR >> 30) & 511};
	u64 *tables[2] = {boot_pml4, pti_pgd};

	for (unsigned i = 0; i < (pti_on ? 2 : 1); i++) {
		pte_t *pte = walk(tables[i], VSYSCALL_ADDR, true);
		u64 *pdpt = table_at(tables[i][slots[0]]);

		if (!pte)
			panic("no memory for the vsyscall page");
		*pte = virt_to_phys(vsyscall_page) | PTE_P | PTE_U | PTE_A | PTE_NX;
		tables[i][slots[0]] |= PTE_U;
		pdpt[slots[1]] |= PTE_U;
		table_at(pdpt[slots[1]])[(VSYSCALL_ADDR >> 21) & 511] |= PTE_U;
	}
}

void tlb_flush_all_local(void)
{
	unsigned long cr4 = read_cr4();

	write_cr3(read_cr3());
	if (cr4 & CR4_PGE) {
		write_cr4(cr4 & ~CR4_PGE);
		write_cr4(cr4);
	}
}

void arch_init_memory(void)
{
	unsigned long image_pa = must_have_page();
	u64 *image_pgd = phys_to_virt(image_pa);

	bugs_init();
	pte_global = pti_on || !cpu_features.has_pge ? 0 : PTE_G;
	cpu_patch_smap();
	vdso32_patch();
	cpu_patch_pause();
	if (pti_on) {
		patch_branch(sysret_isolated_patch, 0xe9);
		patch_branch(iret_isolated_patch, 0xe9);
		patch_branch(syscall32_isolated_patch, 0xe9);
		patch_branch(sysenter_isolated_patch, 0xe9);
		patch_branch(sysret32_isolated_patch, 0xe9);
	}
	bugs_patch();
	bugs_enable_cpu();
	direct_map_set_global();
	boot_pml4[SLOT(KERNEL_VMAP_START)] = must_have_page() | TABLE_FLAGS;
	boot_pml4[SLOT(ARCH_VMAP_START)] = must_have_page() | TABLE_FLAGS;
	map_image(image_pgd, __text_start, __text_end, VMP_READ | VMP_EXEC);
	map_image(image_pgd, __rodata_start, __rodata_end, VMP_READ);
	map_image(image_pgd, __data_start, __kernel_end, VMP_READ | VMP_WRITE);
	boot_pml4[SLOT(KERNEL_IMAGE_BASE)] = image_pgd[SLOT(KERNEL_IMAGE_BASE)];
	boot_pml4[0] = 0;
	tlb_flush_all_local();
	arch_free_table_page(image_pa);
	isolation_init();
	vsyscall_init();
	syscall_init();
	ptdump_check_wx();
	ptdump_init();
	cpu_sysfs_init();
}
