/* What the files of this port share among themselves. */
#ifndef ARCH_X86_64_INTERNAL_H
#define ARCH_X86_64_INTERNAL_H

#include "core/cpu.h"
#include "lib/atomic.h"
#include "x86.h"

/* --- kernel.lds --- */
extern char __text_start[], __text_end[], __entry_text_start[], __entry_text_end[];
extern char __rodata_start[], __rodata_end[], __data_start[], __kernel_end[];

/* --- boot.c --- */
/* Pages taken from RAM behind the kernel image before the allocator runs; zeroed. */
unsigned long boot_take_page(void);
/* Value of a command-line word before param_init(). */
bool boot_param_is(const char *name, const char *value);

/* --- cpu.c --- */
struct cpu_features {
	bool has_nx, has_1g_pages, has_pge, has_smep, has_smap, has_umip, has_fsgsbase, has_xsave,
		has_xsaveopt, has_x2apic, has_tsc_deadline, has_rdrand, has_rdseed, has_rdtscp,
		has_pcid, has_invpcid;
	bool is_amd, is_hypervisor;
	u32 max_leaf, max_ext_leaf;
	u64 xfeatures;	   /* XCR0 */
	unsigned fpu_size; /* bytes of an XSAVE (standard format) or FXSAVE area */
	u32 mxcsr_mask;
};
extern struct cpu_features cpu_features;
void cpu_detect(void);	    /* boot CPU, once */
void cpu_enable(void);	    /* each CPU: control registers */
void cpu_patch_smap(void);  /* without SMAP: stac/clac become no-ops; before text is read-only */
void cpu_patch_pause(void); /* under TCG, likewise */

void cpu_clear_xpart(unsigned part, u8 *area, size_t size); /* of an XSAVE area */
/* --- bugs.c --- */
void bugs_init(void);	    /* boot CPU, after param_init() */
void bugs_patch(void);	    /* before text is read-only */
void bugs_enable_cpu(void); /* each CPU */

/* --- ptdump.c, cpu_sysfs.c --- */
void ptdump_check_wx(void);
void ptdump_init(void);
void cpu_sysfs_init(void);

/* --- desc.c: GDT, TSS, IDT --- */
struct tss {
	u32 reserved0;
	u64 sp0, sp1, sp2, reserved1, ist[7], reserved2;
	u16 reserved3, iomap_base;
} __packed;

/* Per CPU; the pages user mode's table maps too when isolation is on. */
struct cpu_entry {
	u8 ist[4][IST_SIZE]; /* DF NMI DB MC; the last 16 bytes hold the struct arch_cpu pointer */
	u64 gdt[GDT_ENTRIES] __aligned(64);
	struct tss tss __aligned(64);
	u8 stack[PAGE_SIZE - 128 - 128] __aligned(64); /* entry stack */
} __aligned(PAGE_SIZE);
_Static_assert(sizeof(struct cpu_entry) == 5 * PAGE_SIZE, "whole pages");
extern struct cpu_entry boot_cpu_entry;
void desc_init_cpu(struct cpu *c, struct cpu_entry *e); /* fills and loads */
void idt_init(void);
const void *idt_pages(void); /* one page */
void desc_share(void);	     /* with user mode's table */
void syscall_init(void);     /* MSR_STAR and friends, this CPU */

/* --- traps.c, vsyscall.c --- */
void trap_dispatch(struct pt_regs *regs, unsigned long vector); /* from entry.S, interrupts off */
void trap_paranoid(struct pt_regs *regs, unsigned long vector); /* from entry.S, on an IST stack */
bool extable_fixup(struct pt_regs *regs);
bool vsyscall_emulate(struct pt_regs *regs, unsigned long addr); /* true: done */
void vsyscall_init(void);
bool umip_emulate(struct pt_regs *regs);
void kthread_begin(void);
bool user_return(struct pt_regs *regs); /* from entry.S: first return of a new thread */

/* --- pagetable.c, tlb.c --- */
extern unsigned long init_pgd_phys;
extern bool pti_on;
extern bool pcid_on; /* with isolation: CR3 writes of the doors keep the TLB */
/* Writes a jump (opcode 0xe9) or call (0xe8): patch[0] is the place, patch[1] where to. */
void patch_branch(const u64 patch[2], u8 opcode);
extern u64 pte_global; /* PTE_G, or 0 with isolation */
void direct_map_init(void);
pte_t *kernel_pte(unsigned long va, bool make);	    /* 4 KiB entry; NULL */
void pti_share(const void *start, const void *end); /* map kernel pages in user mode's table too */
void pti_copy_kernel_half(u64 *user_pgd);
void copy_kernel_half(u64 *pgd);
void vsyscall_map(void);
void tlb_flush_all_local(void);	       /* global entries too */
void *arch_vmap_area(size_t nr_pages); /* address range of the port's own, with a guard page */
void tlb_flush_kernel(unsigned long start, unsigned long end);
void tlb_drop_mm(struct arch_mm *m); /* every CPU that still has it loaded lazily lets go */
void tlb_nmi(void);
extern u64 tlb_pending;
extern u64 cpus_online_mask;

/* --- apic.c, clock.c --- */
void apic_init_cpu(void);
void apic_map(void);
void ioapic_init(void);
void apic_eoi(void);
void apic_send_ipi(unsigned apic_id, u32 icr_low);
void apic_send_nmi_from_nmi(unsigned apic_id);
void apic_timer_start(u32 count); /* raw one-shot ticks of APIC_TIMER_HZ, 0 = off */
u32 apic_timer_count(void);
void apic_timer_init_cpu(void);
#define APIC_TIMER_HZ 1000000000UL
void clock_calibrate(void);
u64 clock_ns_to_cycles(u64 ns);
#define ICR_FIXED 0x4000u
#define ICR_NMI	  0x4400u
#define ICR_INIT  0x4500u
#define ICR_SIPI  0x4600u

/* --- smp.c --- */
unsigned smp_count_cpus(void); /* from fw_cfg */
extern bool stop_requested;

/* --- compat.c --- */
void vdso32_patch(void); /* before read-only data is: how this CPU's 32-bit code enters */
bool do_fast_syscall_32(struct pt_regs *regs, unsigned long door); /* from entry.S, both */
void do_int80_syscall_32(struct pt_regs *regs);

/* --- ldt.c --- */
void ldt_load(struct arch_cpu *c, unsigned nr_entries); /* interrupts off */
u64 ldt_entry(const struct arch_mm *m, unsigned nr);	/* 0: none */
void ldt_free(struct arch_mm *m);

/* --- signal32.c --- */
int setup_sigframe32(struct thread *t, struct pt_regs *regs, const struct sigframe_info *info);
int restore_sigframe32(struct thread *t, struct pt_regs *regs, u64 *mask,
		       struct sigframe_info *info);
/* --- signal.c, for it --- */
int put_fpstate(struct thread *t, unsigned long fp);
int get_fpstate(struct thread *t, unsigned long fp);
unsigned fp_frame_size(void);
bool is_on_altstack_frame(const struct sigframe_info *info, unsigned long sp);

/* --- fpu.c --- */
void fpu_init_area(void *area);
void fpu_reset_area(void *area);
int user_xsave(unsigned long fp, u64 mask); /* usercopy.S */
int user_xrstor(unsigned long fp, u64 mask);
void fpu_save(void *area);
void fpu_save_full(void *area);
int fpu_restore(const void *area); /* -EINVAL: not a valid image; the registers are then initial */
void fpu_boot_init(void);
extern u8 fpu_initial_state[]; /* an area for fpu_restore() only */

/* --- thread.c --- */
void thread_sync_live(struct thread *t); /* current: registers into t->arch */
unsigned long thread_fs_base(void);	 /* of the current thread */
unsigned long thread_gs_base(void);
/* The current thread's; bases follow. */
void thread_set_selectors(struct thread *t, u16 ds, u16 es, u16 fs, u16 gs);
void thread_reload_ldt_selectors(void); /* interrupts off: their entries may have changed */
struct user_desc;
u64 desc_from_user(const struct user_desc *d);
#define DESC_AVL BIT(52)
int thread_load_fpu(
	struct thread *t); /* current: t->arch.fpu into the registers; -EINVAL as above */
void thread_load_fresh_fpu(struct thread *t); /* current: the initial state into the registers */

/* --- thunks.S --- */
void fill_rsb(void);

/* --- entry.S --- */
extern char entry_SYSCALL_64[], entry_SYSCALL_64_pti[], entry_SYSCALL_compat[],
	entry_SYSENTER_compat[], entry_INT80_compat[], sysenter_flags_done[];
extern char idt_stubs[], arch_idle_hlt[], tlb_sleep_hlt[], tlb_sleep_end[];
void tlb_sleep(void);
extern const u64 sysret_isolated_patch[2], iret_isolated_patch[2], syscall32_isolated_patch[2],
	sysenter_isolated_patch[2], sysret32_isolated_patch[2];
void ret_from_fork(void);
void ret_from_kthread(void);
struct thread *switch_stack(unsigned long *prev_sp, unsigned long next_sp, struct thread *prev);

#endif
