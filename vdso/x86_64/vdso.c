/*
 * Calls that need no kernel entry: clocks from the vvar page (struct vvar_data of core/time.h) and
 * the TSC, the CPU's number from a segment limit. Runs in user mode; anything it cannot answer goes
 * to the system call. See vdso(7), clock_gettime(2), getcpu(2).
 */
#include "vdso/clocks.h"
#include <asm/unistd_64.h>

struct user_timespec {
	s64 tv_sec, tv_nsec;
};
struct user_timeval {
	s64 tv_sec, tv_usec;
};
struct user_timezone {
	s32 minuteswest, dsttime;
};

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

static inline int put(struct user_timespec *ts, u64 ns)
{
	ts->tv_sec = (s64)(ns / NSEC_PER_SEC);
	ts->tv_nsec = (s64)(ns % NSEC_PER_SEC);
	return 0;
}

/* The clocks that are not asked for a million times a second, and the others where a second has
 * begun that the kernel has not written down. */
static __attribute__((noinline)) int other_clock(int clock, struct user_timespec *ts)
{
	u64 ns;

	if (bit_of(clock) & COARSE_CLOCKS)
		return put(ts, read_coarse(clock == CLOCK_REALTIME_COARSE));
	if ((bit_of(clock) & HIRES_CLOCKS) &&
	    read_hires(clock == CLOCK_TAI || clock == CLOCK_REALTIME, &ns))
		return put(ts, ns);
	return (int)syscall2(__NR_clock_gettime, clock, (long)ts);
}

int __vdso_clock_gettime(int clock, struct user_timespec *ts)
{
	s64 second;
	u64 ns;

	if (unlikely((unsigned)clock > CLOCK_MONOTONIC) ||
	    unlikely(!read_second((unsigned)clock, &second, &ns)))
		return other_clock(clock, ts);
	ts->tv_sec = second;
	ts->tv_nsec = (s64)ns;
	return 0;
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

/* gettimeofday's rare cases. */
static __attribute__((noinline)) int other_timeofday(struct user_timeval *tv,
						     struct user_timezone *tz)
{
	u64 ns;

	if (tv) {
		if (!read_hires(true, &ns))
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

int __vdso_gettimeofday(struct user_timeval *tv, struct user_timezone *tz)
{
	s64 second;
	u64 ns;

	if (unlikely(!tv) || unlikely(tz) || unlikely(!read_second(CLOCK_REALTIME, &second, &ns)))
		return other_timeofday(tv, tz);
	tv->tv_sec = second;
	tv->tv_usec = (s64)(ns * 274877907 >> 38); /* / 1000, below 2^32 */
	return 0;
}

s64 __vdso_time(s64 *t)
{
	s64 now = READ_ONCE(vvar_page.seconds[CLOCK_REALTIME].second);

	if (t)
		*t = now;
	return now;
}

long __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused)
{
	(void)unused;
	read_cpu(cpu, node);
	return 0;
}

#define WEAK_NAME(name, ...) \
	__typeof__(__vdso_##name) name __attribute__((weak, alias("__vdso_" #name)))
WEAK_NAME(clock_gettime);
WEAK_NAME(clock_getres);
WEAK_NAME(gettimeofday);
WEAK_NAME(time);
WEAK_NAME(getcpu);
