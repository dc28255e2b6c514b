/* Signals: numbers, pending queues, delivery. signal(7). */
#ifndef PROC_SIGNAL_H
#define PROC_SIGNAL_H

#include "core/lock.h"
#include <asm/signal.h>
#include <asm/siginfo.h>

#define NSIG_K		64
#define SIGMASK(s)	(1UL << ((s)-1))
#define SIG_KERNEL_ONLY (SIGMASK(SIGKILL) | SIGMASK(SIGSTOP))

struct task;
struct process;
struct pt_regs;

/* Layout of the system call (struct sigaction of <asm/signal.h>). */
struct k_sigaction {
	unsigned long handler; /* SIG_DFL 0, SIG_IGN 1 */
	unsigned long flags;
	unsigned long restorer;
	u64 mask;
};

/* A queued signal. `info` is the 128-byte siginfo_t. */
struct sigqueue {
	struct list_head node;
	siginfo_t info;
};
struct sigpending {
	u64 set;
	struct list_head queue;
};

/* Build the usual informations. */
void siginfo_user(siginfo_t *si, int signo, int code); /* si_pid, si_uid of current */
void siginfo_kernel(siginfo_t *si, int signo);

/* Send to a process or one task; 0, -EAGAIN (queue limit), never sleeps. No permission check. */
int signal_process(struct process *p, const siginfo_t *si);
int signal_task(struct task *t, const siginfo_t *si);
int signal_pgrp(int pgid, const siginfo_t *si); /* -ESRCH when empty */
void signal_force(struct task *t,
		  const siginfo_t *si); /* synchronous fault: unblocks, cannot be ignored */
/* kill(2)'s rule: may `current` signal p? 0, -EPERM. */
int signal_permission(struct process *p, int signo);
void signal_recalc(struct task *t); /* set or clear TIF_SIGPENDING; sighand_lock held */
void signal_set_blocked(struct task *t, u64 mask); /* current only */
/* At the exit to user mode: deliver one signal or act on stop/exit; handles ERESTART*. */
void signal_deliver(struct pt_regs *regs);
/* Take one pending signal out of `mask` (sigtimedwait); signo or 0. */
int signal_dequeue(struct task *t, u64 mask, siginfo_t *si);
void signal_flush_handlers(struct process *p); /* exec */
bool signal_is_ignored(struct task *t, int signo);

#endif
