/* SPDX-License-Identifier: Apache-2.0 */
/* The guests inside the command: the kernel, and the one that probes KVM. */
	.section .rodata, "a"

	.balign 4096
	.globl lstar_kernel_start, lstar_kernel_end
lstar_kernel_start:
	.incbin LSTAR_KERNEL
lstar_kernel_end:

	.balign 16
	.globl lstar_probe_start, lstar_probe_end
lstar_probe_start:
	.incbin LSTAR_PROBE
lstar_probe_end:

	.section .note.GNU-stack, "", @progbits
