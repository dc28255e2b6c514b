/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions that a program may raise: signal, si_code and si_addr. */
#include "x86.h"
#include "fault.h"

#include <fenv.h>

#define FUNCTION(name, text) \
	void name(void *);   \
	__asm__(".globl " #name "\n" #name ": " text "\nret\n")

__asm__(".text\n");
FUNCTION(do_int3, "int3");
FUNCTION(do_int_3, ".byte 0xcd, 3");
FUNCTION(do_int4, "int $4");
FUNCTION(do_icebp, ".byte 0xf1");
FUNCTION(do_ud2, "ud2");
FUNCTION(do_into, ".byte 0xce");
FUNCTION(do_bound, ".byte 0x62, 0x00");
FUNCTION(do_push_es, ".byte 0x06");
FUNCTION(do_lock_nop, ".byte 0xf0, 0x90");
FUNCTION(do_mov_cs, ".byte 0x8e, 0xc8");
FUNCTION(do_div0, "xor %ecx, %ecx; xor %edx, %edx; div %ecx");
FUNCTION(do_div_overflow, "mov $1, %ecx; mov $2, %edx; div %ecx");
FUNCTION(do_idiv_min, "mov $0x80000000, %eax; cltd; mov $-1, %ecx; idiv %ecx");
FUNCTION(read_non_canonical, "mov $0x800000000000, %rax; mov (%rax), %eax");
FUNCTION(jump_non_canonical, "mov $0x800000000000, %rax; jmp *%rax");
FUNCTION(push_non_canonical, "mov $0x800000000100, %rsp; push %rax");
FUNCTION(unaligned_sse, "mov $8, %ecx; movaps 1(%rsp), %xmm0; movaps 9(%rsp), %xmm0");
FUNCTION(unaligned_ac, "pushfq; orq $0x40000, (%rsp); popfq; mov 1(%rsp), %eax");
FUNCTION(far_call, "sub $16, %rsp; movq $0x12340000, (%rsp); lcall *(%rsp)");
FUNCTION(bad_iret, "push $0x2b; push %rsp; pushfq; push $0x1233; push $0; iretq");

static uint64_t trapno(const struct fault *f)
{
	return (uint64_t)f->uc.uc_mcontext.gregs[REG_TRAPNO];
}

static uint64_t error_code(const struct fault *f)
{
	return (uint64_t)f->uc.uc_mcontext.gregs[REG_ERR];
}

static void test_simple(void)
{
	struct fault f = fault_of(do_int3, NULL);

	T_EQ(f.sig, SIGTRAP);
	T_EQ(f.code, SI_KERNEL);
	T_EQ(f.uc.uc_mcontext.gregs[REG_RIP], (long)do_int3 + 1);
	T_EQ(trapno(&f), 3);
	T_FAULT(do_int_3, NULL, SIGTRAP, SI_KERNEL, 0);
	T_FAULT(do_int4, NULL, SIGSEGV, SI_KERNEL, 0);
	if (is_tcg())
		T_NE(fault_of(do_icebp, NULL).sig, 0);
	else
		T_FAULT(do_icebp, NULL, SIGTRAP, TRAP_BRKPT, ANY_ADDR);
	T_FAULT(do_ud2, NULL, SIGILL, ILL_ILLOPN, (uintptr_t)do_ud2);
	T_FAULT(do_into, NULL, SIGILL, ILL_ILLOPN, (uintptr_t)do_into);
	T_FAULT(do_push_es, NULL, SIGILL, ILL_ILLOPN, (uintptr_t)do_push_es);
	T_FAULT(do_lock_nop, NULL, SIGILL, ILL_ILLOPN, (uintptr_t)do_lock_nop);
	T_FAULT(do_mov_cs, NULL, SIGILL, ILL_ILLOPN, (uintptr_t)do_mov_cs);
	f = fault_of(do_ud2, NULL);
	T_EQ(trapno(&f), 6);
	f = fault_of(do_div0, NULL);
	T_EQ(f.sig, SIGFPE);
	T_EQ(f.code, FPE_INTDIV);
	T_EQ(f.addr, (uintptr_t)f.uc.uc_mcontext.gregs[REG_RIP]);
	T_EQ(trapno(&f), 0);
	T_FAULT(do_div_overflow, NULL, SIGFPE, FPE_INTDIV, ANY_ADDR);
	T_FAULT(do_idiv_min, NULL, SIGFPE, FPE_INTDIV, ANY_ADDR);
}

static void on_alignment(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	/* AC is still set here: off before anything unaligned happens. */
	__asm__ volatile("pushfq; andq $~0x40000, (%%rsp); popfq" ::: "memory", "cc");
	T_EQ(sig, SIGBUS);
	T_EQ(si->si_code, BUS_ADRALN);
	T_EQ(uc->uc_mcontext.gregs[REG_TRAPNO], 17);
	T_EQ(uc->uc_mcontext.gregs[REG_EFL] & (long)X86_FLAG_AC, X86_FLAG_AC);
	_exit(0);
}

static void test_alignment(void)
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};

	sa.sa_sigaction = on_alignment;
	T_OK(sigaction(SIGBUS, &sa, NULL));
	unaligned_ac(NULL);
	T_TRUE(false);
}

static void test_protection(void)
{
	struct fault f = fault_of(read_non_canonical, NULL);

	T_EQ(f.sig, SIGSEGV);
	T_EQ(f.code, SI_KERNEL);
	T_EQ(f.addr, 0);
	T_EQ(trapno(&f), 13);
	T_EQ(error_code(&f), 0);
	T_EQ(fault_of(jump_non_canonical, NULL).sig, SIGSEGV);
	/* The stack-segment fault is a bus error; TCG raises a general protection fault. */
	if (is_tcg())
		T_NE(fault_of(push_non_canonical, NULL).sig, 0);
	else
		T_FAULT(push_non_canonical, NULL, SIGBUS, SI_KERNEL, 0);
	T_EQ(fault_of(far_call, NULL).sig, SIGSEGV);
	if (is_tcg())
		T_SKIP_ONE("TCG reads the stack of a ring 3 iret as the kernel, against SMAP");
	else
		T_EQ(fault_of(bad_iret, NULL).sig, SIGSEGV);
	if (is_tcg()) {
		T_SKIP_ONE("TCG does not check alignment");
	} else {
		T_FAULT(unaligned_sse, NULL, SIGSEGV, SI_KERNEL, 0);
		T_CHILD
		{
			test_alignment();
		}
	}
}

static void test_page_faults(void)
{
	char *p = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct fault f;

	T_NEED((long)p);
	f = fault_of(fault_read_fn, (void *)0x10);
	T_EQ(f.sig, SIGSEGV);
	T_EQ(f.code, SEGV_MAPERR);
	T_EQ(f.addr, 0x10);
	T_EQ(trapno(&f), 14);
	T_EQ(error_code(&f), 4); /* user, read, not present */
	T_EQ(f.uc.uc_mcontext.gregs[REG_CR2], 0x10);
	f = fault_of(fault_write_fn, (void *)0x10);
	T_EQ(error_code(&f), 6);
	/* A write to a read-only page, before and after it is there. */
	f = fault_of(fault_write_fn, p + 3);
	T_EQ(f.code, SEGV_ACCERR);
	T_EQ(f.addr, (uintptr_t)p + 3);
	T_EQ(error_code(&f) & ~1UL, 6);
	T_EQ(fault_read(p), 0);
	f = fault_of(fault_write_fn, p + 3);
	T_EQ(f.code, SEGV_ACCERR);
	T_EQ(error_code(&f), 7);
	/* No execution: bit 4 tells that it was a fetch. */
	f = fault_of(fault_call_fn, p);
	T_EQ(f.sig, SIGSEGV);
	T_EQ(f.code, SEGV_ACCERR);
	T_EQ(f.addr, (uintptr_t)p);
	T_EQ(error_code(&f), 0x15);
	/* Kernel addresses look the same whether something is there or not. */
	f = fault_of(fault_read_fn, (void *)KERNEL_TEXT);
	T_EQ(f.sig, SIGSEGV);
	T_EQ(f.code, SEGV_MAPERR);
	T_EQ(f.addr, KERNEL_TEXT);
	T_EQ(error_code(&f), 5);
	f = fault_of(fault_read_fn, (void *)0xffff800000000000UL);
	T_EQ(f.code, SEGV_MAPERR);
	T_EQ(error_code(&f), 5);
	f = fault_of(fault_write_fn, (void *)KERNEL_TEXT);
	T_EQ(error_code(&f), 7);
	T_EQ(fault_call((void *)KERNEL_TEXT), SIGSEGV);
}

static volatile double numbers[3] = {1, 0, 1e308};
static volatile double sink;

static void sse_raise(void *arg)
{
	switch ((long)arg) {
	case FE_DIVBYZERO:
		sink = numbers[0] / numbers[1];
		break;
	case FE_INVALID:
		sink = numbers[1] / numbers[1];
		break;
	case FE_OVERFLOW:
		sink = numbers[2] * numbers[2];
		break;
	case FE_UNDERFLOW:
		sink = numbers[0] / numbers[2] / numbers[2];
		break;
	default:
		sink = numbers[0] / 3;
		break;
	}
}

static void x87_raise(void *arg)
{
	uint16_t control = (uint16_t)(0x37f & ~(long)arg);

	__asm__ volatile("fninit; fldcw %0; fldz; fld1; fdivp; fwait" ::"m"(control));
}

static void test_floating(void)
{
	static const struct {
		int except, code;
	} rows[] = {{FE_DIVBYZERO, FPE_FLTDIV},
		    {FE_INVALID, FPE_FLTINV},
		    {FE_OVERFLOW, FPE_FLTOVF},
		    {FE_UNDERFLOW, FPE_FLTUND},
		    {FE_INEXACT, FPE_FLTRES}};

	T_FAULT(x87_raise, (void *)FE_DIVBYZERO, SIGFPE, FPE_FLTDIV, ANY_ADDR);
	__asm__ volatile("fninit");
	if (is_tcg()) {
		T_SKIP_ONE("TCG raises no SSE exceptions");
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f;
		unsigned mxcsr = 0x1f80;

		mxcsr &= ~((unsigned)rows[i].except << 7);
		__asm__ volatile("ldmxcsr %0" ::"m"(mxcsr));
		f = fault_of(sse_raise, (void *)(long)rows[i].except);
		mxcsr = 0x1f80;
		__asm__ volatile("ldmxcsr %0; fninit" ::"m"(mxcsr));
		T_EQ(f.sig, SIGFPE);
		T_EQ(f.code, rows[i].code);
		T_EQ(trapno(&f), 19);
	}
}

/* A fault whose signal is blocked or ignored ends the process: it cannot be postponed. */
static void test_forced(void)
{
	T_CHILD_STATUS(SIGILL)
	{
		signal(SIGILL, SIG_IGN);
		do_ud2(NULL);
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		sigset_t set;

		sigfillset(&set);
		sigprocmask(SIG_BLOCK, &set, NULL);
		fault_read_fn(NULL);
	}
	T_CHILD_STATUS(SIGFPE)
	{
		do_div0(NULL);
	}
	T_CHILD_STATUS(SIGTRAP)
	{
		do_int3(NULL);
	}
}

TEST_MAIN
{
	test_simple();
	test_protection();
	test_page_faults();
	test_floating();
	test_forced();
}
