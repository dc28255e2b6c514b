/* Who traces whom, and what a tracer does to a stopped task (proc/ptrace.h). */
#include "proc/ptrace.h"
#include "proc/ptrace_abi.h"
#include "proc/pid.h"
#include "lib/err.h"
#include "lib/string.h"
#include "vfs/cred.h"
#include <linux/capability.h>
#include <linux/sched.h>

int ptrace_may_attach(struct task *t)
{
	struct mm *m;
	bool is_dumpable;

	if (t->process == current->process)
		return 0;
	if (task_may_access(t))
		return -EPERM;
	m = task_get_mm(t);
	is_dumpable = !m || mm_may_ptrace(m);
	if (m)
		mm_put(m);
	return is_dumpable ? 0 : -EPERM;
}

/* tree_lock and t's sighand_lock held. */
static void link(struct task *t, struct task *tracer, u32 flags, u32 options)
{
	t->tracing.tracer = tracer;
	t->tracing.flags = flags;
	t->tracing.options = options;
	list_add_tail(&t->tracing.node, &tracer->process->traced);
}

/* The thread that made current, or another of its process. */
static struct task *parent_task(void)
{
	struct process *p = current->process, *parent = p->parent;
	struct task *t;

	list_for_each_entry (t, &parent->tasks, group_node)
		if (t->tid == p->parent_tid)
			return t;
	return list_empty(&parent->tasks)
		       ? NULL
		       : list_first_entry(&parent->tasks, struct task, group_node);
}

int ptrace_traceme(void)
{
	struct task *t = current, *tracer;
	unsigned long f = tree_lock_irqsave();
	int err = -EPERM;

	tracer = parent_task();
	spin_lock(&t->process->sighand_lock);
	if (!t->tracing.flags && tracer && !tracer->is_exiting && tracer->process != t->process) {
		link(t, tracer, TRACING_ON, 0);
		err = 0;
	}
	spin_unlock(&t->process->sighand_lock);
	tree_unlock_irqrestore(f);
	return err;
}

int ptrace_attach(struct task *t, bool is_seize, u32 options)
{
	struct process *p = t->process;
	siginfo_t si;
	unsigned long f;
	int err = -EPERM;

	if (p == current->process || ptrace_may_attach(t))
		return -EPERM;
	f = tree_lock_irqsave();
	spin_lock(&p->sighand_lock);
	if (!t->is_exiting && t->num && !t->tracing.flags) {
		link(t, current, TRACING_ON | (is_seize ? TRACING_SEIZED : 0), options);
		/* One that job control has stopped stops for us instead. */
		if (t->is_stopped) {
			t->is_stopped = false;
			t->tracing.wants_trap = true;
			thread_set_flags(&t->thread, TIF_SIGPENDING);
			wake_thread_state(&t->thread, TS_STOPPED);
		}
		err = 0;
	}
	spin_unlock(&p->sighand_lock);
	tree_unlock_irqrestore(f);
	if (!err && !is_seize) {
		siginfo_kernel(&si, SIGSTOP);
		signal_task(t, &si);
	}
	return err;
}

static bool is_mine(struct task *t)
{
	return t->tracing.flags && t->tracing.tracer == current;
}

int ptrace_freeze(struct task *t, bool any_state)
{
	struct process *p = t->process;
	unsigned long f = tree_lock_irqsave();
	int err = -ESRCH;

	spin_lock(&p->sighand_lock);
	if (is_mine(t) && !t->is_exiting) {
		if (any_state) {
			err = 0;
		} else if (t->tracing.is_stopped && !t->tracing.is_listening &&
			   !thread_test_flags(&t->thread, TIF_KILLED)) {
			t->tracing.is_frozen = true;
			err = 0;
		}
	}
	spin_unlock(&p->sighand_lock);
	tree_unlock_irqrestore(f);
	/* It says that it is stopped before it leaves its CPU. */
	while (!err && !any_state &&
	       (READ_ONCE(t->thread.state) != TS_TRACED || READ_ONCE(t->thread.is_running))) {
		arch_cpu_relax();
		sched_yield_thread();
	}
	return err;
}

void ptrace_unfreeze(struct task *t)
{
	struct process *p = t->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);

	t->tracing.is_frozen = false;
	if (!t->tracing.is_stopped)
		wake_thread_state(&t->thread, TS_TRACED);
	spin_unlock_irqrestore(&p->sighand_lock, f);
}

void ptrace_resume(struct task *t, int signo)
{
	struct process *p = t->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);

	t->tracing.code = 0;
	t->tracing.inject = signo;
	t->tracing.is_stopped = false;
	if (t->tracing.has_syscall_stops || t->tracing.is_emulating || t->tracing.is_stepping)
		thread_set_flags(&t->thread, TIF_PTRACE);
	else
		thread_clear_flags(&t->thread, TIF_PTRACE);
	spin_unlock_irqrestore(&p->sighand_lock, f);
}

/* sighand_lock held: nothing of the tracer is left; a task of a stopped process stops as such. */
static void reset(struct task *t)
{
	struct process *p = t->process;
	struct tracing *g = &t->tracing;

	g->flags = g->options = 0;
	g->wants_trap = g->wants_notify = g->is_listening = false;
	g->has_syscall_stops = g->is_emulating = g->is_stepping = false;
	thread_clear_flags(&t->thread, TIF_PTRACE);
	if (!t->is_exiting && ((p->group_flags & GROUP_STOPPED) || p->nr_to_stop)) {
		if (!t->is_stop_wanted && p->nr_to_stop)
			p->nr_to_stop++;
		t->is_stop_wanted = true;
		thread_set_flags(&t->thread, TIF_SIGPENDING);
	}
	if (g->is_stopped) {
		g->is_stopped = false;
		g->code = 0;
		if (!g->is_frozen)
			wake_thread_state(&t->thread, TS_TRACED);
	}
}

void ptrace_unlink(struct task *t)
{
	spin_lock(&t->process->sighand_lock);
	list_del(&t->tracing.node);
	t->tracing.tracer = NULL;
	reset(t);
	spin_unlock(&t->process->sighand_lock);
}

void ptrace_detach(struct task *t, int signo)
{
	unsigned long f;

	arch_set_single_step(&t->thread, false);
	t->tracing.inject = signo;
	f = tree_lock_irqsave();
	if (t->tracing.tracer == current)
		ptrace_unlink(t);
	tree_unlock_irqrestore(f);
}

int ptrace_interrupt(struct task *t)
{
	struct process *p = t->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	int err = -EIO;

	if (t->tracing.flags & TRACING_SEIZED) {
		t->tracing.wants_trap = true;
		if (t->tracing.is_listening) {
			t->tracing.is_stopped = t->tracing.is_listening = false;
			wake_thread_state(&t->thread, TS_TRACED);
		}
		signal_wake(t, false);
		err = 0;
	}
	spin_unlock_irqrestore(&p->sighand_lock, f);
	return err;
}

int ptrace_listen(struct task *t)
{
	struct process *p = t->process;
	struct tracing *g = &t->tracing;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	int err = -EIO;

	if ((g->flags & TRACING_SEIZED) && g->info && g->info->si_code >> 8 == PTRACE_EVENT_STOP) {
		g->is_listening = true;
		if (g->wants_notify)
			g->is_stopped = g->is_listening = false;
		err = 0;
	}
	spin_unlock_irqrestore(&p->sighand_lock, f);
	return err;
}

void ptrace_group_changed(struct task *t)
{
	struct tracing *g = &t->tracing;

	if (!(g->flags & TRACING_SEIZED))
		return;
	g->wants_notify = true;
	thread_set_flags(&t->thread, TIF_SIGPENDING);
	if (g->is_listening) {
		g->is_stopped = g->is_listening = false;
		wake_thread_state(&t->thread, TS_TRACED);
	}
}

/* tree_lock held: a thread that has ended is forgotten. */
static void release_ghost(struct task *t)
{
	t->tracing.is_zombie = false;
	pidnum_drop(t->num);
	t->num = NULL;
}

void ptrace_exit_tracer(struct task *t)
{
	struct list_head reaped = LIST_INIT(reaped);
	unsigned long f = tree_lock_irqsave();
	struct task *c, *n;
	struct process *p, *next;

	list_for_each_entry_safe (c, n, &t->process->traced, tracing.node) {
		bool is_ghost = c->tracing.is_zombie, is_fatal;
		siginfo_t si;

		if (c->tracing.tracer != t)
			continue;
		p = c->process;
		is_fatal = c->tracing.options & PTRACE_O_EXITKILL;
		ptrace_unlink(c);
		siginfo_kernel(&si, SIGKILL);
		if (is_fatal && !is_ghost)
			signal_process(p, &si);
		if (is_ghost) {
			release_ghost(c);
			task_put(c);
		} else if (p->is_zombie && p->leader == c && p->parent != t->process &&
			   process_tell_real_parent(p)) {
			list_add(&p->sibling, &reaped);
		}
	}
	tree_unlock_irqrestore(f);
	list_for_each_entry_safe (p, next, &reaped, sibling) {
		list_del(&p->sibling);
		process_put(p);
	}
}

int ptrace_fork_event(u64 fl, int exit_signal)
{
	int event = PTRACE_EVENT_CLONE;

	if (fl & CLONE_UNTRACED)
		return 0;
	if (fl & CLONE_VFORK)
		event = PTRACE_EVENT_VFORK;
	else if (exit_signal == SIGCHLD)
		event = PTRACE_EVENT_FORK;
	return current->tracing.options & BIT(event) ? event : 0;
}

void ptrace_fork(struct task *child, u64 fl, int event)
{
	struct task *parent = current;
	siginfo_t si;
	unsigned long f;
	bool is_linked = false;

	if (!event && !(fl & CLONE_PTRACE))
		return;
	f = tree_lock_irqsave();
	if (parent->tracing.tracer) {
		struct tracing *g = &child->tracing;

		spin_lock(&child->process->sighand_lock);
		link(child, parent->tracing.tracer, parent->tracing.flags, parent->tracing.options);
		if (g->flags & TRACING_SEIZED) {
			g->wants_trap = true;
			thread_set_flags(&child->thread, TIF_SIGPENDING);
		}
		is_linked = true;
		spin_unlock(&child->process->sighand_lock);
	}
	tree_unlock_irqrestore(f);
	if (is_linked && !(child->tracing.flags & TRACING_SEIZED)) {
		siginfo_kernel(&si, SIGSTOP);
		signal_task(child, &si);
	}
}
