/*
 * Where the compiler's indirect calls and jumps go (-mindirect-branch=thunk-extern): retpolines. The
 * CPU predicts the `ret` from its return-address buffer, that is, into the loop at 2, and not by what
 * somebody has taught its branch predictor. Without that mitigation nothing comes here: see
 * tools/kreloc.py and bugs_patch().
 *
 * Sixteen of THUNK_BYTES each, in the order of the registers' numbers.
 */
#include "offsets.h"

	.macro THUNK reg
	.balign	THUNK_BYTES
	.globl	__x86_indirect_thunk_\reg
__x86_indirect_thunk_\reg:
	call	1f
2:	pause
	lfence
	jmp	2b
1:	movq	%\reg, (%rsp)
	ret
	.endm

	.text
	.balign	THUNK_BYTES
	.globl	__x86_indirect_thunks
__x86_indirect_thunks:
	THUNK rax
	THUNK rcx
	THUNK rdx
	THUNK rbx
	.balign	THUNK_BYTES
	int3			/* rsp: nobody jumps there */
	THUNK rbp
	THUNK rsi
	THUNK rdi
	THUNK r8
	THUNK r9
	THUNK r10
	THUNK r11
	THUNK r12
	THUNK r13
	THUNK r14
	THUNK r15

/*
 * fill_rsb(): 32 calls that never return, so that no return of the next program is predicted from
 * what this one left in the return-address buffer. Called by arch_mm_switch(). Clobbers nothing.
 */
	.globl	fill_rsb
	.balign	16
fill_rsb:
	.rept	32
	call	1f
2:	pause
	lfence
	jmp	2b
1:
	.endr
	addq	$(32 * 8), %rsp
	lfence
	ret

	.section .note.GNU-stack, "", @progbits
