/* Waiting for children. wait(2), waitid(2). */
#include "proc/pid_ns.h"
#include "proc/ptrace.h"
#include "lib/err.h"
#include "lib/string.h"
#include "vfs/cred.h"
#include <linux/wait.h>

static bool is_eligible(const struct wait_request *w, const struct process *c)
{
	if (w->which == P_PID && c->pid != w->id)
		return false;
	if (w->which == P_PGID && c->pgid != w->id)
		return false;
	if ((w->options & __WNOTHREAD) && c->parent_tid != current->tid)
		return false;
	if (w->options & __WALL)
		return true;
	/* A child is a "clone child" when it does not signal SIGCHLD (wait4(2), __WCLONE). */
	return (c->exit_signal != SIGCHLD) == !!(w->options & __WCLONE);
}

static void fill_info(struct wait_request *w, const struct process *c, int code, int status)
{
	w->info.pid = process_nr_for(c, current->process);
	w->info.uid = (int)c->leader->real_cred->uid;
	w->info.code = code;
	w->info.status = status;
}

static void fill_usage(struct wait_request *w, struct process *c)
{
	struct usage u;

	if (!w->wants_rusage)
		return;
	process_usage(c, &u);
	w->user_ns = u.user_ns + c->child_user_ns;
	w->kernel_ns = u.kernel_ns + c->child_kernel_ns;
	w->minflt = u.minflt + c->child_minflt;
	w->majflt = u.majflt + c->child_majflt;
	w->nvcsw = u.nvcsw + c->child_nvcsw;
	w->nivcsw = u.nivcsw + c->child_nivcsw;
	w->maxrss_pages = MAX(u.maxrss_pages, c->child_maxrss_pages);
}

static bool take_continue(struct wait_request *w, struct process *c)
{
	bool is_taken;

	spin_lock(&c->sighand_lock);
	is_taken = (w->options & WCONTINUED) && c->wait_continued;
	if (is_taken && !(w->options & WNOWAIT))
		c->wait_continued = false;
	spin_unlock(&c->sighand_lock);
	if (is_taken) {
		fill_info(w, c, CLD_CONTINUED, SIGCONT);
		fill_usage(w, c);
	}
	return is_taken;
}

/* The parent's RUSAGE_CHILDREN grows by all the child and its own children used. */
static void account_child(struct process *parent, struct process *c)
{
	struct usage u;

	process_usage(c, &u);
	parent->child_user_ns += u.user_ns + c->child_user_ns;
	parent->child_kernel_ns += u.kernel_ns + c->child_kernel_ns;
	parent->child_minflt += u.minflt + c->child_minflt;
	parent->child_majflt += u.majflt + c->child_majflt;
	parent->child_nvcsw += u.nvcsw + c->child_nvcsw;
	parent->child_nivcsw += u.nivcsw + c->child_nivcsw;
	parent->child_maxrss_pages =
		MAX(parent->child_maxrss_pages, MAX(u.maxrss_pages, c->child_maxrss_pages));
}

/* One child: true when it has something to report; *reaped is then set if it is gone. */
static bool take_zombie(struct wait_request *w, struct process *c, struct process **reaped)
{
	int status = c->exit_status;

	if (!(w->options & WEXITED))
		return false;
	if (status & 0x7f)
		fill_info(w, c, status & 0x80 ? CLD_DUMPED : CLD_KILLED, status & 0x7f);
	else
		fill_info(w, c, CLD_EXITED, status >> 8);
	fill_usage(w, c);
	if (!(w->options & WNOWAIT)) {
		account_child(current->process, c);
		process_unlink(c);
		*reaped = c;
	}
	return true;
}

static bool take_stop(struct wait_request *w, struct process *c)
{
	int status = 0;

	spin_lock(&c->sighand_lock);
	if ((w->options & WSTOPPED) && c->wait_stop_status) {
		status = c->wait_stop_status >> 8;
		if (!(w->options & WNOWAIT))
			c->wait_stop_status = 0;
	}
	spin_unlock(&c->sighand_lock);
	if (!status)
		return take_continue(w, c);
	fill_info(w, c, CLD_STOPPED, status);
	fill_usage(w, c);
	return true;
}

static void fill_exit(struct wait_request *w, int status)
{
	if (status & 0x7f) {
		w->info.code = status & 0x80 ? CLD_DUMPED : CLD_KILLED;
		w->info.status = status & 0x7f;
	} else {
		w->info.code = CLD_EXITED;
		w->info.status = status >> 8;
	}
}

static void fill_task(struct wait_request *w, struct task *t)
{
	struct usage u;

	w->info.pid = pidnum_nr_for(t->num, current->num);
	w->info.uid = (int)t->real_cred->uid;
	if (!w->wants_rusage)
		return;
	task_usage(t, &u);
	w->user_ns = u.user_ns;
	w->kernel_ns = u.kernel_ns;
	w->minflt = u.minflt;
	w->majflt = u.majflt;
	w->nvcsw = u.nvcsw;
	w->nivcsw = u.nivcsw;
}

/* A thread that ended under its tracer's eyes; *ghost is then to be put. */
static bool take_ghost(struct wait_request *w, struct task *t, struct task **ghost)
{
	if (!(w->options & WEXITED))
		return false;
	fill_task(w, t);
	fill_exit(w, t->exit_code);
	if (!(w->options & WNOWAIT)) {
		ptrace_unlink(t);
		t->tracing.is_zombie = false;
		pidnum_drop(t->num);
		t->num = NULL;
		*ghost = t;
	}
	return true;
}

/* A process that ended: its tracer's turn; the parent's comes after, when that is another. */
static bool take_traced_zombie(struct wait_request *w, struct process *c, struct process **reaped)
{
	struct task *leader = c->leader;

	if (!(w->options & WEXITED))
		return false;
	if (c->parent == current->process) {
		if (!(w->options & WNOWAIT))
			ptrace_unlink(leader);
		return take_zombie(w, c, reaped);
	}
	fill_info(w, c, 0, 0);
	fill_exit(w, c->exit_status);
	fill_usage(w, c);
	if (!(w->options & WNOWAIT)) {
		ptrace_unlink(leader);
		if (process_tell_real_parent(c))
			*reaped = c;
	}
	return true;
}

static bool take_traced_stop(struct wait_request *w, struct task *t)
{
	struct tracing *g = &t->tracing;
	bool is_stopped;

	spin_lock(&t->process->sighand_lock);
	is_stopped = g->is_stopped && !g->is_listening && g->code;
	if (is_stopped) {
		fill_task(w, t);
		w->info.code = CLD_TRAPPED;
		w->info.status = g->code;
		if (!(w->options & WNOWAIT))
			g->code = 0;
	}
	spin_unlock(&t->process->sighand_lock);
	return is_stopped;
}

static bool is_eligible_traced(const struct wait_request *w, const struct task *t)
{
	if (w->which == P_PID && t->tid != w->id)
		return false;
	if (w->which == P_PGID && t->process->pgid != w->id)
		return false;
	return !(w->options & __WNOTHREAD) || t->tracing.tracer == current;
}

/* Those traced: as scan() returns. tree_lock held. */
static long scan_traced(struct wait_request *w, struct process **reaped, struct task **ghost)
{
	struct task *t;
	long ret = -ECHILD;

	list_for_each_entry (t, &current->process->traced, tracing.node) {
		bool is_found, is_leader = t == t->process->leader;

		if (!is_eligible_traced(w, t))
			continue;
		ret = 0;
		if (t->tracing.is_zombie)
			is_found = take_ghost(w, t, ghost);
		else if (is_leader && t->process->is_zombie)
			is_found = take_traced_zombie(w, t->process, reaped);
		else
			is_found = take_traced_stop(w, t) ||
				   (is_leader && t->process->parent == current->process &&
				    take_continue(w, t->process));
		if (is_found)
			return w->info.pid;
	}
	return ret;
}

/* pid, 0 = nothing yet, -ECHILD. */
static long scan(struct wait_request *w)
{
	struct process *p = current->process, *c, *reaped = NULL;
	unsigned long f = tree_lock_irqsave();
	struct task *ghost = NULL;
	long ret = -ECHILD;

	list_for_each_entry (c, &p->children, sibling) {
		bool is_found;

		if (!is_eligible(w, c))
			continue;
		if (task_is_traced(c->leader)) {
			/* One's own tracees are in the other list; of others' the stops are seen,
			 * and the end once the tracer has. */
			bool is_mine = c->leader->tracing.tracer &&
				       c->leader->tracing.tracer->process == p;

			if (is_mine)
				continue;
			ret = 0;
			is_found = !c->is_zombie && take_stop(w, c);
		} else if (c->is_zombie) {
			is_found = take_zombie(w, c, &reaped);
		} else {
			ret = 0;
			is_found = take_stop(w, c);
		}
		if (is_found) {
			ret = w->info.pid;
			break;
		}
	}
	if (ret <= 0 && unlikely(!list_empty(&p->traced))) {
		long traced = scan_traced(w, &reaped, &ghost);

		ret = traced != -ECHILD ? traced : ret;
	}
	tree_unlock_irqrestore(f);
	if (reaped)
		process_put(reaped);
	if (ghost)
		task_put(ghost);
	return ret;
}

long do_wait(struct wait_request *w)
{
	struct waitq *q = &current->process->wait_children;
	struct waiter waiter;
	long ret = scan(w);

	if (ret || (w->options & WNOHANG))
		return ret;
	waiter_init_self(&waiter, false);
	waitq_add(q, &waiter);
	for (;;) {
		set_thread_state(TS_INTERRUPTIBLE);
		ret = scan(w);
		if (ret)
			break;
		if (thread_signal_pending()) {
			ret = -ERESTARTSYS;
			break;
		}
		schedule();
	}
	set_thread_state(TS_RUNNING);
	waitq_remove(q, &waiter);
	return ret;
}
