/* What sched.c and sched_attr.c share: rules of sched(7). */
#ifndef SYS_SCHED_H
#define SYS_SCHED_H

#include "proc/futex.h"
#include "sys/syscall.h"

struct task *sched_find(int pid); /* referenced; 0 = the caller. NULL: -ESRCH */
bool sched_is_policy(int policy); /* all but SCHED_DEADLINE */
/* Without CAP_SYS_NICE. */
bool sched_may_nice(struct task *t, int nice);
/* visit each task that getpriority(2) would choose; -EINVAL. */
int sched_for_each(int which, int who, void (*visit)(void *arg, struct task *t), void *arg);
bool sched_may_set_policy(struct task *t, int policy, int prio, bool resets);

#endif
