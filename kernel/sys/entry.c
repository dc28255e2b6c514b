/*
 * The system-call door in C, and the way back to user mode.
 * Before: entry_SYSCALL_64 (arch/x86_64/entry.S) saved the registers. Next: sys_call_table[], made
 * from abi/syscalls.tbl, whose entries call the handlers in this directory.
 */
#include "core/thread.h"
#include "lib/err.h"
#include "proc/ptrace.h"
#include "proc/rseq.h"
#include "proc/seccomp.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "sys/anatomy.h"
#include "sys/prctl.h"
#include "sys/syscall_entry.h"
#include "sys/trace.h"
#include "gen/syscalls.h"

extern const sys_call_ptr_t sys_call_table[SYSCALL_TABLE_SIZE];

/* A thread with TIF_ENTRY_WORK enters a call: the number to go on with, or -1 to skip it with the
 * result that is in the registers. */
long syscall_enter_work(struct pt_regs *regs)
{
	if (thread_test_flags(this_thread(), TIF_DISPATCH) && !dispatch_enter(regs))
		return -1;
	if (thread_test_flags(this_thread(), TIF_PTRACE) && !ptrace_syscall_enter(current))
		return -1;
	if (thread_test_flags(this_thread(), TIF_SECCOMP) && !seccomp_enter(regs))
		return -1;
	if (thread_test_flags(this_thread(), TIF_SYSCALL_TRACE | TIF_STATS))
		trace_enter(regs);
	if (thread_test_flags(this_thread(), TIF_ANATOMY))
		anatomy_enter(regs);
	return (long)arch_syscall_nr(regs);
}

/* ... and leaves it, the result in the registers; interrupts on. */
void syscall_exit_work(struct pt_regs *regs)
{
	if (thread_test_flags(this_thread(), TIF_ANATOMY))
		anatomy_exit(regs);
	if (thread_test_flags(this_thread(), TIF_SYSCALL_TRACE | TIF_STATS))
		trace_exit(regs);
	if (thread_test_flags(this_thread(), TIF_PTRACE))
		ptrace_syscall_exit(current);
}

/* -ERESTARTSYS and its family (lib/err.h) never reach a program. */
static inline bool is_restart(long result)
{
	return (unsigned long)(result + ERESTART_RESTARTBLOCK) <=
	       ERESTART_RESTARTBLOCK - ERESTARTSYS;
}

/* Flags or a restart wait at the end of a call. Interrupts off, before and after. */
__attribute__((noinline)) void syscall_finish(struct pt_regs *regs)
{
	arch_irq_enable();
	if (thread_test_flags(this_thread(), TIF_FULL_RETURN))
		thread_clear_flags(this_thread(), TIF_FULL_RETURN);
	if (thread_test_flags(this_thread(), TIF_ENTRY_WORK))
		syscall_exit_work(regs);
	/* Handlers answer so only with TIF_SIGPENDING set, and nobody but the thread itself clears
	 * that: even when another thread took the signal, the restart is worked out here. */
	if (arch_in_syscall(regs) && is_restart(arch_get_return(regs)))
		signal_deliver(regs);
	arch_irq_disable();
	exit_to_user_mode(regs);
}

/* The entry for a number below NR_syscalls. The mask bounds the index under speculation too; the
 * compiler must not see that it changes nothing otherwise. */
static inline sys_call_ptr_t table_entry(unsigned long nr)
{
	__asm__("" : "+r"(nr));
	return sys_call_table[nr & (SYSCALL_TABLE_SIZE - 1)];
}

/* The straight path's twin for a thread that is traced, counted or filtered. */
static __attribute__((noinline)) void call_with_work(struct pt_regs *regs)
{
	unsigned long n = (u32)syscall_enter_work(regs);

	if (n < NR_syscalls)
		arch_set_return(regs, table_entry(n)(regs));
}

/* The way back after work: anything may have been written to the registers. */
static __attribute__((noinline)) bool finish_and_check(struct pt_regs *regs)
{
	syscall_finish(regs);
	if (likely(arch_can_return_fast(regs)))
		return true;
	arch_check_return(regs);
	return false;
}

/*
 * Called by entry_SYSCALL_64 with interrupts off and the result preset to -ENOSYS. True: nothing
 * has changed that SYSRET could not restore.
 */
bool do_syscall_64(struct pt_regs *regs, unsigned long nr)
{
	/* Flags are read once, straight from memory: the asm of enable and disable is a barrier. */
	arch_irq_enable_at_entry();
	if (unlikely(this_thread()->flags & TIF_ENTRY_WORK))
		call_with_work(regs);
	else if (likely(nr < NR_syscalls))
		arch_set_return(regs, table_entry(nr)(regs));
	arch_irq_disable();
	/* Without a flag nobody has written to the registers but to set the result. */
	if (unlikely(this_thread()->flags & TIF_SYSCALL_EXIT_WORK))
		return finish_and_check(regs);
	if (likely(arch_was_plain_call(regs)))
		return true;
	arch_check_return(regs);
	return false;
}

/*
 * Do what the work flags ask for until none is set: switch to another thread, deliver a signal, put
 * the signal mask back that sigsuspend and its like have replaced. Interrupts off, before and
 * after. Next: return_to_user in entry.S.
 */
void exit_to_user_mode(struct pt_regs *regs)
{
	struct thread *t = this_thread();

	while (unlikely(thread_test_flags(t, TIF_EXIT_WORK))) {
		arch_irq_enable();
		if (thread_test_flags(t, TIF_NEED_RESCHED))
			schedule();
		if (thread_test_flags(t, TIF_RSEQ))
			rseq_resume(current, regs);
		if (thread_test_flags(t, TIF_SIGPENDING))
			signal_deliver(regs);
		if (thread_test_flags(t, TIF_RESTORE_SIGMASK) &&
		    !thread_test_flags(t, TIF_SIGPENDING)) {
			thread_clear_flags(t, TIF_RESTORE_SIGMASK);
			signal_set_blocked(current, current->saved_sigmask);
		}
		arch_irq_disable();
	}
}
