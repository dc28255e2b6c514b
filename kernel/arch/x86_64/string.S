/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memcpy and memset, in place of lib/string.c's: up to 63 bytes by words from both ends, which
 * overlap in the middle; more by `rep` of eight bytes and one overlapping word.
 *	rdi	destination	rsi	source, or the byte	rdx	bytes	rax	destination (result)
 */
	.text

	.globl	memcpy
	.balign	16
memcpy:
	movq	%rdi, %rax
	cmpq	$64, %rdx
	jae	.Lcopy_64
	cmpl	$16, %edx
	jae	.Lcopy_16
	cmpl	$8, %edx
	jae	.Lcopy_8
	cmpl	$4, %edx
	jae	.Lcopy_4
	testl	%edx, %edx
	jz	1f
	movb	(%rsi), %cl		/* 1 to 3 bytes: first, middle, last */
	movb	-1(%rsi,%rdx), %r8b
	movl	%edx, %r9d
	shrl	%r9d
	movb	(%rsi,%r9), %r10b
	movb	%cl, (%rdi)
	movb	%r10b, (%rdi,%r9)
	movb	%r8b, -1(%rdi,%rdx)
1:	ret
.Lcopy_64:
	movq	%rdx, %rcx
	movq	-8(%rsi,%rdx), %r8
	leaq	-8(%rdi,%rdx), %r9
	shrq	$3, %rcx
	rep movsq
	movq	%r8, (%r9)
	ret
.Lcopy_16:
	cmpl	$32, %edx
	jb	2f
	movq	16(%rsi), %rcx
	movq	24(%rsi), %r8
	movq	%rcx, 16(%rdi)
	movq	%r8, 24(%rdi)
	movq	-32(%rsi,%rdx), %rcx
	movq	-24(%rsi,%rdx), %r8
	movq	%rcx, -32(%rdi,%rdx)
	movq	%r8, -24(%rdi,%rdx)
2:	movq	(%rsi), %rcx
	movq	8(%rsi), %r8
	movq	-16(%rsi,%rdx), %r9
	movq	-8(%rsi,%rdx), %r10
	movq	%rcx, (%rdi)
	movq	%r8, 8(%rdi)
	movq	%r9, -16(%rdi,%rdx)
	movq	%r10, -8(%rdi,%rdx)
	ret
.Lcopy_8:
	movq	(%rsi), %rcx
	movq	-8(%rsi,%rdx), %r8
	movq	%rcx, (%rdi)
	movq	%r8, -8(%rdi,%rdx)
	ret
.Lcopy_4:
	movl	(%rsi), %ecx
	movl	-4(%rsi,%rdx), %r8d
	movl	%ecx, (%rdi)
	movl	%r8d, -4(%rdi,%rdx)
	ret

	.globl	memset
	.balign	16
memset:
	movq	%rdi, %r8
	movzbl	%sil, %esi
	movabsq	$0x0101010101010101, %rax
	imulq	%rsi, %rax
	cmpq	$64, %rdx
	jae	.Lset_64
	cmpl	$16, %edx
	jae	.Lset_16
	cmpl	$8, %edx
	jae	.Lset_8
	testl	%edx, %edx
	jz	2f
1:	movb	%al, -1(%rdi,%rdx)
	decl	%edx
	jnz	1b
2:	movq	%r8, %rax
	ret
.Lset_64:
	movq	%rdx, %rcx
	movq	%rax, -8(%rdi,%rdx)
	shrq	$3, %rcx
	rep stosq
	movq	%r8, %rax
	ret
.Lset_16:
	movq	%rax, (%rdi)
	movq	%rax, 8(%rdi)
	movq	%rax, -16(%rdi,%rdx)
	movq	%rax, -8(%rdi,%rdx)
	cmpl	$32, %edx
	jbe	2b
	movq	%rax, 16(%rdi)
	movq	%rax, 24(%rdi)
	movq	%rax, -32(%rdi,%rdx)
	movq	%rax, -24(%rdi,%rdx)
	jmp	2b
.Lset_8:
	movq	%rax, (%rdi)
	movq	%rax, -8(%rdi,%rdx)
	jmp	2b

	.section .note.GNU-stack, "", @progbits
