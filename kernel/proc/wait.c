/* Waiting for children. wait(2), waitid(2). */
#include "proc/pid.h"
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
	w->info.pid = c->pid;
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
	int code = 0, status = 0;

	spin_lock(&c->sighand_lock);
	if ((w->options & WSTOPPED) && c->wait_stop_status) {
		code = CLD_STOPPED;
		status = c->wait_stop_status >> 8;
		if (!(w->options & WNOWAIT))
			c->wait_stop_status = 0;
	} else if ((w->options & WCONTINUED) && c->wait_continued) {
		code = CLD_CONTINUED;
		status = SIGCONT;
		if (!(w->options & WNOWAIT))
			c->wait_continued = false;
	}
	spin_unlock(&c->sighand_lock);
	if (!code)
		return false;
	fill_info(w, c, code, status);
	fill_usage(w, c);
	return true;
}

/* pid, 0 = nothing yet, -ECHILD. */
static long scan(struct wait_request *w)
{
	struct process *p = current->process, *c, *reaped = NULL;
	unsigned long f = tree_lock_irqsave();
	long ret = -ECHILD;

	list_for_each_entry (c, &p->children, sibling) {
		bool is_found;

		if (!is_eligible(w, c))
			continue;
		if (c->is_zombie) {
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
	tree_unlock_irqrestore(f);
	if (reaped)
		process_put(reaped);
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
