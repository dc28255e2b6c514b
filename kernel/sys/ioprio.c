/* ioprio_set(2), ioprio_get(2): kept per task, and passed on by fork. Nothing here schedules I/O.
 */
#include "sys/sched.h"
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/sched.h>

#define DEFAULT_LEVEL 4

struct ioprio_walk {
	int which, ioprio, result;
};

/* What a task has when none was set: by its policy and nice value. */
static int effective(const struct task *t)
{
	const struct thread *th = &t->thread;

	if (IOPRIO_PRIO_CLASS(t->ioprio) != IOPRIO_CLASS_NONE)
		return t->ioprio;
	if (th->policy == SCHED_IDLE)
		return IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, (th->nice + 20) / 5);
	if (th->policy == SCHED_FIFO || th->policy == SCHED_RR)
		return IOPRIO_PRIO_VALUE(IOPRIO_CLASS_RT, (th->nice + 20) / 5);
	return IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, (th->nice + 20) / 5);
}

static void visit_get(void *arg, struct task *t)
{
	struct ioprio_walk *w = arg;
	int mine = w->which == IOPRIO_WHO_PROCESS ? t->ioprio : effective(t);

	if (w->result < 0 || mine < w->result)
		w->result = mine;
}

static void visit_set(void *arg, struct task *t)
{
	const struct cred *me = current->real_cred, *c = task_get_cred(t);
	bool may = c->uid == me->euid || c->uid == me->uid || task_capable(CAP_SYS_NICE);
	struct ioprio_walk *w = arg;

	cred_put(c);
	if (w->result == -EPERM)
		return;
	w->result = may ? 0 : -EPERM;
	if (may)
		WRITE_ONCE(t->ioprio, w->ioprio);
}

long sys_ioprio_get(int which, int who)
{
	struct ioprio_walk w = {.which = which, .result = -ESRCH};
	int err = sched_for_each(which - IOPRIO_WHO_PROCESS, who, visit_get, &w);

	return err ? err : w.result;
}

static int check(int ioprio)
{
	switch (IOPRIO_PRIO_CLASS(ioprio)) {
	case IOPRIO_CLASS_RT:
		if (!task_capable(CAP_SYS_ADMIN) && !task_capable(CAP_SYS_NICE))
			return -EPERM;
		return 0;
	case IOPRIO_CLASS_BE:
	case IOPRIO_CLASS_IDLE:
		return 0;
	case IOPRIO_CLASS_NONE: /* without a level; the bits above it are hints */
		return ioprio & (IOPRIO_NR_LEVELS - 1) ? -EINVAL : 0;
	}
	return -EINVAL;
}

long sys_ioprio_set(int which, int who, int ioprio)
{
	struct ioprio_walk w = {.which = which, .ioprio = ioprio, .result = -ESRCH};
	int err = check(ioprio);

	if (!err)
		err = sched_for_each(which - IOPRIO_WHO_PROCESS, who, visit_set, &w);
	return err ? err : w.result;
}
