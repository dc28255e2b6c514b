/*
 * The stub port: the inline half of the machine interface (kernel/arch/arch.h) for a machine that
 * does not exist. It compiles and links the portable kernel and never runs: what portable code uses
 * beyond arch.h is an error here. A new port starts from a copy of this folder.
 */
#ifndef ARCH_NONE_ARCH_TYPES_H
#define ARCH_NONE_ARCH_TYPES_H

#include "lib/types.h"

#define PAGE_SHIFT     12
#define PAGE_SIZE      (1UL << PAGE_SHIFT)
#define PAGE_MASK      (~(PAGE_SIZE - 1))
#define ARCH_LDT_BYTES 0UL
#define STACK_SIZE     (4 * PAGE_SIZE)

#define USER_END	  0x0000000080000000UL
#define KERNEL_VMAP_START 0xffffffe000000000UL
#define KERNEL_VMAP_END	  0xffffffe040000000UL
#define DIRECT_MAP_BASE	  0xffffffd000000000UL

/* Not one of x86-64's names: portable code sees registers through arch_syscall_arg() and the like.
 */
struct pt_regs {
	unsigned long number, args[6], result, pc, user_sp;
	bool is_in_syscall;
};

typedef long (*sys_call_ptr_t)(const struct pt_regs *);

struct thread;

struct arch_cpu {
	struct thread *current_thread;
};

struct arch_mm {
	unsigned long table_phys;
};

static inline bool arch_mm_is_loaded(const struct arch_mm *m)
{
	(void)m;
	return false;
}

struct arch_thread {
	unsigned long sp;
};

extern struct arch_cpu *const none_this_cpu;

static inline struct arch_cpu *arch_this_cpu(void)
{
	return none_this_cpu;
}
static inline struct thread *arch_this_thread(void)
{
	return none_this_cpu->current_thread;
}
static inline bool arch_irqs_enabled(void)
{
	return false;
}
static inline void arch_irq_enable(void)
{
}
static inline void arch_irq_enable_at_entry(void)
{
}
static inline void arch_irq_disable(void)
{
}
static inline unsigned long arch_irq_save(void)
{
	return 0;
}
static inline void arch_irq_restore(unsigned long flags)
{
	(void)flags;
}
static inline void arch_cpu_relax(void)
{
}
static inline void arch_idle(void)
{
}
static inline u64 arch_cycles(void)
{
	return 0;
}
static inline void *phys_to_virt(unsigned long pa)
{
	return (void *)(pa + DIRECT_MAP_BASE);
}
static inline unsigned long virt_to_phys(const void *va)
{
	return (unsigned long)va - DIRECT_MAP_BASE;
}

/* --- the system-call door --- */
bool do_syscall_64(struct pt_regs *regs, unsigned long nr);

static inline bool arch_can_return_fast(const struct pt_regs *regs)
{
	(void)regs;
	return false;
}
static inline bool arch_was_plain_call(const struct pt_regs *regs)
{
	(void)regs;
	return false;
}
void arch_check_return(struct pt_regs *regs);
static inline long arch_get_return(const struct pt_regs *regs)
{
	return (long)regs->result;
}
#define USER32_END   0UL
#define ARCH_SA_IA32 0UL
static inline bool arch_in_compat_syscall(void)
{
	return false;
}
static inline void arch_set_compat_time64(void)
{
}
static inline bool arch_in_time32_syscall(void)
{
	return false;
}
static inline void arch_set_return(struct pt_regs *regs, long value)
{
	regs->result = (unsigned long)value;
}
static inline unsigned long arch_user_pc(const struct pt_regs *regs)
{
	return regs->pc;
}
static inline void arch_set_user_pc(struct pt_regs *regs, unsigned long pc)
{
	regs->pc = pc;
}
static inline void arch_sync_core(void)
{
}
static inline unsigned long arch_user_sp(const struct pt_regs *regs)
{
	return regs->user_sp;
}
static inline void arch_set_user_sp(struct pt_regs *regs, unsigned long sp)
{
	regs->user_sp = sp;
}
static inline unsigned long array_index_nospec(unsigned long index, unsigned long size)
{
	return index < size ? index : 0;
}

/* --- page-table entries --- */
typedef u64 pte_t;

#define PTE_NONE     ((pte_t)0)
#define PTE_READ     BIT(0)
#define PTE_WRITE    BIT(1)
#define PTE_EXEC     BIT(2)
#define PTE_USER     BIT(3)
#define PTE_KEPT     BIT(4) /* has a page, also without any right */
#define PTE_ACCESSED BIT(5)
#define PTE_DIRTY    BIT(6)
#define PTE_SPECIAL  BIT(7)

static inline bool pte_none(pte_t p)
{
	return p == 0;
}
static inline bool pte_present(pte_t p)
{
	return p & PTE_KEPT;
}
static inline unsigned long pte_phys(pte_t p)
{
	return p & PAGE_MASK;
}
static inline bool pte_is_writable(pte_t p)
{
	return p & PTE_WRITE;
}
static inline bool pte_is_dirty(pte_t p)
{
	return p & PTE_DIRTY;
}
static inline bool pte_is_accessed(pte_t p)
{
	return p & PTE_ACCESSED;
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
	return p & ~PTE_WRITE;
}
static inline pte_t pte_mkdirty(pte_t p)
{
	return p | PTE_DIRTY;
}
static inline pte_t pte_mkclean(pte_t p)
{
	return p & ~PTE_DIRTY;
}
static inline pte_t pte_mkold(pte_t p)
{
	return p & ~PTE_ACCESSED;
}
/* prot: VMP_* of arch.h, the same bits. */
static inline pte_t pte_make(unsigned long pa, unsigned prot)
{
	return (pa & PAGE_MASK) | PTE_KEPT | (prot & (PTE_READ | PTE_WRITE | PTE_EXEC | PTE_USER));
}
static inline pte_t pte_make_table(unsigned long pa, bool is_shared)
{
	return (pa & PAGE_MASK) | PTE_KEPT | (is_shared ? 0 : PTE_WRITE);
}
static inline bool pte_is_shared_table(pte_t p)
{
	return (p & (PTE_KEPT | PTE_WRITE)) == PTE_KEPT;
}

#endif
