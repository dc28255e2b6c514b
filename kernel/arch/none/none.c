/*
 * The stub port: every function of kernel/arch/arch.h for a machine that does not exist. Nothing
 * here is ever called: the program is linked by `make check`, to prove that the portable kernel
 * asks a machine for what arch.h names and for nothing else, and is thrown away.
 */
#include "arch/arch.h"
#include "core/cpu.h"
#include "core/time.h"
#include "lib/err.h"

struct boot_info boot_info;
const char *const arch_platform = "none";
struct arch_cpu *const none_this_cpu = &cpus[0].arch;

__noreturn void _start(void);
__noreturn void _start(void)
{
	start_kernel();
}

/* --- boot --- */
void arch_init_early(void)
{
}
void arch_init_memory(void)
{
}
void arch_init_irq(void)
{
}
/* A port with more CPUs ends up in start_secondary() on each. */
void arch_boot_secondaries(void)
{
	if (nr_cpus > MAX_CPUS)
		start_secondary(1);
}
u64 arch_counter_hz(void)
{
	return NSEC_PER_SEC;
}
u64 arch_counter_scale(void)
{
	return 1UL << VVAR_SHIFT;
}
const char *arch_cpu_model(void)
{
	return "none";
}
void arch_cpuinfo(unsigned cpu, char *buf, size_t size)
{
	(void)cpu;
	if (size)
		buf[0] = '\0';
}
u64 arch_hwcap(unsigned which)
{
	(void)which;
	return 0;
}
bool arch_random_u64(u64 *out)
{
	(void)out;
	return false;
}

/* --- console and the end of the machine --- */
void arch_console_write(const char *s, size_t n)
{
	(void)s;
	(void)n;
}
__noreturn void arch_halt_forever(void)
{
	for (;;)
		arch_idle();
}
__noreturn void arch_power_off(unsigned status)
{
	(void)status;
	arch_halt_forever();
}
void arch_stop_other_cpus(void)
{
}
void arch_backtrace(void (*emit)(const char *line), const void *frame)
{
	(void)emit;
	(void)frame;
}

/* --- interrupts: a real port calls these from its handlers --- */
void arch_timer_set(u64 deadline_ns)
{
	if (!deadline_ns)
		timer_interrupt(false);
}
void arch_irq_unmask(unsigned gsi)
{
	irq_dispatch(gsi);
}
void arch_irq_mask(unsigned gsi)
{
	(void)gsi;
}
void arch_send_resched_ipi(unsigned cpu)
{
	(void)cpu;
}
void arch_send_call_ipi(unsigned cpu)
{
	(void)cpu;
	call_ipi_interrupt();
}

/* --- kernel memory --- */
int arch_kernel_map(unsigned long va, unsigned long pa, size_t nr_pages, unsigned prot)
{
	(void)va;
	(void)pa;
	(void)nr_pages;
	(void)prot;
	return -ENOMEM;
}
void arch_kernel_unmap(unsigned long va, size_t nr_pages)
{
	(void)va;
	(void)nr_pages;
}
void arch_kernel_flush(unsigned long start, unsigned long end)
{
	(void)start;
	(void)end;
}
void *arch_ioremap(unsigned long pa, size_t size_bytes)
{
	(void)pa;
	(void)size_bytes;
	return NULL;
}

/* --- user address spaces --- */
int arch_mm_init(struct arch_mm *m)
{
	m->table_phys = arch_alloc_table_page();
	return m->table_phys ? 0 : -ENOMEM;
}
void arch_mm_destroy(struct arch_mm *m)
{
	arch_free_table_page(m->table_phys);
}
void arch_mm_switch(struct arch_mm *next)
{
	(void)next;
}
void arch_mm_set_owner(struct arch_mm *m, u32 uid)
{
	(void)m;
	(void)uid;
}
pte_t *arch_pte_find(struct arch_mm *m, unsigned long va)
{
	(void)m;
	(void)va;
	return NULL;
}
pte_t *arch_pte_find_own(struct arch_mm *m, unsigned long va)
{
	(void)m;
	(void)va;
	return NULL;
}
pte_t *arch_pte_alloc(struct arch_mm *m, unsigned long va)
{
	(void)m;
	(void)va;
	return NULL;
}
pte_t *arch_table_entry(struct arch_mm *m, unsigned long va, bool make)
{
	(void)m;
	(void)va;
	(void)make;
	return NULL;
}
unsigned long arch_pte_next(struct arch_mm *m, unsigned long va, unsigned long end)
{
	(void)m;
	(void)va;
	return end;
}
void arch_pt_free_range(struct arch_mm *m, unsigned long start, unsigned long end)
{
	(void)m;
	(void)start;
	(void)end;
}
void arch_tlb_flush(struct arch_mm *m, unsigned long start, unsigned long end)
{
	(void)m;
	(void)start;
	(void)end;
}

/* --- threads --- */
void arch_thread_init_kernel(struct thread *t, void (*fn)(void *), void *arg)
{
	(void)t;
	(void)fn;
	(void)arg;
}
int arch_thread_init_user(struct thread *t, const struct thread *parent, const struct pt_regs *regs)
{
	(void)t;
	(void)parent;
	(void)regs;
	return -ENOMEM;
}
void arch_thread_free(struct thread *t)
{
	(void)t;
}
struct pt_regs *arch_thread_regs(struct thread *t)
{
	(void)t;
	return NULL;
}
struct thread *arch_switch(struct thread *prev, struct thread *next)
{
	(void)next;
	finish_first_switch(prev);
	return prev;
}
void arch_set_tls(struct thread *t, unsigned long tls)
{
	(void)t;
	(void)tls;
}
void arch_start_user(struct thread *t, struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	(void)t;
	*regs = (struct pt_regs){.pc = pc, .user_sp = sp};
}
long arch_prctl(struct thread *t, int code, unsigned long arg, unsigned long *out, bool *has_out)
{
	(void)t;
	(void)code;
	(void)arg;
	(void)out;
	(void)has_out;
	return -EINVAL;
}

/* --- user memory: there is none --- */
size_t arch_copy_in(void *dst, uaddr_t src, size_t n)
{
	(void)dst;
	(void)src;
	return n;
}
size_t arch_copy_out(uaddr_t dst, const void *src, size_t n)
{
	(void)dst;
	(void)src;
	return n;
}
size_t arch_clear_user(uaddr_t dst, size_t n)
{
	(void)dst;
	return n;
}
long arch_strncpy_in(char *dst, uaddr_t src, size_t size)
{
	(void)dst;
	(void)src;
	(void)size;
	return -EFAULT;
}
int arch_get_user32(u32 *val, uaddr_t src)
{
	(void)val;
	(void)src;
	return -EFAULT;
}
int arch_put_user32(uaddr_t dst, u32 val)
{
	(void)dst;
	(void)val;
	return -EFAULT;
}
int arch_get_user64(u64 *val, uaddr_t src)
{
	(void)val;
	(void)src;
	return -EFAULT;
}
int arch_put_user64(uaddr_t dst, u64 val)
{
	(void)dst;
	(void)val;
	return -EFAULT;
}
int arch_cmpxchg_user32(uaddr_t addr, u32 expected, u32 desired, u32 *old)
{
	(void)addr;
	(void)expected;
	(void)desired;
	(void)old;
	return -EFAULT;
}
int arch_futex_op(uaddr_t addr, int op, u32 arg, u32 *old)
{
	(void)addr;
	(void)op;
	(void)arg;
	(void)old;
	return -ENOSYS;
}

/* --- system calls, signals: the doors of a real port are here --- */
void arch_check_return(struct pt_regs *regs)
{
	if (do_page_fault(regs, regs->pc, FAULT_USER | FAULT_EXEC))
		do_user_trap(regs, 0, 0, regs->pc, 0, 0);
	if (!do_syscall_64(regs, regs->number))
		exit_to_user_mode(regs);
}
int arch_setup_sigframe(struct thread *t, struct pt_regs *regs, const struct sigframe_info *info)
{
	(void)t;
	(void)regs;
	(void)info;
	return -EFAULT;
}
int arch_restore_sigframe(struct thread *t, struct pt_regs *regs, u64 *mask,
			  struct sigframe_info *info)
{
	(void)t;
	(void)regs;
	(void)mask;
	(void)info;
	return -EFAULT;
}
size_t arch_min_sigstack(void)
{
	return PAGE_SIZE;
}
unsigned long arch_syscall_nr(const struct pt_regs *regs)
{
	return regs->number;
}
unsigned long arch_syscall_arg(const struct pt_regs *regs, unsigned i)
{
	return regs->args[i];
}
void arch_syscall_restart(struct pt_regs *regs)
{
	regs->is_in_syscall = false;
}
void arch_syscall_restart_block(struct pt_regs *regs)
{
	regs->is_in_syscall = false;
}
bool arch_in_syscall(const struct pt_regs *regs)
{
	return regs->is_in_syscall;
}
void arch_syscall_done(struct pt_regs *regs)
{
	regs->is_in_syscall = false;
}
void arch_anatomy(struct lstar_anatomy *record, const struct pt_regs *regs, bool is_exit)
{
	(void)record;
	(void)regs;
	(void)is_exit;
}

/* --- ELF and the vDSO --- */
const struct vdso_image *arch_vdso(bool is_32bit)
{
	static const struct vdso_image empty;

	(void)is_32bit;
	return &empty;
}
bool arch_elf_machine_ok(unsigned e_machine, unsigned ei_class)
{
	(void)e_machine;
	(void)ei_class;
	return false;
}
int arch_siginfo_to_compat(uaddr_t to, const struct siginfo *from)
{
	(void)to;
	(void)from;
	return -EFAULT;
}
int arch_siginfo_from_compat(struct siginfo *to, uaddr_t from)
{
	(void)to;
	(void)from;
	return -EFAULT;
}
const char *arch_door_name(void)
{
	return NULL;
}
int arch_ldt_write(struct arch_mm *m, const void *user_desc, bool is_old)
{
	(void)m;
	(void)user_desc;
	(void)is_old;
	return -ENOSYS;
}
int arch_ldt_copy(struct arch_mm *to, const struct arch_mm *from)
{
	(void)to;
	(void)from;
	return 0;
}
size_t arch_ldt_bytes(const struct arch_mm *m)
{
	(void)m;
	return 0;
}
void arch_ldt_read(const struct arch_mm *m, unsigned page, void *buf)
{
	(void)m;
	(void)page;
	(void)buf;
}
long arch_set_thread_area(struct thread *t, void *user_desc, bool may_choose)
{
	(void)t;
	(void)user_desc;
	(void)may_choose;
	return -ENOSYS;
}
void arch_start_user32(struct thread *t, struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	arch_start_user(t, regs, pc, sp);
}
int arch_vsyscall_mode(void)
{
	return 0;
}

/* --- ptrace --- */
size_t arch_regset_size(struct thread *t, unsigned note)
{
	(void)t;
	(void)note;
	return 0;
}
void arch_regset_get(struct thread *t, unsigned note, void *buf)
{
	(void)t;
	(void)note;
	(void)buf;
}
int arch_regset_set(struct thread *t, unsigned note, const void *buf, size_t size)
{
	(void)t;
	(void)note;
	(void)buf;
	(void)size;
	return -EINVAL;
}
int arch_peek_user(struct thread *t, unsigned long offset, u64 *value)
{
	(void)t;
	(void)offset;
	(void)value;
	return -EIO;
}
int arch_poke_user(struct thread *t, unsigned long offset, u64 value)
{
	(void)t;
	(void)offset;
	(void)value;
	return -EIO;
}
void arch_set_single_step(struct thread *t, bool on)
{
	(void)t;
	(void)on;
}
u32 arch_audit_arch(struct thread *t)
{
	(void)t;
	return 0;
}
unsigned long arch_thread_syscall_arg(struct thread *t, unsigned i)
{
	(void)t;
	(void)i;
	return 0;
}
bool arch_is_strict_call(const struct pt_regs *regs)
{
	(void)regs;
	return false;
}
void arch_set_tsc(bool on)
{
	(void)on;
}
bool arch_tsc_is_on(void)
{
	return true;
}
