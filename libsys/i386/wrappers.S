/* SPDX-License-Identifier: Apache-2.0 */
/* One function per row of abi/syscalls.tbl that i386 has, with the number of its arguments. */
#include "load.inc"

	.macro wrapper function number count
	.section .text.\function, "ax"
	.globl \function
	.type \function, @function
\function:
	load_arguments \count, 4
	movl	$\number, %eax
	call	*__libsys_door
	restore_registers \count
	cmpl	$-4095, %eax
	jae	__libsys_failed
	ret
	.size \function, . - \function
	.endm

	.macro plain_wrapper function number count
	.section .text.\function, "ax"
	.globl \function
	.type \function, @function
\function:
	load_arguments \count, 4
	movl	$\number, %eax
	call	*__libsys_door
	restore_registers \count
	ret
	.size \function, . - \function
	.endm

#define SYSCALL_WRAPPER_PLAIN(function, number, count) plain_wrapper function, number, count
#define SYSCALL_WRAPPER(function, number, count) wrapper function, number, count
#include "libsys_wrappers_i386.h"

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
