/* The other CPUs: how many, starting them, stopping them. */
#include "internal.h"
#include "core/log.h"
#include "lib/string.h"

#define FW_CFG_SELECT	  0x510
#define FW_CFG_DATA	  0x511
#define FW_CFG_SIGNATURE  0
#define FW_CFG_NB_CPUS	  5
#define START_TIMEOUT_SEC 2

extern const char trampoline_start[], trampoline_end[];
extern const char tr_cr3[], tr_cpu[], tr_stack[], tr_entry[];
extern u64 boot_pml4[512];

bool stop_requested;

unsigned smp_count_cpus(void)
{
	static const char signature[4] = {'Q', 'E', 'M', 'U'};
	unsigned n;

	outw(FW_CFG_SELECT, FW_CFG_SIGNATURE);
	for (unsigned i = 0; i < 4; i++)
		if (inb(FW_CFG_DATA) != (u8)signature[i])
			return 1;
	outw(FW_CFG_SELECT, FW_CFG_NB_CPUS);
	n = inb(FW_CFG_DATA);
	n |= (unsigned)inb(FW_CFG_DATA) << 8;
	return MAX(1u, MIN(n, (unsigned)MAX_CPUS));
}

/* First C code of another CPU: on the stack that becomes its idle thread's, interrupts off. */
static void secondary_main(unsigned id)
{
	struct cpu *c = &cpus[id];

	desc_init_cpu(c, c->arch.entry);
	cpu_enable();
	bugs_enable_cpu();
	tlb_flush_all_local();
	syscall_init();
	apic_init_cpu();
	apic_timer_init_cpu();
	atomic_or(&cpus_online_mask, BIT(id));
	start_secondary(id);
}

/* Pages of the port's own, mapped side by side with an unmapped page at either end. */
static void *alloc_mapped(size_t nr_pages)
{
	char *va = arch_vmap_area(nr_pages);

	for (size_t i = 0; i < nr_pages; i++) {
		unsigned long pa = arch_alloc_table_page();

		if (!pa ||
		    arch_kernel_map((unsigned long)va + i * PAGE_SIZE, pa, 1, VMP_READ | VMP_WRITE))
			return NULL; /* a CPU less; the pages are not worth the code */
	}
	return va;
}

static void patch(char *copy, const char *field, u64 value)
{
	memcpy(copy + (field - trampoline_start), &value, sizeof(value));
}

static bool prepare(unsigned id, char *copy)
{
	struct cpu *c = &cpus[id];
	char *stack = alloc_mapped(STACK_SIZE / PAGE_SIZE);

	c->id = id;
	c->arch.self = &c->arch;
	c->arch.apic_id = id;
	c->arch.kernel_cr3 = init_pgd_phys;
	c->arch.user_cr3 = cpus[0].arch.user_cr3;
	c->arch.entry = alloc_mapped(sizeof(struct cpu_entry) / PAGE_SIZE);
	if (!stack || !c->arch.entry)
		return false;
	pti_share(c->arch.entry, c->arch.entry + 1);
	memcpy(copy, trampoline_start, (size_t)(trampoline_end - trampoline_start));
	patch(copy, tr_cr3, init_pgd_phys);
	patch(copy, tr_cpu, id);
	patch(copy, tr_stack, (u64)stack + STACK_SIZE);
	patch(copy, tr_entry, (u64)secondary_main);
	return true;
}

/* INIT, then SIPI; the old chips' delays between them are not needed by any virtual CPU. */
static void start_one(unsigned id)
{
	u64 deadline = arch_cycles() + START_TIMEOUT_SEC * arch_counter_hz();

	apic_send_ipi(cpus[id].arch.apic_id, ICR_INIT);
	apic_send_ipi(cpus[id].arch.apic_id, ICR_SIPI | TRAMPOLINE_PHYS >> 12);
	while (!(atomic_load(&cpus_online_mask) & BIT(id)) && arch_cycles() < deadline)
		arch_cpu_relax();
	if (!(atomic_load(&cpus_online_mask) & BIT(id)))
		log_warn("smp: CPU %u does not start\n", id);
}

/*
 * Start CPUs 1 and up, one after another. Each returns into start_secondary(). While they start,
 * the kernel's table also maps the trampoline at its physical address, executable.
 */
void arch_boot_secondaries(void)
{
	char *copy = phys_to_virt(TRAMPOLINE_PHYS);
	unsigned long pa[3];

	if (nr_cpus < 2)
		return;
	for (unsigned i = 0; i < 3; i++) {
		pa[i] = arch_alloc_table_page();
		if (!pa[i])
			return;
	}
	((u64 *)phys_to_virt(pa[0]))[0] = pa[1] | PTE_P | PTE_W;
	((u64 *)phys_to_virt(pa[1]))[0] = pa[2] | PTE_P | PTE_W;
	((u64 *)phys_to_virt(pa[2]))[TRAMPOLINE_PHYS >> 12] = TRAMPOLINE_PHYS | PTE_P | PTE_W;
	boot_pml4[0] = pa[0] | PTE_P | PTE_W;
	for (unsigned id = 1; id < nr_cpus; id++)
		if (prepare(id, copy))
			start_one(id);
	boot_pml4[0] = 0;
	tlb_flush_kernel(TRAMPOLINE_PHYS, TRAMPOLINE_PHYS + PAGE_SIZE);
	for (unsigned i = 0; i < 3; i++)
		arch_free_table_page(pa[i]);
}

void arch_stop_other_cpus(void)
{
	unsigned long flags = arch_irq_save();
	u64 others = READ_ONCE(cpus_online_mask) & ~BIT(this_cpu()->id);

	WRITE_ONCE(stop_requested, true);
	smp_mb();
	for (; others; others &= others - 1)
		apic_send_ipi(cpus[__builtin_ctzl(others)].arch.apic_id, ICR_NMI);
	arch_irq_restore(flags);
}
