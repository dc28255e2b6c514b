/* Sending signals, pending sets and the table of handlers. signal(7), sigaction(2). */
#include "proc/coredump.h"
#include "proc/pid_ns.h"
#include "proc/ptrace.h"
#include "proc/trace_hooks.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/user_ns.h"
#include <linux/capability.h>

static struct sigqueue *sigqueue_alloc(struct user_account *u, u64 limit)
{
	struct sigqueue *q = NULL;

	if (atomic_add(&u->nr_signals, 1) <= limit)
		q = kmalloc(sizeof(*q), GFP_ATOMIC);
	if (!q) {
		atomic_sub(&u->nr_signals, 1);
		return NULL;
	}
	q->user = user_account_ref(u);
	q->is_timers = false;
	return q;
}

static void sigqueue_free(struct sigqueue *q)
{
	atomic_sub(&q->user->nr_signals, 1);
	user_account_put(q->user);
	kfree(q);
}

/* Out of its queue: it is freed, unless its timer keeps it. */
static void sigqueue_remove(struct sigqueue *q)
{
	list_del(&q->node);
	if (q->is_timers)
		list_init(&q->node);
	else
		sigqueue_free(q);
}

void sigpending_init(struct sigpending *p)
{
	p->set = 0;
	list_init(&p->queue);
}

void sigpending_flush(struct sigpending *p)
{
	p->set = 0;
	while (!list_empty(&p->queue))
		sigqueue_remove(list_first_entry(&p->queue, struct sigqueue, node));
}

static void sigpending_remove(struct sigpending *p, u64 mask)
{
	struct sigqueue *q, *n;

	if (!(p->set & mask))
		return;
	p->set &= ~mask;
	list_for_each_entry_safe (q, n, &p->queue, node)
		if (mask & SIGMASK(q->info.si_signo))
			sigqueue_remove(q);
}

/* Take the first queued `signo` out; without one (the queue was full) a bare siginfo. */
static void sigpending_collect(struct sigpending *p, int signo, siginfo_t *si)
{
	struct sigqueue *q, *found = NULL;
	bool has_more = false;

	list_for_each_entry (q, &p->queue, node)
		if (q->info.si_signo == signo) {
			if (found) {
				has_more = true;
				break;
			}
			found = q;
		}
	if (!has_more)
		p->set &= ~SIGMASK(signo);
	if (found) {
		*si = found->info;
		sigqueue_remove(found);
		return;
	}
	memset(si, 0, sizeof(*si));
	si->si_signo = signo;
	si->si_code = SI_USER;
}

void siginfo_user(siginfo_t *si, int signo, int code)
{
	memset(si, 0, sizeof(*si));
	si->si_signo = signo;
	si->si_code = code;
	si->si_pid = current->process->vpid;
	si->si_uid = current->real_cred->uid;
}

void siginfo_kernel(siginfo_t *si, int signo)
{
	memset(si, 0, sizeof(*si));
	si->si_signo = signo;
	si->si_code = SI_KERNEL;
}

static bool action_is_ignore(struct process *p, int signo)
{
	unsigned long h = READ_ONCE(p->action[signo].handler);

	return h == HANDLER_IGN || (h == HANDLER_DFL && (SIGMASK(signo) & SIG_IGNORE_SET));
}

bool process_is_ignoring(struct process *p, int signo)
{
	return READ_ONCE(p->action[signo].handler) == HANDLER_IGN;
}

static bool action_is_fatal(struct process *p, int signo)
{
	return READ_ONCE(p->action[signo].handler) == HANDLER_DFL &&
	       !(SIGMASK(signo) & (SIG_IGNORE_SET | SIG_STOP_SET));
}

/* A blocked signal is kept: its action may change before it is unblocked. */
static bool is_dropped(struct process *p, struct task *t, int signo, bool is_forced)
{
	if ((t->blocked | t->real_blocked) & SIGMASK(signo))
		return false;
	if (task_is_traced(t) && signo != SIGKILL)
		return false; /* a tracer sees ignored ones, too */
	if (unlikely(p->is_unkillable) && p->action[signo].handler == HANDLER_DFL &&
	    !(is_forced && (SIGMASK(signo) & SIG_KERNEL_ONLY)))
		return true;
	return action_is_ignore(p, signo);
}

void signal_wake(struct task *t, bool is_fatal)
{
	thread_set_flags(&t->thread, is_fatal ? TIF_SIGPENDING | TIF_KILLED : TIF_SIGPENDING);
	kick_thread(&t->thread);
	if (is_fatal) {
		t->tracing.is_stopped = t->tracing.is_listening = false;
		wake_thread_state(&t->thread, TS_STOPPED | TS_TRACED);
		if (READ_ONCE(t->is_killable_sleep))
			wake_thread(&t->thread);
	}
}

void signal_recalc(struct task *t)
{
	struct process *p = t->process;

	if (((t->pending.set | p->pending.set) & ~t->blocked) || t->is_stop_wanted ||
	    t->first_return || (p->group_flags & GROUP_TELL) || t->tracing.wants_trap ||
	    t->tracing.wants_notify)
		thread_set_flags(&t->thread, TIF_SIGPENDING);
	else
		thread_clear_flags(&t->thread, TIF_SIGPENDING);
}

static void continue_process(struct process *p)
{
	struct task *t;

	sigpending_remove(&p->pending, SIG_STOP_SET);
	list_for_each_entry (t, &p->tasks, group_node) {
		sigpending_remove(&t->pending, SIG_STOP_SET);
		t->is_stop_wanted = false;
		t->is_stop_dequeued = false;
		ptrace_group_changed(t);
		if (t->is_stopped) {
			t->is_stopped = false;
			wake_thread_state(&t->thread, TS_STOPPED);
		}
	}
	if ((p->group_flags & GROUP_STOPPED) || p->nr_to_stop) {
		p->group_flags |=
			p->group_flags & GROUP_STOPPED ? GROUP_TELL_CONTINUED : GROUP_TELL_STOPPED;
		p->group_flags &= ~GROUP_STOPPED;
		p->nr_to_stop = 0;
		p->wait_stop_status = 0;
		p->wait_continued = true;
		list_for_each_entry (t, &p->tasks, group_node)
			if (!t->is_exiting)
				thread_set_flags(&t->thread, TIF_SIGPENDING);
	}
}

/* What sending alone does, whatever the action; false: nobody is left to take the signal. */
static bool prepare(struct process *p, struct task *t, const siginfo_t *si, bool is_forced)
{
	struct task *other;
	int signo = si->si_signo;

	if (p->group_flags & GROUP_EXIT)
		return false;
	if (SIGMASK(signo) & SIG_STOP_SET) {
		sigpending_remove(&p->pending, SIGMASK(SIGCONT));
		list_for_each_entry (other, &p->tasks, group_node)
			sigpending_remove(&other->pending, SIGMASK(SIGCONT));
	} else if (signo == SIGCONT) {
		continue_process(p);
	}
	if (!is_dropped(p, t, signo, is_forced))
		return true;
	trace_hook_untaken(t, si);
	return false;
}

static bool wants(const struct task *t, int signo)
{
	if ((t->blocked & SIGMASK(signo)) || t->is_exiting)
		return false;
	if (signo == SIGKILL)
		return true;
	return !t->is_stopped && !t->tracing.is_stopped;
}

unsigned signal_zap_others(struct process *p, struct task *keep)
{
	struct task *t;
	unsigned n = 0;

	p->nr_to_stop = 0;
	list_for_each_entry (t, &p->tasks, group_node) {
		t->is_stop_wanted = false;
		if (t == keep)
			continue;
		n++;
		if (t->is_exiting)
			continue;
		t->is_stopped = false;
		t->pending.set |= SIGMASK(SIGKILL);
		signal_wake(t, true);
	}
	return n;
}

/* Choose who takes a signal just made pending, and end the whole process at once when it will. */
static void complete(struct process *p, struct task *to, const siginfo_t *si)
{
	struct task *t = to, *busy = NULL;
	int signo = si->si_signo;

	if (!t) {
		list_for_each_entry (t, &p->tasks, group_node) {
			if (!wants(t, signo))
				continue;
			if (!thread_test_flags(&t->thread, TIF_SIGPENDING))
				break;
			if (!busy)
				busy = t;
		}
		if (&t->group_node == &p->tasks)
			t = busy;
	} else if (!wants(t, signo)) {
		t = NULL;
	}
	if (!t)
		return;
	if (action_is_fatal(p, signo) && !(SIGMASK(signo) & SIG_CORE_SET) &&
	    !(p->is_unkillable && signo != SIGKILL) && !(t->real_blocked & SIGMASK(signo)) &&
	    (signo == SIGKILL || !task_is_traced(t))) {
		if (signo != SIGKILL)
			trace_hook_untaken(t, si);
		p->group_flags |= GROUP_EXIT;
		p->group_exit_code = signo;
		signal_zap_others(p, NULL);
		return;
	}
	signal_wake(t, signo == SIGKILL);
}

static struct sigpending *pending_of(struct process *p, struct task *to)
{
	return to ? &to->pending : &p->pending;
}

static void announce(struct process *p, struct task *to, const siginfo_t *si)
{
	pending_of(p, to)->set |= SIGMASK(si->si_signo);
	waitq_wake_all(&signalfd_wait);
	complete(p, to, si);
}

static int enqueue(struct process *p, struct task *to, const siginfo_t *si)
{
	int signo = si->si_signo;
	struct sigqueue *q;

	if (signo != SIGKILL) {
		/* Signals of the kernel, and the old ones of kill(2), do not stop at the limit. */
		bool may_exceed = signo < SIGRTMIN && si->si_code >= 0;

		q = sigqueue_alloc((to ? to : p->leader)->user,
				   may_exceed ? ~0UL : READ_ONCE(p->rlim[RLIMIT_SIGPENDING].cur));
		if (q) {
			q->info = *si;
			list_add_tail(&q->node, &pending_of(p, to)->queue);
		} else if (signo >= SIGRTMIN && si->si_code != SI_USER) {
			return -EAGAIN;
		}
	}
	announce(p, to, si);
	return 0;
}

/* pid_namespaces(7): who sends it is in a namespace above p's. Then it has no number for p; and p,
 * if it is process 1 of its namespace, takes SIGKILL and SIGSTOP from there. */
static bool is_from_outside(const struct process *p, const siginfo_t *si)
{
	int code = si->si_code;

	if (code > 0 || code == SI_TIMER || code == SI_SIGIO || code == SI_ASYNCIO)
		return false; /* the kernel's */
	return !process_nr_for(current->process, p);
}

/* t NULL: to the process. sighand_lock held. */
static int send_locked(struct process *p, struct task *to, const siginfo_t *si)
{
	int signo = si->si_signo;
	struct sigpending *pending = pending_of(p, to);
	bool is_forced = si->si_code > 0;
	struct task *judge = to;
	siginfo_t seen;

	if (!judge) {
		if (list_empty(&p->tasks))
			return 0;
		judge = p->leader;
		if (judge->is_exiting)
			judge = list_first_entry(&p->tasks, struct task, group_node);
	}
	if (unlikely(p->pid_level) && is_from_outside(p, si)) {
		seen = *si;
		seen.si_pid = 0;
		si = &seen;
		is_forced = true;
	}
	if (!prepare(p, judge, si, is_forced))
		return 0;
	if (signo < SIGRTMIN && (pending->set & SIGMASK(signo)))
		return 0;
	return enqueue(p, to, si);
}

struct sigqueue *signal_timer_alloc(void)
{
	struct sigqueue *q = sigqueue_alloc(current->user, task_rlimit(current, RLIMIT_SIGPENDING));

	if (q) {
		q->is_timers = true;
		list_init(&q->node);
	}
	return q;
}

void signal_timer_free(struct sigqueue *q)
{
	sigqueue_free(q);
}

bool signal_timer_send(struct process *p, struct task *to, struct sigqueue *q)
{
	struct task *judge = to ? to : p->leader;

	if (list_empty(&p->tasks) || (to && to->is_exiting))
		return false;
	if (judge->is_exiting)
		judge = list_first_entry(&p->tasks, struct task, group_node);
	if (!prepare(p, judge, &q->info, false))
		return false;
	if (list_empty(&q->node))
		list_add_tail(&q->node, &pending_of(p, to)->queue);
	announce(p, to, &q->info);
	return true;
}

void signal_timer_unqueue(struct process *p, struct task *to, struct sigqueue *q)
{
	struct sigpending *pending = pending_of(p, to);
	int signo = q->info.si_signo;
	struct sigqueue *other;

	if (list_empty(&q->node))
		return;
	sigqueue_remove(q);
	list_for_each_entry (other, &pending->queue, node)
		if (other->info.si_signo == signo)
			return;
	pending->set &= ~SIGMASK(signo);
}

int signal_process_locked(struct process *p, const siginfo_t *si)
{
	return send_locked(p, NULL, si);
}

int signal_process(struct process *p, const siginfo_t *si)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	int err = send_locked(p, NULL, si);

	spin_unlock_irqrestore(&p->sighand_lock, f);
	return err;
}

int signal_task(struct task *t, const siginfo_t *si)
{
	struct process *p = t->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	int err = t->is_exiting ? 0 : send_locked(p, t, si);

	spin_unlock_irqrestore(&p->sighand_lock, f);
	return err;
}

void signal_force(struct task *t, const siginfo_t *si)
{
	struct process *p = t->process;
	struct k_sigaction *ka = &p->action[si->si_signo];
	u64 bit = SIGMASK(si->si_signo);
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	bool is_blocked = t->blocked & bit;

	if (is_blocked || ka->handler == HANDLER_IGN) {
		spin_lock(&p->sighand->lock);
		ka->handler = HANDLER_DFL;
		spin_unlock(&p->sighand->lock);
		t->blocked &= ~bit;
	}
	if (ka->handler == HANDLER_DFL)
		p->is_unkillable = false;
	/* Deliver this one, not an older one of the same number that was blocked. */
	sigpending_remove(&t->pending, bit);
	send_locked(p, t, si);
	signal_recalc(t);
	if (p->group_flags & GROUP_EXIT)
		thread_set_flags(&t->thread, TIF_SIGPENDING);
	spin_unlock_irqrestore(&p->sighand_lock, f);
}

void signal_force_simple(struct task *t, int signo)
{
	siginfo_t si;

	siginfo_kernel(&si, signo);
	signal_force(t, &si);
}

int signal_permission(struct process *p, int signo)
{
	const struct cred *me = current->real_cred, *c;
	struct task *leader;
	unsigned long f;
	bool ok;

	if (p == current->process)
		return 0;
	f = tree_lock_irqsave();
	leader = p->leader;
	if (!leader) {
		tree_unlock_irqrestore(f);
		return 0;
	}
	c = leader->real_cred;
	ok = me->euid == c->suid || me->euid == c->uid || me->uid == c->suid || me->uid == c->uid ||
	     (signo == SIGCONT && p->sid == current->process->sid) ||
	     cred_capable_in(me, c->user_ns, CAP_KILL);
	tree_unlock_irqrestore(f);
	return ok ? 0 : -EPERM;
}

void signal_retarget(struct task *t, u64 which)
{
	struct process *p = t->process;
	struct task *other;

	which &= p->pending.set;
	list_for_each_entry (other, &p->tasks, group_node) {
		u64 takes = which & ~other->blocked;

		if (!which)
			return;
		if (other == t || other->is_exiting || !takes)
			continue;
		which &= other->blocked;
		if (!thread_test_flags(&other->thread, TIF_SIGPENDING))
			signal_wake(other, false);
	}
}

static void set_blocked_locked(struct task *t, u64 mask)
{
	u64 added = mask & ~t->blocked;

	t->blocked = mask;
	if (unlikely(t->process->nr_tasks > 1) && (t->process->pending.set & added))
		signal_retarget(t, added);
	signal_recalc(t);
}

void signal_set_blocked(struct task *t, u64 mask)
{
	unsigned long f;

	mask &= ~SIG_KERNEL_ONLY;
	if (t->blocked == mask)
		return;
	f = spin_lock_irqsave(&t->process->sighand_lock);
	set_blocked_locked(t, mask);
	spin_unlock_irqrestore(&t->process->sighand_lock, f);
}

void signal_temp_mask(struct task *t, u64 mask)
{
	t->saved_sigmask = t->blocked;
	thread_set_flags(&t->thread, TIF_RESTORE_SIGMASK);
	signal_set_blocked(t, mask);
}

void signal_temp_mask_end(struct task *t)
{
	if (!thread_test_flags(&t->thread, TIF_RESTORE_SIGMASK))
		return;
	thread_clear_flags(&t->thread, TIF_RESTORE_SIGMASK);
	signal_set_blocked(t, t->saved_sigmask);
}

/* Faults first: their handler must see the machine as it was; then the lowest number. */
static int next_signal(u64 set)
{
	if (!set)
		return 0;
	if (set & SIG_SYNCHRONOUS)
		set &= SIG_SYNCHRONOUS;
	return __builtin_ctzl(set) + 1;
}

int signal_dequeue_locked(struct task *t, u64 mask, siginfo_t *si)
{
	struct process *p = t->process;
	int signo = next_signal(t->pending.set & mask);

	if (signo) {
		sigpending_collect(&t->pending, signo, si);
	} else {
		signo = next_signal(p->pending.set & mask);
		if (!signo)
			return 0;
		sigpending_collect(&p->pending, signo, si);
		if (signo == SIGALRM)
			itimer_sigalrm_taken(p);
	}
	if (si->si_code == SI_TIMER)
		posix_timer_taken(p, si);
	else if (unlikely(t->maps_ids) && (si->si_code <= 0 || signo == SIGCHLD))
		si->si_uid = from_kuid_munged(t->real_cred->user_ns, si->si_uid);
	if (SIGMASK(signo) & SIG_STOP_SET)
		t->is_stop_dequeued = true;
	return signo;
}

int signal_dequeue(struct task *t, u64 mask, siginfo_t *si)
{
	unsigned long f = spin_lock_irqsave(&t->process->sighand_lock);
	int signo = signal_dequeue_locked(t, mask, si);

	signal_recalc(t);
	spin_unlock_irqrestore(&t->process->sighand_lock, f);
	return signo;
}

u64 signal_pending_set(struct task *t)
{
	return (READ_ONCE(t->pending.set) | READ_ONCE(t->process->pending.set)) & t->blocked;
}

bool signal_is_ignored(struct task *t, int signo)
{
	return (t->blocked & SIGMASK(signo)) || process_is_ignoring(t->process, signo);
}

void signal_action(struct process *p, int signo, const struct k_sigaction *act,
		   struct k_sigaction *old)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	struct task *t;

	signo = (int)array_index_nospec((unsigned)signo, NSIG_K + 1);
	spin_lock(&p->sighand->lock);
	*old = p->action[signo];
	if (act) {
		p->action[signo] = *act;
		p->action[signo].mask &= ~SIG_KERNEL_ONLY;
	}
	spin_unlock(&p->sighand->lock);
	/* POSIX: a pending signal that becomes ignored is discarded, blocked or not. */
	if (act && action_is_ignore(p, signo)) {
		sigpending_remove(&p->pending, SIGMASK(signo));
		list_for_each_entry (t, &p->tasks, group_node)
			sigpending_remove(&t->pending, SIGMASK(signo));
	}
	spin_unlock_irqrestore(&p->sighand_lock, f);
}

void signal_handler_sets(struct process *p, u64 *ignored, u64 *caught)
{
	unsigned i;

	*ignored = 0;
	*caught = 0;
	for (i = 1; i <= NSIG_K; i++) {
		unsigned long h = READ_ONCE(p->action[i].handler);

		if (h == HANDLER_IGN)
			*ignored |= SIGMASK(i);
		else if (h != HANDLER_DFL)
			*caught |= SIGMASK(i);
	}
}

struct sighand *sighand_new(const struct sighand *from, bool clear_handlers)
{
	struct sighand *sh = kmalloc(sizeof(*sh), GFP_KERNEL);
	unsigned i;

	if (!sh)
		return NULL;
	if (from)
		memcpy(sh->action, from->action, sizeof(sh->action));
	else
		memset(sh->action, 0, sizeof(sh->action));
	ref_init(&sh->ref, 1);
	spin_init(&sh->lock, RANK_LEAF, "sighand.action");
	if (clear_handlers)
		for (i = 1; i <= NSIG_K; i++)
			if (sh->action[i].handler != HANDLER_IGN)
				memset(&sh->action[i], 0, sizeof(sh->action[i]));
	return sh;
}

void sighand_put(struct sighand *sh)
{
	if (ref_put(&sh->ref))
		kfree(sh);
}

void signal_flush_handlers(struct process *p)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	unsigned i;

	for (i = 1; i <= NSIG_K; i++) {
		unsigned long h = p->action[i].handler;

		memset(&p->action[i], 0, sizeof(p->action[i]));
		if (h == HANDLER_IGN)
			p->action[i].handler = h;
	}
	spin_unlock_irqrestore(&p->sighand_lock, f);
}
