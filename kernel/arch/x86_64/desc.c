/* Descriptor tables and the registers that make up the doors, per CPU. */
#include "internal.h"
#include "lib/string.h"

_Static_assert(offsetof(struct arch_cpu, self) == CPU_SELF, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, current_thread) == CPU_CURRENT, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, kernel_sp) == CPU_KERNEL_SP, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, user_sp) == CPU_USER_SP, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, kernel_cr3) == CPU_KERNEL_CR3, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, user_cr3) == CPU_USER_CR3, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, scratch) == CPU_SCRATCH, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, entry_sp) == CPU_ENTRY_SP, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, has_fsgsbase) == CPU_HAS_FSGSBASE, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, pending_ipis) == CPU_PENDING_IPIS, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, stack_canary) == CPU_CANARY, "offsets.h");
_Static_assert(offsetof(struct arch_cpu, kstack_state) == CPU_KSTACK, "offsets.h");
_Static_assert(offsetof(struct pt_regs, di) == PT_DI, "offsets.h");
_Static_assert(offsetof(struct pt_regs, orig_ax) == PT_ORIG_AX, "offsets.h");
_Static_assert(offsetof(struct pt_regs, ip) == PT_IP, "offsets.h");
_Static_assert(offsetof(struct pt_regs, cs) == PT_CS, "offsets.h");
_Static_assert(offsetof(struct pt_regs, flags) == PT_FLAGS, "offsets.h");
_Static_assert(offsetof(struct pt_regs, sp) == PT_SP, "offsets.h");
_Static_assert(offsetof(struct pt_regs, ss) == PT_SS, "offsets.h");
_Static_assert(sizeof(struct pt_regs) == PT_SIZE, "offsets.h");
_Static_assert(X86_USER_CS == USER_CS && X86_USER_DS == USER_DS, "offsets.h");
_Static_assert(offsetof(struct cpu, arch) == 0, "GS points at both");
_Static_assert(sizeof(struct tss) == 104, "the CPU's layout");

struct cpu_entry boot_cpu_entry;

struct idt_gate {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_mid;
	u32 offset_high, reserved;
};
static struct idt_gate idt[256] __aligned(PAGE_SIZE);

struct table_ptr {
	u16 limit;
	u64 base;
} __packed;

static void set_gate(unsigned vector, unsigned long target, unsigned ist, unsigned dpl)
{
	idt[vector] = (struct idt_gate){
		.offset_low = (u16)target,
		.selector = KERNEL_CS,
		.ist = (u8)ist,
		.type = (u8)(0x8e | dpl << 5), /* interrupt gate */
		.offset_mid = (u16)(target >> 16),
		.offset_high = (u32)(target >> 32),
	};
}

void idt_init(void)
{
	static const u8 ist_of[VEC_MC + 1] = {
		[VEC_DF] = IST_DF, [VEC_NMI] = IST_NMI, [VEC_DB] = IST_DB, [VEC_MC] = IST_MC};

	for (unsigned v = 0; v < 256; v++)
		set_gate(v, (unsigned long)idt_stubs + 16 * v, v <= VEC_MC ? ist_of[v] : 0,
			 v == VEC_BP || v == VEC_OF ? 3 : 0);
	set_gate(VEC_INT80, (unsigned long)entry_INT80_compat, 0, 3);
}

const void *idt_pages(void)
{
	return idt;
}

void desc_share(void)
{
	pti_share(idt, idt + 256);
}

static void fill_gdt(struct cpu *c, struct cpu_entry *e)
{
	u64 tss = (u64)&e->tss;

	e->gdt[KERNEL_CS / 8] = 0x00af9b000000ffff;
	e->gdt[KERNEL_DS / 8] = 0x00cf93000000ffff;
	e->gdt[USER32_CS / 8] = 0x00cffb000000ffff;
	e->gdt[USER_DS / 8] = 0x00cff3000000ffff;
	e->gdt[USER_CS / 8] = 0x00affb000000ffff;
	e->gdt[TSS_SEL / 8] = (sizeof(struct tss) - 1) | (tss & 0xffffff) << 16 | 0x89UL << 40 |
			      ((tss >> 24) & 0xff) << 56;
	e->gdt[TSS_SEL / 8 + 1] = tss >> 32;
	/* A data segment whose limit is the CPU's number: getcpu reads it with LSL. */
	e->gdt[CPUNODE_SEL / 8] = 0x0040f50000000000 | (c->id & 0xffff);
}

static void load_tables(struct cpu_entry *e)
{
	struct table_ptr gdtr = {sizeof(e->gdt) - 1, (u64)e->gdt};
	struct table_ptr idtr = {sizeof(idt) - 1, (u64)idt};

	__asm__ volatile("lgdt %0; lidt %1" ::"m"(gdtr), "m"(idtr) : "memory");
	__asm__ volatile("pushq %0; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:\n\t"
			 "movl %1, %%ss; movl %2, %%ds; movl %2, %%es\n\t"
			 "ltr %w3; lldt %w2" ::"i"(KERNEL_CS),
			 "r"(KERNEL_DS), "r"(0), "r"(TSS_SEL)
			 : "rax", "memory");
}

/* Also sets GS, so that arch_this_cpu() works. Called once per CPU, on it. */
void desc_init_cpu(struct cpu *c, struct cpu_entry *e)
{
	static const u8 ist_of[4] = {IST_DF, IST_NMI, IST_DB, IST_MC};

	c->arch.self = &c->arch;
	c->arch.entry = e;
	c->arch.entry_sp = ALIGN_DOWN((unsigned long)(e->stack + sizeof(e->stack)), 16);
	for (unsigned i = 0; i < 4; i++) {
		u8 *top = e->ist[i] + IST_SIZE;

		*(struct arch_cpu **)(void *)(top - 8) = &c->arch;
		e->tss.ist[ist_of[i] - 1] = (u64)(top - 16);
	}
	e->tss.sp0 = c->arch.entry_sp;
	e->tss.iomap_base = sizeof(struct tss);
	fill_gdt(c, e);
	load_tables(e);
	__asm__ volatile("movl %0, %%fs; movl %0, %%gs" ::"r"(0));
	wrmsr(MSR_GS_BASE, (u64)&c->arch);
	wrmsr(MSR_KERNEL_GS_BASE, 0);
	wrmsr(MSR_FS_BASE, 0);
}

/*
 * What `syscall` does on this CPU: STAR gives the selectors (kernel 0x10 and 0x18, user 0x2b and
 * 0x33), LSTAR the address, SFMASK the flags that are cleared: interrupts stay off until the stack
 * is the kernel's, no single step, no alignment check (SMAP), strings run forward.
 */
void syscall_init(void)
{
	wrmsr(MSR_STAR, (u64)USER32_CS << 48 | (u64)KERNEL_CS << 32);
	wrmsr(MSR_LSTAR, (u64)(pti_on ? entry_SYSCALL_64_pti : entry_SYSCALL_64));
	wrmsr(MSR_CSTAR, (u64)entry_SYSCALL_compat);
	wrmsr(MSR_SFMASK, EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_TF |
				  EFLAGS_IF | EFLAGS_DF | EFLAGS_OF | EFLAGS_IOPL | EFLAGS_NT |
				  EFLAGS_RF | EFLAGS_AC | EFLAGS_ID);
	wrmsr(MSR_SYSENTER_CS, KERNEL_CS);
	wrmsr(MSR_SYSENTER_ESP, arch_this_cpu()->entry_sp);
	wrmsr(MSR_SYSENTER_EIP, (u64)entry_SYSENTER_compat);
}
