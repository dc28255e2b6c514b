/* SPDX-License-Identifier: Apache-2.0 */
/* The root inside the kernel image. */
	.section .rodata, "a"
	.balign 4096
	.globl initramfs_start, initramfs_end
initramfs_start:
	.incbin INITRAMFS
initramfs_end:
	.section .note.GNU-stack, "", @progbits
