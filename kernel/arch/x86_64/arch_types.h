/* x86-64: types and inline parts of the machine interface (see kernel/arch/arch.h). */
#ifndef ARCH_X86_64_ARCH_TYPES_H
#define ARCH_X86_64_ARCH_TYPES_H

#include "lib/types.h"

#define PAGE_SHIFT     12
#define PAGE_SIZE      (1UL << PAGE_SHIFT)
#define PAGE_MASK      (~(PAGE_SIZE - 1))
#define ARCH_LDT_BYTES 65536UL
#define STACK_SIZE     (4 * PAGE_SIZE)

#define USER_END	  0x00007ffffffff000UL
#define USER32_END	  0x00000000ffffe000UL
#define LDT_BASE	  0xffff880000000000UL
#define DIRECT_MAP_BASE	  0xffff888000000000UL
#define KERNEL_VMAP_START 0xffffc90000000000UL
#define KERNEL_VMAP_END	  0xffffc98000000000UL
#define KERNEL_IMAGE_BASE 0xffffffff80000000UL /* linked for; kernel_base is where it is */
#define VSYSCALL_ADDR	  0xffffffffff600000UL

/* Linux's layout (arch/x86/include/asm/ptrace.h): what each door pushes, lowest address first. */
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax; /* the call's number, or -1 once it is settled, or an exception's
				  error code */
	unsigned long ip, cs, flags, sp, ss;
};

typedef long (*sys_call_ptr_t)(const struct pt_regs *);

struct thread;

struct arch_mm;
struct cpu_entry;

/* At GS:0. Assembly knows the offsets (offsets.h, asserted in desc.c). */
struct arch_cpu {
	struct arch_cpu *self;	       /* 0 */
	struct thread *current_thread; /* 8 */
	unsigned long kernel_sp;       /* 16: top of the running thread's kernel stack */
	unsigned long user_sp;	       /* 24: scratch of the syscall door */
	unsigned long kernel_cr3;      /* 32 */
	unsigned long user_cr3;	    /* 40: the table of user mode with isolation on; 0 without it */
	unsigned long scratch[2];   /* 48: of the doors, interrupts off */
	unsigned long entry_sp;	    /* 64: top of the entry stack, mapped in both tables */
	unsigned long has_fsgsbase; /* 72 */
	u64 pending_ipis; /* 80: CPUs to send a reschedule IPI to when interrupts go on again */
	unsigned long stack_canary; /* 88: the running thread's (-fstack-protector) */
	u64 kstack_state;	    /* 96: of the generator behind randomize_kstack_offset */
	unsigned apic_id;
	struct cpu_entry *entry; /* GDT, TSS and the stacks of the doors */
	struct arch_mm *loaded_mm;
	bool is_lazy;		  /* loaded_mm is not in use: the next flush drops it */
	u32 predictor_owner;	  /* arch_mm->owner of what last ran in user mode here */
	bool is_tsc_off;	  /* CR4 has TSD */
	struct thread *fpu_owner; /* whose FPU state the registers hold; NULL = nobody's */
	unsigned nr_ldt;	  /* entries of the LDT that is loaded */
	bool has_tls;		  /* the GDT has entries of set_thread_area(2) */
};

struct arch_mm {
	unsigned long pgd_phys;	     /* kernel view */
	unsigned long user_pgd_phys; /* with isolation; else equal */
	u64 cpus_loaded;	     /* bit per CPU, atomic */
	u32 owner;		     /* the user whose secrets it may hold: arch_mm_set_owner() */
	u64 used_slots[4];	     /* bit per top-level entry of the user half with a table */
	u64 *ldt_table;		     /* PTEs of LDT_BASE; NULL = there never was an LDT */
	unsigned nr_ldt;	     /* its entries; only grows */
};

static inline bool arch_mm_is_loaded(const struct arch_mm *m)
{
	return __atomic_load_n(&m->cpus_loaded, __ATOMIC_SEQ_CST) != 0;
}

struct arch_thread {
	unsigned long sp;     /* saved kernel stack pointer */
	unsigned long canary; /* -fstack-protector: below each frame of its kernel stack */
	unsigned long fs_base, gs_base;
	union { /* selectors, all zero in a normal 64-bit program */
		struct {
			u16 ds, es, fs, gs;
		};
		u64 selectors;
	};
	bool is_tsc_off;     /* RDTSC faults: PR_SET_TSC */
	bool is_step_forced; /* TF was set by a tracer */
	u8 door;	     /* DOOR_* of the 32-bit call in flight, 0 = none */
	u64 tls[3];	     /* GDT entries: set_thread_area(2) */
	void *fpu;	     /* XSAVE area of a user thread: at the top of its kernel stack */
	unsigned fpu_cpu;    /* where the registers were loaded last */
	u32 trapno;	     /* of the last user trap, for sigcontext */
	unsigned long trap_error, trap_addr;
	u64 breakpoints[4]; /* DR0 to DR3 as a tracer set them; none is ever switched on */
};

static inline struct arch_cpu *arch_this_cpu(void)
{
	struct arch_cpu *c;

	__asm__ volatile("movq %%gs:0, %0" : "=r"(c));
	return c;
}

/* Constant for the code that asks: a thread always reads itself here, whatever CPU it is on. */
static inline struct thread *arch_this_thread(void)
{
	struct thread *t;

	__asm__("movq %%gs:8, %0" : "=r"(t));
	return t;
}

static inline unsigned long arch_flags(void)
{
	unsigned long f;

	__asm__ volatile("pushfq; popq %0" : "=r"(f)::"memory");
	return f;
}
static inline bool arch_irqs_enabled(void)
{
	return arch_flags() & (1UL << 9);
}
void arch_send_pending_ipis(void);
/* Reschedule IPIs wait for this moment, when no spinlock is held any more: else the CPU that wakes
 * up spins on the very lock that the waker holds, and on a busy host for long. */
static inline void arch_irq_enable(void)
{
	__asm__ goto("cmpq $0, %%gs:80; jne %l[pending]" ::: "cc", "memory" : pending);
	__asm__ volatile("sti" ::: "memory");
	return;
pending:
	arch_send_pending_ipis();
	__asm__ volatile("sti" ::: "memory");
}
/* Right after a door from user mode: nothing can be pending. */
static inline void arch_irq_enable_at_entry(void)
{
	__asm__ volatile("sti" ::: "memory");
}
static inline void arch_irq_disable(void)
{
	__asm__ volatile("cli" ::: "memory");
}
static inline unsigned long arch_irq_save(void)
{
	unsigned long f = arch_flags();

	arch_irq_disable();
	return f;
}
static inline void arch_irq_restore(unsigned long f)
{
	if (f & (1UL << 9))
		arch_irq_enable();
}
/* In a loop that waits for another CPU. Each place is recorded: see cpu_patch_pause(). */
static inline void arch_cpu_relax(void)
{
	__asm__ volatile("1: pause\n\t"
			 ".pushsection .pause_patch, \"a\"; .quad 1b; .popsection" ::
				 : "memory");
}
/* Interrupts on and halt in one step: an interrupt that came before cannot be slept over. A
 * function of its own (entry.S), so that interrupts can tell that they came between the two. */
void arch_idle(void);
static inline u64 arch_cycles(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

/* Where the image shows physical address 0: kernel.lds; moved by kaslr.c as every address is. */
extern char kernel_base[];

static inline void *phys_to_virt(unsigned long pa)
{
	return (void *)(pa + DIRECT_MAP_BASE);
}
static inline unsigned long virt_to_phys(const void *va)
{
	unsigned long v = (unsigned long)va;

	return v >= KERNEL_IMAGE_BASE ? v - (unsigned long)kernel_base : v - DIRECT_MAP_BASE;
}

/* --- the system-call door --- */
#define X86_USER_CS   0x33
#define X86_USER_DS   0x2b
#define X86_EFLAGS_TF BIT(8)
#define X86_EFLAGS_RF BIT(16)

/* Called by entry_SYSCALL_64 (entry.S) with the saved registers and eax, interrupts off; defined in
 * sys/entry.c. True: the return may use SYSRET. */
bool do_syscall_64(struct pt_regs *regs, unsigned long nr);

/* Through which door a 32-bit call came; the last bit: its times have 64 bits. */
#define ARCH_DOOR_INT80	    1u
#define ARCH_DOOR_SYSENTER  2u
#define ARCH_DOOR_SYSCALL32 3u
#define ARCH_DOOR_TIME64    0x80u

/* In the flags of a handler: installed by a 32-bit call, wants a 32-bit frame. Not the user's. */
#define ARCH_SA_IA32 0x02000000UL

static inline u8 *arch_door(void)
{
	return &((struct arch_thread *)(void *)arch_this_thread())->door; /* first member */
}
/* The call in flight follows the i386 table: its structures have that layout. */
static inline bool arch_in_compat_syscall(void)
{
	return unlikely(*arch_door());
}
/* ... and its times have 32 bits. */
static inline bool arch_in_time32_syscall(void)
{
	u8 door = *arch_door();

	return unlikely(door) && !(door & ARCH_DOOR_TIME64);
}
static inline void arch_set_compat_time64(void)
{
	*arch_door() |= ARCH_DOOR_TIME64;
}

static inline void arch_set_return(struct pt_regs *regs, long value)
{
	regs->ax = (unsigned long)value;
}
static inline long arch_get_return(const struct pt_regs *regs)
{
	return (long)regs->ax;
}

/*
 * May the return to user mode use SYSRET? It takes ip from rcx and flags from r11, cannot set RF or
 * TF without trapping too early, and with a non-canonical address it faults in kernel mode on some
 * CPUs: everything else goes by IRET. (The last page below 2^47 is never mapped: USER_END.)
 */
static inline bool arch_can_return_fast(const struct pt_regs *regs)
{
	unsigned long ip = regs->ip, flags = regs->flags;

	if (unlikely(regs->cx != ip))
		return false;
	if (unlikely(regs->r11 != flags))
		return false;
	if (unlikely(regs->cs != X86_USER_CS))
		return false;
	if (unlikely(regs->ss != X86_USER_DS))
		return false;
	if (unlikely(ip >> 47))
		return false;
	return likely(!(flags & (X86_EFLAGS_RF | X86_EFLAGS_TF)));
}

/* The same for a frame that entry_SYSCALL_64 made and nobody has written to since: only the
 * program's own single step stands against SYSRET. */
static inline bool arch_was_plain_call(const struct pt_regs *regs)
{
#ifdef DEBUG
	if (!(regs->flags & (X86_EFLAGS_RF | X86_EFLAGS_TF)) && !arch_can_return_fast(regs))
		__builtin_trap(); /* TIF_FULL_RETURN was forgotten */
#endif
	return likely(!(regs->flags & (X86_EFLAGS_RF | X86_EFLAGS_TF)));
}

/* The same for 32-bit code's doors, whose return takes ip and flags from the frame. */
static inline bool arch_was_plain_call_32(const struct pt_regs *regs)
{
	return likely(!(regs->flags & (X86_EFLAGS_RF | X86_EFLAGS_TF)));
}

/* `index` when below `size`, else 0, by arithmetic that speculation cannot run ahead of: after a
 * bounds check, before a program's number indexes an array of the kernel's. */
static inline unsigned long array_index_nospec(unsigned long index, unsigned long size)
{
	unsigned long mask;

	__asm__ volatile("cmpq %2, %1; sbbq %0, %0" : "=r"(mask) : "r"(index), "rm"(size) : "cc");
	return index & mask;
}

static inline unsigned long arch_user_sp(const struct pt_regs *regs)
{
	return regs->sp;
}
static inline void arch_set_user_sp(struct pt_regs *regs, unsigned long sp)
{
	regs->sp = sp;
}

static inline unsigned long arch_user_pc(const struct pt_regs *regs)
{
	return regs->ip;
}
static inline void arch_set_user_pc(struct pt_regs *regs, unsigned long pc)
{
	regs->ip = pc;
}
/* What has been written to memory as code is executed as such from here on. */
static inline void arch_sync_core(void)
{
	u32 ax = 0, bx, cx = 0, dx;

	__asm__ volatile("cpuid" : "+a"(ax), "=b"(bx), "+c"(cx), "=d"(dx)::"memory");
}

/* Before an IRET: a frame it would fault on gets its signal. Interrupts off. */
void arch_check_return(struct pt_regs *regs);

/* --- page-table entries --- */
typedef u64 pte_t;

#define PTE_NONE ((pte_t)0)
#define PTE_P	 BIT(0)
#define PTE_W	 BIT(1)
#define PTE_U	 BIT(2)
#define PTE_PWT	 BIT(3)
#define PTE_PCD	 BIT(4)
#define PTE_A	 BIT(5)
#define PTE_D	 BIT(6)
#define PTE_PS	 BIT(7)
#define PTE_G	 BIT(8)
#define PTE_SPECIAL                                                                           \
	BIT(9) /* software: no struct page behind it (vvar, vdso image pages that mm must not \
		  refcount) */
#define PTE_PROTNONE BIT(10) /* software: PROT_NONE page kept, not present for the CPU */
#define PTE_NX	     BIT(63)
#define PTE_ADDR     0x000ffffffffff000UL

static inline bool pte_none(pte_t p)
{
	return p == 0;
}
static inline bool pte_present(pte_t p)
{
	return p & (PTE_P | PTE_PROTNONE);
}
static inline unsigned long pte_phys(pte_t p)
{
	return p & PTE_ADDR;
}
static inline bool pte_is_writable(pte_t p)
{
	return p & PTE_W;
}
static inline bool pte_is_dirty(pte_t p)
{
	return p & PTE_D;
}
static inline bool pte_is_accessed(pte_t p)
{
	return p & PTE_A;
}
static inline bool pte_is_special(pte_t p)
{
	return p & PTE_SPECIAL;
}
static inline pte_t pte_mkspecial(pte_t p)
{
	return p | PTE_SPECIAL;
}
static inline pte_t pte_wrprotect(pte_t p)
{
	return p & ~PTE_W;
}
static inline pte_t pte_mkdirty(pte_t p)
{
	return p | PTE_D;
}
static inline pte_t pte_mkclean(pte_t p)
{
	return p & ~PTE_D;
}
static inline pte_t pte_mkold(pte_t p)
{
	return p & ~PTE_A;
}
/* prot: VMP_* of arch.h (1 read, 2 write, 4 exec, 8 user). Without any of read/write/exec: kept but
 * not accessible. */
static inline pte_t pte_make(unsigned long pa, unsigned prot)
{
	pte_t p = pa & PTE_ADDR;

	p |= (prot & 7) ? PTE_P | PTE_A : PTE_PROTNONE;
	if (prot & 2)
		p |= PTE_W;
	if (prot & 8)
		p |= PTE_U;
	if (!(prot & 4))
		p |= PTE_NX;
	return p;
}
/* The permission of a page is what all levels allow: a table that others use, too, is led to by an
 * entry that does not allow writing. */
static inline pte_t pte_make_table(unsigned long pa, bool is_shared)
{
	return pa | PTE_P | PTE_U | PTE_A | (is_shared ? 0 : PTE_W);
}
static inline bool pte_is_shared_table(pte_t p)
{
	return (p & (PTE_P | PTE_W)) == PTE_P;
}

#endif
