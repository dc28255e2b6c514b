/* Scheduling of the caller and of others. sched(7), setpriority(2), sched_setaffinity(2). */
#include "sys/ids.h"
#include "sys/sched.h"
#include "sys/uaccess_time.h"
#include "core/cpu.h"
#include "vfs/cred.h"
#include <linux/capability.h>
#include <linux/resource.h>
#include <linux/sched.h>

#define RT_PRIO_MAX 99
#define NICE_MIN    (-20)
#define NICE_MAX    19

long sys_sched_yield(void)
{
	sched_yield_thread();
	return 0;
}

long sys_getcpu(uaddr_t cpu, uaddr_t node, uaddr_t cache)
{
	(void)cache; /* unused since Linux 2.6.24 */
	if (cpu.v && arch_put_user32(cpu, this_thread()->cpu))
		return -EFAULT;
	if (node.v && arch_put_user32(node, 0))
		return -EFAULT;
	return 0;
}

struct task *sched_find(int pid)
{
	if (pid)
		return task_find(pid);
	ref_get(&current->ref);
	return current;
}

static bool is_same_owner(struct task *t)
{
	const struct cred *me = current->real_cred, *c = task_get_cred(t);
	bool same = me->euid == c->euid || me->euid == c->uid;

	cred_put(c);
	return same;
}

static bool is_rt(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

bool sched_is_policy(int policy)
{
	return is_rt(policy) || policy == SCHED_NORMAL || policy == SCHED_BATCH ||
	       policy == SCHED_IDLE;
}

/* nice value n as RLIMIT_NICE counts: 1 (19) to 40 (-20). */
bool sched_may_nice(struct task *t, int nice)
{
	return (u64)(20 - nice) <= task_rlimit(t, RLIMIT_NICE);
}

/* sched(7), "Privileges and resource limits", without CAP_SYS_NICE. */
bool sched_may_set_policy(struct task *t, int policy, int prio, bool resets)
{
	const struct thread *th = &t->thread;

	if (is_rt(policy)) {
		u64 limit = task_rlimit(t, RLIMIT_RTPRIO);

		if (policy != th->policy && !limit)
			return false;
		if (prio > th->rt_priority && (u64)prio > limit)
			return false;
	}
	if (th->policy == SCHED_IDLE && policy != SCHED_IDLE && !sched_may_nice(t, th->nice))
		return false;
	if (!is_same_owner(t))
		return false;
	return !(th->reset_on_fork && !resets);
}

static long set_policy(int pid, int policy, uaddr_t param, bool keeps_policy)
{
	bool resets = policy & SCHED_RESET_ON_FORK;
	struct task *t;
	u32 word;
	int prio, err;

	if (pid < 0 || !param.v)
		return -EINVAL;
	if (arch_get_user32(&word, param))
		return -EFAULT;
	prio = (int)word;
	t = sched_find(pid);
	if (!t)
		return -ESRCH;
	if (keeps_policy) {
		policy = t->thread.policy;
		resets = t->thread.reset_on_fork;
	}
	policy &= ~SCHED_RESET_ON_FORK;
	err = -EINVAL;
	if (!sched_is_policy(policy) || prio < 0 || prio > RT_PRIO_MAX ||
	    is_rt(policy) != (prio != 0))
		goto out;
	err = -EPERM;
	if (!task_capable(CAP_SYS_NICE) && !sched_may_set_policy(t, policy, prio, resets))
		goto out;
	err = sched_set_policy(&t->thread, policy, prio, t->thread.nice);
	if (!err) {
		t->thread.reset_on_fork = resets;
		futex_pi_changed(t);
	}
out:
	task_put(t);
	return err;
}

long sys_sched_setscheduler(int pid, int policy, uaddr_t param)
{
	if (policy < 0)
		return -EINVAL;
	return set_policy(pid, policy, param, false);
}

long sys_sched_setparam(int pid, uaddr_t param)
{
	return set_policy(pid, 0, param, true);
}

long sys_sched_getscheduler(int pid)
{
	struct task *t;
	long ret;

	if (pid < 0)
		return -EINVAL;
	t = sched_find(pid);
	if (!t)
		return -ESRCH;
	ret = t->thread.policy | (t->thread.reset_on_fork ? SCHED_RESET_ON_FORK : 0);
	task_put(t);
	return ret;
}

long sys_sched_getparam(int pid, uaddr_t param)
{
	struct task *t;
	int prio;

	if (!param.v || pid < 0)
		return -EINVAL;
	t = sched_find(pid);
	if (!t)
		return -ESRCH;
	prio = is_rt(t->thread.policy) ? t->thread.rt_priority : 0;
	task_put(t);
	return arch_put_user32(param, (u32)prio);
}

long sys_sched_get_priority_max(int policy)
{
	if (is_rt(policy))
		return RT_PRIO_MAX;
	return sched_is_policy(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

long sys_sched_get_priority_min(int policy)
{
	if (is_rt(policy))
		return 1;
	return sched_is_policy(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

long sys_sched_rr_get_interval(int pid, uaddr_t interval)
{
	struct task *t;
	u64 ns;

	if (pid < 0)
		return -EINVAL;
	t = sched_find(pid);
	if (!t)
		return -ESRCH;
	ns = sched_rr_interval_ns(&t->thread);
	task_put(t);
	return timespec_put(interval, ns);
}

long sys_sched_setaffinity(int pid, unsigned int len, uaddr_t mask)
{
	u64 wanted = 0;
	struct task *t;
	int err;

	if (copy_from_user(&wanted, mask, MIN(len, sizeof(wanted))))
		return -EFAULT;
	t = sched_find(pid);
	if (!t)
		return -ESRCH;
	err = -EPERM;
	if (is_same_owner(t) || task_capable(CAP_SYS_NICE))
		err = sched_set_affinity(&t->thread, wanted);
	task_put(t);
	return err;
}

long sys_sched_getaffinity(int pid, unsigned int len, uaddr_t mask)
{
	struct task *t;
	u64 cpus_now;

	if ((u64)len * 8 < nr_cpus || len % sizeof(u64))
		return -EINVAL;
	t = sched_find(pid);
	if (!t)
		return -ESRCH;
	cpus_now = t->thread.affinity & (BIT(nr_cpus) - 1);
	task_put(t);
	return copy_to_user(mask, &cpus_now, sizeof(cpus_now)) ? -EFAULT : (long)sizeof(cpus_now);
}

/* --- nice values of a process, a group, a user --- */

struct nice_walk {
	int which, who;
	int nice;
	int result;
};

static bool is_chosen(const struct nice_walk *w, struct task *t)
{
	const struct cred *c;
	bool is;

	if (w->which == PRIO_PGRP)
		return t->process->pgid == w->who;
	c = task_get_cred(t);
	is = c->uid == uid_given((u32)w->who) && pid_seen(t->tid);
	cred_put(c);
	return is;
}

/* Each task chosen. */
static void walk(struct nice_walk *w, void (*visit)(struct nice_walk *w, struct task *t))
{
	struct process *p;
	struct task *t;
	int next = 1;

	if (w->which == PRIO_PROCESS) {
		t = sched_find(w->who);
		if (t) {
			visit(w, t);
			task_put(t);
		}
		return;
	}
	while ((p = process_next(next))) {
		int tid = 1;

		next = p->pid + 1;
		while ((t = task_next(p, tid))) {
			tid = t->tid + 1;
			if (is_chosen(w, t))
				visit(w, t);
			task_put(t);
		}
		process_put(p);
	}
}

static int start_walk(struct nice_walk *w, int which, int who)
{
	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	if (!who && which == PRIO_USER)
		who = (int)uid_seen(current->real_cred->uid);
	w->which = which;
	w->who = who;
	if (which == PRIO_PGRP)
		w->who = who ? pid_given(who) : current->process->pgid;
	w->result = -ESRCH;
	return 0;
}

static void visit_get(struct nice_walk *w, struct task *t)
{
	int value = 20 - t->thread.nice; /* 1..40: the C library turns it round */

	if (value > w->result)
		w->result = value;
}

long sys_getpriority(int which, int who)
{
	struct nice_walk w = {0};
	int err = start_walk(&w, which, who);

	if (err)
		return err;
	walk(&w, visit_get);
	return w.result;
}

static void visit_set(struct nice_walk *w, struct task *t)
{
	const struct cred *me = current->real_cred, *c = task_get_cred(t);
	bool is_mine = c->uid == me->euid || c->euid == me->euid;
	bool is_capable = task_capable(CAP_SYS_NICE);

	cred_put(c);
	if (!is_mine && !is_capable) {
		w->result = -EPERM;
	} else if (w->nice < t->thread.nice && !sched_may_nice(t, w->nice) && !is_capable) {
		w->result = -EACCES;
	} else {
		if (w->result == -ESRCH)
			w->result = 0;
		(void)sched_set_policy(&t->thread, t->thread.policy, t->thread.rt_priority,
				       w->nice);
	}
}

long sys_setpriority(int which, int who, int prio)
{
	struct nice_walk w = {0};
	int err = start_walk(&w, which, who);

	if (err)
		return err;
	w.nice = prio < NICE_MIN ? NICE_MIN : prio > NICE_MAX ? NICE_MAX : prio;
	walk(&w, visit_set);
	return w.result;
}

/* --- the same choice for others --- */

struct any_walk {
	struct nice_walk base;
	void (*visit)(void *arg, struct task *t);
	void *arg;
};

static void visit_any(struct nice_walk *w, struct task *t)
{
	struct any_walk *a = container_of(w, struct any_walk, base);

	a->visit(a->arg, t);
}

int sched_for_each(int which, int who, void (*visit)(void *arg, struct task *t), void *arg)
{
	struct any_walk a = {.visit = visit, .arg = arg};
	int err = start_walk(&a.base, which, who);

	if (!err)
		walk(&a.base, visit_any);
	return err;
}
