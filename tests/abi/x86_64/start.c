/* SPDX-License-Identifier: Apache-2.0 */
/* What a program finds at its first instruction: registers, flags, stack. */
#include "x86.h"

enum { RAX, RBX, RCX, RDX, RSI, RDI, RBP, RSP, R8, R9, R10, R11, R12, R13, R14, R15, REGS };

/* Written by the program below to its standard output. */
struct state {
	uint64_t regs[REGS];
	uint64_t flags, cs, ss, ds, es, fs, gs, fs_base, gs_base;
	uint32_t mxcsr, control;
	uint8_t xmm0[16], xmm15[16];
	uint64_t stack[16]; /* from rsp upwards */
};

/*
 * The whole program: stores its state below its stack, writes it to file 1, exits with 0. Position
 * independent; copied behind the headers of a file.
 */
extern const char program[], program_end[];
__asm__(".section .rodata\n"
	".globl program, program_end\n"
	"program:\n"
	"	mov %rax, -1024+0(%rsp)\n mov %rbx, -1024+8(%rsp)\n mov %rcx, -1024+16(%rsp)\n"
	"	mov %rdx, -1024+24(%rsp)\n mov %rsi, -1024+32(%rsp)\n mov %rdi, -1024+40(%rsp)\n"
	"	mov %rbp, -1024+48(%rsp)\n mov %rsp, -1024+56(%rsp)\n mov %r8, -1024+64(%rsp)\n"
	"	mov %r9, -1024+72(%rsp)\n mov %r10, -1024+80(%rsp)\n mov %r11, -1024+88(%rsp)\n"
	"	mov %r12, -1024+96(%rsp)\n mov %r13, -1024+104(%rsp)\n"
	"	mov %r14, -1024+112(%rsp)\n mov %r15, -1024+120(%rsp)\n"
	"	mov %rsp, %rbx\n"
	"	lea -2048(%rsp), %rsp\n"
	"	pushfq\n pop %rax\n mov %rax, -1024+128(%rbx)\n"
	"	xor %eax, %eax\n"
	"	mov %cs, %eax\n mov %rax, -1024+136(%rbx)\n"
	"	mov %ss, %eax\n mov %rax, -1024+144(%rbx)\n"
	"	mov %ds, %eax\n mov %rax, -1024+152(%rbx)\n"
	"	mov %es, %eax\n mov %rax, -1024+160(%rbx)\n"
	"	mov %fs, %eax\n mov %rax, -1024+168(%rbx)\n"
	"	mov %gs, %eax\n mov %rax, -1024+176(%rbx)\n"
	"	mov $158, %eax\n mov $0x1003, %edi\n lea -1024+184(%rbx), %rsi\n syscall\n"
	"	mov $158, %eax\n mov $0x1004, %edi\n lea -1024+192(%rbx), %rsi\n syscall\n"
	"	stmxcsr -1024+200(%rbx)\n"
	"	movl $0, -1024+204(%rbx)\n fnstcw -1024+204(%rbx)\n"
	"	movups %xmm0, -1024+208(%rbx)\n movups %xmm15, -1024+224(%rbx)\n"
	"	mov %rbx, %rsi\n lea -1024+240(%rbx), %rdi\n mov $16, %ecx\n rep movsq\n"
	"	mov $1, %eax\n mov $1, %edi\n lea -1024(%rbx), %rsi\n mov $368, %edx\n syscall\n"
	"	mov $60, %eax\n xor %edi, %edi\n syscall\n"
	"program_end:\n"
	".text\n");
_Static_assert(sizeof(struct state) == 368, "the program writes 368 bytes");

static void write_elf(const char *path, int type, uint64_t base)
{
	struct {
		Elf64_Ehdr eh;
		Elf64_Phdr ph;
		char code[1024];
	} file = {.eh = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				     EV_CURRENT},
			 .e_type = (uint16_t)type,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_phoff = sizeof(Elf64_Ehdr),
			 .e_ehsize = sizeof(Elf64_Ehdr),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1},
		  .ph = {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_align = 4096}};

	file.eh.e_entry = base + offsetof(__typeof__(file), code);
	file.ph.p_vaddr = base;
	file.ph.p_filesz = file.ph.p_memsz = sizeof(file);
	memcpy(file.code, program, (size_t)(program_end - program));
	t_write_file(path, &file, sizeof(file));
	T_NEED(chmod(path, 0755));
}

static struct state run(const char *path, char **argv, char **envp)
{
	struct state s = {.flags = 0};
	int fds[2];
	pid_t pid;

	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		double junk[4] = {1.5, 2.5, 3.5, 4.5};
		unsigned mxcsr = 0x7f80;

		dup2(fds[1], STDOUT_FILENO);
		/* None of this may reach the new program. */
		__asm__ volatile("ldmxcsr %0; movups %1, %%xmm0; movups %1, %%xmm15; fld1; fldpi"
				 :
				 : "m"(mxcsr), "m"(junk)
				 : "xmm0", "xmm15");
		raw_syscall(SYS_arch_prctl, 0x1001, 0x123456, 0);
		__asm__ volatile("pushfq; orq $0x2008d5, (%%rsp); popfq" ::: "memory", "cc");
		raw_syscall(SYS_execve, (unsigned long)path, (unsigned long)argv,
			    (unsigned long)envp);
		_exit(99);
	}
	close(fds[1]);
	T_EQ(read(fds[0], &s, sizeof(s)), sizeof(s));
	close(fds[0]);
	T_WAIT(pid, 0);
	return s;
}

static void check_registers(const struct state *s)
{
	static const uint8_t zeroes[16];

	for (int i = 0; i < REGS; i++)
		if (i != RSP)
			T_EQ(s->regs[i], 0);
	T_EQ(s->flags, X86_FLAG_IF | 2);
	T_EQ(s->cs, 0x33);
	T_EQ(s->ss, 0x2b);
	T_EQ(s->ds, 0);
	T_EQ(s->es, 0);
	T_EQ(s->fs, 0);
	T_EQ(s->gs, 0);
	T_EQ(s->fs_base, 0);
	T_EQ(s->gs_base, 0);
	T_EQ(s->mxcsr, 0x1f80);
	T_EQ(s->control, 0x37f);
	T_MEM(s->xmm0, zeroes, 16);
	T_MEM(s->xmm15, zeroes, 16);
}

TEST_MAIN
{
	char *argv[] = {"zero", "one", "two", NULL}, *envp[] = {"A=1", "B=2", NULL},
	     *none[] = {NULL};
	char *odd[] = {"x", NULL};
	struct state s;

	write_elf("fixed", ET_EXEC, 0x400000);
	write_elf("pie", ET_DYN, 0);
	s = run("./fixed", argv, envp);
	check_registers(&s);
	T_EQ(s.regs[RSP] & 15, 0);
	T_EQ(s.stack[0], 3);
	T_CMP(s.stack[1], >, s.regs[RSP]);
	T_EQ(s.stack[2], s.stack[1] + 5);
	T_EQ(s.stack[3], s.stack[2] + 4);
	T_EQ(s.stack[4], 0);
	T_EQ(s.stack[5], s.stack[3] + 4);
	T_EQ(s.stack[6], s.stack[5] + 4);
	T_EQ(s.stack[7], 0);
	s = run("./pie", odd, none);
	check_registers(&s);
	T_EQ(s.regs[RSP] & 15, 0);
	T_EQ(s.stack[0], 1);
	T_EQ(s.stack[2], 0);
	T_EQ(s.stack[3], 0);
	s = run("./pie", odd, envp);
	T_EQ(s.regs[RSP] & 15, 0);
	/* Without arguments Linux gives one empty string since 5.18. */
	s = run("./fixed", none, none);
	T_EQ(s.regs[RSP] & 15, 0);
	T_EQ(s.stack[0], 1);
	T_EQ(s.stack[2], 0);
	T_EQ(s.stack[3], 0);
}
