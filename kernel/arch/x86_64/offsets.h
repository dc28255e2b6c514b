/* Numbers that assembly and C share: selectors, offsets at GS:0 and in pt_regs (asserted in
 * desc.c).
 */
#ifndef ARCH_X86_64_OFFSETS_H
#define ARCH_X86_64_OFFSETS_H

/* GDT, in Linux's order: SYSRET and programs know these values. */
#define KERNEL_CS   0x10
#define KERNEL_DS   0x18
#define USER32_CS   0x23
#define USER_DS	    0x2b
#define USER_CS	    0x33
#define TSS_SEL	    0x40
#define LDT_SEL	    0x50
#define CPUNODE_SEL 0x7b /* entry 15: its limit is the CPU's number */
#define GDT_ENTRIES 16
#define GDT_TLS	    12 /* set_thread_area(2): three of them */
#define NR_TLS	    3

/* The i386 vDSO: offsets in the image (vdso/i386/vdso.S, asserted by its linker script). */
#define VDSO32_VSYSCALL	    0x400
#define VDSO32_ENTER_INSNS  0x403 /* four bytes, by CPU */
#define VDSO32_LANDING	    0x409
#define VDSO32_SIGRETURN    0x420
#define VDSO32_RT_SIGRETURN 0x440

#define CPU_SELF	 0
#define CPU_CURRENT	 8
#define CPU_KERNEL_SP	 16
#define CPU_USER_SP	 24
#define CPU_KERNEL_CR3	 32
#define CPU_USER_CR3	 40
#define CPU_SCRATCH	 48
#define CPU_ENTRY_SP	 64
#define CPU_HAS_FSGSBASE 72
#define CPU_PENDING_IPIS 80 /* in arch_types.h as a number */
#define CPU_CANARY	 88 /* in the Makefile as a number */
#define CPU_KSTACK	 96

/* struct pt_regs */
#define PT_DI	   112
#define PT_ORIG_AX 120
#define PT_IP	   128
#define PT_CS	   136
#define PT_FLAGS   144
#define PT_SP	   152
#define PT_SS	   160
#define PT_SIZE	   168

#define THUNK_BYTES 32 /* thunks.S */

#define IST_DF	 1
#define IST_NMI	 2
#define IST_DB	 3
#define IST_MC	 4
#define IST_SIZE 4096

#define VEC_DB	  1
#define VEC_NMI	  2
#define VEC_BP	  3
#define VEC_OF	  4
#define VEC_DF	  8
#define VEC_GP	  13
#define VEC_PF	  14
#define VEC_MC	  18
#define VEC_INT80 0x80
/* For do_fast_syscall_32(). */
#define DOOR_SYSENTER  0x100
#define DOOR_SYSCALL32 0x101
#define VEC_IRQ_BASE   0x30 /* + GSI */
#define NR_GSI	       24
#define VEC_TIMER      0xec
#define VEC_CALL       0xfb
#define VEC_RESCHED    0xfd
#define VEC_ERROR      0xfe
#define VEC_SPURIOUS   0xff

/* struct hvm_start_info, which a PVH loader passes (asserted in boot.c) */
#define PVH_MAGIC   0x336ec578
#define PVH_CMDLINE 24

#define KERNEL_PHYS_START 0x100000
#define TRAMPOLINE_PHYS	  0x8000
#define BOOT_STACK_SIZE	  16384

#endif
