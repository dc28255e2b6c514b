/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the kernel's execve() (kernel/proc/exec.c) lands: the stack pointer shows argc, argv[], NULL, envp[], NULL,
 * auxv[]. Next is __libsys_start() in libsys/start.c.
 */
	.section .text._start, "ax"
	.globl _start
	.type _start, @function
_start:
	.cfi_startproc
	.cfi_undefined eip
	xorl	%ebp, %ebp
	movl	%esp, %eax
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%eax
	call	__libsys_start
	hlt
	.cfi_endproc
	.size _start, . - _start
	.section .note.GNU-stack, "", @progbits
