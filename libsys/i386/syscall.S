/* SPDX-License-Identifier: Apache-2.0 */
#include "sysnr_i386.h"
#include "load.inc"
/*
 * The door: the vDSO's __kernel_vsyscall, which the kernel names in AT_SYSINFO and __libsys_start() puts here, or the
 * interrupt where there is none. Either wants eax and ebx, ecx, edx, esi, edi, ebp and changes eax alone. Next is
 * entry_INT80 or entry_SYSENTER in kernel/arch/x86_64/.
 */
	.section .data.__libsys_door, "aw"
	.globl __libsys_door
	.balign 4
__libsys_door:
	.long	__libsys_int80

	.section .text.__libsys_int80, "ax"
	.type __libsys_int80, @function
__libsys_int80:
	int	$0x80
	ret
	.size __libsys_int80, . - __libsys_int80

/* Results from -4095 to -1 are errors: errno is set and -1 returned. */
	.section .text.__libsys_failed, "ax"
	.globl __libsys_failed
	.type __libsys_failed, @function
__libsys_failed:
	subl	$8, %esp
	pushl	%eax
	call	__syscall_error
	addl	$12, %esp
	ret
	.size __libsys_failed, . - __libsys_failed

/* long syscall(long number, ...): number and six arguments lie on the stack. */
	.section .text.syscall, "ax"
	.globl syscall
	.type syscall, @function
syscall:
	load_arguments 6, 8
	movl	saved + 4(%esp), %eax
	call	*__libsys_door
	restore_registers 6
	cmpl	$-4095, %eax
	jae	__libsys_failed
	ret
	.size syscall, . - syscall

/*
 * int vfork(void). The child runs on the parent's stack and would overwrite the return address there, so it waits in a
 * register; for the same reason the call goes by the interrupt, which keeps nothing on the stack.
 */
	.section .text.vfork, "ax"
	.globl vfork
	.type vfork, @function
vfork:
	popl	%edx
	movl	$__NR_vfork, %eax
	int	$0x80
	pushl	%edx
	cmpl	$-4095, %eax
	jae	__libsys_failed
	ret
	.size vfork, . - vfork

/*
 * int clone(int (*fn)(void *), void *stack, int flags, void *arg, int *parent_tid, void *tls, int *child_tid): the
 * child calls fn(arg) on stack and exits with what it returns. By the interrupt: the child has another stack.
 */
	.section .text.clone, "ax"
	.globl clone
	.type clone, @function
clone:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	20(%esp), %ecx
	andl	$-16, %ecx
	subl	$20, %ecx
	movl	16(%esp), %eax
	movl	%eax, 0(%ecx)
	movl	28(%esp), %eax
	movl	%eax, 4(%ecx)
	movl	24(%esp), %ebx
	movl	32(%esp), %edx
	movl	36(%esp), %esi
	movl	40(%esp), %edi
	movl	$__NR_clone, %eax
	int	$0x80
	testl	%eax, %eax
	jz	1f
	popl	%edi
	popl	%esi
	popl	%ebx
	cmpl	$-4095, %eax
	jae	__libsys_failed
	ret
1:	xorl	%ebp, %ebp
	popl	%eax
	call	*%eax
	movl	%eax, %ebx
	movl	$__NR_exit, %eax
	int	$0x80
	hlt
	.size clone, . - clone

/* What a signal handler returns to: the kernel's frame is the old one unless the handler has SA_SIGINFO. */
	.section .text.__restore_rt, "ax"
	.globl __restore_rt
	.type __restore_rt, @function
	nop
__restore_rt:
	movl	$__NR_rt_sigreturn, %eax
	int	$0x80
	hlt
	.size __restore_rt, . - __restore_rt

	.section .text.__restore, "ax"
	.globl __restore
	.type __restore, @function
	nop
__restore:
	popl	%eax
	movl	$__NR_sigreturn, %eax
	int	$0x80
	hlt
	.size __restore, . - __restore
	.section .note.GNU-stack, "", @progbits
