/*
 * The probe guest: the least machine code that tells whether an accelerator really runs guests.
 *
 * Entered by PVH in 32-bit protected mode without paging. It builds identity page tables for the
 * first 2 MiB, enters long mode, and from its first 64-bit instruction writes PROBE_EXIT to the
 * isa-debug-exit port, which makes QEMU exit with (PROBE_EXIT << 1) | 1.
 */
#define PROBE_EXIT	 0x2a
#define DEBUG_EXIT_PORT	 0xf4
#define MSR_EFER	 0xc0000080
#define EFER_LME	 0x100
#define CR0_PE		 0x1
#define CR0_PG		 0x80000000
#define CR4_PAE		 0x20
#define PTE_PRESENT_RW	 0x3
#define PTE_HUGE	 0x80
#define XEN_ELFNOTE_PHYS32_ENTRY 18

	.section .note.pvh, "a", @note
	.align 4
	.long 4			/* name size */
	.long 4			/* descriptor size */
	.long XEN_ELFNOTE_PHYS32_ENTRY
	.asciz "Xen"
	.long probe_start

	.section .text
	.code32
	.globl probe_start
probe_start:
	cli
	movl $(probe_pdpt + PTE_PRESENT_RW), probe_pml4
	movl $(probe_pd + PTE_PRESENT_RW), probe_pdpt
	movl $(PTE_PRESENT_RW | PTE_HUGE), probe_pd
	movl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $probe_pml4, %eax
	movl %eax, %cr3
	movl $MSR_EFER, %ecx
	movl $EFER_LME, %eax
	xorl %edx, %edx
	wrmsr
	movl $(CR0_PG | CR0_PE), %eax
	movl %eax, %cr0
	lgdt probe_gdtr
	ljmp $8, $probe_long

	.code64
probe_long:
	movb $PROBE_EXIT, %al
	outb %al, $DEBUG_EXIT_PORT
1:	hlt
	jmp 1b

	.section .rodata
	.align 8
probe_gdt:
	.quad 0
	.quad 0x00209a0000000000	/* 64-bit code */
probe_gdtr:
	.word probe_gdtr - probe_gdt - 1
	.long probe_gdt

	.section .bss
	.align 4096
probe_pml4:
	.skip 4096
probe_pdpt:
	.skip 4096
probe_pd:
	.skip 4096
