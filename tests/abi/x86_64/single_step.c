/* SPDX-License-Identifier: Apache-2.0 */
/* The trap flag: one SIGTRAP per instruction, over calls, handlers and faults too. */
#include "x86.h"

#include <ucontext.h>

#define MAX_TRAPS 64

void step_region(void);
extern char step_first[], step_syscall[], step_after[], step_last[];
long step_result;

__asm__(".text\n"
	".globl step_region, step_first, step_syscall, step_after, step_last\n"
	"step_region:\n"
	"	pushfq\n"
	"	orq $0x100, (%rsp)\n"
	"	popfq\n"
	"step_first:\n"
	"	nop\n"
	"	mov $110, %eax\n" /* getppid */
	"step_syscall:\n"
	"	syscall\n"
	"step_after:\n"
	"	nop\n"
	"	nop\n"
	"	mov %rax, step_result(%rip)\n"
	"	pushfq\n"
	"	andq $~0x100, (%rsp)\n"
	"	popfq\n"
	"step_last:\n"
	"	ret\n");

static volatile int trap_count;
static uint64_t trap_ip[MAX_TRAPS];
static volatile int bad_codes, handler_flags_tf, saved_flags_clear;

static void on_trap(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;
	uint64_t flags;

	(void)sig;
	__asm__ volatile("pushfq; pop %0" : "=r"(flags));
	handler_flags_tf += !!(flags & X86_FLAG_TF);
	bad_codes += si->si_code != TRAP_TRACE;
	if (trap_count < MAX_TRAPS)
		trap_ip[trap_count] = (uint64_t)uc->uc_mcontext.gregs[REG_RIP];
	/* After the last instruction of the region the flag may be clear already. */
	saved_flags_clear += !(uc->uc_mcontext.gregs[REG_EFL] & X86_FLAG_TF) &&
			     uc->uc_mcontext.gregs[REG_RIP] != (long long)step_last;
	trap_count++;
}

TEST_MAIN
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};
	bool has_syscall = false, has_after = false, is_in_order = true;

	sa.sa_sigaction = on_trap;
	T_OK(sigaction(SIGTRAP, &sa, NULL));
	step_region();
	T_EQ(step_result, getppid());
	T_CMP(trap_count, >=, 6);
	T_CMP(trap_count, <=, 10);
	T_EQ(bad_codes, 0);
	T_EQ(handler_flags_tf, 0);
	T_EQ(saved_flags_clear, 0);
	for (int i = 0; i < trap_count && i < MAX_TRAPS; i++) {
		has_syscall |= trap_ip[i] == (uint64_t)step_syscall;
		has_after |=
			trap_ip[i] >= (uint64_t)step_after && trap_ip[i] <= (uint64_t)step_last;
		is_in_order &= i == 0 || trap_ip[i] > trap_ip[i - 1];
		is_in_order &=
			trap_ip[i] > (uint64_t)step_first && trap_ip[i] <= (uint64_t)step_last;
	}
	T_TRUE(has_syscall);
	T_TRUE(has_after);
	T_TRUE(is_in_order);
	/* Nothing is left over. */
	trap_count = 0;
	getppid();
	T_EQ(trap_count, 0);

	/* The default action ends the process. */
	T_CHILD_STATUS(SIGTRAP)
	{
		signal(SIGTRAP, SIG_DFL);
		step_region();
	}
	/* Blocked, a synchronous signal ends it all the same. */
	T_CHILD_STATUS(SIGTRAP)
	{
		sigset_t set;

		sigemptyset(&set);
		sigaddset(&set, SIGTRAP);
		sigprocmask(SIG_BLOCK, &set, NULL);
		step_region();
	}
	/* A child of fork does not inherit a step it did not ask for. */
	T_CHILD
	{
		T_EQ(getppid() > 0, 1);
	}
}
