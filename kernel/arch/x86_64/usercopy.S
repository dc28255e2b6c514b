/*
 * Every instruction of the kernel that touches user memory. Each has an entry in the exception
 * table: on a fault that cannot be resolved, trap code continues at the second address. SMAP is
 * lifted between stac and clac only. Callers: usercopy.c and portable code (arch.h).
 *
 * Arguments rdi rsi rdx rcx r8, result rax, as in C.
 */
#include "offsets.h"

#define USER_END 0x00007ffffffff000

	.macro EX insn fixup
	.pushsection __ex_table, "a"
	.balign	4
	.long	\insn - .
	.long	\fixup - .
	.popsection
	.endm

/* After the check of an address, flags still set: what was above the limit is address 0 for an
 * access that speculation makes all the same. */
	.macro MASK_USER addr tmp tmp32
	movl	$0, \tmp32
	cmovaq	\tmp, \addr
	.endm

	.macro SMAP_OFF
771:	stac
	.pushsection .smap_patch, "a"
	.quad	771b
	.popsection
	.endm
	.macro SMAP_ON
771:	clac
	.pushsection .smap_patch, "a"
	.quad	771b
	.popsection
	.endm

	.text

/*
 * arch_copy_in(dst, src, n), arch_copy_out(dst, src, n): bytes not copied. Words by `rep movsq`,
 * then the odd bytes by one overlapping word; 4 to 7 bytes by two halves that overlap. After a fault the rest
 * is tried byte by byte, so that the count is exact.
 */
	.globl	arch_copy_in, arch_copy_out
	.balign	16
arch_copy_in:
	movq	$USER_END, %rcx
	subq	%rdx, %rcx
	jb	.Lcopy_none
	cmpq	%rcx, %rsi
	ja	.Lcopy_none
	MASK_USER %rsi %rax %eax
.Lcopy:
	SMAP_OFF
	cmpq	$8, %rdx
	jb	.Lcopy_small
	movq	%rdx, %rcx
	shrq	$3, %rcx
1:	rep movsq
	andl	$7, %edx
	jz	.Lcopy_done
2:	movq	-8(%rsi,%rdx), %rax
3:	movq	%rax, -8(%rdi,%rdx)
.Lcopy_done:
	xorl	%eax, %eax
	SMAP_ON
	ret

.Lcopy_small:
	cmpl	$4, %edx
	jb	.Lcopy_bytes
6:	movl	(%rsi), %eax
7:	movl	-4(%rsi,%rdx), %ecx
8:	movl	%eax, (%rdi)
9:	movl	%ecx, -4(%rdi,%rdx)
	jmp	.Lcopy_done

.Lcopy_bytes:
	testq	%rdx, %rdx
	jz	.Lcopy_done
4:	movb	(%rsi), %al
5:	movb	%al, (%rdi)
	incq	%rsi
	incq	%rdi
	decq	%rdx
	jnz	4b
	jmp	.Lcopy_done

.Lcopy_word_fault:
	andl	$7, %edx
	leaq	(%rdx,%rcx,8), %rdx
	jmp	.Lcopy_bytes
.Lcopy_byte_fault:
	movq	%rdx, %rax
	SMAP_ON
	ret
.Lcopy_none:
	movq	%rdx, %rax
	ret
	EX 1b .Lcopy_word_fault
	EX 2b .Lcopy_bytes
	EX 3b .Lcopy_bytes
	EX 4b .Lcopy_byte_fault
	EX 5b .Lcopy_byte_fault
	EX 6b .Lcopy_bytes
	EX 7b .Lcopy_bytes
	EX 8b .Lcopy_bytes
	EX 9b .Lcopy_bytes

	.balign	16
arch_copy_out:
	movq	$USER_END, %rcx
	subq	%rdx, %rcx
	jb	.Lcopy_none
	cmpq	%rcx, %rdi
	ja	.Lcopy_none
	MASK_USER %rdi %rax %eax
	jmp	.Lcopy

/* arch_clear_user(dst, n): bytes not cleared. */
	.globl	arch_clear_user
	.balign	16
arch_clear_user:
	movq	$USER_END, %rcx
	subq	%rsi, %rcx
	jb	9f
	cmpq	%rcx, %rdi
	ja	9f
	MASK_USER %rdi %rax %eax
	SMAP_OFF
	xorl	%eax, %eax
	movq	%rsi, %rcx
	shrq	$3, %rcx
1:	rep stosq
	andl	$7, %esi
2:	movl	%esi, %ecx
3:	rep stosb
4:	movq	%rcx, %rax
	SMAP_ON
	ret
5:	andl	$7, %esi
	leaq	(%rsi,%rcx,8), %rcx
	jmp	3b
9:	movq	%rsi, %rax
	ret
	EX 1b 5b
	EX 3b 4b

/*
 * arch_strncpy_in(dst, src, size): bytes before the NUL, `size` when there is none in size bytes,
 * -EFAULT. Eight bytes at a time while there is room: a word holds a zero byte when
 * (w - 01..01) & ~w & 80..80 is not 0. Up to seven zeros may follow the NUL.
 *	rax	offset	rcx	limit	r8	-01..01	r9	80..80
 */
	.globl	arch_strncpy_in
	.balign	16
arch_strncpy_in:
	movq	$USER_END, %rcx
	subq	%rsi, %rcx
	jbe	.Lstr_fault_no_ac
	movl	$0, %eax		/* as MASK_USER, the condition being the other way round */
	cmovbeq	%rax, %rsi
	cmpq	%rdx, %rcx
	cmova	%rdx, %rcx
	SMAP_OFF
	subq	$8, %rcx
	jb	.Lstr_tail
	movq	$0xfefefefefefefeff, %r8
	movq	$0x8080808080808080, %r9
1:	movq	(%rsi,%rax), %r10
	leaq	(%r10,%r8), %r11
	notq	%r10
	andq	%r10, %r11
	notq	%r10
	andq	%r9, %r11
	jnz	.Lstr_found
	movq	%r10, (%rdi,%rax)
	addq	$8, %rax
	cmpq	%rcx, %rax
	jbe	1b
.Lstr_tail:
	addq	$8, %rcx
2:	cmpq	%rcx, %rax
	jae	.Lstr_limit
3:	movb	(%rsi,%rax), %r10b
	movb	%r10b, (%rdi,%rax)
	testb	%r10b, %r10b
	jz	.Lstr_out
	incq	%rax
	jmp	2b
.Lstr_found:				/* r11: 80 in the byte that is zero, the lowest counts */
	leaq	-1(%r11), %r8
	bsfq	%r11, %rcx
	notq	%r11
	andq	%r11, %r8		/* ones below it */
	andq	%r8, %r10		/* nothing behind the NUL; within size, as 1b was */
	movq	%r10, (%rdi,%rax)
	shrl	$3, %ecx
	addq	%rcx, %rax
	jmp	.Lstr_out
.Lstr_limit:				/* no NUL: the caller's size, or the end of user space? */
	cmpq	%rdx, %rax
	jb	.Lstr_fault
.Lstr_out:
	SMAP_ON
	ret
.Lstr_fault:
	SMAP_ON
.Lstr_fault_no_ac:
	movq	$-14, %rax
	ret
	EX 1b .Lstr_tail
	EX 3b .Lstr_fault

/* int arch_get_user32/64(val, src), arch_put_user32/64(dst, val): 0 or -EFAULT, one access. */
	.macro GET name reg size
	.globl	\name
	.balign	16
\name:
	movq	$(USER_END - \size), %rcx
	cmpq	%rcx, %rsi
	ja	.Lfault_no_ac
	MASK_USER %rsi %rax %eax
	SMAP_OFF
1:	mov	(%rsi), \reg
	SMAP_ON
	mov	\reg, (%rdi)
	xorl	%eax, %eax
	ret
	EX 1b .Lfault
	.endm
	GET arch_get_user32 %eax 4
	GET arch_get_user64 %rax 8

	.macro PUT name reg size
	.globl	\name
	.balign	16
\name:
	movq	$(USER_END - \size), %rcx
	cmpq	%rcx, %rdi
	ja	.Lfault_no_ac
	MASK_USER %rdi %rax %eax
	SMAP_OFF
1:	mov	\reg, (%rdi)
	SMAP_ON
	xorl	%eax, %eax
	ret
	EX 1b .Lfault
	.endm
	PUT arch_put_user32 %esi 4
	PUT arch_put_user64 %rsi 8

.Lfault:
	SMAP_ON
.Lfault_no_ac:
	movl	$-14, %eax
	ret

/*
 * int user_xsave(fp, mask), user_xrstor(fp, mask): the FPU's registers to and from user memory, 64-byte aligned, in
 * XSAVE's standard format; -EFAULT also for an image that the CPU refuses. The header is cleared by the caller before.
 */
	.macro XAREA name insn
	.globl	\name
	.balign	16
\name:
	movq	$(USER_END - 4096), %rcx
	cmpq	%rcx, %rdi
	ja	.Lfault_no_ac
	movl	%esi, %eax
	movq	%rsi, %rdx
	shrq	$32, %rdx
	SMAP_OFF
1:	\insn	(%rdi)
	SMAP_ON
	xorl	%eax, %eax
	ret
	EX 1b .Lfault
	.endm
	XAREA user_xsave xsave64
	XAREA user_xrstor xrstor64

/* int arch_cmpxchg_user32(addr, expected, desired, old): *old is what was there. */
	.globl	arch_cmpxchg_user32
	.balign	16
arch_cmpxchg_user32:
	movq	$(USER_END - 4), %r8
	cmpq	%r8, %rdi
	ja	.Lfault_no_ac
	MASK_USER %rdi %rax %eax
	movl	%esi, %eax
	SMAP_OFF
1:	lock cmpxchgl %edx, (%rdi)
	SMAP_ON
	movl	%eax, (%rcx)
	xorl	%eax, %eax
	ret
	EX 1b .Lfault

/*
 * The atomic operations behind arch_futex_op() (usercopy.c), address checked there:
 * int user_xchg32/user_xadd32(addr, val, old).
 */
	.globl	user_xchg32, user_xadd32
	.balign	16
user_xchg32:
	SMAP_OFF
1:	xchgl	%esi, (%rdi)
	SMAP_ON
	movl	%esi, (%rdx)
	xorl	%eax, %eax
	ret
	EX 1b .Lfault
	.balign	16
user_xadd32:
	SMAP_OFF
1:	lock xaddl %esi, (%rdi)
	SMAP_ON
	movl	%esi, (%rdx)
	xorl	%eax, %eax
	ret
	EX 1b .Lfault

	.section .note.GNU-stack, "", @progbits
