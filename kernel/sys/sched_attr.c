/* sched_setattr(2), sched_getattr(2). */
#include "sys/sched.h"
#include "core/cpu.h"
#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/sched/types.h>

#define SIZE_MAX_K PAGE_SIZE
/* Limits of Linux: 1024 ns, and the defaults of sched_deadline_period_min_us and _max_us */
#define RUNTIME_MIN_NS 1024UL
#define PERIOD_MIN_NS  (100 * NSEC_PER_USEC)
#define PERIOD_MAX_NS  ((1UL << 22) * NSEC_PER_USEC)
#define DEADLINE_FLAGS (SCHED_FLAG_RECLAIM | SCHED_FLAG_DL_OVERRUN)

/* 0, -EFAULT, -EINVAL, or -E2BIG with the size that is known stored. */
static int get_attr(struct sched_attr *a, uaddr_t from)
{
	u32 size, i;
	u8 b;

	memset(a, 0, sizeof(*a));
	if (arch_get_user32(&size, from))
		return -EFAULT;
	if (!size)
		size = SCHED_ATTR_SIZE_VER0;
	if (size < SCHED_ATTR_SIZE_VER0 || size > SIZE_MAX_K)
		goto too_big;
	for (i = sizeof(*a); i < size; i++) {
		if (copy_from_user(&b, uaddr_add(from, i), 1))
			return -EFAULT;
		if (b)
			goto too_big;
	}
	if (copy_from_user(a, from, MIN(size, (u32)sizeof(*a))))
		return -EFAULT;
	if ((a->sched_flags & SCHED_FLAG_UTIL_CLAMP) && size < SCHED_ATTR_SIZE_VER1)
		return -EINVAL;
	a->sched_nice = MAX(MIN(a->sched_nice, 19), -20);
	return 0;
too_big:
	return arch_put_user32(from, sizeof(*a)) ? -EFAULT : -E2BIG;
}

/* sched(7): runtime <= deadline <= period, each within bounds. */
static bool is_valid_deadline(struct sched_attr *a)
{
	if (!a->sched_period)
		a->sched_period = a->sched_deadline;
	return a->sched_deadline && a->sched_runtime >= RUNTIME_MIN_NS &&
	       !((a->sched_deadline | a->sched_period) >> 63) &&
	       a->sched_period >= a->sched_deadline && a->sched_deadline >= a->sched_runtime &&
	       a->sched_period >= PERIOD_MIN_NS && a->sched_period <= PERIOD_MAX_NS;
}

static int check_attr(struct sched_attr *a)
{
	int policy = (int)a->sched_policy;

	if (policy == SCHED_DEADLINE)
		return is_valid_deadline(a) && !a->sched_priority ? 0 : -EINVAL;
	if (!sched_is_policy(policy) || a->sched_priority > 99 ||
	    (policy == SCHED_FIFO || policy == SCHED_RR) != (a->sched_priority != 0))
		return -EINVAL;
	return 0;
}

/* With SCHED_FLAG_KEEP_*: what is not to change. */
static void keep(struct sched_attr *a, const struct thread *t)
{
	if (a->sched_flags & SCHED_FLAG_KEEP_POLICY) {
		a->sched_policy = (u32)t->policy;
		if (t->reset_on_fork)
			a->sched_flags |= SCHED_FLAG_RESET_ON_FORK;
	}
	if (a->sched_flags & SCHED_FLAG_KEEP_PARAMS) {
		a->sched_nice = t->nice;
		a->sched_priority = (u32)t->rt_priority;
		a->sched_runtime = t->dl.runtime_ns;
		a->sched_deadline = t->dl.deadline_ns;
		a->sched_period = t->dl.period_ns;
	}
}

static int apply(struct task *t, const struct sched_attr *a)
{
	int policy = (int)a->sched_policy, nice = t->thread.nice, err;
	u64 all = (2UL << (nr_cpus - 1)) - 1;

	if (policy == SCHED_DEADLINE) {
		const struct sched_deadline d = {a->sched_runtime, a->sched_deadline,
						 a->sched_period, a->sched_flags & DEADLINE_FLAGS};

		if ((t->thread.affinity & all) != all)
			return fail(EPERM, "the guarantee is for all CPUs, not for some");
		return sched_set_deadline(&t->thread, &d);
	}
	if (policy == SCHED_NORMAL || policy == SCHED_BATCH || policy == SCHED_IDLE)
		nice = a->sched_nice;
	err = sched_set_policy(&t->thread, policy, (int)a->sched_priority, nice);
	return err;
}

static int set_attr(struct task *t, struct sched_attr *a)
{
	bool resets;
	int err;

	keep(a, &t->thread);
	resets = a->sched_flags & SCHED_FLAG_RESET_ON_FORK;
	err = check_attr(a);
	if (err)
		return err;
	if (a->sched_flags & ~(u64)(SCHED_FLAG_ALL))
		return -EINVAL;
	if (!task_capable(CAP_SYS_NICE) &&
	    (a->sched_policy == SCHED_DEADLINE ||
	     !sched_may_set_policy(t, (int)a->sched_policy, (int)a->sched_priority, resets) ||
	     (a->sched_nice < t->thread.nice && !sched_may_nice(t, a->sched_nice) &&
	      a->sched_policy != SCHED_FIFO && a->sched_policy != SCHED_RR)))
		return -EPERM;
	if (a->sched_flags & SCHED_FLAG_UTIL_CLAMP)
		return fail(EOPNOTSUPP, "no utilization clamping, as without CONFIG_UCLAMP_TASK");
	err = apply(t, a);
	if (!err) {
		t->thread.reset_on_fork = resets;
		futex_pi_changed(t);
	}
	return err;
}

long sys_sched_setattr(int pid, uaddr_t attr, unsigned int flags)
{
	struct sched_attr a;
	struct task *t;
	int err;

	if (!attr.v || pid < 0 || flags)
		return -EINVAL;
	err = get_attr(&a, attr);
	if (err)
		return err;
	if ((int)a.sched_policy < 0)
		return -EINVAL;
	t = sched_find(pid);
	if (!t)
		return -ESRCH;
	err = set_attr(t, &a);
	task_put(t);
	return err;
}

long sys_sched_getattr(int pid, uaddr_t attr, unsigned int size, unsigned int flags)
{
	struct sched_attr a = {0};
	struct task *t;

	if (!attr.v || pid < 0 || flags || size < SCHED_ATTR_SIZE_VER0 || size > SIZE_MAX_K)
		return -EINVAL;
	t = sched_find(pid);
	if (!t)
		return -ESRCH;
	a.size = MIN(size, (u32)sizeof(a));
	a.sched_policy = (u32)t->thread.policy;
	if (t->thread.reset_on_fork)
		a.sched_flags |= SCHED_FLAG_RESET_ON_FORK;
	if (t->thread.policy == SCHED_DEADLINE) {
		a.sched_flags |= t->thread.dl.flags;
		a.sched_runtime = t->thread.dl.runtime_ns;
		a.sched_deadline = t->thread.dl.deadline_ns;
		a.sched_period = t->thread.dl.period_ns;
	} else if (t->thread.policy == SCHED_FIFO || t->thread.policy == SCHED_RR) {
		a.sched_priority = (u32)t->thread.rt_priority;
	} else {
		a.sched_nice = t->thread.nice;
	}
	task_put(t);
	return copy_to_user(attr, &a, a.size);
}
