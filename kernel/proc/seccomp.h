/* Filters of system calls. seccomp(2), seccomp_unotify(2). */
#ifndef PROC_SECCOMP_H
#define PROC_SECCOMP_H

#include "proc/task.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

struct seccomp_notifier;

/* One filter and, by `prev`, those installed before it. Immutable once installed. */
struct seccomp_filter {
	refcount_t ref; /* filters and tasks that lead to it */
	refcount_t
		users; /* tasks alone, and filters on their ways: 0: no call can meet it any more */
	struct seccomp_filter *prev;
	struct seccomp_notifier *notifier; /* reference; NULL */
	bool waits_killable;
	unsigned nr, depth, total; /* instructions; filters and their weight down the chain */
	struct sock_filter insns[];
};

/* --- seccomp.c --- */
int seccomp_set_strict(void);
/* A new filter for the caller, or with SECCOMP_FILTER_FLAG_TSYNC for all its threads. `insns` are
 * copied. 0; a thread's tid that stands in the way; with NEW_LISTENER the file in *listener;
 * errors. */
long seccomp_add_filter(const struct sock_filter *insns, unsigned nr, unsigned flags,
			struct file **listener);
/* A call of the caller, with TIF_SECCOMP. True: do it. False: its result is in the registers. */
bool seccomp_enter(struct pt_regs *regs);
void seccomp_fork(struct task *child, struct task *parent);
void seccomp_exit(struct task *t);
unsigned seccomp_depth(struct task *t); /* number of filters */

/* --- seccomp_notify.c --- */
struct file *seccomp_listener(struct seccomp_filter *f); /* the notifier is made, too; ERR_PTR */
void seccomp_notifier_put(struct seccomp_notifier *n);
void seccomp_notifier_hangup(struct seccomp_notifier *n); /* nobody uses the filter any more */
/* Ask the listener: true when the call is to be done. */
bool seccomp_ask(struct seccomp_filter *f, const struct seccomp_data *d, struct pt_regs *regs);

#endif
