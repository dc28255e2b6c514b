/*
 * The receiving side of signals: what a task does about them on its way to user mode. Handlers,
 * default actions, job-control stops, the restart of interrupted calls, rt_sigreturn(2).
 */
#include "proc/pid_ns.h"
#include "proc/coredump.h"
#include "proc/pid.h"
#include "proc/ptrace.h"
#include "proc/rseq.h"
#include "proc/trace_hooks.h"
#include "lib/err.h"
#include "lib/string.h"

struct delivery {
	int signo;
	siginfo_t info;
	struct k_sigaction action;
};

void signal_notify_parent_stop(struct process *p, int code)
{
	struct process *parent = p->parent;
	u64 user_ns, kernel_ns;
	siginfo_t si;
	bool wants;

	memset(&si, 0, sizeof(si));
	si.si_signo = SIGCHLD;
	si.si_code = code;
	si.si_pid = process_nr_for(p, p->parent);
	si.si_uid = p->leader->real_cred->uid;
	si.si_status = code == CLD_CONTINUED ? SIGCONT : p->stop_signo;
	spin_lock(&p->sighand_lock);
	process_cpu_times_locked(p, &user_ns, &kernel_ns);
	spin_unlock(&p->sighand_lock);
	si.si_utime = (long)(user_ns / (NSEC_PER_SEC / 100));
	si.si_stime = (long)(kernel_ns / (NSEC_PER_SEC / 100));
	wants = !process_is_ignoring(parent, SIGCHLD) &&
		!(READ_ONCE(parent->action[SIGCHLD].flags) & SA_NOCLDSTOP);
	if (wants)
		signal_process(parent, &si);
	process_wake_parent(p);
}

/* A stop is complete: remember it for wait(2). sighand_lock held. */
static void stop_completed(struct process *p)
{
	p->group_flags |= GROUP_STOPPED;
	p->wait_stop_status = p->stop_signo << 8 | 0x7f;
	p->wait_continued = false;
}

bool signal_stop_leave(struct task *t)
{
	struct process *p = t->process;

	if (!t->is_stop_wanted)
		return false;
	t->is_stop_wanted = false;
	if (!p->nr_to_stop || --p->nr_to_stop)
		return false;
	stop_completed(p);
	return true;
}

static void tell_parent_stop(struct process *p, int code)
{
	unsigned long f = tree_lock_irqsave();

	signal_notify_parent_stop(p, code);
	tree_unlock_irqrestore(f);
}

/*
 * Take part in the stop of the process, starting it with `signo` unless one is under way.
 * sighand_lock is held on entry and released. False: nothing to do (a SIGCONT came in between).
 */
static bool stop_here(struct task *t, int signo, unsigned long f)
{
	struct process *p = t->process;
	struct task *other;
	bool is_last;

	if (!t->is_stop_wanted) {
		if (!t->is_stop_dequeued || (p->group_flags & GROUP_EXIT) || p->exec_task) {
			spin_unlock_irqrestore(&p->sighand_lock, f);
			return false;
		}
		p->stop_signo = signo;
		p->nr_to_stop = 0;
		list_for_each_entry (other, &p->tasks, group_node) {
			if (other->is_exiting || other->is_stopped)
				continue;
			other->is_stop_wanted = true;
			p->nr_to_stop++;
			ptrace_group_changed(other);
			if (other != t)
				signal_wake(other, false);
		}
	}
	t->is_stop_dequeued = false;
	if (task_is_traced(t)) {
		ptrace_trap(t, true, f);
		return true;
	}
	t->is_stopped = true;
	signo = p->stop_signo;
	is_last = signal_stop_leave(t);
	spin_unlock_irqrestore(&p->sighand_lock, f);
	trace_hook_stop(signo);
	if (is_last)
		tell_parent_stop(p, CLD_STOPPED);
	for (;;) {
		set_thread_state(TS_STOPPED);
		if (!READ_ONCE(t->is_stopped))
			break;
		schedule();
	}
	set_thread_state(TS_RUNNING);
	return true;
}

static bool is_in_orphaned_pgrp(struct process *p)
{
	unsigned long f = tree_lock_irqsave();
	bool is_orphaned = pgrp_is_orphaned(p->pgrp_num, NULL);

	tree_unlock_irqrestore(f);
	return is_orphaned;
}

/* sighand_lock held on entry, released. */
static void default_stop(struct task *t, int signo, unsigned long f)
{
	struct process *p = t->process;

	if (signo != SIGSTOP) {
		spin_unlock_irqrestore(&p->sighand_lock, f);
		if (is_in_orphaned_pgrp(p))
			return;
		f = spin_lock_irqsave(&p->sighand_lock);
	}
	stop_here(t, signo, f);
}

/* sighand_lock held on entry, released: the parent learns that we stopped or went on. */
static void tell_parent(struct process *p, unsigned long f)
{
	int code = p->group_flags & GROUP_TELL_CONTINUED ? CLD_CONTINUED : CLD_STOPPED;

	p->group_flags &= ~GROUP_TELL;
	spin_unlock_irqrestore(&p->sighand_lock, f);
	tell_parent_stop(p, code);
}

/* What must be done before signals are looked at; sighand_lock held. True: done, the lock was
 * released, look again. Does not return when the task is to end. */
static bool group_work(struct task *t, unsigned long f)
{
	struct process *p = t->process;

	if (unlikely(p->group_flags & GROUP_TELL)) {
		tell_parent(p, f);
		return true;
	}
	if (unlikely((p->group_flags & GROUP_EXIT) || (p->exec_task && p->exec_task != t))) {
		spin_unlock_irqrestore(&p->sighand_lock, f);
		do_group_exit(SIGKILL);
	}
	if (unlikely(t->is_stop_wanted)) {
		stop_here(t, 0, f);
		return true;
	}
	if (unlikely(t->tracing.wants_trap || t->tracing.wants_notify)) {
		ptrace_trap(t, false, f);
		return true;
	}
	return false;
}

/* The default action of a signal; sighand_lock held, released. Returns when the task lives on. */
static void default_action(struct task *t, const siginfo_t *si, unsigned long f)
{
	struct process *p = t->process;
	int signo = si->si_signo, status = signo;
	u64 bit = SIGMASK(signo);

	if ((bit & SIG_IGNORE_SET) || (p->is_unkillable && !(bit & SIG_KERNEL_ONLY))) {
		spin_unlock_irqrestore(&p->sighand_lock, f);
	} else if (bit & SIG_STOP_SET) {
		default_stop(t, signo, f);
	} else {
		spin_unlock_irqrestore(&p->sighand_lock, f);
		if (bit & SIG_CORE_SET)
			status = coredump(si);
		do_group_exit(status < 0 ? SIGKILL : status);
	}
}

/* True: d holds a signal with a handler. False: nothing is left. */
static bool next_delivery(struct task *t, struct delivery *d)
{
	struct process *p = t->process;

	for (;;) {
		unsigned long f = spin_lock_irqsave(&p->sighand_lock);
		struct k_sigaction *ka;

		if (group_work(t, f))
			continue;
		d->signo = signal_dequeue_locked(t, ~t->blocked, &d->info);
		signal_recalc(t);
		if (!d->signo) {
			spin_unlock_irqrestore(&p->sighand_lock, f);
			return false;
		}
		if (task_is_traced(t) && d->signo != SIGKILL) {
			spin_unlock_irqrestore(&p->sighand_lock, f);
			d->signo = ptrace_signal(t, d->signo, &d->info);
			if (!d->signo)
				continue;
			f = spin_lock_irqsave(&p->sighand_lock);
		}
		ka = &p->action[d->signo];
		spin_lock(&p->sighand->lock);
		d->action = *ka;
		if (ka->handler > HANDLER_IGN && (ka->flags & SA_RESETHAND))
			ka->handler = HANDLER_DFL;
		spin_unlock(&p->sighand->lock);
		if (unlikely(t->is_traced_by_lstar)) {
			spin_unlock_irqrestore(&p->sighand_lock, f);
			trace_hook_signal(&d->info);
			f = spin_lock_irqsave(&p->sighand_lock);
		}
		if (d->action.handler == HANDLER_DFL) {
			default_action(t, &d->info, f);
			continue;
		}
		spin_unlock_irqrestore(&p->sighand_lock, f);
		if (d->action.handler != HANDLER_IGN)
			return true;
	}
}

/* What an interrupted call does when a handler runs: start again, or -EINTR. */
static void settle_call(struct pt_regs *regs, const struct k_sigaction *ka)
{
	if (!arch_in_syscall(regs))
		return;
	switch (-arch_get_return(regs)) {
	case ERESTART_RESTARTBLOCK:
	case ERESTARTNOHAND:
		arch_set_return(regs, -EINTR);
		break;
	case ERESTARTSYS:
		if (!(ka->flags & SA_RESTART)) {
			arch_set_return(regs, -EINTR);
			break;
		}
		arch_syscall_restart(regs);
		break;
	case ERESTARTNOINTR:
		arch_syscall_restart(regs);
		break;
	}
	arch_syscall_done(regs);
}

static void restart_call(struct pt_regs *regs)
{
	if (!arch_in_syscall(regs))
		return;
	switch (-arch_get_return(regs)) {
	case ERESTARTNOHAND:
	case ERESTARTSYS:
	case ERESTARTNOINTR:
		arch_syscall_restart(regs);
		arch_syscall_done(regs);
		break;
	case ERESTART_RESTARTBLOCK:
		arch_syscall_restart_block(regs);
		arch_syscall_done(regs);
		break;
	}
}

static bool is_on_altstack(const struct task *t, unsigned long sp)
{
	return !(t->altstack.flags & SS_AUTODISARM) && t->altstack.size && sp > t->altstack.sp &&
	       sp - t->altstack.sp <= t->altstack.size;
}

static void run_handler(struct task *t, struct pt_regs *regs, const struct delivery *d)
{
	const struct k_sigaction *ka = &d->action;
	bool has_saved = thread_test_flags(&t->thread, TIF_RESTORE_SIGMASK);
	struct sigframe_info info = {
		.signo = d->signo,
		.siginfo = &d->info,
		.handler = ka->handler,
		.restorer = ka->restorer,
		.sa_flags = ka->flags,
		.mask_to_restore = has_saved ? t->saved_sigmask : t->blocked,
	};
	u64 mask;

	settle_call(regs, ka);
	if (t->thread.has_rseq)
		rseq_resume(t, regs);
	if (unlikely(t->tracing.is_stepping))
		arch_set_single_step(&t->thread, false);
	info.altstack.sp = t->altstack.sp;
	info.altstack.size = t->altstack.size;
	info.altstack.flags = t->altstack.flags;
	info.use_altstack = (ka->flags & SA_ONSTACK) && t->altstack.size &&
			    !is_on_altstack(t, arch_user_sp(regs));
	if (arch_setup_sigframe(&t->thread, regs, &info)) {
		struct k_sigaction dfl = {0}, old;

		if (d->signo == SIGSEGV)
			signal_action(t->process, SIGSEGV, &dfl, &old);
		signal_force_simple(t, SIGSEGV);
		return;
	}
	if (has_saved)
		thread_clear_flags(&t->thread, TIF_RESTORE_SIGMASK);
	if (t->altstack.flags & SS_AUTODISARM) {
		t->altstack.sp = 0;
		t->altstack.size = 0;
		t->altstack.flags = SS_DISABLE;
	}
	mask = t->blocked | ka->mask;
	if (!(ka->flags & SA_NODEFER))
		mask |= SIGMASK(d->signo);
	signal_set_blocked(t, mask);
	if (unlikely(t->tracing.is_stepping))
		ptrace_handler_entered(t);
}

void signal_deliver(struct pt_regs *regs)
{
	struct task *t = current;
	struct delivery d;

	if (unlikely(t->first_return)) {
		void (*fn)(struct task *, struct pt_regs *) = t->first_return;
		unsigned long f;

		t->first_return = NULL;
		fn(t, regs);
		f = spin_lock_irqsave(&t->process->sighand_lock);
		signal_recalc(t);
		spin_unlock_irqrestore(&t->process->sighand_lock, f);
	}
	if (thread_test_flags(&t->thread, TIF_SIGPENDING) && next_delivery(t, &d)) {
		run_handler(t, regs, &d);
		return;
	}
	restart_call(regs);
	signal_temp_mask_end(t);
}

long signal_return(struct pt_regs *regs)
{
	struct task *t = current;
	struct sigframe_info info;
	u64 mask;

	memset(&info, 0, sizeof(info));
	t->restart.func = NULL;
	if (arch_restore_sigframe(&t->thread, regs, &mask, &info)) {
		signal_force_simple(t, SIGSEGV);
		return 0;
	}
	arch_syscall_done(regs);
	signal_set_blocked(t, mask);
	/* As sigaltstack(2) would set it, errors ignored. */
	if (!info.is_altstack_kept && !is_on_altstack(t, arch_user_sp(regs))) {
		if (info.altstack.flags & SS_DISABLE) {
			t->altstack.sp = 0;
			t->altstack.size = 0;
			t->altstack.flags = SS_DISABLE;
		} else if (info.altstack.size >= MINSIGSTKSZ &&
			   !(info.altstack.flags & ~(SS_ONSTACK | (int)SS_AUTODISARM))) {
			t->altstack.sp = info.altstack.sp;
			t->altstack.size = info.altstack.size;
			t->altstack.flags = info.altstack.flags & (int)SS_AUTODISARM;
		}
	}
	return arch_get_return(regs);
}
