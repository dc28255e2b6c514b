/*
 * What the tracer (sys/trace.c, which registers itself here) wants to hear about tasks with
 * is_traced_by_lstar. All run in thread context with no lock held, and may sleep.
 */
#ifndef PROC_TRACE_HOOKS_H
#define PROC_TRACE_HOOKS_H

#include "proc/task.h"

struct trace_hooks {
	/* `child` was made by current and has not run yet. */
	void (*fork)(struct task *child);
	/* current takes a signal that it does not ignore: a handler is about to run, or its default
	 * action is. */
	void (*signal)(const siginfo_t *info);
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

static inline void trace_hook_exit(int status)
{
	if (unlikely(trace_hooks) && current->is_traced_by_lstar)
		trace_hooks->exit(status);
}

#endif
