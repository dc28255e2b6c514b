/* Numbers of tasks, processes, groups and sessions, and counts per user; inside proc/ only. */
#ifndef PROC_PID_H
#define PROC_PID_H

#include "proc/task.h"

/* A number in use. It stays taken while anything carries it. */
struct pidnum {
	struct list_head hash_node;
	int nr;
	u32 uses; /* tree lock: task, process, each member of the group, of the session */
	struct task *task;
	struct process *process;
	struct list_head members; /* processes of the group, by group_node */
	unsigned level;		  /* of the PID namespace it was made in */
	struct pid_level *nested; /* its numbers at the levels from 1 on: pid_ns.h */
};
struct pid_ns;

/* One use; ERR_PTR(-EAGAIN, -ENOMEM). set_tid, nr: clone3(2), the numbers it is to have, from the
 * innermost namespace on: also ERR_PTR(-EINVAL, -EPERM, -EEXIST). */
struct pidnum *pidnum_alloc(struct pid_ns *ns, const int *set_tid, unsigned nr);
/* First number in [from, to) whose bit is `used`, or -1. */
int pid_scan_bits(const u64 *bits, int from, int to, bool used);
/* tree lock held: */
struct pidnum *pidnum_find(int nr);
static inline struct pidnum *pidnum_use(struct pidnum *n)
{
	n->uses++;
	return n;
}
void pidnum_drop(struct pidnum *n);

static inline unsigned long tree_lock_irqsave(void)
{
	return spin_lock_irqsave(&tree_lock);
}
static inline void tree_unlock_irqrestore(unsigned long flags)
{
	spin_unlock_irqrestore(&tree_lock, flags);
}

extern struct list_head all_processes; /* by all_node; tree lock */
extern unsigned nr_tasks_all;	       /* tree lock */
extern struct process *init_process;

/* tree lock held: hang p into groups, sessions and the tree, and take it out when it is reaped (the
 * tree's reference goes to the caller). */
void process_link(struct process *p, struct process *parent);
void process_unlink(struct process *p);
void process_join_group(struct process *p, struct pidnum *group);
void process_join_session(struct process *p, struct pidnum *session);

/* --- counts per real user id --- */
struct user_account {
	struct list_head node;
	u32 uid;
	refcount_t ref;
	u32 nr_tasks, nr_signals; /* atomic */
	u64 shm_locked_pages;	  /* atomic: RLIMIT_MEMLOCK, for segments */
};
struct user_account *user_account_get(u32 uid); /* NULL when out of memory */
static inline struct user_account *user_account_ref(struct user_account *u)
{
	ref_get(&u->ref);
	return u;
}
void user_account_put(struct user_account *u);

/* --- fork.c, exit.c --- */
int task_init_caches(void);	       /* -ENOMEM */
struct task *task_alloc(void);	       /* with a stack, ref 1; NULL */
void task_free_unused(struct task *t); /* that never ran */
struct process *process_alloc(void);   /* ref 1; NULL */
void stack_cache_trim(void);	       /* free stacks of dead tasks beyond a few */
/* The futex part of leaving an address space, the clear_child_tid word, and a waiting vfork. */
void task_leave_mm(struct task *t);
void task_drop_mm(struct task *t);
/* The child is a zombie or stopped: its parent may be waiting. */
static inline void process_wake_parent(struct process *p)
{
	waitq_wake_all(&p->parent->wait_children);
}

/* --- session.c --- */
void session_leader_exit(struct process *p); /* lets the terminal go */
/* tree lock held. Would the group have no one left to continue it, not counting `ignored`? */
bool pgrp_is_orphaned(struct pidnum *group, struct process *ignored);
/* tree lock held. p exits, or is given a new parent (`parent` then): hang up stopped groups. */
void pgrp_orphan_check(struct process *p, struct process *parent);
void session_init(void);
void fown_init(void); /* fown.c */
bool oom_kill(void);  /* oom.c: page.h's oom_handler */
int signal_pgrp_locked(struct pidnum *group, const siginfo_t *si);

/* --- rlimit.c --- */
/* sighand_lock held */
void process_cpu_times_locked(struct process *p, u64 *user_ns, u64 *kernel_ns);
u64 process_cpu_total_locked(struct process *p);

#endif
