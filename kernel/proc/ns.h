/* The namespaces of tasks. Next: vfs/ns.h. */
#ifndef PROC_NS_H
#define PROC_NS_H

#include "proc/task.h"
#include "vfs/user_ns.h"
#include <linux/sched.h>

#define CLONE_NAMESPACES                                                               \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)
/* Those of struct nsproxy. */
#define CLONE_SET (CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET)

struct uts_ns {
	struct ns_common ns;
	struct new_utsname name; /* uts_lock */
};
extern struct uts_ns init_uts;
extern spinlock_t uts_lock;
struct uts_ns *current_uts(void);

void ns_init_first(void); /* before the first task */
/* clone(2): the flags' errors. -EINVAL -EPERM. */
int ns_check_clone(u64 flags);
/* CLONE_NEWUSER: credentials for the new task, in place of its parent's. */
int ns_fork_user(struct task *t, struct task *parent);
/* The set of a new task: its parent's, or with new ones in it. */
int ns_fork(struct task *t, struct task *parent, u64 flags);
/* What another task is in, referenced; NULL: it has exited. */
struct ns_common *task_get_ns(struct task *t, enum ns_kind kind);
/* Another set for the caller, whose reference is consumed; NULL at its end. */
void task_set_nsproxy(struct nsproxy *p);

#endif
