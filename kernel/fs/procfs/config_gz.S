/* SPDX-License-Identifier: Apache-2.0 */
/* abi/linux.config, compressed at build time: /proc/config.gz as it is read. */
	.section .rodata, "a"
	.globl	config_gz_start, config_gz_end
config_gz_start:
	.incbin	"linux.config.gz"
config_gz_end:
	.section .note.GNU-stack, "", @progbits
