/* Filters of system calls: installing and running them (proc/seccomp.h). */
#include "proc/seccomp.h"
#include "proc/bpf.h"
#include "proc/pid.h"
#include "proc/ptrace.h"
#include "proc/ptrace_abi.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/cred.h"
#include <linux/capability.h>

#define CHAIN_INSNS_MAX 32768 /* each filter counts 4 more: seccomp(2), ENOMEM */
#define FILTER_WEIGHT	4
#define MAX_ERRNO_DATA	4095u

static void filter_put(struct seccomp_filter *f)
{
	while (f && ref_put(&f->ref)) {
		struct seccomp_filter *prev = f->prev;

		if (f->notifier)
			seccomp_notifier_put(f->notifier);
		kfree(f);
		f = prev;
	}
}

/* A task leaves: what no task can come by any more tells its listener. */
static void filter_unuse(struct seccomp_filter *f)
{
	while (f && ref_put(&f->users)) {
		if (f->notifier)
			seccomp_notifier_hangup(f->notifier);
		f = f->prev;
	}
}

static void filter_get(struct seccomp_filter *f)
{
	ref_get(&f->ref);
	ref_get(&f->users);
}

/* --- installing --- */

static bool is_ancestor(const struct seccomp_filter *old, const struct seccomp_filter *f)
{
	if (!old)
		return true;
	for (; f; f = f->prev)
		if (f == old)
			return true;
	return false;
}

/* sighand_lock held: a thread whose filters are not a beginning of the caller's; 0: none. */
static int find_obstacle(struct task *me)
{
	struct task *t;

	list_for_each_entry (t, &me->process->tasks, group_node) {
		if (t == me || t->is_exiting || !t->seccomp_mode)
			continue;
		if (t->seccomp_mode != SECCOMP_MODE_FILTER || !is_ancestor(t->seccomp, me->seccomp))
			return t->tid;
	}
	return 0;
}

static void install(struct task *t, struct seccomp_filter *f)
{
	struct seccomp_filter *old = t->seccomp;

	/* The old one stays reachable: it is on the new one's way. */
	WRITE_ONCE(t->seccomp, f);
	t->seccomp_mode = SECCOMP_MODE_FILTER;
	thread_set_flags(&t->thread, TIF_SECCOMP);
	if (old) {
		filter_unuse(old);
		filter_put(old);
	}
}

/* Each thread has what the caller has. tasks do not come or go meanwhile: see fork.c's link. */
static void sync_threads(struct task *me, struct seccomp_filter *f)
{
	struct task *t;

	list_for_each_entry (t, &me->process->tasks, group_node) {
		if (t == me || t->is_exiting)
			continue;
		filter_get(f);
		install(t, f);
		t->has_no_new_privs |= task_no_new_privs(me);
	}
}

static struct seccomp_filter *new_filter(const struct sock_filter *insns, unsigned nr)
{
	struct seccomp_filter *f, *prev = current->seccomp;
	unsigned total = nr + FILTER_WEIGHT + (prev ? prev->total : 0);

	if (total - FILTER_WEIGHT > CHAIN_INSNS_MAX)
		return ERR_PTR(-ENOMEM);
	f = kzalloc(sizeof(*f) + nr * sizeof(*insns), GFP_KERNEL);
	if (!f)
		return ERR_PTR(-ENOMEM);
	ref_init(&f->ref, 1);
	ref_init(&f->users, 1);
	f->nr = nr;
	f->total = total;
	memcpy(f->insns, insns, nr * sizeof(*insns));
	return f;
}

static bool has_listener(const struct seccomp_filter *f)
{
	for (; f; f = f->prev)
		if (f->notifier)
			return true;
	return false;
}

/* sighand_lock held. 0, or a tid that stands in the way. */
static int attach(struct task *me, struct seccomp_filter *f, unsigned flags)
{
	int tid = flags & SECCOMP_FILTER_FLAG_TSYNC ? find_obstacle(me) : 0;

	if (tid)
		return tid;
	f->prev = me->seccomp;
	f->depth = f->prev ? f->prev->depth + 1 : 1;
	if (f->prev)
		filter_get(f->prev);
	install(me, f);
	if (flags & SECCOMP_FILTER_FLAG_TSYNC)
		sync_threads(me, f);
	return 0;
}

long seccomp_add_filter(const struct sock_filter *insns, unsigned nr, unsigned flags,
			struct file **listener)
{
	struct task *me = current;
	struct seccomp_filter *f;
	unsigned long irq;
	long err;

	*listener = NULL;
	if (!task_no_new_privs(me) && !task_has_own_cap(CAP_SYS_ADMIN))
		return -EACCES;
	err = bpf_check(insns, nr);
	if (err)
		return err;
	if (me->seccomp_mode == SECCOMP_MODE_STRICT)
		return -EINVAL;
	f = new_filter(insns, nr);
	if (IS_ERR(f))
		return PTR_ERR(f);
	f->waits_killable = flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	if (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) {
		struct file *file =
			has_listener(me->seccomp) ? ERR_PTR(-EBUSY) : seccomp_listener(f);

		if (IS_ERR(file)) {
			filter_put(f);
			return PTR_ERR(file);
		}
		*listener = file;
	}
	irq = spin_lock_irqsave(&me->process->sighand_lock);
	err = attach(me, f, flags);
	spin_unlock_irqrestore(&me->process->sighand_lock, irq);
	if (err) {
		if (*listener)
			file_put(*listener);
		*listener = NULL;
		filter_put(f);
		return flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH ? -ESRCH : err;
	}
	return 0;
}

int seccomp_set_strict(void)
{
	struct task *t = current;

	if (t->seccomp_mode && t->seccomp_mode != SECCOMP_MODE_STRICT)
		return -EINVAL;
	t->seccomp_mode = SECCOMP_MODE_STRICT;
	thread_set_flags(&t->thread, TIF_SECCOMP);
	return 0;
}

void seccomp_fork(struct task *child, struct task *parent)
{
	child->seccomp_mode = parent->seccomp_mode;
	child->seccomp = parent->seccomp;
	if (child->seccomp)
		filter_get(child->seccomp);
	if (child->seccomp_mode)
		thread_set_flags(&child->thread, TIF_SECCOMP);
	else
		thread_clear_flags(&child->thread, TIF_SECCOMP);
}

void seccomp_exit(struct task *t)
{
	unsigned long flags = spin_lock_irqsave(&t->process->sighand_lock);
	struct seccomp_filter *f = t->seccomp;

	t->seccomp = NULL;
	spin_unlock_irqrestore(&t->process->sighand_lock, flags);
	if (f) {
		filter_unuse(f);
		filter_put(f);
	}
}

unsigned seccomp_depth(struct task *t)
{
	unsigned long f = spin_lock_irqsave(&t->process->sighand_lock);
	unsigned n = t->seccomp ? t->seccomp->depth : 0;

	spin_unlock_irqrestore(&t->process->sighand_lock, f);
	return n;
}

/* --- a call --- */

static void fill_data(struct seccomp_data *d, struct task *t, const struct pt_regs *regs)
{
	d->nr = (int)arch_syscall_nr(regs);
	d->arch = arch_audit_arch(&t->thread);
	d->instruction_pointer = arch_user_pc(regs);
	for (unsigned i = 0; i < 6; i++)
		d->args[i] = arch_syscall_arg(regs, i);
}

/* The strictest answer, and the first filter that gave it. Newer filters run first. */
static u32 run_filters(struct seccomp_filter *f, const struct seccomp_data *d,
		       struct seccomp_filter **match)
{
	u32 best = SECCOMP_RET_ALLOW;

	for (; f; f = f->prev) {
		u32 ret = bpf_run(f->insns, d);

		if ((s32)(ret & SECCOMP_RET_ACTION_FULL) < (s32)(best & SECCOMP_RET_ACTION_FULL)) {
			best = ret;
			*match = f;
		}
	}
	return best;
}

static void note(const struct seccomp_data *d, int signo, u32 action)
{
	log_info("seccomp: pid %d comm \"%s\" sig %d arch %x syscall %d ip 0x%lx code 0x%x",
		 current->tid, current->thread.comm, signo, d->arch, d->nr,
		 (unsigned long)d->instruction_pointer, action);
}

static void fill_sigsys(siginfo_t *si, const struct seccomp_data *d, u32 data)
{
	memset(si, 0, sizeof(*si));
	si->si_signo = SIGSYS;
	si->si_code = SYS_SECCOMP;
	si->si_errno = (int)data;
	si->si_call_addr = (void *)d->instruction_pointer;
	si->si_syscall = d->nr;
	si->si_arch = d->arch;
}

static bool kill_task(const struct seccomp_data *d, u32 ret)
{
	struct task *t = current;
	u32 action = ret & SECCOMP_RET_ACTION_FULL;
	struct k_sigaction dfl = {0}, old;
	siginfo_t si;

	note(d, SIGSYS, action);
	if (action == SECCOMP_RET_KILL_THREAD && READ_ONCE(t->process->nr_tasks) > 1)
		do_exit(SIGSYS);
	fill_sigsys(&si, d, ret & SECCOMP_RET_DATA);
	/* Nothing holds it back. */
	signal_action(t->process, SIGSYS, &dfl, &old);
	signal_force(t, &si);
	return false;
}

static bool act(struct pt_regs *regs, struct seccomp_data *d, u32 ret,
		struct seccomp_filter *match);

static bool trace_call(struct pt_regs *regs, struct seccomp_data *d, u32 data)
{
	struct task *t = current;
	struct seccomp_filter *match = NULL;
	u32 ret;

	if (!ptrace_has_event(t, PTRACE_EVENT_SECCOMP)) {
		arch_set_return(regs, -ENOSYS);
		return false;
	}
	ptrace_event(PTRACE_EVENT_SECCOMP, data);
	if (thread_test_flags(&t->thread, TIF_KILLED) || (int)arch_syscall_nr(regs) < 0)
		return false;
	/* It may be another call by now. */
	fill_data(d, t, regs);
	ret = run_filters(t->seccomp, d, &match);
	if ((ret & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_TRACE)
		return true;
	return act(regs, d, ret, match);
}

static bool act(struct pt_regs *regs, struct seccomp_data *d, u32 ret, struct seccomp_filter *match)
{
	u32 data = ret & SECCOMP_RET_DATA;
	siginfo_t si;

	switch (ret & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		return true;
	case SECCOMP_RET_LOG:
		note(d, 0, SECCOMP_RET_LOG);
		return true;
	case SECCOMP_RET_ERRNO:
		arch_set_return(regs, -(long)MIN(data, MAX_ERRNO_DATA));
		return false;
	case SECCOMP_RET_TRAP:
		arch_set_return(regs, d->nr); /* as before the call */
		fill_sigsys(&si, d, data);
		signal_force(current, &si);
		return false;
	case SECCOMP_RET_TRACE:
		return trace_call(regs, d, data);
	case SECCOMP_RET_USER_NOTIF:
		return seccomp_ask(match, d, regs);
	default:
		return kill_task(d, ret);
	}
}

bool seccomp_enter(struct pt_regs *regs)
{
	struct task *t = current;
	struct seccomp_filter *match = NULL;
	struct seccomp_data d;
	u32 ret;

	if (t->seccomp_mode == SECCOMP_MODE_STRICT) {
		if (arch_is_strict_call(regs))
			return true;
		do_exit(SIGKILL);
	}
	fill_data(&d, t, regs);
	ret = run_filters(READ_ONCE(t->seccomp), &d, &match);
	return act(regs, &d, ret, match);
}
