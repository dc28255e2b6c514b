/*
 * How fast the TSC runs: CPUID says so on some CPUs and hypervisors; else it is measured against
 * the local APIC's counter, which runs at 1 GHz on QEMU and KVM.
 */
#include "internal.h"
#include "core/log.h"
#include "core/time.h"

#define MAX_SAMPLE_TRIES 64
#define MIN_WINDOW	 20000UL /* APIC ticks = ns */
#define MAX_WINDOW	 20000000UL
#define WANTED_PRECISION 2048 /* window over the two samples' uncertainty */
#define SHIFT		 VVAR_SHIFT

static u64 tsc_hz;
static u64 scale_mult, cycles_mult; /* ns per cycle, cycles per ns, in 2^-SHIFT */

u64 arch_counter_hz(void)
{
	return tsc_hz;
}

/* 32 fractional bits: the product needs 128 bits, which one MUL gives. */
u64 arch_counter_scale(void)
{
	return scale_mult;
}

u64 clock_ns_to_cycles(u64 ns)
{
	return (u64)((unsigned __int128)ns * cycles_mult >> SHIFT);
}

struct sample {
	u64 tsc;
	u32 count;
	u64 latency; /* TSC ticks between the readings around the counter's */
};

/* Read both counters as close together as the machine lets us: on a busy host most tries are
 * stretched, so take the shortest of a few. */
static struct sample take_sample(unsigned tries)
{
	struct sample best = {.latency = ~0UL};

	while (tries--) {
		u64 before = arch_cycles(), after;
		u32 count = apic_timer_count();

		after = arch_cycles();
		if (after - before < best.latency)
			best = (struct sample){before + (after - before) / 2, count,
					       after - before};
	}
	return best;
}

static u64 measure(void)
{
	struct sample a, b;
	u64 ticks, cycles;

	apic_timer_start(0xffffffff);
	take_sample(2); /* caches, the emulator's translation */
	a = take_sample(8);
	do {
		arch_cpu_relax();
		b = take_sample(2);
		ticks = a.count - b.count;
		cycles = b.tsc - a.tsc;
	} while (ticks < MIN_WINDOW ||
		 ((a.latency + b.latency) / 2 * WANTED_PRECISION > cycles && ticks < MAX_WINDOW));
	apic_timer_start(0);
	return mul_div(cycles, APIC_TIMER_HZ, ticks);
}

static u64 hz_from_cpuid(void)
{
	u32 r[4];

	if (cpu_features.is_hypervisor) {
		cpuid(0x40000000, 0, r);
		if (r[0] >= 0x40000010 && r[0] < 0x40010000) {
			cpuid(0x40000010, 0, r);
			if (r[0])
				return r[0] * 1000UL;
		}
	}
	if (cpu_features.max_leaf >= 0x15) {
		cpuid(0x15, 0, r);
		if (r[0] && r[1] && r[2])
			return (u64)r[2] * r[1] / r[0];
	}
	return 0;
}

void clock_calibrate(void)
{
	tsc_hz = hz_from_cpuid();
	if (!tsc_hz) {
		tsc_hz = measure();
		/* Instruction counting (-icount shift=0) runs at exactly this. */
		if (tsc_hz > 999000000 && tsc_hz < 1001000000)
			tsc_hz = 1000000000;
	}
	scale_mult = mul_div(NSEC_PER_SEC, 1UL << SHIFT, tsc_hz);
	cycles_mult = mul_div(tsc_hz, 1UL << SHIFT, NSEC_PER_SEC);
	log_info("tsc: %lu.%03lu MHz\n", (unsigned long)(tsc_hz / 1000000),
		 (unsigned long)(tsc_hz / 1000 % 1000));
}

void arch_init_irq(void)
{
	apic_map();
	apic_init_cpu();
	ioapic_init();
	clock_calibrate();
	apic_timer_init_cpu();
}
