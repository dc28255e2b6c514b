/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks of the vDSO, for both of its builds: read from the vvar page (struct vvar_data of
 * core/time.h) and the TSC, in user mode. vdso/<arch>/vdso.c has the functions that programs see.
 */
#ifndef VDSO_CLOCKS_H
#define VDSO_CLOCKS_H

#include "core/time.h"
#include <linux/time.h>

#define CPUNODE_SEL 0x7b /* GDT entry 15: its limit is the CPU's number */

#define COARSE_CLOCKS (1u << CLOCK_REALTIME_COARSE | 1u << CLOCK_MONOTONIC_COARSE)
#define HIRES_CLOCKS                                                                \
	(1u << CLOCK_REALTIME | 1u << CLOCK_MONOTONIC | 1u << CLOCK_MONOTONIC_RAW | \
	 1u << CLOCK_BOOTTIME | 1u << CLOCK_TAI)

/* Not const: the kernel changes it under us. */
extern struct vvar_data vvar_page __attribute__((visibility("hidden")));

/*
 * Nanoseconds since boot: (TSC - tsc_base) * mult >> VVAR_SHIFT, by way of 128 bits. The counter is
 * not read before what comes earlier in the program.
 */
#ifdef __x86_64__
static inline u64 since_boot(const struct vvar_data *v)
{
	u64 ns;

	__asm__ volatile("lfence; rdtsc\n\t"
			 "shlq $32, %%rdx; orq %%rdx, %%rax\n\t"
			 "subq %1, %%rax; mulq %2; shrdq %3, %%rdx, %%rax"
			 : "=&a"(ns)
			 : "m"(v->tsc_base), "m"(v->mult), "i"(VVAR_SHIFT)
			 : "rdx", "cc", "memory");
	return ns;
}
#else
static inline u64 since_boot(const struct vvar_data *v)
{
	u64 cycles, mult = v->mult;

	__asm__ volatile("lfence; rdtsc" : "=A"(cycles)::"memory");
	cycles -= v->tsc_base;
	u32 c0 = (u32)cycles, c1 = (u32)(cycles >> 32), m0 = (u32)mult, m1 = (u32)(mult >> 32);
	u64 a = (u64)c0 * m0, b = (u64)c0 * m1, c = (u64)c1 * m0, d = (u64)c1 * m1;
	u64 middle = (a >> 32) + (u32)b + (u32)c;
	u64 low = middle << 32 | (u32)a, high = d + (b >> 32) + (c >> 32) + (middle >> 32);

	return low >> VVAR_SHIFT | high << (64 - VVAR_SHIFT);
}
#endif

/*
 * Nanoseconds of a clock that follows the counter: since boot, or since 1970. False: the counter is
 * not usable. The kernel makes `seq` odd while it changes the page, so an odd one never matches.
 */
static inline bool read_hires(bool is_real, u64 *ns)
{
	const struct vvar_data *v = &vvar_page;
	u32 seq;

	do {
		seq = __atomic_load_n(&v->seq, __ATOMIC_ACQUIRE) & ~1u;
		if (unlikely(!v->is_tsc_usable))
			return false;
		*ns = since_boot(v);
		if (is_real)
			*ns += v->real_offset_ns;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (unlikely(seq != READ_ONCE(v->seq)));
	return true;
}

/*
 * CLOCK_REALTIME or CLOCK_MONOTONIC by the second that the kernel has written down: no division.
 * False: ask read_hires(). Nanoseconds are fewer than a second's.
 */
static inline bool read_second(unsigned clock, s64 *second, u64 *ns)
{
	const struct vvar_data *v = &vvar_page;
	const struct vvar_second *s = &v->seconds[clock];
	u32 seq;

	do {
		seq = __atomic_load_n(&v->seq, __ATOMIC_ACQUIRE) & ~1u;
		*second = s->second;
		*ns = since_boot(v) + s->rest_ns;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (unlikely(seq != v->seq));
	return likely(*ns < NSEC_PER_SEC);
}

/* A clock that stands still between ticks. */
static u64 read_coarse(bool is_real)
{
	const struct vvar_data *v = &vvar_page;
	u64 ns;
	u32 seq;

	do {
		seq = __atomic_load_n(&v->seq, __ATOMIC_ACQUIRE) & ~1u;
		ns = v->coarse_mono_ns + (is_real ? v->real_offset_ns : 0);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (unlikely(seq != READ_ONCE(v->seq)));
	return ns;
}

static inline u32 bit_of(int clock)
{
	return (unsigned)clock < 32 ? 1u << clock : 0;
}

/* There is one node. */
static inline void read_cpu(unsigned *cpu, unsigned *node)
{
	u32 number;

	__asm__ volatile("lsl %1, %0" : "=r"(number) : "r"(CPUNODE_SEL));
	if (likely(cpu))
		*cpu = number;
	if (unlikely(node))
		*node = 0;
}

#endif
