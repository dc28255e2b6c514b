/* SPDX-License-Identifier: Apache-2.0 */
/*
 * void chacha20_blocks_nostack(void *out, const u32 key[8], u32 counter[2], size_t nr_blocks)
 *
 * ChaCha20 (RFC 8439) with a 64-bit counter and no nonce, counter advanced. The state stays in
 * vector registers, which are cleared at the end: nothing of the key is written to the stack, where
 * a signal frame, a fork or a core dump would find it later. Called by vgetrandom.c.
 *
 *	rdi out		rsi key		rdx counter	rcx blocks left
 *	xmm0-3 working rows	xmm4-7 the state they came from	xmm8 for rotations
 */
	.section .rodata, "a"
	.balign	16
constants:
	.long	0x61707865, 0x3320646e, 0x79622d32, 0x6b206574
one:
	.long	1, 0, 0, 0

	.macro ROTATE row bits
	movdqa	\row, %xmm8
	pslld	$\bits, \row
	psrld	$(32 - \bits), %xmm8
	por	%xmm8, \row
	.endm

	.macro ROUND
	paddd	%xmm1, %xmm0
	pxor	%xmm0, %xmm3
	ROTATE	%xmm3, 16
	paddd	%xmm3, %xmm2
	pxor	%xmm2, %xmm1
	ROTATE	%xmm1, 12
	paddd	%xmm1, %xmm0
	pxor	%xmm0, %xmm3
	ROTATE	%xmm3, 8
	paddd	%xmm3, %xmm2
	pxor	%xmm2, %xmm1
	ROTATE	%xmm1, 7
	.endm

	.text
	.globl	chacha20_blocks_nostack
	.hidden	chacha20_blocks_nostack
	.type	chacha20_blocks_nostack, @function
	.balign	16
chacha20_blocks_nostack:
	.cfi_startproc
	movdqa	constants(%rip), %xmm4
	movdqu	(%rsi), %xmm5
	movdqu	16(%rsi), %xmm6
	movq	(%rdx), %xmm7		/* the nonce is 0 */
1:	movdqa	%xmm4, %xmm0
	movdqa	%xmm5, %xmm1
	movdqa	%xmm6, %xmm2
	movdqa	%xmm7, %xmm3
	movl	$10, %eax
2:	ROUND
	pshufd	$0x39, %xmm1, %xmm1	/* diagonals become columns */
	pshufd	$0x4e, %xmm2, %xmm2
	pshufd	$0x93, %xmm3, %xmm3
	ROUND
	pshufd	$0x93, %xmm1, %xmm1
	pshufd	$0x4e, %xmm2, %xmm2
	pshufd	$0x39, %xmm3, %xmm3
	decl	%eax
	jnz	2b
	paddd	%xmm4, %xmm0
	paddd	%xmm5, %xmm1
	paddd	%xmm6, %xmm2
	paddd	%xmm7, %xmm3
	movdqu	%xmm0, (%rdi)
	movdqu	%xmm1, 16(%rdi)
	movdqu	%xmm2, 32(%rdi)
	movdqu	%xmm3, 48(%rdi)
	paddq	one(%rip), %xmm7
	addq	$64, %rdi
	decq	%rcx
	jnz	1b
	movq	%xmm7, (%rdx)
	pxor	%xmm0, %xmm0
	pxor	%xmm1, %xmm1
	pxor	%xmm2, %xmm2
	pxor	%xmm3, %xmm3
	pxor	%xmm5, %xmm5
	pxor	%xmm6, %xmm6
	pxor	%xmm8, %xmm8
	ret
	.cfi_endproc
	.size	chacha20_blocks_nostack, . - chacha20_blocks_nostack

	.section .note.GNU-stack, "", @progbits
