/* SPDX-License-Identifier: Apache-2.0 */
/* Every instruction that ring 3 must not execute: the signal and its code are Linux's. */
#include "x86.h"
#include "fault.h"

/* name, instruction, signal, code. In one list, so that none is forgotten. */
#define INSTRUCTIONS(X)                                                   \
	X(hlt, "hlt", SIGSEGV, SI_KERNEL)                                 \
	X(cli, "cli", SIGSEGV, SI_KERNEL)                                 \
	X(sti, "sti", SIGSEGV, SI_KERNEL)                                 \
	X(in_imm, "in $0x80, %al", SIGSEGV, SI_KERNEL)                    \
	X(in_dx, "mov $0x64, %edx; in (%dx), %eax", SIGSEGV, SI_KERNEL)   \
	X(out_imm, "out %al, $0x80", SIGSEGV, SI_KERNEL)                  \
	X(out_dx, "mov $0xcf9, %edx; out %al, (%dx)", SIGSEGV, SI_KERNEL) \
	X(insb, "mov %rsp, %rdi; insb", SIGSEGV, SI_KERNEL)               \
	X(outsb, "mov %rsp, %rsi; outsb", SIGSEGV, SI_KERNEL)             \
	X(lgdt, "lgdt -16(%rsp)", SIGSEGV, SI_KERNEL)                     \
	X(lidt, "lidt -16(%rsp)", SIGSEGV, SI_KERNEL)                     \
	X(lldt, "xor %eax, %eax; lldt %ax", SIGSEGV, SI_KERNEL)           \
	X(ltr, "xor %eax, %eax; ltr %ax", SIGSEGV, SI_KERNEL)             \
	X(lmsw, "xor %eax, %eax; lmsw %ax", SIGSEGV, SI_KERNEL)           \
	X(clts, "clts", SIGSEGV, SI_KERNEL)                               \
	X(read_cr0, "mov %cr0, %rax", SIGSEGV, SI_KERNEL)                 \
	X(read_cr2, "mov %cr2, %rax", SIGSEGV, SI_KERNEL)                 \
	X(read_cr3, "mov %cr3, %rax", SIGSEGV, SI_KERNEL)                 \
	X(read_cr4, "mov %cr4, %rax", SIGSEGV, SI_KERNEL)                 \
	X(read_cr8, "mov %cr8, %rax", SIGSEGV, SI_KERNEL)                 \
	X(write_cr0, "mov %rax, %cr0", SIGSEGV, SI_KERNEL)                \
	X(write_cr2, "mov %rax, %cr2", SIGSEGV, SI_KERNEL)                \
	X(write_cr3, "mov %rax, %cr3", SIGSEGV, SI_KERNEL)                \
	X(write_cr4, "mov %rax, %cr4", SIGSEGV, SI_KERNEL)                \
	X(write_cr8, "mov %rax, %cr8", SIGSEGV, SI_KERNEL)                \
	X(read_dr0, "mov %db0, %rax", SIGSEGV, SI_KERNEL)                 \
	X(write_dr0, "mov %rax, %db0", SIGSEGV, SI_KERNEL)                \
	X(read_dr7, "mov %db7, %rax", SIGSEGV, SI_KERNEL)                 \
	X(write_dr7, "mov %rax, %db7", SIGSEGV, SI_KERNEL)                \
	X(rdmsr, "mov $0xc0000080, %ecx; rdmsr", SIGSEGV, SI_KERNEL)      \
	X(wrmsr, "mov $0xc0000082, %ecx; wrmsr", SIGSEGV, SI_KERNEL)      \
	X(rdpmc, "xor %ecx, %ecx; rdpmc", SIGSEGV, SI_KERNEL)             \
	X(invlpg, "invlpg (%rsp)", SIGSEGV, SI_KERNEL)                    \
	X(invd, "invd", SIGSEGV, SI_KERNEL)                               \
	X(wbinvd, "wbinvd", SIGSEGV, SI_KERNEL)                           \
	X(swapgs, "swapgs", SIGSEGV, SI_KERNEL)                           \
	X(sysretl, "sysretl", SIGSEGV, SI_KERNEL)                         \
	X(sysretq, "sysretq", SIGSEGV, SI_KERNEL)                         \
	X(int_0x81, "int $0x81", SIGSEGV, SI_KERNEL)                      \
	X(int_0, "int $0", SIGSEGV, SI_KERNEL)                            \
	X(int_1, "int $1", SIGSEGV, SI_KERNEL)                            \
	X(int_2, "int $2", SIGSEGV, SI_KERNEL)                            \
	X(int_8, "int $8", SIGSEGV, SI_KERNEL)                            \
	X(int_13, "int $13", SIGSEGV, SI_KERNEL)                          \
	X(int_14, "int $14", SIGSEGV, SI_KERNEL)                          \
	X(int_0x20, "int $0x20", SIGSEGV, SI_KERNEL)                      \
	X(int_0xec, "int $0xec", SIGSEGV, SI_KERNEL)                      \
	X(int_0xff, "int $0xff", SIGSEGV, SI_KERNEL)                      \
	X(clac, "clac", SIGILL, ILL_ILLOPN)                               \
	X(stac, "stac", SIGILL, ILL_ILLOPN)                               \
	X(rsm, "rsm", SIGILL, ILL_ILLOPN)                                 \
	X(load_ds, "mov $0x1230, %eax; mov %ax, %ds", SIGSEGV, SI_KERNEL) \
	X(load_kernel_ds, "mov $0x10, %eax; mov %ax, %ds; int3", 0, 0)    \
	X(load_ss_null, "xor %eax, %eax; mov %ax, %ss", SIGSEGV, SI_KERNEL)

#define FUNCTION(name, text, sig, code)   \
	void insn_##name(void *);         \
	__asm__(".globl insn_" #name "\n" \
		"insn_" #name ": " text "\nret\n");

__asm__(".text\n");
INSTRUCTIONS(FUNCTION)

struct instruction {
	const char *name;
	void (*fn)(void *);
	int sig, code;
};

#define ROW(name, text, sig, code) {#name, insn_##name, sig, code},
static const struct instruction instructions[] = {INSTRUCTIONS(ROW)};

/* These read tables' addresses; with UMIP Linux answers them itself, with other values. */
#define ALLOWED(X)                \
	X(sgdt, "sgdt -16(%rsp)") \
	X(sidt, "sidt -16(%rsp)") \
	X(sldt, "sldt -16(%rsp)") \
	X(smsw, "smsw -16(%rsp)") \
	X(str, "str -16(%rsp)")   \
	X(nop, "nop")             \
	X(rdtsc, "rdtsc")         \
	X(cpuid, "push %rbx; xor %eax, %eax; cpuid; pop %rbx")
#define ALLOWED_FUNCTION(name, text) FUNCTION(name, text, 0, 0)
ALLOWED(ALLOWED_FUNCTION)
#define ALLOWED_ROW(name, text) {#name, insn_##name, 0, 0},
static const struct instruction allowed[] = {ALLOWED(ALLOWED_ROW)};

static void check(const struct instruction *in)
{
	struct fault f;
	int sig = in->sig, code = in->code;

	if (!strcmp(in->name, "load_kernel_ds")) {
		/* Loading a ring-0 data selector is a protection fault, so int3 is not reached. */
		sig = SIGSEGV;
		code = SI_KERNEL;
	}
	if (is_tcg() && (!strcmp(in->name, "rdpmc") || !strcmp(in->name, "rsm"))) {
		T_SKIP_ONE("not as a processor does under TCG");
		return;
	}
	f = fault_of(in->fn, NULL);
	if (f.sig != sig || f.code != code)
		t_note("%s: signal %d code %d", in->name, f.sig, f.code);
	T_EQ(f.sig, sig);
	T_EQ(f.code, code);
	if (sig == SIGSEGV)
		T_EQ(f.addr, 0);
	if (sig == SIGILL)
		T_EQ(f.addr, (uintptr_t)in->fn);
}

TEST_MAIN
{
	for (size_t i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++)
		check(&instructions[i]);
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		check(&allowed[i]);
	/* Without a handler: the process ends by that signal. */
	T_CHILD_STATUS(SIGSEGV)
	{
		insn_hlt(NULL);
	}
	T_CHILD_STATUS(SIGILL)
	{
		insn_stac(NULL);
	}
}
