/*
 * Tracing: a task (the tracer) watches and steers others, which stop for it. ptrace(2).
 *
 * ptrace.c has the relation of the two, ptrace_stop.c what the traced task does on its own way
 * through the kernel. sys/ptrace.c has the requests.
 */
#ifndef PROC_PTRACE_H
#define PROC_PTRACE_H

#include "proc/task.h"

static inline bool task_is_traced(const struct task *t)
{
	return unlikely(READ_ONCE(t->tracing.flags));
}

/* --- ptrace.c: the tracer's side --- */
int ptrace_may_attach(struct task *t); /* ptrace(2), "Ptrace access mode checking": 0, -EPERM */
int ptrace_traceme(void);
int ptrace_attach(struct task *t, bool is_seize, u32 options);
/* The caller traces t and it is stopped, and stays so until ptrace_unfreeze(): 0, -ESRCH.
 * `any_state`: need not be stopped, and is not held. */
int ptrace_freeze(struct task *t, bool any_state);
void ptrace_unfreeze(struct task *t);
/* A frozen task: it will go on, with a signal or 0, once it is unfrozen. */
void ptrace_resume(struct task *t, int signo);
void ptrace_detach(struct task *t, int signo);
/* Any state: have it stop. -EIO when it was not seized. */
int ptrace_interrupt(struct task *t);
int ptrace_listen(struct task *t);
void ptrace_exit_tracer(struct task *t); /* the caller ends: all it traced go their way */
/* tree_lock held: t is traced no longer. */
void ptrace_unlink(struct task *t);
/* clone(2): the new task is traced as its parent, which reports `event` (PTRACE_EVENT_*, 0). */
int ptrace_fork_event(u64 clone_flags, int exit_signal);
void ptrace_fork(struct task *child, u64 clone_flags, int event);
/* sighand_lock held: what a group stop or its end means for a seized task. */
void ptrace_group_changed(struct task *t);

/* --- ptrace_stop.c: the caller's own stops; no lock held, may sleep --- */
/* Is the option of this event set? */
static inline bool ptrace_has_event(const struct task *t, int event)
{
	return task_is_traced(t) && (t->tracing.options & BIT(event));
}
void ptrace_event(int event, u64 message); /* PTRACE_EVENT_* */
void ptrace_exec_event(int old_tid);
/* A signal is about to be delivered: the one to go on with, 0 = none. */
int ptrace_signal(struct task *t, int signo, siginfo_t *info);
/* In a group stop, or when a trap is wanted; `is_group_stop`: t takes part in the group's stop.
 * sighand_lock is held on entry, with the flags `f`, and released. */
void ptrace_trap(struct task *t, bool is_group_stop, unsigned long f);
/* The doors, with TIF_PTRACE. False: the call is to be skipped. */
bool ptrace_syscall_enter(struct task *t);
void ptrace_syscall_exit(struct task *t);
void ptrace_handler_entered(struct task *t); /* a single step that began a handler */
int ptrace_notify(int code, u64 message);    /* SIGTRAP's stop; the signal to go on with */

/* exit.c, for the two: tree_lock held. A zombie that its tracer has let go: true when nobody waits
 * for it any more, then it is unlinked and the reference is the caller's. */
bool process_tell_real_parent(struct process *p);

#endif
