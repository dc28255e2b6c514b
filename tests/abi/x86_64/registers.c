/* SPDX-License-Identifier: Apache-2.0 */
/* A call changes rax, rcx (the return address) and r11 (the flags), and nothing else. */
#include "x86.h"

#include <time.h>

enum { RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15, FLAGS, REGS };

/* Loads all registers from `in`, executes `syscall`, stores all in `out`. */
void call_with(const uint64_t in[REGS], uint64_t out[REGS]);
extern char call_with_return[];
uint64_t rsp_before, rsp_after;

__asm__(".text\n"
	".globl call_with, call_with_return\n"
	"call_with:\n"
	"	push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n"
	"	push %rsi\n"
	"	mov %rsp, rsp_before(%rip)\n"
	"	mov 0(%rdi), %rax\n mov 8(%rdi), %rbx\n mov 16(%rdi), %rcx\n"
	"	mov 24(%rdi), %rdx\n mov 32(%rdi), %rsi\n mov 48(%rdi), %rbp\n"
	"	mov 56(%rdi), %r8\n mov 64(%rdi), %r9\n mov 72(%rdi), %r10\n"
	"	mov 80(%rdi), %r11\n mov 88(%rdi), %r12\n mov 96(%rdi), %r13\n"
	"	mov 104(%rdi), %r14\n mov 112(%rdi), %r15\n"
	"	pushq 120(%rdi)\n popfq\n"
	"	mov 40(%rdi), %rdi\n"
	"	syscall\n"
	"call_with_return:\n"
	"	mov %rsp, rsp_after(%rip)\n"
	"	pushfq\n"
	"	push %rdi\n"
	"	mov 16(%rsp), %rdi\n"
	"	mov %rax, 0(%rdi)\n mov %rbx, 8(%rdi)\n mov %rcx, 16(%rdi)\n"
	"	mov %rdx, 24(%rdi)\n mov %rsi, 32(%rdi)\n mov %rbp, 48(%rdi)\n"
	"	mov %r8, 56(%rdi)\n mov %r9, 64(%rdi)\n mov %r10, 72(%rdi)\n"
	"	mov %r11, 80(%rdi)\n mov %r12, 88(%rdi)\n mov %r13, 96(%rdi)\n"
	"	mov %r14, 104(%rdi)\n mov %r15, 112(%rdi)\n"
	"	popq 40(%rdi)\n popq 120(%rdi)\n"
	"	pushq $0x202\n popfq\n"
	"	pop %rsi\n pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n"
	"	ret\n");

static void pattern(uint64_t in[REGS], uint64_t seed)
{
	for (int i = 0; i < FLAGS; i++)
		in[i] = 0x1111111111111111UL * (unsigned)(i + 1) ^ seed;
	in[FLAGS] = X86_FLAG_IF | 2;
}

/* The call's result, after checks of everything else. */
static long checked(const uint64_t in[REGS])
{
	uint64_t out[REGS];

	call_with(in, out);
	for (int i = 0; i < FLAGS; i++)
		if (i != RAX && i != RCX && i != R11 && out[i] != in[i]) {
			t_note("register %d: %#lx became %#lx", i, in[i], out[i]);
			T_EQ(out[i], in[i]);
		}
	T_TRUE(out[RCX] == (uint64_t)call_with_return);
	T_EQ(out[FLAGS], in[FLAGS]);
	T_EQ(out[R11], in[FLAGS]);
	T_TRUE(rsp_before == rsp_after);
	return (long)out[RAX];
}

static void test_flags(void)
{
	static const uint64_t flags[] = {0,	      X86_FLAGS_STATUS, X86_FLAG_DF, X86_FLAG_AC,
					 X86_FLAG_NT, X86_FLAG_ID,	X86_FLAG_CF};
	uint64_t in[REGS];

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		pattern(in, 0);
		in[FLAGS] |= flags[i];
		in[RAX] = SYS_getppid;
		T_EQ(checked(in), getppid());
		in[RAX] = SYS_sched_yield;
		T_EQ(checked(in), 0);
	}
}

static void test_blocking(void)
{
	static struct timespec ts = {0, 20000000};
	static char buf[2];
	uint64_t in[REGS];
	int fds[2];
	pid_t pid;

	pattern(in, 0x5555);
	in[RAX] = SYS_nanosleep;
	in[RDI] = (uint64_t)&ts;
	in[RSI] = 0;
	T_EQ(checked(in), 0);

	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		t_sleep_ms(50);
		T_EQ(write(fds[1], "x", 1), 1);
		_exit(0);
	}
	in[RAX] = SYS_read;
	in[RDI] = (unsigned)fds[0];
	in[RSI] = (uint64_t)buf;
	in[RDX] = 1;
	T_EQ(checked(in), 1);
	T_WAIT(pid, 0);
}

/* The child of fork has all registers of its parent. */
static void test_fork(void)
{
	uint64_t in[REGS];
	long pid;

	pattern(in, 0x777);
	in[RAX] = SYS_fork;
	in[FLAGS] |= X86_FLAG_DF;
	pid = checked(in);
	if (!pid)
		_exit(0);
	T_CMP(pid, >, 0);
	T_WAIT((pid_t)pid, 0);
}

static void on_signal(int sig)
{
	(void)sig;
	__asm__ volatile("xor %%ebx, %%ebx; xor %%r8, %%r8; xor %%r15, %%r15; std; cld" ::
				 : "rbx", "r8", "r15");
}

/* Also when a signal is handled on the way out. */
static void test_signal(void)
{
	uint64_t in[REGS];

	T_TRUE(signal(SIGUSR1, on_signal) != SIG_ERR);
	pattern(in, 0x999);
	in[RAX] = SYS_kill;
	in[RDI] = (unsigned)getpid();
	in[RSI] = SIGUSR1;
	in[FLAGS] |= X86_FLAGS_STATUS;
	T_EQ(checked(in), 0);
}

TEST_MAIN
{
	uint64_t in[REGS];

	pattern(in, 0);
	in[RAX] = SYS_getppid;
	T_EQ(checked(in), getppid());
	in[RAX] = 100000;
	T_EQ(checked(in), -ENOSYS);
	in[RAX] = SYS_close;
	in[RDI] = (uint64_t)-1;
	T_EQ(checked(in), -EBADF);
	test_flags();
	test_blocking();
	test_fork();
	test_signal();
}
