/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `sysenter` and 32-bit `syscall` themselves, and what every door of 32-bit code does with flags.
 * Intel's processors have the first in long mode, AMD's the second; the other one is SIGILL there.
 * Both come back at the vDSO's landing pad, which pops ebp, edx, ecx and returns.
 */
#include "../../sys/test.h"
#include <cpuid.h>
#include <elf.h>
#include <sys/auxv.h>
#include <ucontext.h>

#define FLAG_TF 0x100u
#define FLAG_DF 0x400u
#define FLAG_NT 0x4000u
#define FLAG_AC 0x40000u

uint32_t door_vdso __asm__("door_vdso");

/* Stubs with the protocol of __kernel_vsyscall, or one like it. */
void by_int80(void), by_sysenter(void), by_syscall(void), by_vdso(void);
__asm__(".text\n"
	"by_int80:\n"
	"	int $0x80\n"
	"	ret\n"
	"by_vdso:\n"
	"	jmp *door_vdso\n"
	"by_sysenter:\n"
	"	push %ecx; push %edx; push %ebp\n"
	"	mov %esp, %ebp\n"
	"	sysenter\n"
	"	hlt\n"
	"by_syscall:\n"
	"	push %ecx; push %edx; push %ebp\n"
	"	mov %ecx, %ebp\n"
	"	syscall\n"
	"	hlt\n");

struct regs {
	uint32_t ax, bx, cx, dx, si, di, bp, flags_in, flags_out;
};
void call_by(struct regs *r, void (*door)(void));
__asm__(".text\n"
	"call_by:\n"
	"	push %ebp; push %ebx; push %esi; push %edi\n"
	"	mov 20(%esp), %eax\n"
	"	push %eax\n"
	"	push 28(%esp)\n" /* the door */
	"	push 28(%eax)\n"
	"	mov 4(%eax), %ebx; mov 8(%eax), %ecx; mov 12(%eax), %edx\n"
	"	mov 16(%eax), %esi; mov 20(%eax), %edi; mov 24(%eax), %ebp\n"
	"	mov (%eax), %eax\n"
	"	popf\n"
	"	call *(%esp)\n"
	"	pushf\n"
	"	push %eax\n"
	"	push $0x202\n"
	"	popf\n"
	"	mov 12(%esp), %eax\n" /* r */
	"	mov %ebx, 4(%eax); mov %ecx, 8(%eax); mov %edx, 12(%eax)\n"
	"	mov %esi, 16(%eax); mov %edi, 20(%eax); mov %ebp, 24(%eax)\n"
	"	pop %ecx; mov %ecx, (%eax)\n"
	"	pop %ecx; mov %ecx, 32(%eax)\n"
	"	add $8, %esp\n"
	"	pop %edi; pop %esi; pop %ebx; pop %ebp\n"
	"	ret\n");

static bool is_vendor(unsigned ebx)
{
	unsigned a, b, c, d;

	__cpuid(0, a, b, c, d);
	return b == ebx;
}
static bool is_tcg(void)
{
	unsigned a, b, c, d;

	__cpuid(1, a, b, c, d);
	if (!(c & 1U << 31))
		return false;
	__cpuid(0x40000000, a, b, c, d);
	return b == 0x54474354;
}

static void check_registers(void (*door)(void))
{
	struct regs r = {SYS_getppid, 0x11111111, 0x22222222, 0x33333333, 0x44444444,
			 0x55555555,  0x66666666, 0x202,      0};

	call_by(&r, door);
	T_EQ((int)r.ax, getppid());
	T_EQ(r.bx, 0x11111111u);
	T_EQ(r.cx, 0x22222222u);
	T_EQ(r.dx, 0x33333333u);
	T_EQ(r.si, 0x44444444u);
	T_EQ(r.di, 0x55555555u);
	T_EQ(r.bp, 0x66666666u);
	r.ax = 0x40000000 + SYS_getpid;
	call_by(&r, door);
	T_EQ((int)r.ax, -ENOSYS);
}

/* What the kernel must not run with, and what is the program's to keep. */
static void check_flags(void (*door)(void))
{
	static const uint32_t flags[] = {FLAG_DF, FLAG_NT, FLAG_AC, FLAG_DF | FLAG_NT | FLAG_AC};

	for (unsigned i = 0; i < 4; i++) {
		struct regs r = {.ax = SYS_getppid, .flags_in = 0x202 | flags[i]};

		call_by(&r, door);
		T_EQ((int)r.ax, getppid());
		T_EQ(r.flags_out & (FLAG_DF | FLAG_NT | FLAG_AC), flags[i]);
	}
}

/* One step per instruction, none of the kernel's. */
static volatile int steps, bad_steps;
static uint32_t vdso_start;

static void on_trap(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;
	uint32_t ip = (uint32_t)uc->uc_mcontext.gregs[REG_EIP];

	(void)sig;
	steps++;
	bad_steps += si->si_code != TRAP_TRACE || ip >= 0xffffe000;
}

static void check_step(void (*door)(void))
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};
	struct regs r = {.ax = SYS_getppid, .flags_in = 0x202 | FLAG_TF};

	sa.sa_sigaction = on_trap;
	sigaction(SIGTRAP, &sa, NULL);
	steps = bad_steps = 0;
	call_by(&r, door);
	T_EQ((int)r.ax, getppid());
	T_CMP(steps, >=, 6);
	T_CMP(steps, <=, 24);
	T_EQ(bad_steps, 0);
	T_EQ(r.flags_out & FLAG_TF, FLAG_TF);
	steps = 0;
	getppid();
	T_EQ(steps, 0);
}

/* A stack pointer from which the sixth argument cannot be read. */
static volatile uint32_t seen_ax, seen_sp, seen_ip;
uint32_t good_sp __asm__("good_sp");
extern char resume_here[];

static void on_segv(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)si;
	seen_ax = (uint32_t)uc->uc_mcontext.gregs[REG_EAX];
	seen_sp = (uint32_t)uc->uc_mcontext.gregs[REG_ESP];
	seen_ip = (uint32_t)uc->uc_mcontext.gregs[REG_EIP];
	uc->uc_mcontext.gregs[REG_ESP] = (int)good_sp;
	uc->uc_mcontext.gregs[REG_EIP] = (int)resume_here;
}

static void bad_stack(bool is_sysenter)
{
	/* ebp is the frame's here too: good_sp has it. */
	__asm__ volatile("push %%ebp; push %%ebx; mov %%esp, good_sp\n\t"
			 "test %0, %0\n\t"
			 "mov $20, %%eax\n\t"
			 "jz 1f\n\t"
			 "mov $0x10, %%ebp\n\t"
			 "sysenter\n\t"
			 "1: mov $0x10, %%esp\n\t"
			 "syscall\n"
			 "resume_here:\n\t"
			 "pop %%ebx; pop %%ebp"
			 :
			 : "c"(is_sysenter)
			 : "eax", "edx", "esi", "edi", "memory", "cc");
}

static void check_bad_stack(bool is_sysenter)
{
	static char stack[65536];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction sa = {.sa_flags = SA_SIGINFO | SA_ONSTACK};

	sigaltstack(&alternate, NULL);
	sa.sa_sigaction = on_segv;
	sigaction(SIGSEGV, &sa, NULL);
	bad_stack(is_sysenter);
	T_EQ((int)seen_ax, -EFAULT);
	T_EQ(seen_sp, 0x10);
	T_TRUE(seen_ip >= vdso_start && seen_ip < vdso_start + 8192);
	signal(SIGSEGV, SIG_DFL);
}

static void check_fast(const char *name, void (*door)(void), bool is_here)
{
	t_note("%s", name);
	if (is_here) {
		check_registers(door);
		check_flags(door);
		check_step(door);
		check_bad_stack(door == by_sysenter);
	} else if (is_tcg()) {
		T_SKIP_ONE("QEMU's translator has the other vendor's door too");
	} else {
		T_CHILD_STATUS(SIGILL)
		{
			check_registers(door);
		}
	}
}

TEST_MAIN
{
	door_vdso = (uint32_t)getauxval(AT_SYSINFO);
	vdso_start = (uint32_t)getauxval(AT_SYSINFO_EHDR);
	check_registers(by_int80);
	check_flags(by_int80);
	check_step(by_int80);
	check_registers(by_vdso);
	check_flags(by_vdso);
	check_step(by_vdso);
	check_fast("sysenter", by_sysenter, is_vendor(0x756e6547));
	check_fast("syscall", by_syscall, is_vendor(0x68747541));
}
