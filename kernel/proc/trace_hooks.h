/*
 * What the tracer (sys/trace.c, which registers itself here) wants to hear about tasks with
 * is_traced_by_lstar. All but `untaken` run in thread context with no lock held, and may sleep.
 */
#ifndef PROC_TRACE_HOOKS_H
#define PROC_TRACE_HOOKS_H

#include "proc/task.h"

struct trace_hooks {
	/* `child` was made by current and has not run yet. */
	void (*fork)(struct task *child);
	/* current takes a signal: a handler is about to run, or its default action is. */
	void (*signal)(const siginfo_t *info);
	/* A signal was sent to t that it will not take: it ignores it, or the whole process ends at
	 * once. Under sighand_lock. */
	void (*untaken)(struct task *t, const siginfo_t *info);
	/* current is about to stop because of signo. */
	void (*stop)(int signo);
	/* current ends; status as wait4(2) would return it for this task alone. */
	void (*exit)(int status);
};

extern const struct trace_hooks *trace_hooks; /* NULL: nothing is traced in this machine */

static inline void trace_hook_fork(struct task *child)
{
	if (unlikely(trace_hooks) && child->is_traced_by_lstar)
		trace_hooks->fork(child);
}

static inline void trace_hook_signal(const siginfo_t *info)
{
	if (unlikely(trace_hooks) && current->is_traced_by_lstar)
		trace_hooks->signal(info);
}

static inline void trace_hook_untaken(struct task *t, const siginfo_t *info)
{
	if (unlikely(trace_hooks) && t->is_traced_by_lstar)
		trace_hooks->untaken(t, info);
}

static inline void trace_hook_stop(int signo)
{
	if (unlikely(trace_hooks) && current->is_traced_by_lstar)
		trace_hooks->stop(signo);
}

static inline void trace_hook_exit(int status)
{
	if (unlikely(trace_hooks) && current->is_traced_by_lstar)
		trace_hooks->exit(status);
}

#endif
