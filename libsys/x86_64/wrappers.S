/* SPDX-License-Identifier: Apache-2.0 */
/* One function per row of abi/syscalls.tbl; the fourth argument moves from C's register to the kernel's. */
	.macro wrapper function number
	.section .text.\function, "ax"
	.globl \function
	.type \function, @function
\function:
	movl	$\number, %eax
	movq	%rcx, %r10
	syscall
	cmpq	$-4095, %rax
	jae	1f
	ret
1:	movq	%rax, %rdi
	jmp	__syscall_error
	.size \function, . - \function
	.endm

#define SYSCALL_WRAPPER(function, number) wrapper function, number
#include "libsys_wrappers_x86_64.h"
	.section .note.GNU-stack, "", @progbits
