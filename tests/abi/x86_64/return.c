/* SPDX-License-Identifier: Apache-2.0 */
/* The way back to user mode: odd return addresses, flags and segments. */
#include "x86.h"
#include "fault.h"

#define LAST_PAGE 0x7fffffffe000UL

static volatile uint64_t wanted_ip, wanted_flags, wanted_segments;
static volatile bool is_ip_set, is_flags_set, is_segments_set;

static void change_frame(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)si;
	if (is_ip_set)
		uc->uc_mcontext.gregs[REG_RIP] = (long long)wanted_ip;
	if (is_flags_set)
		uc->uc_mcontext.gregs[REG_EFL] = (long long)wanted_flags;
	if (is_segments_set)
		uc->uc_mcontext.gregs[REG_CSGSFS] = (long long)wanted_segments;
}

static void raise_usr1(void *arg)
{
	(void)arg;
	raw_syscall(SYS_kill, (unsigned long)getpid(), SIGUSR1, 0);
}

static void return_to(uint64_t ip, bool has_addr)
{
	struct fault f;

	wanted_ip = ip;
	is_ip_set = true;
	f = fault_of(raise_usr1, NULL);
	T_EQ(f.sig, SIGSEGV);
	T_EQ((uint64_t)f.uc.uc_mcontext.gregs[REG_RIP], ip);
	if (has_addr)
		T_EQ(f.addr, ip);
	is_ip_set = false;
}

/* `syscall` as the last instruction of the user's address space. */
static void test_last_page(void)
{
	unsigned char *page = mmap((void *)LAST_PAGE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	struct fault f;

	T_ERR(mmap((void *)(LAST_PAGE + 4096), 4096, PROT_READ,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
	      ENOMEM);
	if (page == MAP_FAILED) {
		T_SKIP_ONE("the highest page is in use");
		return;
	}
	T_EQ((long)page, LAST_PAGE);
	page[4089] = 0xb8; /* mov $SYS_getpid, %eax */
	page[4090] = SYS_getpid;
	memset(page + 4091, 0, 3);
	page[4094] = 0x0f; /* syscall */
	page[4095] = 0x05;
	f = fault_of(fault_call_fn, page + 4089);
	T_EQ(f.sig, SIGSEGV);
	T_EQ(f.addr, LAST_PAGE + 4096);
	T_EQ(f.uc.uc_mcontext.gregs[REG_RIP], LAST_PAGE + 4096);
	T_EQ(f.uc.uc_mcontext.gregs[REG_RCX], LAST_PAGE + 4096);
	T_EQ(f.uc.uc_mcontext.gregs[REG_RAX], getpid());
}

static void test_flags(void)
{
	uint64_t flags;

	/* Privilege cannot be gained through the saved flags, nor interrupts turned off. */
	is_flags_set = true;
	wanted_flags = X86_FLAG_IOPL;
	raise_usr1(NULL);
	__asm__ volatile("pushfq; pop %0" : "=r"(flags));
	T_EQ(flags & (X86_FLAG_IOPL | X86_FLAG_IF), X86_FLAG_IF);
	wanted_flags = X86_FLAG_IF | X86_FLAG_NT | 1UL << 17 | 1UL << 19;
	raise_usr1(NULL);
	__asm__ volatile("pushfq; pop %0" : "=r"(flags));
	T_EQ(flags & (1UL << 17 | 1UL << 19), 0);
	is_flags_set = false;
}

/* Segments: bad selectors give SIGSEGV, and a kernel selector gains nothing. */
static void test_segments(void)
{
	static const uint64_t cs[] = {0x1233, 0, 0x10, 0x2b, 0xfffb};
	uint64_t now = 0;

	for (size_t i = 0; i < sizeof(cs) / sizeof(cs[0]); i++) {
		is_segments_set = true;
		wanted_segments = cs[i] | 0x2bUL << 48;
		T_EQ(fault_of(raise_usr1, NULL).sig, SIGSEGV);
		is_segments_set = false;
	}
	__asm__ volatile("mov %%cs, %0" : "=r"(now));
	T_EQ(now, 0x33);
	__asm__ volatile("mov %%ss, %0" : "=r"(now));
	T_EQ(now, 0x2b);
}

TEST_MAIN
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};

	sa.sa_sigaction = change_frame;
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	return_to(NON_CANONICAL, false);
	return_to(0x8000000000000000UL, false);
	return_to(0xffff7fffffffffffUL, false);
	return_to(KERNEL_TEXT, true);
	return_to(0xffff800000000000UL, true);
	return_to(0, true);
	return_to(LAST_PAGE + 4096, true);
	test_last_page();
	test_flags();
	test_segments();
}
