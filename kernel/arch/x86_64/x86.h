/* The instructions and registers of the CPU that C needs by name. */
#ifndef ARCH_X86_64_X86_H
#define ARCH_X86_64_X86_H

#include "arch/arch.h"
#include "offsets.h"

#define CR0_MP BIT(1)
#define CR0_EM BIT(2)
#define CR0_TS BIT(3)
#define CR0_NE BIT(5)
#define CR0_WP BIT(16)
#define CR0_AM BIT(18)
#define CR0_NW BIT(29)
#define CR0_CD BIT(30)

#define CR4_TSD	       BIT(2)
#define CR4_PGE	       BIT(7)
#define CR4_OSFXSR     BIT(9)
#define CR4_OSXMMEXCPT BIT(10)
#define CR4_UMIP       BIT(11)
#define CR4_FSGSBASE   BIT(16)
#define CR4_PCIDE      BIT(17)
#define CR4_OSXSAVE    BIT(18)
#define CR4_SMEP       BIT(20)
#define CR4_SMAP       BIT(21)

/* With CR4_PCIDE: the low bits name the TLB entries of this table, and bit 63 keeps them. */
#define PCID_KERNEL 1UL
#define PCID_USER   2UL
#define CR3_NOFLUSH BIT(63)

#define EFLAGS_FIXED BIT(1)
#define EFLAGS_CF    BIT(0)
#define EFLAGS_PF    BIT(2)
#define EFLAGS_AF    BIT(4)
#define EFLAGS_ZF    BIT(6)
#define EFLAGS_SF    BIT(7)
#define EFLAGS_TF    BIT(8)
#define EFLAGS_IF    BIT(9)
#define EFLAGS_DF    BIT(10)
#define EFLAGS_OF    BIT(11)
#define EFLAGS_IOPL  (3UL << 12)
#define EFLAGS_NT    BIT(14)
#define EFLAGS_RF    BIT(16)
#define EFLAGS_AC    BIT(18)
#define EFLAGS_ID    BIT(21)

#define MSR_APIC_BASE	   0x1b
#define MSR_TSC_DEADLINE   0x6e0
#define MSR_X2APIC	   0x800
#define MSR_SPEC_CTRL	   0x48
#define MSR_PRED_CMD	   0x49
#define MSR_ARCH_CAPS	   0x10a
#define MSR_SYSENTER_CS	   0x174
#define MSR_SYSENTER_ESP   0x175
#define MSR_SYSENTER_EIP   0x176
#define MSR_EFER	   0xc0000080
#define MSR_STAR	   0xc0000081
#define MSR_LSTAR	   0xc0000082
#define MSR_CSTAR	   0xc0000083
#define MSR_SFMASK	   0xc0000084
#define MSR_FS_BASE	   0xc0000100
#define MSR_GS_BASE	   0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX	   0xc0000103

#define SPEC_CTRL_IBRS BIT(0)
#define PRED_CMD_IBPB  BIT(0)
#define EFER_AUTOIBRS  BIT(21)

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}
static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}
static inline void cpuid(u32 leaf, u32 sub, u32 r[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
			 : "a"(leaf), "c"(sub));
}
static inline unsigned long read_cr3(void)
{
	unsigned long v;

	__asm__ volatile("movq %%cr3, %0" : "=r"(v)::"memory");
	return v;
}
static inline void write_cr3(unsigned long v)
{
	__asm__ volatile("movq %0, %%cr3" ::"r"(v) : "memory");
}
static inline unsigned long read_cr4(void)
{
	unsigned long v;

	__asm__ volatile("movq %%cr4, %0" : "=r"(v)::"memory");
	return v;
}
static inline void write_cr4(unsigned long v)
{
	__asm__ volatile("movq %0, %%cr4" ::"r"(v) : "memory");
}
static inline unsigned long read_cr2(void)
{
	unsigned long v;

	__asm__ volatile("movq %%cr2, %0" : "=r"(v)::"memory");
	return v;
}
static inline void invlpg(unsigned long va)
{
	__asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
}
/* One address, or all, of one PCID; not global entries. */
#define INVPCID_ADDRESS 0UL
#define INVPCID_CONTEXT 1UL
static inline void invpcid(unsigned long type, u64 pcid, unsigned long va)
{
	u64 descriptor[2] = {pcid, va};

	__asm__ volatile("invpcid %0, %1" ::"m"(descriptor), "r"(type) : "memory");
}
static inline void outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" ::"a"(v), "Nd"(port) : "memory");
}
static inline void outw(u16 port, u16 v)
{
	__asm__ volatile("outw %0, %1" ::"a"(v), "Nd"(port) : "memory");
}
static inline u8 inb(u16 port)
{
	u8 v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}
static inline unsigned long rdfsbase(void)
{
	unsigned long v;

	__asm__ volatile("rdfsbase %0" : "=r"(v)::"memory");
	return v;
}
static inline void wrfsbase(unsigned long v)
{
	__asm__ volatile("wrfsbase %0" ::"r"(v) : "memory");
}
/* The GS base of user mode, while in the kernel. Interrupts off; an NMI in between is fine, it
 * saves whatever base it finds. */
static inline unsigned long rdgsbase_user(void)
{
	unsigned long v;

	__asm__ volatile("swapgs; rdgsbase %0; swapgs" : "=r"(v)::"memory");
	return v;
}
static inline unsigned long xchg_gsbase_user(unsigned long v)
{
	unsigned long old;

	__asm__ volatile("swapgs; rdgsbase %0; wrgsbase %1; swapgs"
			 : "=&r"(old)
			 : "r"(v)
			 : "memory");
	return old;
}
static inline void wrgsbase_user(unsigned long v)
{
	__asm__ volatile("swapgs; wrgsbase %0; swapgs" ::"r"(v) : "memory");
}
static inline void fninit_ldmxcsr(u32 mxcsr)
{
	__asm__ volatile("fninit; ldmxcsr %0" ::"m"(mxcsr));
}

/* a * b / c by way of 128 bits; the result must fit. */
static inline u64 mul_div(u64 a, u64 b, u64 c)
{
	u64 result, rest;

	__asm__("mulq %3; divq %4" : "=&a"(result), "=&d"(rest) : "0"(a), "r"(b), "r"(c) : "cc");
	return result;
}

static inline bool regs_from_user(const struct pt_regs *regs)
{
	return regs->cs & 3;
}
static inline bool is_canonical(unsigned long va)
{
	return (unsigned long)((long)(va << 16) >> 16) == va;
}

#endif
