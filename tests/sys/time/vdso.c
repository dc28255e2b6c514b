/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of the vDSO, found as a C library finds them, beside the calls they stand for. */
#include "test.h"

#include <elf.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/time.h>
#include <time.h>

static const char *base;
static const Elf64_Sym *symbols;
static const char *names;
static const Elf64_Versym *versions;
static const Elf64_Verdef *definitions;
static uint32_t symbol_count;

static void find_tables(void)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)base;
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(base + eh->e_phoff);
	const Elf64_Dyn *dyn = NULL;
	uintptr_t load = 0;

	for (int i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type == PT_LOAD)
			load = (uintptr_t)base + ph[i].p_offset - ph[i].p_vaddr;
		if (ph[i].p_type == PT_DYNAMIC)
			dyn = (const Elf64_Dyn *)(base + ph[i].p_offset);
	}
	T_NEED(dyn ? 0 : -1);
	for (; dyn->d_tag != DT_NULL; dyn++) {
		const void *p = (const void *)(load + dyn->d_un.d_ptr);

		switch (dyn->d_tag) {
		case DT_SYMTAB:
			symbols = p;
			break;
		case DT_STRTAB:
			names = p;
			break;
		case DT_HASH:
			symbol_count = ((const uint32_t *)p)[1];
			break;
		case DT_VERSYM:
			versions = p;
			break;
		case DT_VERDEF:
			definitions = p;
			break;
		}
	}
}

static bool has_version(int index, const char *want)
{
	const Elf64_Verdef *d = definitions;

	for (;;) {
		const Elf64_Verdaux *aux = (const Elf64_Verdaux *)((const char *)d + d->vd_aux);

		if (d->vd_ndx == (versions[index] & 0x7fff))
			return !strcmp(names + aux->vda_name, want);
		if (!d->vd_next)
			return false;
		d = (const Elf64_Verdef *)((const char *)d + d->vd_next);
	}
}

static void *find(const char *name)
{
	for (uint32_t i = 0; i < symbol_count; i++)
		if (!strcmp(names + symbols[i].st_name, name) && symbols[i].st_shndx != SHN_UNDEF) {
			T_TRUE(has_version((int)i, "LINUX_2.6"));
			return (char *)base + symbols[i].st_value;
		}
	t_note("no symbol %s", name);
	T_TRUE(false);
	t_give_up();
}

typedef int (*clock_fn)(clockid_t clock, struct timespec *ts);
typedef int (*gettimeofday_fn)(struct timeval *tv, struct timezone *tz);
typedef time_t (*time_fn)(time_t *t);
typedef int (*getcpu_fn)(unsigned *cpu, unsigned *node, void *unused);

static long ns(const struct timespec *ts)
{
	return ts->tv_sec * 1000000000L + ts->tv_nsec;
}

/* Between two calls of the kernel lies what the vDSO says, and the other way round. */
static void test_clock(clock_fn get, int clock, long slack)
{
	struct timespec a, b, c;
	int wrong = 0;

	for (int i = 0; i < 2000; i++) {
		syscall(SYS_clock_gettime, clock, &a);
		if (get(clock, &b))
			wrong++;
		syscall(SYS_clock_gettime, clock, &c);
		wrong += ns(&b) < ns(&a) - slack || ns(&b) > ns(&c) + slack;
		wrong += b.tv_nsec < 0 || b.tv_nsec >= 1000000000;
	}
	T_EQ(wrong, 0);
}

static void test_steady(clock_fn get)
{
	struct timespec last, now;
	int backwards = 0;
	long count = 0;

	get(CLOCK_MONOTONIC, &last);
	for (long end = t_now_ms() + 300; t_now_ms() < end; count++) {
		for (int i = 0; i < 100; i++) {
			get(CLOCK_MONOTONIC, &now);
			backwards += ns(&now) < ns(&last);
			last = now;
		}
	}
	T_EQ(backwards, 0);
}

/* As long as it takes for seconds of both clocks to begin, whatever the kernel keeps of them. */
static void test_seconds(clock_fn get, gettimeofday_fn tod, time_fn get_time)
{
	static const int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
	int wrong = 0, seconds = 0;
	struct timespec a, b, c;
	struct timeval tv;
	time_t coarse, last = 0;

	for (long end = t_now_ms() + 1200; t_now_ms() < end;) {
		for (int i = 0; i < 2; i++) {
			syscall(SYS_clock_gettime, clocks[i], &a);
			wrong += get(clocks[i], &b) != 0;
			syscall(SYS_clock_gettime, clocks[i], &c);
			wrong += ns(&b) < ns(&a) || ns(&b) > ns(&c);
			wrong += b.tv_nsec < 0 || b.tv_nsec >= 1000000000;
		}
		syscall(SYS_clock_gettime, CLOCK_REALTIME, &a);
		wrong += tod(&tv, NULL) != 0;
		syscall(SYS_clock_gettime, CLOCK_REALTIME, &c);
		wrong += tv.tv_sec * 1000000 + tv.tv_usec < ns(&a) / 1000;
		wrong += tv.tv_sec * 1000000 + tv.tv_usec > ns(&c) / 1000;
		wrong += tv.tv_usec < 0 || tv.tv_usec >= 1000000;
		coarse = get_time(NULL);
		wrong += coarse < last || coarse > c.tv_sec || coarse < a.tv_sec - 1;
		seconds += coarse != last;
		last = coarse;
	}
	T_EQ(wrong, 0);
	T_CMP(seconds, >=, 2);
}

TEST_MAIN
{
	clock_fn gettime, getres;
	gettimeofday_fn tod;
	time_fn get_time;
	getcpu_fn cpu_fn;
	struct timeval tv, tv2;
	struct timespec ts, ts2;
	struct timezone tz = {99, 99};
	unsigned cpu = 99, node = 99, cpu2;
	time_t t = 0;

	base = (const char *)getauxval(AT_SYSINFO_EHDR);
	T_NEED(base ? 0 : -1);
	find_tables();
	T_CMP(symbol_count, >, 4);
	gettime = (clock_fn)find("__vdso_clock_gettime");
	getres = (clock_fn)find("__vdso_clock_getres");
	tod = (gettimeofday_fn)find("__vdso_gettimeofday");
	get_time = (time_fn)find("__vdso_time");
	cpu_fn = (getcpu_fn)find("__vdso_getcpu");
	T_TRUE(find("clock_gettime") == (void *)gettime);
	T_TRUE(find("gettimeofday") == (void *)tod);
	T_TRUE(find("time") == (void *)get_time);
	T_TRUE(find("getcpu") == (void *)cpu_fn);
	T_TRUE(find("clock_getres") == (void *)getres);

	test_clock(gettime, CLOCK_REALTIME, 0);
	test_clock(gettime, CLOCK_MONOTONIC, 0);
	test_clock(gettime, CLOCK_BOOTTIME, 0);
	test_clock(gettime, CLOCK_MONOTONIC_RAW, 0);
	test_clock(gettime, CLOCK_REALTIME_COARSE, 0);
	test_clock(gettime, CLOCK_MONOTONIC_COARSE, 0);
	/* Clocks that it does not know itself it asks the kernel for. */
	T_EQ(gettime(CLOCK_PROCESS_CPUTIME_ID, &ts), 0);
	T_EQ(gettime(CLOCK_THREAD_CPUTIME_ID, &ts), 0);
	T_EQ(gettime(99, &ts), -EINVAL);
	T_EQ(gettime(-100, &ts), -EINVAL);
	test_steady(gettime);
	test_seconds(gettime, tod, get_time);

	for (int clock = 0; clock < 8; clock++) {
		T_EQ(getres(clock, &ts), 0);
		T_OK(syscall(SYS_clock_getres, clock, &ts2));
		T_EQ(ns(&ts), ns(&ts2));
		T_EQ(getres(clock, NULL), 0);
	}
	T_EQ(getres(99, &ts), -EINVAL);
	T_EQ(tod(&tv, &tz), 0);
	T_OK(syscall(SYS_gettimeofday, &tv2, NULL));
	T_CMP(tv2.tv_sec * 1000000 + tv2.tv_usec, >=, tv.tv_sec * 1000000 + tv.tv_usec);
	T_CMP(tv2.tv_sec - tv.tv_sec, <=, 1);
	T_NE(tz.tz_minuteswest, 99);
	T_EQ(tod(NULL, NULL), 0);
	T_CMP(get_time(&t), >=, tv.tv_sec - 1);
	T_CMP(t, <=, tv2.tv_sec + 1);
	T_CMP(get_time(NULL), >=, t);
	{
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(sched_getcpu(), &set);
		T_OK(sched_setaffinity(0, sizeof(set), &set));
	}
	T_EQ(cpu_fn(&cpu, &node, NULL), 0);
	T_OK(syscall(SYS_getcpu, &cpu2, NULL, NULL));
	T_EQ(cpu, cpu2);
	T_EQ(cpu_fn(NULL, NULL, NULL), 0);
	/* Elsewhere after a fork too. */
	T_CHILD
	{
		test_clock(gettime, CLOCK_MONOTONIC, 0);
	}
}
