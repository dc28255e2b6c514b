/*
 * The whole machine interface. Portable code includes this file only; each port provides it in
 * kernel/arch/<cpu>/, with the inline parts and types in its arch_types.h: struct pt_regs,
 * arch_cpu, arch_thread, arch_mm, pte_t, PAGE_*.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include "lib/types.h"
#include "arch_types.h"

/*
 * From arch_types.h, inline where it pays. tools/check-layers.py and the stub port (arch/none) see
 * to it that portable code uses nothing else of a machine.
 *
 * Constants: PAGE_SHIFT PAGE_SIZE PAGE_MASK, STACK_SIZE (a kernel stack, bytes), USER_END (first
 * address beyond user space), KERNEL_VMAP_START KERNEL_VMAP_END.
 *
 * Types: struct pt_regs, arch_cpu, arch_mm, arch_thread: opaque outside the port.
 * typedef long (*sys_call_ptr_t)(const struct pt_regs *);
 *
 * This CPU: struct arch_cpu *arch_this_cpu(void); struct thread *arch_this_thread(void);
 * bool arch_irqs_enabled(void); void arch_irq_enable(void); void arch_irq_disable(void);
 * unsigned long arch_irq_save(void); void arch_irq_restore(unsigned long);
 * void arch_cpu_relax(void); void arch_idle(void): enable interrupts and halt, in one step;
 * u64 arch_cycles(void): the counter of arch_counter_hz().
 *
 * Memory: void *phys_to_virt(unsigned long pa); unsigned long virt_to_phys(const void *va): of the
 * direct map and the kernel image. bool arch_mm_is_loaded(struct arch_mm *): on any CPU.
 *
 * The system-call door: bool do_syscall_64(struct pt_regs *, unsigned long nr), defined in
 * sys/entry.c; bool arch_can_return_fast(const struct pt_regs *); the same for registers that
 * nobody has written to, bool arch_was_plain_call(const struct pt_regs *): whoever does write to
 * them under a handler, and is not called by syscall_finish(), sets TIF_FULL_RETURN;
 * void arch_check_return(struct pt_regs *): before the slow way back;
 * unsigned long array_index_nospec(unsigned long index, unsigned long size);
 * long arch_get_return(const struct pt_regs *); void arch_set_return(struct pt_regs *, long);
 * unsigned long arch_user_sp(const struct pt_regs *); void arch_set_user_sp(struct pt_regs *,
 * unsigned long). arch_user_pc and arch_set_user_pc likewise. void arch_sync_core(void): what was
 * written to memory as code is executed as such from here on, on this CPU.
 *
 * Page-table entries: typedef u64 pte_t; PTE_NONE; pte_make(unsigned long pa, unsigned vmp);
 * pte_none pte_present pte_phys pte_is_writable pte_is_dirty pte_is_accessed pte_is_special(pte);
 * pte_wrprotect pte_mkdirty pte_mkclean pte_mkold pte_mkspecial(pte) -> pte_t.
 * Entries that lead to a table of these: pte_make_table(unsigned long pa, bool is_shared);
 * pte_is_shared_table(pte). Below a shared one nothing can be written, whatever its PTEs say.
 */

struct thread;
struct task_regs;
struct page;

/* Protection of a mapping, for pte_make and the vmap functions. */
#define VMP_READ  1u
#define VMP_WRITE 2u
#define VMP_EXEC  4u
#define VMP_USER  8u

/* --- boot: kernel/arch calls these upcalls of kernel/main.c, core/ --- */
#define MAX_MEM_REGIONS 32
struct boot_info {
	const char *cmdline;
	struct {
		unsigned long start, end; /* usable RAM, physical, bytes */
	} mem[MAX_MEM_REGIONS];
	unsigned nr_mem;
	unsigned long initrd_start, initrd_end; /* physical; 0 = none */
	unsigned long kernel_start, kernel_end; /* physical extent of the image */
};
extern struct boot_info boot_info;
__noreturn void
start_kernel(void); /* UPCALL: boot CPU, on its boot stack, interrupts off, GS set */
__noreturn void start_secondary(unsigned cpu); /* UPCALL: other CPUs, likewise */
void arch_init_early(
	void); /* called first by start_kernel: console, descriptor tables, CPU features */
void arch_init_memory(void); /* direct map complete; kernel page table final, W^X */
void arch_init_irq(void);    /* local and I/O interrupt controllers, timer, calibrated counter */
void arch_boot_secondaries(void);
u64 arch_counter_hz(void);    /* of arch_cycles() */
u64 arch_counter_scale(void); /* ns = cycles * this >> VVAR_SHIFT (core/time.h) */
const char *arch_cpu_model(void);
void arch_cpuinfo(unsigned cpu, char *buf,
		  size_t size); /* one /proc/cpuinfo block in Linux's format, NUL-terminated */
u64 arch_hwcap(unsigned which); /* AT_HWCAP (1) and AT_HWCAP2 (2), AT_HWCAP... */
extern const char *const arch_platform; /* AT_PLATFORM, utsname.machine: "x86_64" */
bool arch_random_u64(u64 *out);		/* hardware generator; false when there is none */

/* --- console and the end of the machine --- */
void arch_console_write(const char *s, size_t n); /* polled UART; any context */
__noreturn void
arch_power_off(unsigned status); /* isa-debug-exit, then anything else that stops the machine */
__noreturn void arch_halt_forever(void);
void arch_stop_other_cpus(void); /* for panic */
void arch_backtrace(void (*emit)(const char *line), const void *frame);

/* --- interrupts --- */
void arch_timer_set(u64 deadline_ns); /* one-shot, this CPU, monotonic ns; ~0 = off */
void arch_irq_unmask(unsigned gsi);
void arch_irq_mask(unsigned gsi);
void arch_send_resched_ipi(unsigned cpu); /* with interrupts off: once they are on again */
void arch_send_call_ipi(unsigned cpu);
void timer_interrupt(bool was_user); /* UPCALL core/timer.c */
void irq_dispatch(unsigned gsi);     /* UPCALL core/irq.c */
void call_ipi_interrupt(void);	     /* UPCALL core/irq.c */

/* --- kernel memory --- */
/* Map pages into the kernel's virtual area [KERNEL_VMAP_START, KERNEL_VMAP_END); -ENOMEM. */
int arch_kernel_map(unsigned long va, unsigned long pa, size_t nr_pages, unsigned prot);
/* The pages may still be reached until arch_kernel_flush() of a range that holds them. */
void arch_kernel_unmap(unsigned long va, size_t nr_pages);
void arch_kernel_flush(unsigned long start, unsigned long end); /* every CPU; interrupts on */
void *arch_ioremap(unsigned long pa, size_t size_bytes);	/* uncached; NULL */
unsigned long arch_alloc_table_page(
	void); /* UPCALL mm/page.c: one zeroed page's physical address, 0 when out of memory */
void arch_free_table_page(unsigned long pa); /* UPCALL mm/page.c */

/* --- user address spaces; the caller holds the address space's page-table lock where a PTE is read
 * or changed --- */
int arch_mm_init(struct arch_mm *m);	   /* -ENOMEM; kernel half shared */
void arch_mm_destroy(struct arch_mm *m);   /* frees every table page; leaves must be gone */
void arch_mm_switch(struct arch_mm *next); /* this CPU; NULL = kernel only. Interrupts off */
/* The user whose program runs in it: between two users the branch predictor is made to forget. */
void arch_mm_set_owner(struct arch_mm *m, u32 uid);
pte_t *arch_pte_find(struct arch_mm *m, unsigned long va); /* NULL when no table there */
/* As arch_pte_find(), for a change: NULL also when the table is a shared one. */
pte_t *arch_pte_find_own(struct arch_mm *m, unsigned long va);
/* The same, and the table is made when absent. NULL: it is shared, or out of memory. */
pte_t *arch_pte_alloc(struct arch_mm *m, unsigned long va);
/* The entry that leads to the table of va's PTE; PTE_NONE there: no table. NULL when there is no
 * such entry, with `make` when out of memory. */
pte_t *arch_table_entry(struct arch_mm *m, unsigned long va, bool make);
/* Next address >= va whose table exists (skips holes without walking every page); `end` when none.
 */
unsigned long arch_pte_next(struct arch_mm *m, unsigned long va, unsigned long end);
void arch_pt_free_range(struct arch_mm *m, unsigned long start,
			unsigned long end); /* empty tables wholly inside the range */
/* Flush [start, end) of `m` on every CPU that has it loaded; waits. Interrupts on or off. */
void arch_tlb_flush(struct arch_mm *m, unsigned long start, unsigned long end);

/* --- threads --- */
/* A kernel thread that starts at fn(arg) on t->stack_base, interrupts on. When t->is_user, fn may
 * return after arch_start_user(t, arch_thread_regs(t), ...): the thread then enters user mode. */
void arch_thread_init_kernel(struct thread *t, void (*fn)(void *), void *arg);
/* A user thread whose first return to user mode restores *regs (copied to the top of its stack).
 * Copies FPU state and TLS bases from `parent` when not NULL. -ENOMEM. */
int arch_thread_init_user(struct thread *t, const struct thread *parent,
			  const struct pt_regs *regs);
void arch_thread_free(struct thread *t); /* FPU area */
struct pt_regs *
arch_thread_regs(struct thread *t); /* user registers at the top of the kernel stack */
/* Switch stacks; returns the thread that ran before on this CPU when the caller runs again.
 * Interrupts off. */
struct thread *arch_switch(struct thread *prev, struct thread *next);
void finish_first_switch(struct thread *prev); /* UPCALL core/sched.c: what schedule() does after
						  arch_switch, for new threads */
void arch_set_tls(struct thread *t, unsigned long tls);
/* exec: fresh registers (everything zero but pc, sp, flags), FPU reset, TLS bases cleared. */
void arch_start_user(struct thread *t, struct pt_regs *regs, unsigned long pc, unsigned long sp);
/* The same for a 32-bit program, where the machine runs them. */
void arch_start_user32(struct thread *t, struct pt_regs *regs, unsigned long pc, unsigned long sp);
long arch_prctl(struct thread *t, int code, unsigned long arg, unsigned long *out,
		bool *has_out); /* arch_prctl(2) */

/* --- user memory: range check, SMAP, exception table. Return bytes NOT copied (0 = all). With
 * interrupts off they do not sleep: an absent page is then simply not copied --- */
size_t arch_copy_in(void *dst, uaddr_t src, size_t n);
size_t arch_copy_out(uaddr_t dst, const void *src, size_t n);
size_t arch_clear_user(uaddr_t dst, size_t n);
/* Bytes before the NUL, `size` when there is none within size bytes, -EFAULT. dst gets the NUL when
 * it fits, and may get more zeros within size. */
long arch_strncpy_in(char *dst, uaddr_t src, size_t size);
int arch_get_user32(u32 *val, uaddr_t src); /* 0 or -EFAULT, single access */
int arch_put_user32(uaddr_t dst, u32 val);
int arch_get_user64(u64 *val, uaddr_t src);
int arch_put_user64(uaddr_t dst, u64 val);
int arch_cmpxchg_user32(uaddr_t addr, u32 expected, u32 desired, u32 *old); /* 0 or -EFAULT */
int arch_futex_op(uaddr_t addr, int op, u32 arg, u32 *old); /* FUTEX_OP_*; 0, -EFAULT, -ENOSYS */
static inline bool arch_access_ok(uaddr_t addr, size_t n)
{
	return n <= USER_END && addr.v <= USER_END - n;
}

/* --- system calls, signals --- */
long do_page_fault(struct pt_regs *regs, unsigned long addr, unsigned fault_flags); /* UPCALL
	proc/fault.c: 0 = handled (or a signal was queued); -EFAULT for a kernel-mode access: the
	port then looks in its exception table, and panics without one */
#define FAULT_WRITE   1u
#define FAULT_EXEC    2u
#define FAULT_USER    4u /* came from user mode */
#define FAULT_PRESENT 8u /* protection, not absence */
void do_user_trap(struct pt_regs *regs, int signo, int si_code, unsigned long addr, unsigned trapno,
		  unsigned long error_code);  /* UPCALL proc/ */
void exit_to_user_mode(struct pt_regs *regs); /* UPCALL sys/entry.c: work flags until none; called
						 with interrupts off */
/* do_syscall_64(): declared by the port, defined in sys/entry.c */

struct ksiginfo;
struct k_sigaction;
struct sigframe_info {
	int signo;
	const void *siginfo; /* 128-byte siginfo_t image */
	unsigned long handler, restorer, sa_flags;
	u64 mask_to_restore;
	struct {
		unsigned long sp;
		int flags;
		size_t size;
	} altstack; /* uc_stack */
	bool use_altstack;
	bool is_altstack_kept; /* out: the frame has none */
};
/* Push a signal frame (XSAVE included) and redirect regs to the handler; -EFAULT when the stack is
 * bad. */
int arch_setup_sigframe(struct thread *t, struct pt_regs *regs, const struct sigframe_info *info);
/* rt_sigreturn: restore registers and FPU from the frame at regs->sp; mask and altstack out.
 * -EFAULT -> SIGSEGV. */
int arch_restore_sigframe(struct thread *t, struct pt_regs *regs, u64 *mask,
			  struct sigframe_info *info);
size_t arch_min_sigstack(void); /* AT_MINSIGSTKSZ */
/* The registers of the call in flight. */
unsigned long arch_syscall_nr(const struct pt_regs *regs);
unsigned long arch_syscall_arg(const struct pt_regs *regs, unsigned i);
void arch_syscall_restart(
	struct pt_regs *regs); /* back up over the trap instruction, number restored */
void arch_syscall_restart_block(struct pt_regs *regs); /* likewise with restart_syscall's number */
bool arch_in_syscall(const struct pt_regs *regs); /* regs came through a system-call door and its
						     result is not yet final */
void arch_syscall_done(struct pt_regs *regs);	  /* forget that: no restart */
struct lstar_anatomy;
/* For `lstar anatomy` (abi/linux/anatomy.h): the door's own facts and the registers at entry; at
 * the exit, the registers alone. */
void arch_anatomy(struct lstar_anatomy *record, const struct pt_regs *regs, bool is_exit);
/* arch_set_return(regs, value), arch_get_return(regs): inline in arch_types.h. */

/*
 * 32-bit programs on a 64-bit machine; a port without them answers "no".
 * arch_in_compat_syscall(), arch_in_time32_syscall(): inline in arch_types.h; ARCH_SA_IA32: a flag
 * of handlers. USER32_END: the end of a 32-bit program's address space, 0 when there is none.
 */
const char *arch_door_name(void); /* of the 32-bit call in flight; NULL: a 64-bit one */
struct siginfo;
int arch_siginfo_to_compat(uaddr_t to, const struct siginfo *from); /* 0, -EFAULT */
int arch_siginfo_from_compat(struct siginfo *to, uaddr_t from);
/* set_thread_area(2) of `t`: a 16-byte struct user_desc, its entry_number filled in. */
long arch_set_thread_area(struct thread *t, void *user_desc, bool may_choose);
long arch_get_thread_area(struct thread *t, void *user_desc);
/* modify_ldt(2), the address space's lock held: for reading, or for writing. ARCH_LDT_BYTES: the
 * largest table. A 16-byte struct user_desc; -EINVAL, -ENOMEM. */
int arch_ldt_write(struct arch_mm *m, const void *user_desc, bool is_old);
int arch_ldt_copy(struct arch_mm *to, const struct arch_mm *from); /* fork; -ENOMEM */
size_t arch_ldt_bytes(const struct arch_mm *m);
void arch_ldt_read(const struct arch_mm *m, unsigned page, void *buf); /* PAGE_SIZE bytes */
/* Called by the doors of 32-bit code, interrupts on before and off after. True: the registers are
 * as they were, but for the result. */
bool do_syscall_32(struct pt_regs *regs);		/* UPCALL sys/compat/entry.c */
unsigned long compat_landing_pad(unsigned long offset); /* UPCALL: address in the vDSO */

/*
 * Registers of a stopped thread, or of the caller, for ptrace(2) and core files. `note`:
 * NT_PRSTATUS (struct user_regs_struct), NT_PRFPREG, NT_X86_XSTATE and the like of elf(5).
 */
size_t arch_regset_size(struct thread *t, unsigned note); /* bytes; 0: there is none */
void arch_regset_get(struct thread *t, unsigned note, void *buf);
/* 0, -EIO (a value no program may have), -EINVAL. The first `size` bytes. */
int arch_regset_set(struct thread *t, unsigned note, const void *buf, size_t size);
/* A word of struct user by its offset: 0, -EIO. */
int arch_peek_user(struct thread *t, unsigned long offset, u64 *value);
int arch_poke_user(struct thread *t, unsigned long offset, u64 value);
/* The thread traps after its next instruction, until it is switched off again. */
void arch_set_single_step(struct thread *t, bool on);
/* Is the call in flight one of the four that strict mode of seccomp(2) allows? */
bool arch_is_strict_call(const struct pt_regs *regs);
/* PR_SET_TSC of prctl(2), for the caller: may its programs read the counter? */
void arch_set_tsc(bool on);
bool arch_tsc_is_on(void);
/* AUDIT_ARCH_* of the call in flight of `t`. */
u32 arch_audit_arch(struct thread *t);
/* Arguments of a call in flight of another thread, and its program counter. */
unsigned long arch_thread_syscall_arg(struct thread *t, unsigned i);

/* --- ELF and the vDSO --- */
struct vdso_image {
	const void *data; /* page-aligned, page multiple */
	size_t size_bytes;
	unsigned long sym_sysinfo; /* AT_SYSINFO: offset, or 0 when there is none */
	size_t vvar_pages;	   /* the data pages end where the image begins: map vvar_phys()
				      at base - PAGE_SIZE, "[vvar]" */
};
const struct vdso_image *arch_vdso(bool is_32bit); /* of 32-bit programs; NULL: none */
bool arch_elf_machine_ok(unsigned e_machine, unsigned ei_class);
#define ARCH_HAS_VSYSCALL_PAGE arch_vsyscall_mode()
int arch_vsyscall_mode(void); /* 0 none, 1 xonly, 2 emulate */

#endif
