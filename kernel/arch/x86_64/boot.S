/*
 * From the loader to C. The loader (QEMU's -kernel, Firecracker, Cloud Hypervisor) finds the PVH
 * note, loads the ELF segments at their physical addresses and jumps to pvh_start.
 * Next: boot_main() in boot.c, then start_kernel() in kernel/main.c.
 */
#include "offsets.h"

#define PHYS(sym) ((sym) - 0xffffffff80000000)

	.section .note.Xen, "a", @note
	.align	4
	.long	4			/* name size */
	.long	4			/* descriptor size */
	.long	18			/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.align	4
	.long	PHYS(pvh_start)

/*
 * Boot page tables: one directory of 2 MiB pages for the first GiB, seen three times: at 0 (this
 * code), at the direct map, and at the kernel image, where kaslr.c puts another in its place.
 * pagetable.c replaces them.
 */
	.section .bss.page_aligned, "aw", @nobits
	.align	4096
	.globl	boot_pml4, boot_pdpt, boot_stack
boot_pml4:	.skip	4096
boot_pdpt:	.skip	4096
boot_pd:	.skip	4096
	.globl	boot_pd_image
boot_pd_image:	.skip	4096		/* kaslr.c: the image, moved */
boot_stack:	.skip	BOOT_STACK_SIZE
boot_stack_top:

	.section .data, "aw"
	.align	8
	.globl	boot_gdt_ptr32
boot_gdt:
	.quad	0, 0
	.quad	0x00af9b000000ffff	/* 0x10: kernel code */
	.quad	0x00cf93000000ffff	/* 0x18: kernel data */
boot_gdt_ptr32:
	.word	31
	.long	PHYS(boot_gdt)
	.globl	boot_start_info
boot_start_info:
	.quad	0

/*
 * pvh_start: 32-bit protected mode, paging off, flat segments, interrupts off.
 *	ebx	physical address of struct hvm_start_info
 * Everything else is undefined.
 */
	.section .text.boot, "ax"
	.code32
	.globl	pvh_start
pvh_start:
	cli
	cld
	movl	$PHYS(boot_stack_top), %esp
	movl	%ebx, PHYS(boot_start_info)

	movl	$(PHYS(boot_pdpt) + 3), %eax
	movl	%eax, PHYS(boot_pml4)
	movl	%eax, PHYS(boot_pml4) + 273 * 8
	movl	%eax, PHYS(boot_pml4) + 511 * 8
	movl	$(PHYS(boot_pd) + 3), %eax
	movl	%eax, PHYS(boot_pdpt)
	movl	%eax, PHYS(boot_pdpt) + 510 * 8
	movl	$PHYS(boot_pd), %edi
	movl	$0x83, %eax		/* present, writable, 2 MiB */
1:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$0x200000, %eax
	cmpl	$0x40000083, %eax
	jb	1b

	call	enter_long_mode32
	ljmp	$KERNEL_CS, $PHYS(boot64)

/*
 * enter_long_mode32: paging on with boot_pml4. Clobbers eax ecx edx.
 * The NX bit is used by the tables to come: on if the CPU has it.
 */
	.globl	enter_long_mode32
enter_long_mode32:
	lgdtl	PHYS(boot_gdt_ptr32)
	movl	%cr4, %eax
	orl	$0x20, %eax		/* PAE */
	movl	%eax, %cr4
	movl	$PHYS(boot_pml4), %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx	/* EFER: SCE, LME, NXE */
	rdmsr
	orl	$0x901, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$0x80010001, %eax	/* PG, WP, PE */
	movl	%eax, %cr0
	ret

	.code64
boot64:
	movl	$KERNEL_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	/* Still at the physical address: nothing of the image's own addresses may be used before. */
	leaq	boot_stack_top(%rip), %rsp
	movl	boot_start_info(%rip), %edi
	xorl	%eax, %eax
	cmpl	$PVH_MAGIC, (%rdi)
	cmoveq	PVH_CMDLINE(%rdi), %rax
	movq	%rax, %rdi
	xorl	%ebp, %ebp
	call	kaslr_init
	movq	$boot_stack_top, %rsp
	movq	$1f, %rax
	jmp	*%rax
1:	xorl	%ebp, %ebp
	call	boot_main
	ud2

/*
 * Other CPUs: SIPI starts them in real mode at TRAMPOLINE_PHYS, where smp.c copied the code from
 * trampoline_start to trampoline_end. boot_pml4 holds the kernel's table then, with the identity
 * map of this page (smp.c). The CPU's number is found by its APIC id.
 */
	.section .rodata, "a"
	.globl	trampoline_start, trampoline_end
	.code16
trampoline_start:
	cli
	cld
	xorl	%eax, %eax
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	tr_gdt_ptr - trampoline_start
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	$0x08, $(TRAMPOLINE_PHYS + tr_32 - trampoline_start)
	.code32
tr_32:
	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %ss
	movl	%eax, %es
	movl	%cr4, %eax
	orl	$0x20, %eax
	movl	%eax, %cr4
	movl	TRAMPOLINE_PHYS + tr_cr3 - trampoline_start, %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx
	rdmsr
	orl	$0x901, %eax
	wrmsr
	movl	%cr0, %eax
	andl	$0x9fffffff, %eax	/* caches on */
	orl	$0x80010001, %eax
	movl	%eax, %cr0
	ljmp	$0x10, $(TRAMPOLINE_PHYS + tr_64 - trampoline_start)
	.code64
tr_64:
	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	TRAMPOLINE_PHYS + tr_cpu - trampoline_start, %edi
	movq	TRAMPOLINE_PHYS + tr_stack - trampoline_start, %rsp
	movq	TRAMPOLINE_PHYS + tr_entry - trampoline_start, %rax
	xorl	%ebp, %ebp
	pushq	$0
	jmp	*%rax
	.align	8
tr_gdt_real:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: 32-bit code */
	.quad	0x00af9b000000ffff	/* 0x10: 64-bit code */
	.quad	0x00cf93000000ffff	/* 0x18: data */
tr_gdt_ptr:
	.word	31
	.long	TRAMPOLINE_PHYS + tr_gdt_real - trampoline_start
	.align	8
	.globl	tr_cr3, tr_cpu, tr_stack, tr_entry
tr_cr3:		.quad	0
tr_cpu:		.quad	0
tr_stack:	.quad	0
tr_entry:	.quad	0
trampoline_end:

	.section .note.GNU-stack, "", @progbits
