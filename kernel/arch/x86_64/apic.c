/*
 * The local APIC (timer, IPIs, end of interrupt) and the IO-APIC. xAPIC by memory, x2APIC by MSR
 * where the CPU has it: a hypervisor serves MSRs faster.
 */
#include "internal.h"
#include "core/log.h"
#include "core/time.h"

#define APIC_PHYS   0xfee00000UL
#define IOAPIC_PHYS 0xfec00000UL

#define APIC_ID	       0x20
#define APIC_TPR       0x80
#define APIC_EOI       0xb0
#define APIC_SVR       0xf0
#define APIC_ICR_LOW   0x300
#define APIC_ICR_HIGH  0x310
#define APIC_LVT_TIMER 0x320
#define APIC_LVT_LINT0 0x350
#define APIC_LVT_LINT1 0x360
#define APIC_LVT_ERROR 0x370
#define APIC_INIT      0x380
#define APIC_COUNT     0x390
#define APIC_DIVIDE    0x3e0

#define SVR_ENABLE	   BIT(8)
#define LVT_MASKED	   BIT(16)
#define LVT_TSC_DEADLINE   BIT(18)
#define ICR_PENDING	   BIT(12)
#define DIVIDE_BY_1	   0xb
#define APIC_BASE_ENABLE   BIT(11)
#define APIC_BASE_X2APIC   BIT(10)
#define MAX_TICKS	   0xfffffff0UL
#define REDIR_LEVEL	   BIT(15)
#define REDIR_MASKED	   BIT(16)
#define IOAPIC_REG_VERSION 1

static volatile u32 *apic;
static volatile u32 *ioapic;
static unsigned nr_pins;
static u32 ioapic_lock;
static bool use_x2apic;

static u32 apic_read(unsigned reg)
{
	if (use_x2apic)
		return (u32)rdmsr(MSR_X2APIC + (reg >> 4));
	return apic[reg / 4];
}
static void apic_write(unsigned reg, u32 v)
{
	if (use_x2apic)
		wrmsr(MSR_X2APIC + (reg >> 4), v);
	else
		apic[reg / 4] = v;
}

void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

void apic_map(void)
{
	use_x2apic = cpu_features.has_x2apic;
	if (use_x2apic)
		return;
	apic = arch_ioremap(APIC_PHYS, PAGE_SIZE);
	if (!apic)
		panic("no memory to map the local APIC");
}

void apic_init_cpu(void)
{
	u64 base = rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE;

	wrmsr(MSR_APIC_BASE, base);
	if (use_x2apic)
		wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2APIC);
	arch_this_cpu()->apic_id = use_x2apic ? apic_read(APIC_ID) : apic_read(APIC_ID) >> 24;
	apic_write(APIC_TPR, 0);
	apic_write(APIC_LVT_LINT0, LVT_MASKED);
	apic_write(APIC_LVT_LINT1, LVT_MASKED);
	apic_write(APIC_LVT_ERROR, LVT_MASKED | VEC_ERROR);
	apic_write(APIC_SVR, SVR_ENABLE | VEC_SPURIOUS);
	apic_write(APIC_DIVIDE, DIVIDE_BY_1);
	apic_write(APIC_LVT_TIMER, LVT_MASKED | VEC_TIMER);
	apic_write(APIC_INIT, 0);
}

/* Called with interrupts on or off, and from NMI-free code only: xAPIC's ICR is two writes. */
void apic_send_ipi(unsigned apic_id, u32 icr_low)
{
	unsigned long flags;

	if (use_x2apic) {
		wrmsr(MSR_X2APIC + (APIC_ICR_LOW >> 4), (u64)apic_id << 32 | icr_low);
		return;
	}
	flags = arch_irq_save();
	while (apic_read(APIC_ICR_LOW) & ICR_PENDING)
		arch_cpu_relax();
	apic_write(APIC_ICR_HIGH, apic_id << 24);
	apic_write(APIC_ICR_LOW, icr_low);
	arch_irq_restore(flags);
}

/* For the NMI handler, which may have come between the two writes of apic_send_ipi(): the register
 * is left as it was. */
void apic_send_nmi_from_nmi(unsigned apic_id)
{
	u32 high;

	if (use_x2apic) {
		wrmsr(MSR_X2APIC + (APIC_ICR_LOW >> 4), (u64)apic_id << 32 | ICR_NMI);
		return;
	}
	high = apic_read(APIC_ICR_HIGH);
	while (apic_read(APIC_ICR_LOW) & ICR_PENDING)
		arch_cpu_relax();
	apic_write(APIC_ICR_HIGH, apic_id << 24);
	apic_write(APIC_ICR_LOW, ICR_NMI);
	while (apic_read(APIC_ICR_LOW) & ICR_PENDING)
		arch_cpu_relax();
	apic_write(APIC_ICR_HIGH, high);
}

void arch_send_resched_ipi(unsigned cpu)
{
	if (arch_irqs_enabled())
		apic_send_ipi(cpus[cpu].arch.apic_id, ICR_FIXED | VEC_RESCHED);
	else
		arch_this_cpu()->pending_ipis |= BIT(cpu);
}

/* Interrupts off. */
void arch_send_pending_ipis(void)
{
	struct arch_cpu *c = arch_this_cpu();

	while (c->pending_ipis) {
		unsigned cpu = (unsigned)__builtin_ctzl(c->pending_ipis);

		c->pending_ipis &= c->pending_ipis - 1;
		apic_send_ipi(cpus[cpu].arch.apic_id, ICR_FIXED | VEC_RESCHED);
	}
}

void arch_send_call_ipi(unsigned cpu)
{
	apic_send_ipi(cpus[cpu].arch.apic_id, ICR_FIXED | VEC_CALL);
}

/* --- the timer: deadline in TSC ticks where possible, else a count at the bus clock, which is
 * 1 GHz on QEMU and KVM --- */

void apic_timer_start(u32 count)
{
	apic_write(APIC_INIT, count);
}

u32 apic_timer_count(void)
{
	return apic_read(APIC_COUNT);
}

void apic_timer_init_cpu(void)
{
	apic_write(APIC_LVT_TIMER,
		   VEC_TIMER | (cpu_features.has_tsc_deadline ? LVT_TSC_DEADLINE : 0));
	if (cpu_features.has_tsc_deadline)
		__asm__ volatile("mfence" ::: "memory"); /* xAPIC write before the MSR's */
}

/* May come early when the deadline is further than the hardware counts (4 s): the timer code looks
 * at the clock and arms again. */
void arch_timer_set(u64 deadline_ns)
{
	u64 now, delta;

	if (deadline_ns == ~0UL) {
		if (cpu_features.has_tsc_deadline)
			wrmsr(MSR_TSC_DEADLINE, 0);
		else
			apic_timer_start(0);
		return;
	}
	now = now_mono_ns();
	delta = deadline_ns > now ? deadline_ns - now : 1;
	if (cpu_features.has_tsc_deadline)
		wrmsr(MSR_TSC_DEADLINE, arch_cycles() + clock_ns_to_cycles(MIN(delta, 1UL << 40)));
	else
		apic_timer_start((u32)MIN(delta, MAX_TICKS));
}

/* --- IO-APIC: one redirection per GSI, to CPU 0, level-triggered, active high --- */

static u32 ioapic_read(unsigned reg)
{
	ioapic[0] = reg;
	return ioapic[4];
}
static void ioapic_write(unsigned reg, u32 v)
{
	ioapic[0] = reg;
	ioapic[4] = v;
}

static void redirect(unsigned gsi, u32 low)
{
	unsigned long flags = arch_irq_save();

	while (__atomic_exchange_n(&ioapic_lock, 1, __ATOMIC_ACQUIRE))
		arch_cpu_relax();
	ioapic_write(0x11 + 2 * gsi, cpus[0].arch.apic_id << 24);
	ioapic_write(0x10 + 2 * gsi, low);
	__atomic_store_n(&ioapic_lock, 0, __ATOMIC_RELEASE);
	arch_irq_restore(flags);
}

void ioapic_init(void)
{
	ioapic = arch_ioremap(IOAPIC_PHYS, PAGE_SIZE);
	if (!ioapic)
		panic("no memory to map the IO-APIC");
	nr_pins = ((ioapic_read(IOAPIC_REG_VERSION) >> 16) & 0xff) + 1;
	nr_pins = MIN(nr_pins, NR_GSI);
	for (unsigned i = 0; i < nr_pins; i++)
		redirect(i, REDIR_MASKED | (VEC_IRQ_BASE + i));
}

void arch_irq_unmask(unsigned gsi)
{
	if (gsi < nr_pins)
		redirect(gsi, REDIR_LEVEL | (VEC_IRQ_BASE + gsi));
}

void arch_irq_mask(unsigned gsi)
{
	if (gsi < nr_pins)
		redirect(gsi, REDIR_LEVEL | REDIR_MASKED | (VEC_IRQ_BASE + gsi));
}
