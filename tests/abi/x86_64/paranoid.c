/* SPDX-License-Identifier: Apache-2.0 */
/* Entries that cannot trust GS: a program with any GS base, the kernel's addresses among them,
 * while NMIs (TLB flushes of another thread), debug traps, breakpoints, faults and calls come in.
 * The kernel must find its own data each time and give back the base that was there. */
#include "x86.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <time.h>
#include <ucontext.h>

#define RUN_MS 400

static const unsigned long bases[] = {
	0,
	0x1000,
	0x00007fffffffe000, /* as high as user space goes */
	0xffff800000000000, /* as low as the kernel's half goes */
	0xffff888000001000, /* where kernels map memory */
	0xffffc98000001000,
	KERNEL_TEXT,
	0xfffffffffffff000,
};
#define BASES (sizeof(bases) / sizeof(bases[0]))

static atomic_bool is_over;
static atomic_long flushes;
static volatile unsigned long traps, wrong_in_handler;
static volatile unsigned long expected;

static inline unsigned long rdgsbase(void)
{
	unsigned long v;

	__asm__ volatile("rdgsbase %0" : "=r"(v));
	return v;
}

static inline void wrgsbase(unsigned long v)
{
	__asm__ volatile("wrgsbase %0" ::"r"(v) : "memory");
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Each munmap of touched memory flushes the TLBs of the other CPUs that run this process. */
static void *flusher(void *arg)
{
	(void)arg;
	while (!is_over) {
		char *p = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);

		if (p == MAP_FAILED)
			break;
		for (int i = 0; i < 16384; i += 4096)
			p[i] = 1;
		munmap(p, 16384);
		flushes++;
	}
	return NULL;
}

static void on_trap(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)si;
	traps++;
	wrong_in_handler += rdgsbase() != expected;
	if (sig == SIGSEGV || sig == SIGILL) /* over the two bytes of the instruction */
		uc->uc_mcontext.gregs[REG_RIP] += 2;
}

/* Traps of every kind with the base in place. */
static void trap_once(void)
{
	__asm__ volatile("int3");
	__asm__ volatile("int $0x81" ::: "memory"); /* #GP: no such gate for programs */
	__asm__ volatile("ud2");
	/* single step, over a system call too */
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq\n\t"
			 "movl $110, %%eax; syscall; nop\n\t"
			 "pushfq; andq $~0x100, (%%rsp); popfq" ::
				 : "rax", "rcx", "r11", "memory", "cc");
}

static void run_with(unsigned long base)
{
	long start = now_ms(), parent = getppid();
	unsigned long rounds = 0, wrong = 0;

	expected = base;
	while (now_ms() - start < RUN_MS / (long)BASES) {
		wrgsbase(base);
		for (int i = 0; i < 200; i++) {
			wrong += raw_syscall(SYS_getppid, 0, 0, 0) != parent;
			wrong += rdgsbase() != base;
		}
		trap_once();
		wrong += rdgsbase() != base;
		rounds++;
	}
	T_CMP(rounds, >, 0);
	T_EQ(wrong, 0);
	wrgsbase(0);
}

TEST_MAIN
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};
	pthread_t thread[2];

	if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE)) {
		T_SKIP("the CPU has no FSGSBASE");
		return;
	}
	sa.sa_sigaction = on_trap;
	T_OK(sigaction(SIGTRAP, &sa, NULL));
	T_OK(sigaction(SIGSEGV, &sa, NULL));
	T_OK(sigaction(SIGILL, &sa, NULL));
	for (int i = 0; i < 2; i++)
		T_EQ(pthread_create(&thread[i], NULL, flusher, NULL), 0);
	for (size_t i = 0; i < BASES; i++)
		run_with(bases[i]);
	is_over = true;
	for (int i = 0; i < 2; i++)
		T_EQ(pthread_join(thread[i], NULL), 0);
	T_CMP(flushes, >, 0);
	T_CMP(traps, >, 8 * BASES);
	T_EQ(wrong_in_handler, 0);
}
