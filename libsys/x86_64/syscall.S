/* SPDX-License-Identifier: Apache-2.0 */
#include "sysnr_x86_64.h"
/*
 * long syscall(long number, ...): the bare door. C passes the number in rdi and the arguments in rsi, rdx, rcx, r8, r9
 * and on the stack; the kernel wants rax and rdi, rsi, rdx, r10, r8, r9. It gives the result in rax and spoils rcx and
 * r11. Results from -4095 to -1 are errors: errno is set and -1 returned. Next is entry_SYSCALL_64 in
 * kernel/arch/x86_64/entry.S.
 */
	.section .text.syscall, "ax"
	.globl syscall
	.type syscall, @function
syscall:
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	movq	%r9, %r8
	movq	8(%rsp), %r9
	syscall
	cmpq	$-4095, %rax
	jae	1f
	ret
1:	movq	%rax, %rdi
	jmp	__syscall_error
	.size syscall, . - syscall

/*
 * int vfork(void). The child runs on the parent's stack and would overwrite the return address there, so it waits in a
 * register.
 */
	.section .text.vfork, "ax"
	.globl vfork
	.type vfork, @function
vfork:
	popq	%rdx
	movl	$__NR_vfork, %eax
	syscall
	pushq	%rdx
	cmpq	$-4095, %rax
	jae	1f
	ret
1:	movq	%rax, %rdi
	jmp	__syscall_error
	.size vfork, . - vfork

/*
 * int clone(int (*fn)(void *), void *stack, int flags, void *arg, int *parent_tid, void *tls,
 * int *child_tid): the child
 * calls fn(arg) on stack and exits with what it returns.
 */
	.section .text.clone, "ax"
	.globl clone
	.type clone, @function
clone:
	andq	$-16, %rsi
	subq	$16, %rsi
	movq	%rdi, 0(%rsi)
	movq	%rcx, 8(%rsi)
	movslq	%edx, %rdi
	movq	%r8, %rdx
	movq	%r9, %r8
	movq	8(%rsp), %r10
	movl	$__NR_clone, %eax
	syscall
	testq	%rax, %rax
	jz	2f
	cmpq	$-4095, %rax
	jae	1f
	ret
1:	movq	%rax, %rdi
	jmp	__syscall_error
2:	xorl	%ebp, %ebp
	popq	%rax
	popq	%rdi
	call	*%rax
	movl	%eax, %edi
	movl	$__NR_exit, %eax
	syscall
	hlt
	.size clone, . - clone

/* What a signal handler returns to: SA_RESTORER of every sigaction() points here. */
	.section .text.__restore_rt, "ax"
	.globl __restore_rt
	.type __restore_rt, @function
	nop
__restore_rt:
	movl	$__NR_rt_sigreturn, %eax
	syscall
	hlt
	.size __restore_rt, . - __restore_rt
	.section .note.GNU-stack, "", @progbits
