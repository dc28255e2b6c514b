/* SPDX-License-Identifier: Apache-2.0 */
/* Signal frames and TLS of 32-bit code: both layouts, what sigreturn restores, GDT entries. */
#include "../../sys/test.h"
#include <asm/ldt.h>
#include <ucontext.h>

static volatile uint32_t seen_cs, seen_eip, seen_addr;
static volatile int seen;

static void plain(int sig)
{
	seen = sig;
}

static void with_info(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	seen = sig;
	seen_addr = (uint32_t)si->si_addr;
	seen_cs = (uint32_t)uc->uc_mcontext.gregs[REG_CS];
	seen_eip = (uint32_t)uc->uc_mcontext.gregs[REG_EIP];
	uc->uc_mcontext.gregs[REG_EIP] += 2; /* over the two bytes that faulted */
	uc->uc_mcontext.gregs[REG_EAX] = 0x12345678;
}

static void check_frames(void)
{
	struct sigaction sa = {.sa_handler = plain};
	uint32_t ax;

	sigaction(SIGUSR1, &sa, NULL);
	T_EQ(raise(SIGUSR1), 0);
	T_EQ(seen, SIGUSR1);
	sa.sa_sigaction = with_info;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &sa, NULL);
	__asm__ volatile("movb (%%ecx), %%al" : "=a"(ax) : "c"(0x10), "a"(0) : "memory");
	T_EQ(seen, SIGSEGV);
	T_EQ(seen_addr, 0x10u);
	T_EQ(seen_cs, 0x23u);
	T_EQ(ax, 0x12345678u);
}

static void check_tls(void)
{
	static uint32_t words[4] = {1, 2, 0xabcd, 4};
	struct user_desc d = {
		.entry_number = -1,
		.base_addr = (uint32_t)words,
		.limit = 0xfffff,
		.seg_32bit = 1,
		.limit_in_pages = 1,
		.useable = 1,
	};
	uint32_t v;

	T_EQ(syscall(SYS_set_thread_area, &d), 0);
	T_TRUE(d.entry_number >= 12 && d.entry_number <= 14);
	__asm__ volatile("movw %w1, %%fs; movl %%fs:8, %0" : "=r"(v) : "r"(d.entry_number * 8 + 3));
	T_EQ(v, 0xabcdu);
	raise(SIGUSR1); /* fs survives a handler, and being scheduled */
	usleep(1000);
	__asm__ volatile("movl %%fs:12, %0" : "=r"(v));
	T_EQ(v, 4u);
	d.base_addr = 0;
	T_EQ(syscall(SYS_get_thread_area, &d), 0);
	T_EQ(d.base_addr, (uint32_t)words);
	d.entry_number = 3;
	T_ERR(syscall(SYS_get_thread_area, &d), EINVAL);
	__asm__ volatile("movw %w0, %%fs" ::"r"(0));
}

TEST_MAIN
{
	check_frames();
	check_tls();
}
