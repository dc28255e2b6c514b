/* SPDX-License-Identifier: Apache-2.0 */
/*
 * void anatomy_call(struct capture *capture, const long words[7]): syscall(words[0], ... words[6]) of libsys, with all
 * registers noted right before the call instruction and right after it (struct capture of main.c: rax rbx rcx rdx rsi
 * rdi rbp rsp r8 ... r15, twice). rbx and r12 are ours across the call.
 */
	.macro NOTE offset
	movq	%rax, \offset+0(%rbx)
	movq	%rbx, \offset+8(%rbx)
	movq	%rcx, \offset+16(%rbx)
	movq	%rdx, \offset+24(%rbx)
	movq	%rsi, \offset+32(%rbx)
	movq	%rdi, \offset+40(%rbx)
	movq	%rbp, \offset+48(%rbx)
	movq	%rsp, \offset+56(%rbx)
	movq	%r8, \offset+64(%rbx)
	movq	%r9, \offset+72(%rbx)
	movq	%r10, \offset+80(%rbx)
	movq	%r11, \offset+88(%rbx)
	movq	%r12, \offset+96(%rbx)
	movq	%r13, \offset+104(%rbx)
	movq	%r14, \offset+112(%rbx)
	movq	%r15, \offset+120(%rbx)
	.endm

	.section .text.anatomy_call, "ax"
	.globl anatomy_call
	.type anatomy_call, @function
anatomy_call:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rdi, %rbx
	movq	%rsi, %r12
	movq	0(%r12), %rdi
	movq	8(%r12), %rsi
	movq	16(%r12), %rdx
	movq	24(%r12), %rcx
	movq	32(%r12), %r8
	movq	40(%r12), %r9
	pushq	48(%r12)
	NOTE	0
	call	syscall
	NOTE	128
	addq	$8, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret
	.size anatomy_call, . - anatomy_call
	.section .note.GNU-stack, "", @progbits
