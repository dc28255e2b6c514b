/*
 * Exceptions and interrupts in C. Called by entry.S with a struct pt_regs and the vector,
 * interrupts off. Next: the upcalls of arch.h (do_page_fault, do_user_trap, timer_interrupt, ...),
 * and, back towards user mode, exit_to_user_mode() in kernel/sys/entry.c.
 */
#include "internal.h"
#include "core/ksym.h"
#include "core/log.h"
#include "core/time.h"
#include <asm/signal.h>
#include <asm/siginfo.h>

#ifndef SI_KERNEL
#define SI_KERNEL 0x80
#endif

/* Page-fault error code. */
#define PF_PRESENT BIT(0)
#define PF_WRITE   BIT(1)
#define PF_USER	   BIT(2)
#define PF_RSVD	   BIT(3)
#define PF_INSTR   BIT(4)

#define VEC_DE 0
#define VEC_BR 5
#define VEC_UD 6
#define VEC_NM 7
#define VEC_TS 10
#define VEC_NP 11
#define VEC_SS 12
#define VEC_MF 16
#define VEC_AC 17
#define VEC_XM 19

struct extable_entry {
	s32 insn, fixup; /* relative to the field itself */
};
extern const struct extable_entry __ex_table_start[], __ex_table_end[];

bool extable_fixup(struct pt_regs *regs)
{
	for (const struct extable_entry *e = __ex_table_start; e < __ex_table_end; e++)
		if ((unsigned long)&e->insn + (unsigned long)(long)e->insn == regs->ip) {
			regs->ip = (unsigned long)&e->fixup + (unsigned long)(long)e->fixup;
			return true;
		}
	return false;
}

static __noreturn __cold void die(const struct pt_regs *regs, unsigned long vector,
				  unsigned long error, unsigned long addr)
{
	unsigned long offset = 0;
	const char *name = ksym_find(regs->ip, &offset);

	klog(LOG_PANIC, "ip %016lx  flags %08lx  sp %016lx  addr %016lx  error %lx\n", regs->ip,
	     regs->flags, regs->sp, addr, error);
	klog(LOG_PANIC, "ax %016lx  bx %016lx  cx %016lx  dx %016lx\n", regs->ax, regs->bx,
	     regs->cx, regs->dx);
	klog(LOG_PANIC, "si %016lx  di %016lx  bp %016lx  r8 %016lx\n", regs->si, regs->di,
	     regs->bp, regs->r8);
	klog(LOG_PANIC, "r9 %016lx  r10 %016lx  r11 %016lx  r12 %016lx\n", regs->r9, regs->r10,
	     regs->r11, regs->r12);
	klog(LOG_PANIC, "r13 %016lx  r14 %016lx  r15 %016lx  cpu %u\n", regs->r13, regs->r14,
	     regs->r15, this_cpu()->id);
	panic("exception %lu in the kernel at %016lx %.50s+0x%lx, address %016lx", vector, regs->ip,
	      name ? name : "?", offset, addr);
}

static void user_trap(struct pt_regs *regs, int signo, int code, unsigned long addr,
		      unsigned long vector, unsigned long error)
{
	struct arch_thread *a = (struct arch_thread *)arch_this_thread(); /* first member */

	a->trapno = (u32)vector;
	a->trap_error = error;
	a->trap_addr = vector == VEC_PF ? addr : a->trap_addr;
	arch_irq_enable();
	do_user_trap(regs, signo, code, addr, (unsigned)vector, error);
}

/* Which floating-point exception, from the unmasked status bits. */
static int fpe_code(u32 status)
{
	if (status & BIT(0))
		return FPE_FLTINV;
	if (status & BIT(2))
		return FPE_FLTDIV;
	if (status & BIT(3))
		return FPE_FLTOVF;
	if (status & (BIT(4) | BIT(1)))
		return FPE_FLTUND;
	if (status & BIT(5))
		return FPE_FLTRES;
	return 0;
}

static int fpu_error_code(unsigned long vector)
{
	u16 cw, sw;
	u32 mxcsr;

	if (vector == VEC_XM) {
		__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
		return fpe_code(~(mxcsr >> 7) & mxcsr & 0x3f);
	}
	__asm__ volatile("fnstcw %0; fnstsw %1" : "=m"(cw), "=m"(sw));
	return fpe_code(~(u32)cw & sw & 0x3f);
}

static void page_fault(struct pt_regs *regs, unsigned long error)
{
	unsigned long addr = read_cr2();
	unsigned flags = (error & PF_WRITE ? FAULT_WRITE : 0) |
			 (error & PF_INSTR ? FAULT_EXEC : 0) |
			 (error & PF_PRESENT ? FAULT_PRESENT : 0);
	bool user = regs_from_user(regs);
	struct arch_thread *a = (struct arch_thread *)arch_this_thread();

	if (error & PF_RSVD)
		die(regs, VEC_PF, error, addr);
	if (user) {
		arch_irq_enable();
		/* TCG's IRET reads the program's stack with the kernel's rights, and SMAP objects.
		 */
		if (unlikely((error & (PF_USER | PF_PRESENT)) == PF_PRESENT)) {
			user_trap(regs, SIGSEGV, SI_KERNEL, 0, VEC_GP, 0);
			return;
		}
		if (unlikely(addr >= USER_END)) {
			if (!vsyscall_emulate(regs,
					      addr)) /* kernel addresses: never "protection" */
				user_trap(regs, SIGSEGV, SEGV_MAPERR, addr, VEC_PF,
					  error | PF_PRESENT);
			return;
		}
		a->trapno = VEC_PF;
		a->trap_error = error;
		a->trap_addr = addr;
		do_page_fault(regs, addr, flags | FAULT_USER);
		return;
	}
	/* The kernel on a program's behalf, in one of usercopy.S's instructions, or a bug. With
	 * interrupts off nothing may sleep: the copy fails. */
	if (addr < USER_END && (regs->flags & EFLAGS_IF)) {
		long err;

		arch_irq_enable();
		err = do_page_fault(regs, addr, flags);
		arch_irq_disable();
		if (!err)
			return;
	}
	if (!extable_fixup(regs))
		die(regs, VEC_PF, error, addr);
}

/* #DB on a user's frame: a single step, or `int1`. DR6 tells, and must be cleared by hand. */
static void debug_trap(struct pt_regs *regs)
{
	unsigned long dr6;

	__asm__ volatile("movq %%db6, %0" : "=r"(dr6));
	__asm__ volatile("movq %0, %%db6" ::"r"(0xffff0ff0UL));
	regs->orig_ax = -1UL;
	user_trap(regs, SIGTRAP, dr6 & BIT(14) ? TRAP_TRACE : TRAP_BRKPT, regs->ip, VEC_DB, 0);
}

static void user_exception(struct pt_regs *regs, unsigned long vector, unsigned long error)
{
	switch (vector) {
	case VEC_DE:
		user_trap(regs, SIGFPE, FPE_INTDIV, regs->ip, vector, 0);
		break;
	case VEC_DB:
		debug_trap(regs);
		break;
	case VEC_BP:
		user_trap(regs, SIGTRAP, SI_KERNEL, 0, vector, 0);
		break;
	case VEC_UD:
		user_trap(regs, SIGILL, ILL_ILLOPN, regs->ip, vector, 0);
		break;
	case VEC_NP:
	case VEC_SS:
		user_trap(regs, SIGBUS, SI_KERNEL, 0, vector, error);
		break;
	case VEC_MF:
	case VEC_XM:
		user_trap(regs, SIGFPE, fpu_error_code(vector), regs->ip, vector, 0);
		break;
	case VEC_AC:
		user_trap(regs, SIGBUS, BUS_ADRALN, 0, vector, error);
		break;
	case VEC_GP:
		arch_irq_enable();
		if (!error && umip_emulate(regs))
			break;
		user_trap(regs, SIGSEGV, SI_KERNEL, 0, vector, error);
		break;
	default: /* #OF, #BR, #TS, a vector nobody has */
		user_trap(regs, SIGSEGV, SI_KERNEL, 0, vector, error);
		break;
	}
}

static void exception(struct pt_regs *regs, unsigned long vector)
{
	bool has_error = (0x60227d00u >> vector) & 1; /* 8 10-14 17 21 29 30 */
	unsigned long error = has_error ? regs->orig_ax : 0;

	regs->orig_ax = -1UL; /* not a system call */
	if (vector == VEC_PF)
		page_fault(regs, error);
	else if (vector == VEC_MC)
		die(regs, vector, error, 0);
	else if (regs_from_user(regs))
		user_exception(regs, vector, error);
	else if (!extable_fixup(regs))
		die(regs, vector, error, 0);
}

static void interrupt(struct pt_regs *regs, unsigned long vector)
{
	/* Woken between the two instructions of arch_idle(): do not go to sleep on it. */
	if (regs->ip == (unsigned long)arch_idle_hlt)
		regs->ip++;
	if (vector == VEC_SPURIOUS)
		return;
	if (vector >= VEC_IRQ_BASE && vector < VEC_IRQ_BASE + NR_GSI) {
		irq_dispatch((unsigned)(vector - VEC_IRQ_BASE));
		apic_eoi();
		return;
	}
	apic_eoi();
	if (vector == VEC_TIMER)
		timer_interrupt(regs_from_user(regs));
	else if (vector == VEC_CALL)
		call_ipi_interrupt();
}

static bool is_interrupt(unsigned long vector)
{
	return (vector >= VEC_IRQ_BASE && vector < VEC_IRQ_BASE + NR_GSI) ||
	       (vector >= VEC_TIMER && vector <= VEC_SPURIOUS);
}

/* All vectors but the paranoid ones. On return entry.S restores *regs. */
void trap_dispatch(struct pt_regs *regs, unsigned long vector)
{
	if (is_interrupt(vector)) {
		interrupt(regs, vector);
		if (arch_this_cpu()->pending_ipis)
			arch_send_pending_ipis();
	} else if (vector < 32 || regs_from_user(regs)) {
		exception(regs, vector);
	}
	if (regs_from_user(regs)) {
		arch_irq_disable();
		exit_to_user_mode(regs);
		arch_check_return(regs);
	}
}

/* NMI, #DF; #DB and #MC that hit the kernel. On a stack of its own: no sleeping, no locks. */
void trap_paranoid(struct pt_regs *regs, unsigned long vector)
{
	if (vector == VEC_NMI) {
		if (READ_ONCE(stop_requested))
			arch_halt_forever();
		if (regs->ip == (unsigned long)arch_idle_hlt)
			regs->ip++;
		if (regs->ip >= (unsigned long)tlb_sleep &&
		    regs->ip <= (unsigned long)tlb_sleep_hlt)
			regs->ip = (unsigned long)tlb_sleep_end;
		tlb_nmi();
		return;
	}
	if (vector == VEC_DB) {
		/* `mov ss` with a watched operand, or TF, just before a door: not ours to stop. */
		__asm__ volatile("movq %0, %%db6" ::"r"(0xffff0ff0UL));
		/* `sysenter` leaves TF as it is: it stays until the door has saved it. */
		if (regs->ip < (unsigned long)entry_SYSENTER_compat ||
		    regs->ip >= (unsigned long)sysenter_flags_done)
			regs->flags &= ~EFLAGS_TF;
		return;
	}
	die(regs, vector, regs->orig_ax, read_cr2());
}

/*
 * IRET and SYSRET fault in kernel mode when the address is not canonical, so such a frame gets its
 * signal here. Interrupts off.
 */
void arch_check_return(struct pt_regs *regs)
{
	if (unlikely(regs->cs != USER_CS)) {
		regs->ip = (u32)regs->ip;
		regs->sp = (u32)regs->sp;
	}
	while (unlikely(!is_canonical(regs->ip))) {
		user_trap(regs, SIGSEGV, SI_KERNEL, 0, VEC_GP, 0);
		arch_irq_disable();
		exit_to_user_mode(regs);
	}
}

/* First thing of a new kernel thread (entry.S). */
void kthread_begin(void)
{
	arch_irq_enable();
}

/* First return of a new thread to user mode (entry.S). True: SYSRET will do. */
bool user_return(struct pt_regs *regs)
{
	arch_irq_disable();
	arch_send_pending_ipis();
	exit_to_user_mode(regs);
	arch_check_return(regs);
	return arch_can_return_fast(regs);
}
