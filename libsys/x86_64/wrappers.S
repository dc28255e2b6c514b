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

/* A call that cannot fail and takes no fourth argument: three instructions. */
	.macro plain_wrapper function number
	.section .text.\function, "ax"
	.globl \function
	.type \function, @function
\function:
	movl	$\number, %eax
	syscall
	ret
	.size \function, . - \function
	.endm

#define SYSCALL_WRAPPER_PLAIN(function, number) plain_wrapper function, number
#define SYSCALL_WRAPPER(function, number) wrapper function, number
#include "libsys_wrappers_x86_64.h"

/* One call under two names. */
	.macro other_name name function
	.section .text.\name, "ax"
	.globl \name
	.type \name, @function
\name:
	jmp	\function
	.size \name, . - \name
	.endm
	other_name pread, pread64
	other_name pwrite, pwrite64
	other_name fstatat, newfstatat
	other_name prlimit, prlimit64
	other_name open64, open
	other_name openat64, openat
	.section .note.GNU-stack, "", @progbits
