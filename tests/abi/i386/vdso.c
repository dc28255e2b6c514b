/* SPDX-License-Identifier: Apache-2.0 */
/* The i386 vDSO: its symbols and versions, and times that agree with the calls'. */
#include "../../sys/test.h"
#include <elf.h>
#include <sched.h>
#include <sys/auxv.h>
#include <time.h>

struct time64 {
	int64_t sec;
	int32_t nsec, pad;
};
struct time32 {
	int32_t sec, frac;
};

static const char *image;
static const Elf32_Sym *symbols;
static const char *names;
static const uint16_t *versions;
static const Elf32_Verdef *definitions;
static unsigned symbol_count;

static void find_tables(void)
{
	const Elf32_Ehdr *eh = (const void *)image;
	const Elf32_Phdr *ph = (const void *)(image + eh->e_phoff);
	const Elf32_Dyn *dyn = NULL;

	for (unsigned i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_DYNAMIC)
			dyn = (const void *)(image + ph[i].p_offset);
	for (; dyn && dyn->d_tag != DT_NULL; dyn++) {
		const void *at = image + dyn->d_un.d_ptr;

		switch (dyn->d_tag) {
		case DT_SYMTAB:
			symbols = at;
			break;
		case DT_STRTAB:
			names = at;
			break;
		case DT_VERSYM:
			versions = at;
			break;
		case DT_VERDEF:
			definitions = at;
			break;
		case DT_HASH:
			symbol_count = ((const uint32_t *)at)[1];
			break;
		}
	}
}

static const char *version_name(unsigned index)
{
	const Elf32_Verdef *d = definitions;

	for (;; d = (const void *)((const char *)d + d->vd_next)) {
		if (d->vd_ndx == index)
			return names +
			       ((const Elf32_Verdaux *)(const void *)((const char *)d + d->vd_aux))
				       ->vda_name;
		if (!d->vd_next)
			return "";
	}
}

static void *find(const char *name, const char *version)
{
	for (unsigned i = 0; i < symbol_count; i++)
		if (!strcmp(names + symbols[i].st_name, name) && symbols[i].st_shndx &&
		    !strcmp(version_name(versions[i] & 0x7fff), version))
			return (void *)(image + symbols[i].st_value);
	return NULL;
}

static int64_t ns_of(int64_t sec, int64_t nsec)
{
	return sec * 1000000000 + nsec;
}

static void check_clock(int clock, int64_t slack_ns)
{
	int (*get)(int, struct time32 *) = find("__vdso_clock_gettime", "LINUX_2.6");
	int (*get64)(int, struct time64 *) = find("__vdso_clock_gettime64", "LINUX_2.6");
	struct time64 before, now64, after;
	struct time32 now;

	T_OK(syscall(SYS_clock_gettime64, clock, &before));
	T_OK(get(clock, &now));
	T_OK(get64(clock, &now64));
	T_OK(syscall(SYS_clock_gettime64, clock, &after));
	T_TRUE(ns_of(now.sec, now.frac) >= ns_of(before.sec, before.nsec) - slack_ns);
	T_TRUE(ns_of(now64.sec, now64.nsec) >= ns_of(now.sec, now.frac) - slack_ns);
	T_TRUE(ns_of(after.sec, after.nsec) >= ns_of(now64.sec, now64.nsec) - slack_ns);
	T_TRUE(now.frac >= 0 && now.frac < 1000000000);
	T_TRUE(now64.nsec >= 0 && now64.nsec < 1000000000);
}

static void check_others(void)
{
	int (*gettimeofday_)(struct time32 *, void *) = find("__vdso_gettimeofday", "LINUX_2.6");
	int32_t (*time_)(int32_t *) = find("__vdso_time", "LINUX_2.6");
	int (*getres)(int, struct time32 *) = find("__vdso_clock_getres", "LINUX_2.6");
	int (*get)(int, struct time32 *) = find("__vdso_clock_gettime", "LINUX_2.6");
	struct time32 tv, res, want;
	struct time64 after;
	int32_t zone[2] = {7, 7}, now, stored = 0;

	T_OK(gettimeofday_(&tv, zone));
	T_OK(syscall(SYS_clock_gettime64, CLOCK_REALTIME, &after));
	T_TRUE(ns_of(after.sec, after.nsec) - ns_of(tv.sec, tv.frac * 1000LL) < 1000000000);
	T_TRUE(ns_of(after.sec, after.nsec) >= ns_of(tv.sec, tv.frac * 1000LL));
	T_EQ(zone[0], 0);
	T_OK(gettimeofday_(NULL, NULL));
	now = time_(&stored);
	T_EQ(now, stored);
	T_TRUE(after.sec - now <= 1 && after.sec - now >= -1);
	now = time_(NULL);
	T_TRUE(now >= stored);
	for (int clock = 0; clock < 12; clock++) {
		int r = getres(clock, &res);

		if (r)
			T_EQ(r, -EINVAL);
		T_EQ(r ? -1 : 0, syscall(SYS_clock_getres, clock, &want));
		T_TRUE(r || (res.sec == want.sec && res.frac == want.frac));
	}
	T_EQ(get(99, &res), -EINVAL);
	T_OK(get(CLOCK_PROCESS_CPUTIME_ID, &res));
	T_OK(get(CLOCK_THREAD_CPUTIME_ID, &res));
}

static void check_getcpu(void)
{
	long (*getcpu_)(unsigned *, unsigned *, void *) = find("__vdso_getcpu", "LINUX_2.6");
	unsigned cpu = 99, node = 99;
	cpu_set_t set;

	T_TRUE(getcpu_ != NULL);
	if (!getcpu_)
		return;
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	T_OK(sched_setaffinity(0, sizeof(set), &set));
	T_EQ(getcpu_(&cpu, &node, NULL), 0);
	T_EQ(cpu, 0);
	T_EQ(node, 0);
	T_EQ(getcpu_(NULL, NULL, NULL), 0);
}

TEST_MAIN
{
	static const char *const entries[] = {"__kernel_vsyscall", "__kernel_sigreturn",
					      "__kernel_rt_sigreturn"};

	image = (const char *)getauxval(AT_SYSINFO_EHDR);
	T_TRUE(image && !memcmp(image, "\177ELF\1", 5));
	find_tables();
	for (unsigned i = 0; i < 3; i++)
		T_TRUE(find(entries[i], "LINUX_2.5") != NULL);
	T_EQ((uintptr_t)find("__kernel_vsyscall", "LINUX_2.5"), getauxval(AT_SYSINFO));
	check_clock(CLOCK_REALTIME, 0);
	check_clock(CLOCK_MONOTONIC, 0);
	check_clock(CLOCK_MONOTONIC_RAW, 0);
	check_clock(CLOCK_BOOTTIME, 0);
	check_clock(CLOCK_TAI, 0);
	check_clock(CLOCK_REALTIME_COARSE, 0);
	check_clock(CLOCK_MONOTONIC_COARSE, 0);
	check_others();
	check_getcpu();
}
