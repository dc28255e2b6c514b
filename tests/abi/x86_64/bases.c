/* SPDX-License-Identifier: Apache-2.0 */
/* The FS and GS bases: set by call or by instruction, kept over switches, faults and signals. */
#include "x86.h"
#include "fault.h"

#include <asm/prctl.h>
#include <sched.h>
#include <time.h>

static bool has_fsgsbase;

static uint64_t gs_base(void)
{
	uint64_t base;

	if (has_fsgsbase)
		__asm__ volatile("rdgsbase %0" : "=r"(base));
	else
		raw_syscall(SYS_arch_prctl, ARCH_GET_GS, (unsigned long)&base, 0);
	return base;
}

static void write_gs(uint64_t base)
{
	__asm__ volatile("wrgsbase %0" ::"r"(base));
}

static void write_gs_fn(void *base)
{
	write_gs((uint64_t)base);
}

static void on_signal(int sig)
{
	(void)sig;
}

/* Everything that enters the kernel once; the base must be the same after it. */
static void disturb(void)
{
	struct timespec ts = {0, 1000000};
	pid_t pid;

	raw_syscall(SYS_getppid, 0, 0, 0);
	raw_syscall(SYS_sched_yield, 0, 0, 0);
	raw_syscall(100000, 0, 0, 0);
	raw_syscall(SYS_nanosleep, (unsigned long)&ts, 0, 0);
	raw_syscall(SYS_kill, (unsigned long)getpid(), SIGUSR1, 0);
	T_EQ(fault_read((void *)16), SIGSEGV);
	T_EQ(fault_call((void *)KERNEL_TEXT), SIGSEGV);
	pid = fork();
	if (!pid)
		_exit(0);
	T_WAIT(pid, 0);
}

static void keeps(uint64_t base)
{
	uint64_t value;

	T_EQ(gs_base(), base);
	disturb();
	T_EQ(gs_base(), base);
	T_EQ(raw_syscall(SYS_arch_prctl, ARCH_GET_GS, (unsigned long)&value, 0), 0);
	T_EQ(value, base);
	T_CHILD
	{
		T_EQ(gs_base(), base);
	}
}

static void test_calls(void)
{
	static uint64_t words[2] = {0x1234, 0x5678};
	uint64_t fs, value;

	T_EQ(gs_base(), 0);
	T_EQ(raw_syscall(SYS_arch_prctl, ARCH_SET_GS, (unsigned long)words, 0), 0);
	__asm__ volatile("mov %%gs:8, %0" : "=r"(value));
	T_EQ(value, 0x5678);
	keeps((uint64_t)words);
	T_EQ(raw_syscall(SYS_arch_prctl, ARCH_GET_FS, (unsigned long)&fs, 0), 0);
	__asm__ volatile("mov %%fs:0, %0" : "=r"(value));
	T_EQ(value, fs); /* the thread pointer points at itself */
	T_EQ(raw_syscall(SYS_arch_prctl, ARCH_SET_FS, fs, 0), 0);
	T_EQ(raw_syscall(SYS_arch_prctl, ARCH_SET_GS, KERNEL_TEXT, 0), -EPERM);
	T_EQ(raw_syscall(SYS_arch_prctl, ARCH_SET_GS, NON_CANONICAL, 0), -EPERM);
	T_EQ(gs_base(), (uint64_t)words);
}

static void test_instructions(void)
{
	static const uint64_t bases[] = {0,   1, 0x7fffffffffff, KERNEL_TEXT, 0xffff800000000000,
					 -1UL};

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		write_gs(bases[i]);
		keeps(bases[i]);
	}
	if (is_tcg()) {
		T_SKIP_ONE("TCG takes any base");
	} else {
		T_EQ(fault_of(write_gs_fn, (void *)NON_CANONICAL).sig, SIGSEGV);
		T_EQ(gs_base(), -1UL);
	}
	/* Time slices end while a kernel-like base is loaded. */
	write_gs(KERNEL_TEXT);
	for (long end = t_now_ms() + 200; t_now_ms() < end;)
		;
	T_EQ(gs_base(), KERNEL_TEXT);
	write_gs(0);
}

/* Several processes on one processor, each with a base of its own. */
static void test_switches(void)
{
	pid_t pids[4];
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	T_OK(sched_setaffinity(0, sizeof(set), &set));
	for (uint64_t i = 0; i < 4; i++) {
		pids[i] = T_NEED(fork());
		if (!pids[i]) {
			uint64_t base = 0x10000 * (i + 1);
			int bad = 0;

			raw_syscall(SYS_arch_prctl, ARCH_SET_GS, base, 0);
			for (long end = t_now_ms() + 300; t_now_ms() < end;) {
				bad += gs_base() != base;
				sched_yield();
				bad += gs_base() != base;
			}
			_exit(bad != 0);
		}
	}
	for (int i = 0; i < 4; i++)
		T_WAIT(pids[i], 0);
}

TEST_MAIN
{
	has_fsgsbase = getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE;
	T_TRUE(signal(SIGUSR1, on_signal) != SIG_ERR);
	test_calls();
	if (has_fsgsbase)
		test_instructions();
	else
		T_SKIP_ONE("no FSGSBASE");
	test_switches();
}
