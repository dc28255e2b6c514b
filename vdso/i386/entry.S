/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The i386 vDSO: how 32-bit code enters the kernel, and where signal handlers return to. The
 * kernel knows the offsets (VDSO32_* of kernel/arch/x86_64/offsets.h, asserted in vdso.lds).
 */
	.text

/*
 * AT_SYSINFO. eax: the number; ebx, ecx, edx, esi, edi, ebp: the arguments. Only eax changes.
 * The four nops become `mov %esp,%ebp; sysenter` or `mov %ecx,%ebp; syscall` where the CPU has one
 * (vdso32_patch()); both return to the landing pad. The kernel restarts a call by the int $0x80.
 */
	.globl	__kernel_vsyscall
	.type	__kernel_vsyscall, @function
__kernel_vsyscall:
	.cfi_startproc
	pushl	%ecx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ecx, 0
	pushl	%edx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset edx, 0
	pushl	%ebp
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ebp, 0
	nop
	nop
	nop
	nop
	int	$0x80
vdso_landing_pad:
	popl	%ebp
	.cfi_adjust_cfa_offset -4
	.cfi_restore ebp
	popl	%edx
	.cfi_adjust_cfa_offset -4
	.cfi_restore edx
	popl	%ecx
	.cfi_adjust_cfa_offset -4
	.cfi_restore ecx
	ret
	.cfi_endproc
	.size	__kernel_vsyscall, . - __kernel_vsyscall
	.globl	vdso_landing_pad
	.hidden	vdso_landing_pad

/* A nop before each: unwinders look at the instruction before the return address. */
	.balign	32, 0x90
	.globl	__kernel_sigreturn
	.type	__kernel_sigreturn, @function
__kernel_sigreturn:
	popl	%eax
	movl	$119, %eax
	int	$0x80
	nop
	.size	__kernel_sigreturn, . - __kernel_sigreturn

	.balign	32, 0x90
	.globl	__kernel_rt_sigreturn
	.type	__kernel_rt_sigreturn, @function
__kernel_rt_sigreturn:
	movl	$173, %eax
	int	$0x80
	nop
	.size	__kernel_rt_sigreturn, . - __kernel_rt_sigreturn

	.section .note.GNU-stack, "", @progbits
