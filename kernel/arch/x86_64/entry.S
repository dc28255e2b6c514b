/*
 * The doors into the kernel and the ways out. Assembly saves and restores, C decides: each door
 * builds a struct pt_regs at the top of the thread's kernel stack and calls one C function.
 *
 *	entry_SYSCALL_64	-> do_syscall_64()	kernel/sys/entry.c
 *	entry_SYSCALL_compat	-> do_fast_syscall_32()	compat.c	32-bit code, AMD
 *	entry_SYSENTER_compat	-> do_fast_syscall_32()	compat.c	32-bit code, Intel
 *	entry_INT80_compat	-> do_int80_syscall_32() compat.c	32-bit code, also within 64-bit programs
 *	idt_stubs		-> trap_dispatch()	traps.c		exceptions, interrupts
 *	paranoid_entry		-> trap_paranoid()	traps.c		NMI, #DF, and #DB/#MC in the kernel
 *
 * All leave through return_to_user, where fork's child, exec and sigreturn land too.
 * Everything before the switch to the kernel's table lies in .entry.text, which user mode's table
 * maps as well when isolation is on.
 */
#include "offsets.h"

	.macro SMAP_OFF_ON insn
771:	\insn
	.pushsection .smap_patch, "a"
	.quad	771b
	.popsection
	.endm

/* No speculation past a swapgs not done: a no-op on CPUs that do not (bugs_patch()). */
	.macro FENCE_SWAPGS
773:	lfence
	.pushsection .fence_patch, "a"
	.quad	773b
	.popsection
	.endm

/* Push the general registers below orig_ax; rdi is pushed by the caller when \have_di is 1. */
	.macro PUSH_REGS have_di=0 ax=%rax
	.if \have_di == 0
	pushq	%rdi
	.endif
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	\ax
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	.endm

/* Nothing of user mode's stays in a register that the kernel might speculate with. */
	.macro CLEAR_REGS
	xorl	%edx, %edx
	xorl	%ecx, %ecx
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	xorl	%r10d, %r10d
	xorl	%r11d, %r11d
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%r12d, %r12d
	xorl	%r13d, %r13d
	xorl	%r14d, %r14d
	xorl	%r15d, %r15d
	.endm

/* All but rdi, which is left on the stack. */
	.macro POP_REGS
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	.endm

/* Push again ss rsp rflags cs rip, as the CPU did; ss lies at \ss(%rsi). */
	.macro PUSH_FRAME ss
	pushq	\ss(%rsi)
	pushq	\ss - 8(%rsi)
	pushq	\ss - 16(%rsi)
	pushq	\ss - 24(%rsi)
	pushq	\ss - 32(%rsi)
	.endm

/* Where an ISOLATION_JUMP leads: the kernel's page table before its stack, then back. */
	.macro ISOLATED_ENTRY target, back
\target:
	movq	%gs:CPU_KERNEL_CR3, %rsp
	movq	%rsp, %cr3
	movq	%gs:CPU_KERNEL_SP, %rsp
	jmp	\back
	.endm

/* With isolation on, pagetable.c writes a jump to \target over the code that follows. */
	.macro ISOLATION_JUMP target
772:
	.pushsection .rodata, "a"
	.balign	8
	.globl	\target\()_patch
\target\()_patch:
	.quad	772b, \target
	.popsection
	.endm

	.section .entry.text, "ax"

/*
 * The 64-bit `syscall` instruction. MSR_LSTAR points here (syscall_init() in desc.c).
 *
 *	rax	number			rdi	argument 1
 *	rcx	return address (CPU)	rsi	argument 2
 *	r11	saved flags (CPU)	rdx	argument 3
 *	rsp	still the user's	r10	argument 4 (rcx is taken)
 *	gs	still the user's	r8	argument 5
 *	cs ss	the kernel's (STAR)	r9	argument 6
 *	flags	masked by SFMASK: interrupts off, DF, TF and AC clear
 *	rbx rbp r12-r15		kept for the caller
 */
	.globl	entry_SYSCALL_64, entry_SYSCALL_64_pti
	.balign	64
entry_SYSCALL_64:
	swapgs
	movq	%rsp, %gs:CPU_USER_SP
	movq	%gs:CPU_KERNEL_SP, %rsp
.Lsyscall_save:
	pushq	$USER_DS
	pushq	%gs:CPU_USER_SP
	pushq	%r11
	pushq	$USER_CS
	pushq	%rcx
	pushq	%rax			/* orig_ax */
	PUSH_REGS ax=$-38		/* rax = -ENOSYS */
	movq	%rsp, %rdi
	movl	%eax, %esi		/* the number is unsigned, 32 bits */
	CLEAR_REGS
772:	call	do_syscall_64		/* al: may return by SYSRET */
	.pushsection .rodata, "a"
	.balign	8
	.globl	kstack_patch
kstack_patch:
	.quad	772b, do_syscall_64_moved
	.popsection

/*
 * The one way back to user mode.
 *	rsp	struct pt_regs at the top of the thread's kernel stack
 *	al	not 0: rcx, r11, cs and ss of the frame are such that SYSRET restores all of it
 * Interrupts are off, and no work flag is set.
 */
	.globl	return_to_user
return_to_user:
	testb	%al, %al
	jz	.Lreturn_iret
	POP_REGS
	ISOLATION_JUMP sysret_isolated
	popq	%rdi
	movq	(PT_SP - PT_ORIG_AX)(%rsp), %rsp
	swapgs
	sysretq

sysret_isolated:
	movq	%rsp, %rdi
	movq	%gs:CPU_ENTRY_SP, %rsp
	pushq	(PT_SP - PT_DI)(%rdi)
	pushq	(%rdi)
	movq	%gs:CPU_USER_CR3, %rdi
	movq	%rdi, %cr3
	popq	%rdi
	popq	%rsp
	swapgs
	sysretq

.Lreturn_iret:
	POP_REGS
	ISOLATION_JUMP iret_isolated
	popq	%rdi
	addq	$8, %rsp		/* orig_ax */
	swapgs
.Liret:
	iretq

iret_isolated:
	movq	%rsp, %rdi
	movq	%gs:CPU_ENTRY_SP, %rsp
	pushq	(PT_SS - PT_DI)(%rdi)
	pushq	(PT_SP - PT_DI)(%rdi)
	pushq	(PT_FLAGS - PT_DI)(%rdi)
	pushq	(PT_CS - PT_DI)(%rdi)
	pushq	(PT_IP - PT_DI)(%rdi)
	pushq	(%rdi)
	movq	%gs:CPU_USER_CR3, %rdi
	movq	%rdi, %cr3
	popq	%rdi
	swapgs
.Liret_isolated:
	iretq

/* The same door with page-table isolation: registers as at entry_SYSCALL_64. */
	.balign	64
entry_SYSCALL_64_pti:
	swapgs
	movq	%rsp, %gs:CPU_USER_SP
	movq	%gs:CPU_KERNEL_CR3, %rsp
	movq	%rsp, %cr3
	movq	%gs:CPU_KERNEL_SP, %rsp
	jmp	.Lsyscall_save

/*
 * The doors of 32-bit code. By `syscall` and `sysenter` only __kernel_vsyscall of the vDSO enters: it
 * alone knows where they return to, the landing pad, which takes ebp, edx and ecx from the stack.
 *
 * `syscall` in 32-bit code, AMD (MSR_CSTAR):
 *	eax	number			ebx	argument 1
 *	ecx	return address (CPU)	ebp	argument 2
 *	r11	saved flags (CPU)	edx	argument 3
 *	esp	still the user's,	esi	argument 4
 *		argument 6 there	edi	argument 5
 */
	.globl	entry_SYSCALL_compat
	.balign	16
entry_SYSCALL_compat:
	swapgs
	movl	%esp, %esp
	movq	%rsp, %gs:CPU_USER_SP
	ISOLATION_JUMP syscall32_isolated
	movq	%gs:CPU_KERNEL_SP, %rsp
.Lsyscall32_save:
	pushq	$USER_DS
	pushq	%gs:CPU_USER_SP
	pushq	%r11
	pushq	$USER32_CS
	pushq	$0			/* the landing pad, known to C */
	movl	%ebp, %ecx
	movl	%eax, %eax
	pushq	%rax			/* orig_ax */
	PUSH_REGS ax=$-38
	movl	$DOOR_SYSCALL32, %esi
	jmp	.Lfast_syscall_32

	ISOLATED_ENTRY syscall32_isolated, .Lsyscall32_save

/*
 * `sysenter`, Intel (MSR 0x174-0x176). The CPU saves nothing and clears IF only.
 *	eax	number			ecx	argument 2
 *	ebp	the user's esp,		edx	argument 3
 *		argument 6 there	esi	argument 4
 *	ebx	argument 1		edi	argument 5
 *	rsp	this CPU's entry stack
 */
	.globl	entry_SYSENTER_compat
	.balign	16
entry_SYSENTER_compat:
	swapgs
	pushfq
	popq	%gs:CPU_SCRATCH
	pushq	$2			/* NT, AC, TF and DF are the user's */
	popfq
	.globl	sysenter_flags_done
sysenter_flags_done:
	movl	%ebp, %ebp
	ISOLATION_JUMP sysenter_isolated
	movq	%gs:CPU_KERNEL_SP, %rsp
.Lsysenter_save:
	pushq	$USER_DS
	pushq	%rbp
	pushq	%gs:CPU_SCRATCH
	orq	$0x200, (%rsp)		/* interrupts were on */
	pushq	$USER32_CS
	pushq	$0			/* the landing pad, known to C */
	movl	%eax, %eax
	pushq	%rax			/* orig_ax */
	PUSH_REGS ax=$-38
	movl	$DOOR_SYSENTER, %esi
.Lfast_syscall_32:
	movq	%rsp, %rdi
	CLEAR_REGS
	call	do_fast_syscall_32	/* al: may return by SYSRET */
	testb	%al, %al
	jz	.Lreturn_iret
/*
 * SYSRET to 32-bit code, on Intel's CPUs as well: ecx and r11 are lost, and the landing pad has its
 * own ecx. AMD's leave in ss what an interrupt from user mode put there, null, which 32-bit code
 * cannot use: it is loaded here.
 */
	movl	$KERNEL_DS, %ecx
	movl	%ecx, %ss
	POP_REGS
	ISOLATION_JUMP sysret32_isolated
	popq	%rdi
	movq	(PT_IP - PT_ORIG_AX)(%rsp), %rcx
	movq	(PT_FLAGS - PT_ORIG_AX)(%rsp), %r11
	movq	(PT_SP - PT_ORIG_AX)(%rsp), %rsp
	swapgs
	sysretl

sysret32_isolated:
	movq	(PT_IP - PT_DI)(%rsp), %rcx
	movq	(PT_FLAGS - PT_DI)(%rsp), %r11
	movq	%rsp, %rdi
	movq	%gs:CPU_ENTRY_SP, %rsp
	pushq	(PT_SP - PT_DI)(%rdi)
	pushq	(%rdi)
	movq	%gs:CPU_USER_CR3, %rdi
	movq	%rdi, %cr3
	popq	%rdi
	popq	%rsp
	swapgs
	sysretl

	ISOLATED_ENTRY sysenter_isolated, .Lsysenter_save

/*
 * `int $0x80`, from 32-bit code and from 64-bit code. The CPU has pushed ss rsp rflags cs rip;
 * without isolation this already is the thread's kernel stack.
 *	eax	number			edx	argument 3
 *	ebx	argument 1		esi	argument 4
 *	ecx	argument 2		edi	argument 5
 *	r8-r15	kept			ebp	argument 6
 */
	.globl	entry_INT80_compat
	.balign	16
entry_INT80_compat:
	cld
	SMAP_OFF_ON clac
	swapgs
	cmpq	$0, %gs:CPU_USER_CR3
	jne	.Lint80_isolated
.Lint80_save:
	movl	%eax, %eax
	pushq	%rax			/* orig_ax */
	PUSH_REGS ax=$-38
	movq	%rsp, %rdi
	CLEAR_REGS
	call	do_int80_syscall_32
	jmp	.Lreturn_iret

.Lint80_isolated:
	movq	%rsi, %gs:CPU_SCRATCH
	movq	%gs:CPU_KERNEL_CR3, %rsi
	movq	%rsi, %cr3
	movq	%rsp, %rsi
	movq	%gs:CPU_KERNEL_SP, %rsp
	PUSH_FRAME 32
	movq	%gs:CPU_SCRATCH, %rsi
	jmp	.Lint80_save

/*
 * Exceptions and interrupts. One stub of 16 bytes per vector; the CPU has pushed ss rsp rflags cs
 * rip and, for some, an error code. Interrupts are off (interrupt gates).
 *	all general registers: of the interrupted code
 *	gs	the user's when cs says user mode
 */
	.globl	idt_stubs
	.balign	16
idt_stubs:
	vector = 0
	.rept	256
	.balign	16
	/* #DF; #TS #NP #SS #GP #PF; #AC; #CP; #VC; #SX push an error code themselves */
	.if (vector == 8) || (vector >= 10 && vector <= 14) || (vector == 17) || (vector == 21) || \
	    (vector == 29) || (vector == 30)
	.else
	pushq	$-1
	.endif
	pushq	%rdi
	movl	$vector, %edi
	.if (vector == VEC_DB) || (vector == VEC_NMI) || (vector == VEC_DF) || (vector == VEC_MC)
	jmp	paranoid_entry
	.else
	jmp	trap_entry
	.endif
	vector = vector + 1
	.endr

/*
 *	edi	vector
 *	stack	rdi, orig_ax (error code or -1), rip, cs, rflags, rsp, ss
 * From user mode without isolation this already is the thread's kernel stack (TSS sp0).
 */
	.balign	16
trap_entry:
	cld
	SMAP_OFF_ON clac
	testb	$3, (PT_CS - PT_DI)(%rsp)
	jz	.Ltrap_kernel
	swapgs
	FENCE_SWAPGS
	cmpq	$0, %gs:CPU_USER_CR3
	jne	.Ltrap_move
.Ltrap_user:
	PUSH_REGS have_di=1
	movl	%edi, %esi
	movq	%rsp, %rdi
	CLEAR_REGS
	call	trap_dispatch
	xorl	%eax, %eax
	jmp	return_to_user

/* From user mode, but on another stack: take the frame over to the thread's. */
.Ltrap_move:
	movq	%rsi, %gs:CPU_SCRATCH
	cmpq	$0, %gs:CPU_USER_CR3
	je	1f
	movq	%gs:CPU_KERNEL_CR3, %rsi
	movq	%rsi, %cr3
1:	movq	%rsp, %rsi
	movq	%gs:CPU_KERNEL_SP, %rsp
	PUSH_FRAME (PT_SS-PT_DI)
	pushq	(PT_ORIG_AX - PT_DI)(%rsi)
	pushq	(%rsi)
	movq	%gs:CPU_SCRATCH, %rsi
	jmp	.Ltrap_user

.Ltrap_kernel:
	FENCE_SWAPGS
	pushq	%rsi
	leaq	.Liret(%rip), %rsi
	cmpq	%rsi, (PT_IP - PT_DI + 8)(%rsp)
	je	.Ltrap_iret
	leaq	.Liret_isolated(%rip), %rsi
	cmpq	%rsi, (PT_IP - PT_DI + 8)(%rsp)
	je	.Ltrap_iret
	popq	%rsi
	PUSH_REGS have_di=1
	movl	%edi, %esi
	movq	%rsp, %rdi
	call	trap_dispatch
	POP_REGS
	popq	%rdi
	addq	$8, %rsp
	iretq

/*
 * IRET has faulted on what it was to return to: a selector that is none of a program's, or an entry
 * of an LDT that is gone. All registers, gs and cr3 are the user's already. The fault is taken as one
 * of user mode, at the address and with the selectors IRET was given. The new frame may lie where
 * the fault's is, so what is wanted of that is read first; IRET's own is at its place or below.
 *	edi	vector
 *	stack	rsi, rdi, error code, rip (ours), cs, rflags, rsp (of IRET's frame), ss
 */
.Ltrap_iret:
	swapgs
	FENCE_SWAPGS
	cmpq	$0, %gs:CPU_USER_CR3
	je	1f
	movq	%gs:CPU_KERNEL_CR3, %rsi
	movq	%rsi, %cr3
1:	popq	%gs:CPU_SCRATCH			/* rsi */
	popq	%gs:CPU_SCRATCH + 8		/* rdi */
	movq	(%rsp), %rsi			/* the error code: a selector, 16 bits */
	shlq	$16, %rsi
	orq	%rsi, %rdi
	movq	(PT_SP - PT_ORIG_AX)(%rsp), %rsi
	testb	$4, 32(%rsi)			/* a stack of the LDT: #GP(0), as Linux has it */
	jz	2f
	movl	$VEC_GP, %edi
2:	movq	%gs:CPU_KERNEL_SP, %rsp
	PUSH_FRAME 32
	movl	%edi, %esi
	shrl	$16, %esi
	pushq	%rsi
	movzwl	%di, %edi
	pushq	%gs:CPU_SCRATCH + 8
	movq	%gs:CPU_SCRATCH, %rsi
	jmp	.Ltrap_user

/*
 * Vectors with a stack of their own (IST): they may come in the few instructions where cs says
 * kernel but gs, cr3 or rsp are still the user's. So nothing is assumed: the kernel's GS base lies
 * at the top of the IST stack, and the old one and the user's cr3 are put back as found.
 * #DB and #MC out of user mode proper become ordinary traps, so that signals can be delivered.
 */
	.balign	16
paranoid_entry:
	cld
	SMAP_OFF_ON clac
	cmpl	$VEC_NMI, %edi
	je	1f
	cmpl	$VEC_DF, %edi
	je	1f
	testb	$3, (PT_CS - PT_DI)(%rsp)
	jz	1f
	swapgs
	FENCE_SWAPGS
	jmp	.Ltrap_move
1:	PUSH_REGS have_di=1
	movl	%edi, %esi
	movq	%rsp, %rdi
	movq	%rsp, %rax
	orq	$(IST_SIZE - 1), %rax
	movq	-7(%rax), %rbx		/* struct arch_cpu: desc_init_cpu() put it there */
	movq	%cr3, %r13
	movq	CPU_USER_CR3(%rbx), %rax
	btrq	$63, %rax		/* CR3_NOFLUSH: never read back */
	cmpq	%r13, %rax
	jne	2f
	movq	CPU_KERNEL_CR3(%rbx), %rax
	movq	%rax, %cr3
2:	cmpq	$0, CPU_HAS_FSGSBASE(%rbx)
	je	3f
	rdgsbase %r12
	wrgsbase %rbx
	FENCE_SWAPGS
	xorl	%ebp, %ebp
	call	trap_paranoid
	wrgsbase %r12
	jmp	4f
3:	movl	$0xc0000101, %ecx	/* MSR_GS_BASE */
	rdmsr
	movl	%eax, %r12d
	movl	%edx, %r14d
	movl	%ebx, %eax
	movq	%rbx, %rdx
	shrq	$32, %rdx
	wrmsr
	xorl	%ebp, %ebp
	call	trap_paranoid
	movl	$0xc0000101, %ecx
	movl	%r12d, %eax
	movl	%r14d, %edx
	wrmsr
4:	movq	CPU_USER_CR3(%rbx), %rax
	btrq	$63, %rax
	cmpq	%r13, %rax
	jne	5f
	movq	%r13, %cr3
5:	POP_REGS
	popq	%rdi
	addq	$8, %rsp
	iretq

	.text

/*
 * With randomize_kstack_offset=on, between the door and do_syscall_64(): the C stack begins up to
 * 1008 bytes lower, by this CPU's state and the counter. rbx is nobody's here: it was saved and
 * cleared.
 */
do_syscall_64_moved:
	movq	%rsp, %rbx
	rdtsc
	addq	%gs:CPU_KSTACK, %rax
	movabsq	$0x5851f42d4c957f2d, %rdx
	imulq	%rdx, %rax
	movq	%rax, %gs:CPU_KSTACK
	shrq	$58, %rax
	shll	$4, %eax
	subq	%rax, %rsp
	call	do_syscall_64
	movq	%rbx, %rsp
	ret

/*
 * switch_stack(prev_sp, next_sp, prev): save the callee-saved registers and the stack pointer in
 * *prev_sp, go on at next_sp. Returns its third argument -- on the other stack. Called by
 * arch_switch().
 */
	.globl	switch_stack
	.balign	16
switch_stack:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	movq	%rdx, %rax
	ret

/*
 * First code of a new user thread, after switch_stack().
 *	rax	the thread that ran before
 *	rsp	struct pt_regs
 */
	.globl	ret_from_fork
ret_from_fork:
	movq	%rax, %rdi
	call	finish_first_switch
1:	movq	%rsp, %rdi
	call	user_return
	jmp	return_to_user

/*
 * First code of a new kernel thread.
 *	rax	the thread that ran before	rbx	function	r12	its argument
 * When the function returns, the thread has become a user thread (arch_start_user).
 */
	.globl	ret_from_kthread
ret_from_kthread:
	movq	%rax, %rdi
	call	finish_first_switch
	call	kthread_begin		/* interrupts on */
	movq	%r12, %rdi
	call	__x86_indirect_thunk_rbx
	jmp	1b

/*
 * Interrupts on and halt. An interrupt that comes before the hlt must not be slept over: the CPU
 * delays it by one instruction, and where an NMI has broken that, trap_dispatch() moves the return
 * address past the hlt.
 */
	.globl	arch_idle, arch_idle_hlt
	.balign	16
arch_idle:
	sti
arch_idle_hlt:
	hlt
	ret

/*
 * tlb_sleep(): interrupts off; halt until an NMI while tlb_pending is not 0. trap_paranoid() takes an
 * NMI that comes between the test and the hlt to the end.
 */
	.globl	tlb_sleep, tlb_sleep_hlt, tlb_sleep_end
	.balign	16
tlb_sleep:
	cmpq	$0, tlb_pending
	je	tlb_sleep_end
tlb_sleep_hlt:
	hlt
tlb_sleep_end:
	ret

	.section .note.GNU-stack, "", @progbits
