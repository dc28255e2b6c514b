/* The end of tasks and processes. _exit(2), exit_group(2). */
#include "proc/acct.h"
#include "proc/coredump.h"
#include "proc/ns.h"
#include "proc/pid_ns.h"
#include "proc/ptrace.h"
#include "proc/ptrace_abi.h"
#include "proc/seccomp.h"
#include "proc/ipc.h"
#include "proc/trace_hooks.h"
#include "proc/futex.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/cred.h"
#include <linux/eventpoll.h>
#include <linux/wait.h>

void task_leave_mm(struct task *t)
{
	unsigned long f;

	if (t->robust_list.v) {
		futex_exit_robust(t);
		t->robust_list = uaddr(0);
	}
	futex_exit_pi(t, t->is_exiting);
	if (t->clear_child_tid.v) {
		/* Only for those who share the memory and may be joining us (set_tid_address(2)).
		 */
		if (t->mm && ref_read(&t->mm->users) > 1) {
			(void)arch_put_user32(t->clear_child_tid, 0);
			futex_wake_addr(t->clear_child_tid, 1);
		}
		t->clear_child_tid = uaddr(0);
	}
	if (READ_ONCE(t->vfork_done)) {
		f = tree_lock_irqsave();
		if (t->vfork_done)
			completion_done(t->vfork_done);
		t->vfork_done = NULL;
		tree_unlock_irqrestore(f);
	}
}

/* Hand the address space back; the kernel's own is loaded from here on. */
void task_drop_mm(struct task *t)
{
	struct process *p = t->process;
	struct mm *m = t->mm;
	unsigned long f;
	u64 rss;

	if (!m)
		return;
	rss = MAX(m->hiwater_rss_pages, mm_rss_pages(m));
	f = tree_lock_irqsave();
	if (p->maxrss_pages < rss)
		p->maxrss_pages = rss;
	t->mm = NULL;
	t->thread.mm = NULL;
	mm_switch(m, NULL);
	tree_unlock_irqrestore(f);
	mm_put(m);
}

static void drop_files(struct task *t)
{
	struct fdtable *files = t->vfs.files;
	struct fs_struct *fs = t->vfs.fs;
	struct nsproxy *ns = t->vfs.ns;
	unsigned long f = tree_lock_irqsave();

	t->vfs.files = NULL;
	t->vfs.fs = NULL;
	t->vfs.ns = NULL;
	tree_unlock_irqrestore(f);
	if (files)
		fdtable_put(files);
	if (fs)
		fs_struct_put(fs);
	nsproxy_put(ns);
}

/* From now on no signal is sent to this task; what it had not taken yet others may. */
static void leave_signals(struct task *t)
{
	struct process *p = t->process;
	bool was_last_to_stop;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);

	coredump_park(t, &f);
	t->is_exiting = true;
	t->first_return = NULL;
	was_last_to_stop = signal_stop_leave(t);
	if (!(p->group_flags & GROUP_EXIT))
		signal_retarget(t, ~t->blocked);
	spin_unlock_irqrestore(&p->sighand_lock, f);
	if (was_last_to_stop) {
		f = tree_lock_irqsave();
		signal_notify_parent_stop(p, CLD_STOPPED);
		tree_unlock_irqrestore(f);
	}
}

/* Who adopts the children of p: the nearest living subreaper above (prctl(2)) in its PID namespace,
 * or process 1 of that. */
static struct process *find_reaper(struct process *p)
{
	struct pid_ns *ns = pidnum_ns(p->pid_num);
	struct process *init = ns->level ? ns->init : init_process, *a;

	if (unlikely(!init || init == p)) /* its own process 1, which left none behind */
		return init_process;
	for (a = p->parent; a != init && a != init_process && a->pid_level == ns->level;
	     a = a->parent)
		if (a->is_child_subreaper && READ_ONCE(a->nr_live))
			return a;
	return init;
}

static void send_parent_death(struct process *child)
{
	struct task *t;
	siginfo_t si;

	spin_lock(&child->sighand_lock);
	list_for_each_entry (t, &child->tasks, group_node)
		if (t->exit_signal_on_death && !t->is_exiting)
			break;
	if (&t->group_node == &child->tasks)
		t = NULL;
	spin_unlock(&child->sighand_lock);
	if (!t)
		return;
	siginfo_user(&si, t->exit_signal_on_death, SI_USER);
	signal_process(child, &si);
}

/* Tell a parent, or a tracer, of an end with this wait status; si has the rest. True: nobody will
 * wait. tree_lock held. */
static bool send_exit(struct process *parent, int signo, int status, siginfo_t *si)
{
	bool is_unwaited = false;

	if (status & 0x7f) {
		si->si_code = status & 0x80 ? CLD_DUMPED : CLD_KILLED;
		si->si_status = status & 0x7f;
	} else {
		si->si_code = CLD_EXITED;
		si->si_status = status >> 8;
	}
	if (signo == SIGCHLD) {
		if (process_is_ignoring(parent, SIGCHLD)) {
			is_unwaited = true;
			signo = 0;
		} else if (READ_ONCE(parent->action[SIGCHLD].flags) & SA_NOCLDWAIT) {
			is_unwaited = true;
		}
	}
	if (signo > 0 && signo <= NSIG_K) {
		si->si_signo = signo;
		signal_process(parent, si);
	}
	waitq_wake_all(&parent->wait_children);
	return is_unwaited;
}

static bool tell_of_process(struct process *p, struct process *to, int signo)
{
	u64 user_ns, kernel_ns;
	siginfo_t si;

	memset(&si, 0, sizeof(si));
	si.si_pid = process_nr_for(p, to);
	si.si_uid = p->leader->real_cred->uid;
	spin_lock(&p->sighand_lock);
	process_cpu_times_locked(p, &user_ns, &kernel_ns);
	spin_unlock(&p->sighand_lock);
	si.si_utime = (long)(user_ns / (NSEC_PER_SEC / 100));
	si.si_stime = (long)(kernel_ns / (NSEC_PER_SEC / 100));
	return send_exit(to, signo, p->exit_status, &si);
}

/* Tell about a dead child; true: nobody will wait for it. A tracer that is not the parent comes
 * first, the parent when that one has let go. tree_lock held. */
static bool notify_parent_exit(struct process *p)
{
	struct task *tracer = p->leader->tracing.tracer;

	if (unlikely(tracer && tracer->process != p->parent)) {
		if (!tell_of_process(p, tracer->process, SIGCHLD))
			return false;
		ptrace_unlink(p->leader);
	}
	if (!tell_of_process(p, p->parent, p->exit_signal))
		return false;
	if (p->leader->tracing.tracer)
		ptrace_unlink(p->leader);
	return true;
}

bool process_tell_real_parent(struct process *p)
{
	if (!tell_of_process(p, p->parent, p->exit_signal))
		return false;
	process_unlink(p);
	return true;
}

/* A traced thread ends that is not its process's leader: its tracer waits for it. */
static bool becomes_ghost(struct task *t)
{
	siginfo_t si;

	if (!t->tracing.tracer || t->process->leader == t)
		return false;
	memset(&si, 0, sizeof(si));
	si.si_pid = pidnum_nr_for(t->num, t->tracing.tracer->process->pid_num);
	si.si_uid = t->real_cred->uid;
	t->tracing.is_zombie = true;
	if (!send_exit(t->tracing.tracer->process, SIGCHLD, t->exit_code, &si)) {
		ref_get(&t->ref);
		return true;
	}
	t->tracing.is_zombie = false;
	ptrace_unlink(t);
	return false;
}

/* tree_lock held; dead processes nobody waits for go to `reaped`. */
static void reparent_children(struct process *p, struct list_head *reaped)
{
	struct process *reaper = find_reaper(p), *c, *n;

	list_for_each_entry_safe (c, n, &p->children, sibling) {
		c->parent = reaper;
		WRITE_ONCE(c->ppid, process_nr_for(reaper, c));
		c->parent_tid = reaper->pid;
		list_del(&c->sibling);
		list_add_tail(&c->sibling, &reaper->children);
		send_parent_death(c);
		c->exit_signal = SIGCHLD;
		if (c->is_zombie && notify_parent_exit(c)) {
			process_unlink(c);
			list_add(&c->sibling, reaped);
			continue;
		}
		pgrp_orphan_check(c, p);
	}
}

/* One thread of several leaves: its children belong to another thread of the process. */
static void hand_over_children(struct task *t)
{
	struct process *p = t->process, *c;
	struct task *heir = list_first_entry(&p->tasks, struct task, group_node);

	list_for_each_entry (c, &p->children, sibling) {
		if (c->parent_tid != t->tid)
			continue;
		c->parent_tid = heir->tid;
		send_parent_death(c);
	}
}

/* tree_lock held: the times of a leaving task stay with the process. */
static void account_task(struct task *t)
{
	struct process *p = t->process;
	struct usage u;

	task_usage(t, &u);
	p->dead_user_ns += u.user_ns;
	p->dead_kernel_ns += u.kernel_ns;
	p->dead_minflt += u.minflt;
	p->dead_majflt += u.majflt;
	p->dead_nvcsw += u.nvcsw;
	p->dead_nivcsw += u.nivcsw;
}

static void process_dies(struct process *p, struct list_head *reaped)
{
	p->exit_status = p->group_exit_code;
	p->is_zombie = true;
	waitq_wake_key(&p->exit_wait, ~0u, EPOLLIN | EPOLLRDNORM);
	reparent_children(p, reaped);
	pgrp_orphan_check(p, NULL);
	if (notify_parent_exit(p)) {
		process_unlink(p);
		list_add(&p->sibling, reaped);
	}
}

/* The task leaves its group, and with the last one the process becomes a zombie. */
static void leave_process(struct task *t)
{
	struct process *p = t->process, *c, *n;
	struct list_head reaped = LIST_INIT(reaped);
	unsigned long f = tree_lock_irqsave();

	spin_lock(&p->sighand_lock);
	account_task(t);
	list_del(&t->group_node);
	p->nr_tasks--;
	if (p->exec_task && p->nr_tasks == 1)
		wake_thread(&p->exec_task->thread);
	sigpending_flush(&t->pending);
	spin_unlock(&p->sighand_lock);
	t->num->task = NULL;
	if (likely(!becomes_ghost(t))) {
		pidnum_drop(t->num);
		t->num = NULL;
	}
	nr_tasks_all--;
	atomic_sub(&t->user->nr_tasks, 1);
	if (p->nr_tasks)
		hand_over_children(t);
	else
		process_dies(p, &reaped);
	tree_unlock_irqrestore(f);
	list_for_each_entry_safe (c, n, &reaped, sibling) {
		list_del(&c->sibling);
		process_put(c);
	}
}

/* The process ends with this task, which nobody asked to end: its code is the process's. */
static void set_last_code(struct process *p, int code)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);

	if (!(p->group_flags & GROUP_EXIT)) {
		p->group_flags |= GROUP_EXIT;
		p->group_exit_code = code;
	}
	spin_unlock_irqrestore(&p->sighand_lock, f);
}

__noreturn void do_exit(int code)
{
	struct task *t = current;
	struct process *p = t->process;
	bool is_last;

	if (task_is_traced(t))
		ptrace_event(PTRACE_EVENT_EXIT, (u64)code);
	t->exit_code = code;
	trace_hook_exit(p->group_flags & GROUP_EXIT ? p->group_exit_code : code);
	leave_signals(t);
	is_last = atomic_sub(&p->nr_live, 1) == 0;
	if (is_last) {
		set_last_code(p, code);
		if (p->is_init)
			panic("process 1 ended with wait status 0x%x", p->group_exit_code);
		acct_process(t, p->group_exit_code);
		itimer_exit(p);
		posix_timers_exit(p);
	}
	if (t->sem_undo)
		sem_undo_exit(t);
	task_leave_mm(t);
	task_drop_mm(t);
	drop_files(t);
	if (is_last && p->is_session_leader)
		session_leader_exit(p);
	stack_cache_trim();
	sched_exit(&t->thread);
	if (t->seccomp)
		seccomp_exit(t);
	if (unlikely(!list_empty(&p->traced)))
		ptrace_exit_tracer(t);
	if (unlikely(is_last && p->is_ns_init))
		pid_ns_end(p);
	leave_process(t);
	set_thread_state(TS_DEAD);
	schedule();
	panic("task %d runs after its end", t->tid);
}

__noreturn void do_group_exit(int code)
{
	struct process *p = current->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);

	if (p->group_flags & GROUP_EXIT) {
		code = p->group_exit_code;
	} else if (p->exec_task && p->exec_task != current) {
		code = 0; /* execve(2) ends every other thread, not the process */
	} else {
		p->group_flags |= GROUP_EXIT;
		p->group_exit_code = code;
		signal_zap_others(p, current);
	}
	spin_unlock_irqrestore(&p->sighand_lock, f);
	do_exit(code);
}
