/* PID namespaces, pid_namespaces(7). The kernel's own numbers (process.pid, task.tid and the like)
 * are those of the first namespace; a task in another one has a number there, too, and in each
 * between. */
#ifndef PROC_PID_NS_H
#define PROC_PID_NS_H

#include "proc/ns.h"
#include "proc/pid.h"

#define PID_LEVELS_MAX 32

struct pid_ns {
	struct ns_common ns;
	struct pid_ns *parent; /* reference; NULL: the first */
	unsigned level;	       /* 0: the first */
	/* tree lock */
	struct process *init; /* process 1 of it; NULL: not yet, or not any more */
	bool is_dead;	      /* its process 1 has ended: nothing is born in it */
	int reboot_signal;    /* reboot(2) was called: what its end looks like; 0 */
	int last_pid;
	unsigned nr_in_use;
	u64 *bits;	   /* numbers in use; NULL for the first, which has a table of its own */
	struct waitq wait; /* its process 1 waits for the others to go */
};
extern struct pid_ns init_pid_ns;

/* A number's number in one of the namespaces below the first. */
struct pid_level {
	struct list_head node; /* of a hash by namespace and number; tree lock */
	struct pid_ns *ns;
	int nr;
	struct pidnum *num;
};

static inline struct pid_ns *pid_ns_of(const struct ns_common *ns)
{
	return container_of(ns, struct pid_ns, ns);
}
/* The namespace that it was made in; borrowed. */
static inline struct pid_ns *pidnum_ns(const struct pidnum *n)
{
	return n->level ? n->nested[n->level - 1].ns : &init_pid_ns;
}
static inline struct pid_ns *current_pid_ns(void)
{
	return pidnum_ns(current->num);
}
/* What it is called in `ns`; 0: it cannot be seen there. */
static inline int pidnum_nr_in(const struct pidnum *n, const struct pid_ns *ns)
{
	if (likely(!ns->level))
		return n->nr;
	return n->level >= ns->level && n->nested[ns->level - 1].ns == ns
		       ? n->nested[ns->level - 1].nr
		       : 0;
}
/* What it is called where `viewer` was made. */
static inline int pidnum_nr_for(const struct pidnum *n, const struct pidnum *viewer)
{
	return likely(!viewer->level) ? n->nr : pidnum_nr_in(n, pidnum_ns(viewer));
}
/* What process p is to process q, which is told of it. tree lock held. */
static inline int process_nr_for(const struct process *p, const struct process *q)
{
	return pidnum_nr_for(p->pid_num, q->pid_num);
}
struct pidnum *pidnum_find_in(const struct pid_ns *ns, int nr); /* tree lock held; NULL */
/* tree lock held: a number in `ns` for a pidnum that is being made. wanted 0: any. -EAGAIN -ENOMEM
 * -EEXIST. */
int pid_level_take(struct pid_ns *ns, struct pid_level *l, int wanted);
void pid_level_drop(struct pid_level *l);

/* Is `ns` this one, or below it? */
static inline bool pid_ns_has(const struct pid_ns *top, const struct pid_ns *ns)
{
	while (ns && ns != top)
		ns = ns->parent;
	return ns != NULL;
}

/* Between the kernel's number and that of a namespace: 0 and -1: there is none. */
int pid_in_ns(const struct pid_ns *ns, int pid);
int pid_from_ns(const struct pid_ns *ns, int nr);
/* The next process with a number of at least *nr in the namespace, referenced, and its number. */
struct process *process_next_in(const struct pid_ns *ns, int *nr);
/* reboot(2) in a namespace below the first: its process 1 ends as if by `signo`. */
void pid_ns_reboot(struct pid_ns *ns, int signo);
/* The last task of its process 1 ends: all others end first. */
void pid_ns_end(struct process *init);

#endif
