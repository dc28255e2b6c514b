/* Page faults and traps of user mode: called by the port, answered with memory or a signal. */
#include "proc/pid.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/page.h"

#define OOM_TRIES 50

static void fault_signal(struct task *t, int signo, int code, unsigned long addr)
{
	siginfo_t si;

	memset(&si, 0, sizeof(si));
	si.si_signo = signo;
	si.si_code = code;
	si.si_addr = (void *)addr;
	signal_force(t, &si);
}

/* No memory for a user page: the out-of-memory rule has chosen a victim, or it is this task. */
static void fault_no_memory(struct task *t)
{
	if (thread_test_flags(&t->thread, TIF_KILLED))
		return;
	if (++t->nr_oom < OOM_TRIES && oom_kill())
		return; /* the access is tried again */
	t->nr_oom = 0;
	log_err("out of memory: ends task %d (%s)", t->tid, t->thread.comm);
	signal_force_simple(t, SIGKILL);
}

static int resolve(struct task *t, unsigned long addr, unsigned flags)
{
	struct mm *m = t->mm;
	u64 majflt;
	int err;

	if (!m || addr >= USER_END)
		return -EFAULT;
	majflt = READ_ONCE(m->majflt);
	err = mm_fault(m, addr, flags);
	if (err)
		return err;
	if (READ_ONCE(m->majflt) != majflt)
		t->majflt++;
	else
		t->minflt++;
	return 0;
}

long do_page_fault(struct pt_regs *regs, unsigned long addr, unsigned flags)
{
	struct thread *th = this_thread();
	struct task *t;
	int err;

	(void)regs;
	if (!th->is_user)
		return -EFAULT;
	t = thread_task(th);
	if (flags & FAULT_USER)
		arch_irq_enable();
	err = resolve(t, addr, flags);
	if (!(flags & FAULT_USER))
		return err ? -EFAULT : 0;
	switch (err) {
	case 0:
		t->nr_oom = 0;
		return 0;
	case -ENOMEM:
		fault_no_memory(t);
		return 0;
	case -EIO:
		fault_signal(t, SIGBUS, BUS_ADRERR, addr);
		break;
	case -EACCES:
		fault_signal(t, SIGSEGV, SEGV_ACCERR, addr);
		break;
	default:
		fault_signal(t, SIGSEGV, SEGV_MAPERR, addr);
		break;
	}
	t->fault_addr = addr;
	return 0;
}

void do_user_trap(struct pt_regs *regs, int signo, int si_code, unsigned long addr, unsigned trapno,
		  unsigned long error_code)
{
	struct task *t = current;

	(void)regs;
	t->fault_addr = addr;
	t->fault_trapno = trapno;
	t->fault_error = error_code;
	fault_signal(t, signo, si_code, addr);
}
