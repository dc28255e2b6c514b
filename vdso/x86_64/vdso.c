/*
 * Calls that need no kernel entry: clocks from the vvar page (struct vvar_data of core/time.h) and
 * the TSC, the CPU's number from a segment limit. Runs in user mode; anything it cannot answer goes
 * to the system call. See vdso(7), clock_gettime(2), getcpu(2).
 */
#include "core/time.h"
#include <linux/time.h>
#include <asm/unistd_64.h>

#define CPUNODE_SEL 0x7b /* GDT entry 15: its limit is the CPU's number */

#define COARSE_CLOCKS (1u << CLOCK_REALTIME_COARSE | 1u << CLOCK_MONOTONIC_COARSE)
#define HIRES_CLOCKS                                                                \
	(1u << CLOCK_REALTIME | 1u << CLOCK_MONOTONIC | 1u << CLOCK_MONOTONIC_RAW | \
	 1u << CLOCK_BOOTTIME | 1u << CLOCK_TAI)

struct user_timespec {
	s64 tv_sec, tv_nsec;
};
struct user_timeval {
	s64 tv_sec, tv_usec;
};
struct user_timezone {
	s32 minuteswest, dsttime;
};

/* Not const: the kernel changes it under us. */
extern struct vvar_data vvar_page __attribute__((visibility("hidden")));

int __vdso_clock_gettime(int clock, struct user_timespec *ts);
int __vdso_clock_getres(int clock, struct user_timespec *ts);
int __vdso_gettimeofday(struct user_timeval *tv, struct user_timezone *tz);
s64 __vdso_time(s64 *t);
long __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused);

static long syscall2(long nr, long a, long b)
{
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "0"(nr), "D"(a), "S"(b) : "rcx", "r11", "memory");
	return ret;
}

/* Not before what comes earlier in the program. */
static inline u64 read_tsc(void)
{
	u32 lo, hi;

	__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return (u64)hi << 32 | lo;
}

/* cycles * mult >> shift, 0 < shift < 64, by way of 128 bits. */
static inline u64 scale(u64 cycles, u64 mult, u32 shift)
{
	u64 low = cycles, high;

	__asm__("mulq %3; shrdq %%cl, %1, %0"
		: "+&a"(low), "=&d"(high)
		: "c"(shift), "rm"(mult)
		: "cc");
	return low;
}

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
		*ns = v->mono_base_ns + scale(read_tsc() - v->tsc_base, v->mult, v->shift);
		if (is_real)
			*ns += v->real_offset_ns;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (unlikely(seq != READ_ONCE(v->seq)));
	return true;
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

static inline int put(struct user_timespec *ts, u64 ns)
{
	ts->tv_sec = (s64)(ns / NSEC_PER_SEC);
	ts->tv_nsec = (s64)(ns % NSEC_PER_SEC);
	return 0;
}

/* The clocks that are not asked for a million times a second. */
static __attribute__((noinline)) int other_clock(int clock, struct user_timespec *ts)
{
	u64 ns;

	if (bit_of(clock) & COARSE_CLOCKS)
		return put(ts, read_coarse(clock == CLOCK_REALTIME_COARSE));
	if ((bit_of(clock) & HIRES_CLOCKS) && read_hires(clock == CLOCK_TAI, &ns))
		return put(ts, ns);
	return (int)syscall2(__NR_clock_gettime, clock, (long)ts);
}

int __vdso_clock_gettime(int clock, struct user_timespec *ts)
{
	u64 ns;

	if (likely((unsigned)clock <= CLOCK_MONOTONIC) &&
	    likely(read_hires(clock == CLOCK_REALTIME, &ns)))
		return put(ts, ns);
	return other_clock(clock, ts);
}

int __vdso_clock_getres(int clock, struct user_timespec *ts)
{
	u32 bit = bit_of(clock);

	if (!(bit & (HIRES_CLOCKS | COARSE_CLOCKS)))
		return (int)syscall2(__NR_clock_getres, clock, (long)ts);
	if (ts) {
		ts->tv_sec = 0;
		ts->tv_nsec = bit & HIRES_CLOCKS ? 1 : (s64)vvar_page.coarse_res_ns;
	}
	return 0;
}

int __vdso_gettimeofday(struct user_timeval *tv, struct user_timezone *tz)
{
	u64 ns;

	if (tv) {
		if (unlikely(!read_hires(true, &ns)))
			return (int)syscall2(__NR_gettimeofday, (long)tv, (long)tz);
		tv->tv_sec = (s64)(ns / NSEC_PER_SEC);
		tv->tv_usec = (s64)(ns % NSEC_PER_SEC / NSEC_PER_USEC);
	}
	if (tz) {
		tz->minuteswest = 0;
		tz->dsttime = 0;
	}
	return 0;
}

s64 __vdso_time(s64 *t)
{
	s64 now = READ_ONCE(vvar_page.coarse_real_s);

	if (t)
		*t = now;
	return now;
}

long __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused)
{
	u32 limit;

	(void)unused;
	__asm__ volatile("lsl %1, %0" : "=r"(limit) : "r"(CPUNODE_SEL));
	if (cpu)
		*cpu = limit & 0xfff;
	if (node)
		*node = limit >> 12;
	return 0;
}

#define WEAK_NAME(name, ...) \
	__typeof__(__vdso_##name) name __attribute__((weak, alias("__vdso_" #name)))
WEAK_NAME(clock_gettime);
WEAK_NAME(clock_getres);
WEAK_NAME(gettimeofday);
WEAK_NAME(time);
WEAK_NAME(getcpu);
