/* SPDX-License-Identifier: Apache-2.0 */
/* The page at 0xffffffffff600000: three old entry points that can be called and, but in mode
 * vsyscall=emulate, not be read. */
#include "x86.h"
#include "fault.h"

#include <sched.h>
#include <sys/time.h>
#include <time.h>

typedef long (*vsys_gettimeofday_fn)(struct timeval *tv, struct timezone *tz);
typedef long (*vsys_time_fn)(time_t *t);
typedef long (*vsys_getcpu_fn)(unsigned *cpu, unsigned *node, void *unused);

static void bad_time(void *p)
{
	((vsys_time_fn)(VSYSCALL_ADDR + 0x400))(p);
}

static void bad_gettimeofday(void *p)
{
	((vsys_gettimeofday_fn)VSYSCALL_ADDR)(p, NULL);
}

TEST_MAIN
{
	vsys_gettimeofday_fn vsys_gettimeofday = (vsys_gettimeofday_fn)VSYSCALL_ADDR;
	vsys_time_fn vsys_time = (vsys_time_fn)(VSYSCALL_ADDR + 0x400);
	vsys_getcpu_fn vsys_getcpu = (vsys_getcpu_fn)(VSYSCALL_ADDR + 0x800);
	unsigned cpu = 99, node = 99;
	struct timeval tv = {0, 0}, now;
	struct timezone tz = {99, 99};
	char maps[65536] = "";
	bool can_read;
	time_t t = 0;

	t_read_file("/proc/self/maps", maps, sizeof(maps) - 1);
	if (!strstr(maps, "[vsyscall]"))
		T_SKIP("this kernel has no vsyscall page");
	can_read = strstr(maps, "ffffffffff600000-ffffffffff601000 r-xp 00000000 00:00 0");
	T_TRUE(can_read || strstr(maps, "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0"));
	T_EQ(vsys_gettimeofday(&tv, &tz), 0);
	T_OK(gettimeofday(&now, NULL));
	T_CMP(now.tv_sec - tv.tv_sec, <=, 2);
	T_CMP(now.tv_sec, >=, tv.tv_sec);
	T_NE(tz.tz_minuteswest, 99);
	T_EQ(vsys_gettimeofday(NULL, NULL), 0);
	T_CMP(vsys_time(&t) - now.tv_sec, <=, 2);
	T_CMP(t, >=, tv.tv_sec);
	T_CMP(vsys_time(NULL), >=, t);
	T_EQ(vsys_getcpu(&cpu, &node, NULL), 0);
	T_CMP(cpu, <, CPU_SETSIZE);
	T_NE(node, 99);

	/* Reading, writing and calling in the middle: the signal of a page that is not there. In
	 * mode emulate there is the code of the three calls: movq $96, %rax; syscall; ret. */
	if (can_read) {
		T_EQ(memcmp((void *)VSYSCALL_ADDR, "\x48\xc7\xc0\x60\0\0\0\x0f\x05\xc3", 10), 0);
		T_EQ(fault_read((void *)(VSYSCALL_ADDR + 4095)), 0);
		T_EQ(fault_of(fault_write_fn, (void *)VSYSCALL_ADDR).sig, SIGSEGV);
	} else {
		T_FAULT(fault_read_fn, (void *)VSYSCALL_ADDR, SIGSEGV, SEGV_MAPERR, VSYSCALL_ADDR);
		T_FAULT(fault_write_fn, (void *)VSYSCALL_ADDR, SIGSEGV, SEGV_MAPERR, VSYSCALL_ADDR);
		T_EQ(fault_read((void *)(VSYSCALL_ADDR + 4095)), SIGSEGV);
		/* The kernel does not read it on a program's behalf either. */
		T_ERR(write(STDOUT_FILENO, (void *)VSYSCALL_ADDR, 1), EFAULT);
	}
	T_EQ(fault_call((void *)(VSYSCALL_ADDR + 1)), SIGSEGV);
	T_EQ(fault_call((void *)(VSYSCALL_ADDR + 0xc00)), SIGSEGV);
	T_EQ(fault_call((void *)(VSYSCALL_ADDR + 0x1000)), SIGSEGV);
	/* A bad pointer is a signal too, since there is no caller that checks. */
	T_EQ(fault_of(bad_time, (void *)16).sig, SIGSEGV);
	T_EQ(fault_of(bad_gettimeofday, (void *)KERNEL_TEXT).sig, SIGSEGV);
	T_ERR(munmap((void *)VSYSCALL_ADDR, 4096), EINVAL);
}
