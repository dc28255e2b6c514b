/* The stops of a traced task (proc/ptrace.h): it tells its tracer, and sleeps until it may go on.
 */
#include "proc/pid_ns.h"
#include "proc/ptrace.h"
#include "proc/ptrace_abi.h"
#include "proc/pid.h"
#include "proc/trace_hooks.h"
#include "lib/err.h"
#include "lib/string.h"
#include "vfs/cred.h"

#define SYSCALL_GOOD 0x80 /* PTRACE_O_TRACESYSGOOD */

static void tell_tracer(struct task *t, int why, int code, bool is_last)
{
	unsigned long f = tree_lock_irqsave();
	struct task *tracer = t->tracing.tracer;
	struct process *p = t->process;
	siginfo_t si;

	if (tracer) {
		struct k_sigaction *ka = &tracer->process->action[SIGCHLD];

		memset(&si, 0, sizeof(si));
		si.si_signo = SIGCHLD;
		si.si_code = why;
		si.si_pid = pidnum_nr_for(t->num, tracer->process->pid_num);
		si.si_uid = t->real_cred->uid;
		si.si_status = code & 0x7f;
		si.si_utime = (long)(t->thread.user_ns / (NSEC_PER_SEC / 100));
		si.si_stime = (long)(t->thread.kernel_ns / (NSEC_PER_SEC / 100));
		if (!process_is_ignoring(tracer->process, SIGCHLD) &&
		    !(READ_ONCE(ka->flags) & SA_NOCLDSTOP))
			signal_process(tracer->process, &si);
		waitq_wake_all(&tracer->process->wait_children);
	}
	/* The whole group has stopped: its parent hears of it, unless that is the tracer. */
	if (is_last && (!tracer || tracer->process != p->parent))
		signal_notify_parent_stop(p, CLD_STOPPED);
	tree_unlock_irqrestore(f);
}

static void sleep_until_resumed(struct task *t)
{
	for (;;) {
		set_thread_state(TS_TRACED);
		if (!READ_ONCE(t->tracing.is_stopped) && !READ_ONCE(t->tracing.is_frozen))
			break;
		schedule();
	}
	set_thread_state(TS_RUNNING);
}

/*
 * sighand_lock is held on entry and released, so that a SIGCONT comes before what the stop says or
 * after it. The signal to go on with: `code` itself when the task is not traced any more or is to
 * die.
 */
static int stop_locked(int code, int why, u64 message, siginfo_t *info, bool is_group_stop,
		       unsigned long f)
{
	struct task *t = current;
	struct process *p = t->process;
	struct tracing *g = &t->tracing;
	bool is_last = false;

	if (!g->flags || thread_test_flags(&t->thread, TIF_KILLED)) {
		spin_unlock_irqrestore(&p->sighand_lock, f);
		return code;
	}
	g->info = info;
	g->message = message;
	g->code = code;
	g->inject = 0;
	g->is_stopped = true;
	g->is_listening = false;
	if (is_group_stop)
		is_last = signal_stop_leave(t);
	g->wants_trap = false;
	if (info && info->si_code >> 8 == PTRACE_EVENT_STOP)
		g->wants_notify = false;
	spin_unlock_irqrestore(&p->sighand_lock, f);
	tell_tracer(t, why, code, is_last);
	sleep_until_resumed(t);
	f = spin_lock_irqsave(&p->sighand_lock);
	g->info = NULL;
	g->code = 0;
	code = g->inject;
	signal_recalc(t);
	if (thread_test_flags(&t->thread, TIF_KILLED) || (p->group_flags & GROUP_EXIT))
		thread_set_flags(&t->thread, TIF_SIGPENDING);
	spin_unlock_irqrestore(&p->sighand_lock, f);
	return code;
}

static void info_about_me(siginfo_t *si, int signo, int code)
{
	memset(si, 0, sizeof(*si));
	si->si_signo = signo;
	si->si_code = code;
	si->si_pid = current->vtid;
	si->si_uid = current->real_cred->uid;
}

int ptrace_notify(int code, u64 message)
{
	siginfo_t si;

	info_about_me(&si, SIGTRAP, code);
	return stop_locked(code, CLD_TRAPPED, message, &si, false,
			   spin_lock_irqsave(&current->process->sighand_lock));
}

void ptrace_event(int event, u64 message)
{
	if (ptrace_has_event(current, event))
		(void)ptrace_notify(SIGTRAP | event << 8, message);
}

void ptrace_exec_event(int old_tid)
{
	struct task *t = current;
	siginfo_t si;

	if (ptrace_has_event(t, PTRACE_EVENT_EXEC)) {
		ptrace_event(PTRACE_EVENT_EXEC, (u64)old_tid);
	} else if (READ_ONCE(t->tracing.flags) == TRACING_ON) {
		siginfo_user(&si, SIGTRAP, SI_USER);
		signal_task(t, &si);
	}
}

void ptrace_trap(struct task *t, bool is_group_stop, unsigned long f)
{
	struct process *p = t->process;
	int signo = (p->group_flags & GROUP_STOPPED) || p->nr_to_stop ? p->stop_signo : 0;
	siginfo_t si;

	if (t->tracing.flags & TRACING_SEIZED) {
		int code = (signo ? signo : SIGTRAP) | PTRACE_EVENT_STOP << 8;

		info_about_me(&si, code & 0x7f, code);
		(void)stop_locked(code, CLD_STOPPED, 0, &si, is_group_stop, f);
	} else {
		(void)stop_locked(signo ? signo : SIGSTOP, CLD_STOPPED, 0, NULL, is_group_stop, f);
	}
}

int ptrace_signal(struct task *t, int signo, siginfo_t *info)
{
	const struct task *tracer;
	unsigned long f;

	signo = stop_locked(signo, CLD_TRAPPED, 0, info, false,
			    spin_lock_irqsave(&t->process->sighand_lock));
	if (!signo)
		return 0;
	if (signo != info->si_signo) {
		memset(info, 0, sizeof(*info));
		info->si_signo = signo;
		info->si_code = SI_USER;
		f = tree_lock_irqsave();
		tracer = t->tracing.tracer;
		if (tracer) {
			info->si_pid = process_nr_for(tracer->process, t->process);
			info->si_uid = tracer->real_cred->uid;
		}
		tree_unlock_irqrestore(f);
		t->is_stop_dequeued = SIGMASK(signo) & SIG_STOP_SET;
	}
	if (t->blocked & SIGMASK(signo)) {
		signal_task(t, info);
		return 0;
	}
	return signo;
}

static void syscall_stop(struct task *t, u64 message)
{
	int signo = ptrace_notify(
		SIGTRAP | (t->tracing.options & PTRACE_O_TRACESYSGOOD ? SYSCALL_GOOD : 0), message);
	siginfo_t si;

	if (!signo || !t->tracing.flags || thread_test_flags(&t->thread, TIF_KILLED))
		return;
	siginfo_user(&si, signo, SI_USER);
	signal_task(t, &si);
}

bool ptrace_syscall_enter(struct task *t)
{
	bool is_emulating = t->tracing.is_emulating;

	if (!t->tracing.has_syscall_stops && !is_emulating)
		return true;
	syscall_stop(t, PTRACE_EVENTMSG_SYSCALL_ENTRY);
	return !is_emulating && !thread_test_flags(&t->thread, TIF_KILLED);
}

void ptrace_syscall_exit(struct task *t)
{
	siginfo_t si;

	if (t->tracing.has_syscall_stops) {
		syscall_stop(t, PTRACE_EVENTMSG_SYSCALL_EXIT);
	} else if (t->tracing.is_stepping && !t->tracing.is_emulating) {
		memset(&si, 0, sizeof(si));
		si.si_signo = SIGTRAP;
		si.si_code = TRAP_BRKPT;
		si.si_addr = (void *)arch_user_pc(arch_thread_regs(&t->thread));
		signal_force(t, &si);
	}
}

void ptrace_handler_entered(struct task *t)
{
	if (t->tracing.is_stepping)
		(void)ptrace_notify(SIGTRAP, 0);
}
