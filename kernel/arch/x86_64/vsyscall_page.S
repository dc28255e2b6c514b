/* The bytes of the vsyscall page in mode `emulate`: what debuggers and old profilers read there. The
 * page is mapped without execute permission; calls are emulated by fault (vsyscall.c). */
	.section .rodata, "a"
	.balign	4096
	.globl	vsyscall_page
vsyscall_page:
	movq	$96, %rax		/* gettimeofday */
	syscall
	ret
	.balign	1024, 0xcc
	movq	$201, %rax		/* time */
	syscall
	ret
	.balign	1024, 0xcc
	movq	$309, %rax		/* getcpu */
	syscall
	ret
	.balign	4096, 0xcc
	.section .note.GNU-stack, "", @progbits
