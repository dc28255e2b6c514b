/*
 * Which address space each CPU has loaded, and flushing what other CPUs have cached.
 *
 * A flush interrupts the others by NMI and waits. An NMI is taken with interrupts off too, so a
 * caller may hold any lock: no CPU can be stuck waiting for us with its ears closed. One request is
 * in flight at a time (request_lock, interrupts off); the handler takes no lock.
 *
 * A kernel thread runs on whatever table is loaded (is_lazy). A flush, or the end of the address
 * space, then makes that CPU change to the kernel's own table.
 */
#include "bugs.h"
#include "internal.h"

#define MAX_SINGLE_PAGES 32 /* more than this: flush everything */
#define SPINS_BEFORE_HLT 2000

static u32 request_lock;
static struct {
	struct arch_mm *mm; /* NULL: kernel range */
	unsigned long start, end;
	bool is_drop;
	unsigned sleeper; /* 1 + the asking CPU once it has gone to sleep, to be woken by NMI */
} request;
u64 tlb_pending; /* bit per CPU that has not answered `request`; atomic, read by entry.S */
u64 cpus_online_mask;

static u64 bit_of(const struct arch_cpu *c)
{
	return BIT(container_of(c, struct cpu, arch)->id);
}

/* What the TLB has of the user's table, all or one address. Without INVPCID: everything. */
static void flush_user_pcid(void)
{
	if (cpu_features.has_invpcid)
		invpcid(INVPCID_CONTEXT, PCID_USER, 0);
	else
		tlb_flush_all_local();
}

/*
 * With PCIDs there is one pair, for the address space that is loaded: the doors then keep the TLB
 * when they change tables, and loading another space flushes both. A flush is done at once, never
 * left for the way out, where an NMI could come between the test and the load.
 */
static void load_table(struct arch_cpu *c, const struct arch_mm *m)
{
	unsigned long pgd = m ? m->pgd_phys : init_pgd_phys;

	if (!pcid_on) {
		c->kernel_cr3 = pgd;
		if (pti_on && m)
			c->user_cr3 = m->user_pgd_phys;
		write_cr3(pgd);
		return;
	}
	c->kernel_cr3 = pgd | PCID_KERNEL | CR3_NOFLUSH;
	if (m)
		c->user_cr3 = m->user_pgd_phys | PCID_USER | CR3_NOFLUSH;
	write_cr3(pgd | PCID_KERNEL);
	flush_user_pcid();
}

void arch_mm_set_owner(struct arch_mm *m, u32 uid)
{
	WRITE_ONCE(m->owner, uid);
}

/* What the last program taught the branch predictors must not steer the next one, nor the kernel on
 * its behalf. The barrier is dear: between different users only. */
static void forget_branches(struct arch_cpu *c, const struct arch_mm *next)
{
	u32 owner = READ_ONCE(next->owner);

	if (bugs.fills_rsb)
		fill_rsb();
	if (bugs.uses_ibpb && owner != c->predictor_owner)
		wrmsr(MSR_PRED_CMD, PRED_CMD_IBPB);
	c->predictor_owner = owner;
}

/*
 * Each step leaves a state that tlb_nmi() can act on: the CPU's bit in `next` is set before its
 * table is loaded, and the bit in `prev` goes only when prev's table is loaded no more.
 */
static inline void change_mm(struct arch_cpu *c, struct arch_mm *prev, struct arch_mm *next,
			     bool is_plain)
{
	u64 bit = bit_of(c);

	if (!is_plain && (bugs.fills_rsb | bugs.uses_ibpb))
		forget_branches(c, next);
	atomic_or(&next->cpus_loaded, bit);
	WRITE_ONCE(c->loaded_mm, next);
	barrier();
	if (is_plain) {
		c->kernel_cr3 = next->pgd_phys;
		write_cr3(next->pgd_phys);
	} else {
		load_table(c, next);
		if (c->nr_ldt | next->nr_ldt)
			ldt_load(c, next->nr_ldt);
	}
	if (prev)
		atomic_and(&prev->cpus_loaded, ~bit);
}

/* With isolation, work on the branch predictors, or an LDT. */
static __attribute__((noinline)) void change_mm_slow(struct arch_cpu *c, struct arch_mm *prev,
						     struct arch_mm *next)
{
	change_mm(c, prev, next, false);
}

void arch_mm_switch(struct arch_mm *next)
{
	struct arch_cpu *c = arch_this_cpu();
	struct arch_mm *prev;

	if (unlikely(!next)) {
		c->is_lazy = c->loaded_mm != NULL;
		return;
	}
	c->is_lazy = false;
	barrier();
	prev = READ_ONCE(c->loaded_mm);
	if (prev == next)
		return;
	if (unlikely(!bugs.mm_switch_is_plain) || unlikely(c->nr_ldt | next->nr_ldt))
		change_mm_slow(c, prev, next);
	else
		change_mm(c, prev, next, true);
}

static void flush_local(unsigned long start, unsigned long end, bool is_kernel)
{
	if ((end - start) >> PAGE_SHIFT <= MAX_SINGLE_PAGES) {
		bool by_address = pcid_on && !is_kernel && cpu_features.has_invpcid;

		for (; start < end; start += PAGE_SIZE) {
			invlpg(start);
			if (by_address)
				invpcid(INVPCID_ADDRESS, PCID_USER, start);
		}
		if (pcid_on && !is_kernel && !by_address)
			tlb_flush_all_local();
		return;
	}
	if (is_kernel) {
		tlb_flush_all_local();
		return;
	}
	write_cr3(read_cr3());
	if (pcid_on)
		flush_user_pcid();
}

/* This CPU's part of a flush or drop of `m`; interrupts off, or in the NMI. */
static void serve_mm(struct arch_cpu *c, struct arch_mm *m, unsigned long start, unsigned long end,
		     bool is_drop)
{
	if (c->loaded_mm == m && (is_drop || c->is_lazy)) {
		WRITE_ONCE(c->loaded_mm, NULL);
		c->is_lazy = false;
		load_table(c, NULL);
		atomic_and(&m->cpus_loaded, ~bit_of(c));
		return;
	}
	/* In the middle of arch_mm_switch(): finish the step for it. */
	if (is_drop && (read_cr3() & PTE_ADDR) == m->pgd_phys)
		load_table(c, c->loaded_mm);
	if (is_drop)
		atomic_and(&m->cpus_loaded, ~bit_of(c));
	else
		flush_local(start, end, false);
}

void tlb_nmi(void)
{
	struct arch_cpu *c = arch_this_cpu();
	u64 bit = bit_of(c);

	if (!(atomic_load(&tlb_pending) & bit))
		return;
	if (request.mm)
		serve_mm(c, request.mm, request.start, request.end, request.is_drop);
	else
		flush_local(request.start, request.end, true);
	if (atomic_and(&tlb_pending, ~bit) == bit && READ_ONCE(request.sleeper))
		apic_send_nmi_from_nmi(cpus[request.sleeper - 1].arch.apic_id);
}

/*
 * Until all have answered. On a host with fewer processors than we have, the one that is to answer
 * may need ours: after a while, sleep. Interrupts are off, so an NMI ends it.
 */
static void wait_for_answers(void)
{
	for (unsigned i = 0; i < SPINS_BEFORE_HLT; i++) {
		if (!atomic_load(&tlb_pending))
			return;
		arch_cpu_relax();
	}
	atomic_store(&request.sleeper, 1 + container_of(arch_this_cpu(), struct cpu, arch)->id);
	while (atomic_load(&tlb_pending))
		tlb_sleep();
}

static void ask_others(u64 targets, struct arch_mm *m, unsigned long start, unsigned long end,
		       bool is_drop)
{
	while (__atomic_exchange_n(&request_lock, 1, __ATOMIC_ACQUIRE))
		arch_cpu_relax();
	request.mm = m;
	request.start = start;
	request.end = end;
	request.is_drop = is_drop;
	request.sleeper = 0;
	atomic_store(&tlb_pending, targets);
	for (u64 left = targets; left; left &= left - 1)
		apic_send_ipi(cpus[__builtin_ctzl(left)].arch.apic_id, ICR_NMI);
	wait_for_answers();
	__atomic_store_n(&request_lock, 0, __ATOMIC_RELEASE);
}

static void flush_mm(struct arch_mm *m, unsigned long start, unsigned long end, bool is_drop)
{
	unsigned long flags = arch_irq_save();
	struct arch_cpu *c = arch_this_cpu();
	u64 loaded;

	smp_mb(); /* the caller's PTE stores, before we read who has it loaded */
	loaded = READ_ONCE(m->cpus_loaded);
	if (loaded & bit_of(c))
		serve_mm(c, m, start, end, is_drop);
	loaded &= ~bit_of(c);
	if (loaded)
		ask_others(loaded, m, start, end, is_drop);
	arch_irq_restore(flags);
}

void arch_tlb_flush(struct arch_mm *m, unsigned long start, unsigned long end)
{
	flush_mm(m, start, end, false);
}

void tlb_drop_mm(struct arch_mm *m)
{
	flush_mm(m, 0, 0, true);
}

void tlb_flush_kernel(unsigned long start, unsigned long end)
{
	unsigned long flags = arch_irq_save();
	u64 others = READ_ONCE(cpus_online_mask) & ~bit_of(arch_this_cpu());

	flush_local(start, end, true);
	if (others)
		ask_others(others, NULL, start, end, false);
	arch_irq_restore(flags);
}
