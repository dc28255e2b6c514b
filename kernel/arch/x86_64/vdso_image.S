/* The vDSO, page-aligned and a whole number of pages: its pages are mapped into programs. */
	.section .vdso_image, "a"
	.balign	4096
	.globl	vdso64_start, vdso64_end
vdso64_start:
	.incbin	"vdso/vdso64.so"
	.balign	4096
vdso64_end:
	.globl	vdso32_start, vdso32_end
vdso32_start:
	.incbin	"vdso/vdso32.so"
	.balign	4096
vdso32_end:
	.section .note.GNU-stack, "", @progbits
