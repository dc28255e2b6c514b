/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time functions of the i386 vDSO, as in vdso/x86_64/vdso.c: in times of 32 bits, and
 * clock_gettime64. What they cannot answer goes to the system call. See vdso(7).
 */
#include "vdso/clocks.h"
#include <asm/unistd_32.h>

struct time32 {
	s32 sec, frac;
};
struct timespec64 {
	s64 tv_sec;
	s32 tv_nsec, pad;
};
struct user_timezone {
	s32 minuteswest, dsttime;
};

int __vdso_clock_gettime(int clock, struct time32 *ts);
int __vdso_clock_gettime64(int clock, struct timespec64 *ts);
int __vdso_clock_getres(int clock, struct time32 *ts);
int __vdso_gettimeofday(struct time32 *tv, struct user_timezone *tz);
s32 __vdso_time(s32 *t);
long __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused);

static int syscall2(int nr, int a, void *b)
{
	int ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "0"(nr), "b"(a), "c"(b) : "memory");
	return ret;
}

/* a / b with a 64-bit quotient. */
static u64 divide(u64 a, u32 b, u32 *rest)
{
	u32 high = (u32)(a >> 32), low = (u32)a, quotient_high = high / b;

	high %= b;
	__asm__("divl %2" : "+a"(low), "+d"(high) : "r"(b) : "cc");
	*rest = high;
	return (u64)quotient_high << 32 | low;
}

/* The second of `clock` and the nanoseconds of it. */
static bool read_clock(int clock, s64 *second, u32 *rest)
{
	u64 ns;

	if (likely((unsigned)clock <= CLOCK_MONOTONIC) &&
	    likely(read_second((unsigned)clock, second, &ns))) {
		*rest = (u32)ns;
		return true;
	}
	if (bit_of(clock) & COARSE_CLOCKS)
		ns = read_coarse(clock == CLOCK_REALTIME_COARSE);
	else if (!(bit_of(clock) & HIRES_CLOCKS) ||
		 !read_hires(clock == CLOCK_REALTIME || clock == CLOCK_TAI, &ns))
		return false;
	*second = (s64)divide(ns, NSEC_PER_SEC, rest);
	return true;
}

int __vdso_clock_gettime(int clock, struct time32 *ts)
{
	s64 second;
	u32 ns;

	if (!read_clock(clock, &second, &ns))
		return syscall2(__NR_clock_gettime, clock, ts);
	ts->sec = (s32)second;
	ts->frac = (s32)ns;
	return 0;
}

int __vdso_clock_gettime64(int clock, struct timespec64 *ts)
{
	s64 second;
	u32 ns;

	if (!read_clock(clock, &second, &ns))
		return syscall2(__NR_clock_gettime64, clock, ts);
	ts->tv_sec = second;
	ts->tv_nsec = (s32)ns;
	ts->pad = 0;
	return 0;
}

int __vdso_clock_getres(int clock, struct time32 *ts)
{
	u32 bit = bit_of(clock);

	if (!(bit & (HIRES_CLOCKS | COARSE_CLOCKS)))
		return syscall2(__NR_clock_getres, clock, ts);
	if (ts) {
		ts->sec = 0;
		ts->frac = bit & HIRES_CLOCKS ? 1 : (s32)vvar_page.coarse_res_ns;
	}
	return 0;
}

int __vdso_gettimeofday(struct time32 *tv, struct user_timezone *tz)
{
	s64 second;
	u32 ns;

	if (tv) {
		if (!read_clock(CLOCK_REALTIME, &second, &ns))
			return syscall2(__NR_gettimeofday, (int)tv, tz);
		tv->sec = (s32)second;
		tv->frac = (s32)(ns / NSEC_PER_USEC);
	}
	if (tz) {
		tz->minuteswest = 0;
		tz->dsttime = 0;
	}
	return 0;
}

s32 __vdso_time(s32 *t)
{
	s32 now = (s32)READ_ONCE(vvar_page.seconds[CLOCK_REALTIME].second);

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
