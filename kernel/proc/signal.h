/* Signals: numbers, pending queues, delivery. signal(7). */
#ifndef PROC_SIGNAL_H
#define PROC_SIGNAL_H

#include "core/wait.h"
#include <linux/signal.h>

#define NSIG_K		64
#define SIGMASK(s)	(1UL << ((s)-1))
#define SIG_KERNEL_ONLY (SIGMASK(SIGKILL) | SIGMASK(SIGSTOP))

#define SIG_SYNCHRONOUS                                                            \
	(SIGMASK(SIGSEGV) | SIGMASK(SIGBUS) | SIGMASK(SIGILL) | SIGMASK(SIGTRAP) | \
	 SIGMASK(SIGFPE) | SIGMASK(SIGSYS))
#define SIG_STOP_SET   (SIGMASK(SIGSTOP) | SIGMASK(SIGTSTP) | SIGMASK(SIGTTIN) | SIGMASK(SIGTTOU))
#define SIG_IGNORE_SET (SIGMASK(SIGCONT) | SIGMASK(SIGCHLD) | SIGMASK(SIGWINCH) | SIGMASK(SIGURG))
#define HANDLER_DFL    0UL
#define HANDLER_IGN    1UL

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

/* The table of handlers: shared by processes made with CLONE_SIGHAND. */
struct sighand {
	refcount_t ref;
	spinlock_t lock; /* RANK_LEAF: an entry is copied and written as a whole */
	struct k_sigaction action[NSIG_K + 1]; /* by number; index 0 unused */
};

/* A queued signal. `info` is the 128-byte siginfo_t. */
struct user_account;
struct sigqueue {
	struct list_head node;
	struct user_account *user; /* whom RLIMIT_SIGPENDING counts it for */
	bool is_timers;		   /* kept by its timer, queued or not */
	siginfo_t info;
};
struct sigpending {
	u64 set;
	struct list_head queue;
};

/* Build the usual informations. */
void siginfo_user(siginfo_t *si, int signo, int code); /* si_pid, si_uid of current */
void siginfo_kernel(siginfo_t *si, int signo);

/*
 * Send to a process or one task; 0, -EAGAIN (queue limit), never sleeps. No permission check.
 * Signal 0 is not for these. A sender that holds tree_lock may call them.
 */
int signal_process(struct process *p, const siginfo_t *si);
int signal_process_locked(struct process *p, const siginfo_t *si); /* sighand_lock held */
int signal_task(struct task *t, const siginfo_t *si);
/* A timer's signal is made with the timer, for the caller's account; NULL: its limit, no memory. It
 * queues beside others of its number, once. sighand_lock held: */
struct sigqueue *signal_timer_alloc(void);
/* q->info is filled in. False: nobody takes it. */
bool signal_timer_send(struct process *p, struct task *to, struct sigqueue *q);
void signal_timer_unqueue(struct process *p, struct task *to, struct sigqueue *q);
void signal_timer_free(struct sigqueue *q);	/* not queued; no lock needed */
int signal_pgrp(int pgid, const siginfo_t *si); /* -ESRCH when empty */
/* Synchronous fault of the caller: unblocks the signal, cannot be ignored. */
void signal_force(struct task *t, const siginfo_t *si);
void signal_force_simple(struct task *t, int signo);
/* kill(2)'s rule: may `current` signal p? 0, -EPERM. Signal 0 asks without sending. */
int signal_permission(struct process *p, int signo);
void signal_recalc(struct task *t); /* set or clear TIF_SIGPENDING; sighand_lock held */
void signal_set_blocked(struct task *t, u64 mask); /* current only */
/* sigsuspend, ppoll, pselect: `mask` until the exit to user mode, where the old one returns unless
 * a handler runs (which returns to the old one too). */
void signal_temp_mask(struct task *t, u64 mask);
/* The call was not interrupted after all: the old mask now. */
void signal_temp_mask_end(struct task *t);
/* At the exit to user mode: deliver one signal or act on stop/exit; handles ERESTART*. Called, with
 * interrupts on, when TIF_SIGPENDING or TIF_RESTORE_SIGMASK is set. */
void signal_deliver(struct pt_regs *regs);
/* Take one pending signal out of `mask` (sigtimedwait); signo or 0. */
int signal_dequeue(struct task *t, u64 mask, siginfo_t *si);
/* The same with sighand_lock held, without signal_recalc(). */
int signal_dequeue_locked(struct task *t, u64 mask, siginfo_t *si);
extern struct waitq signalfd_wait;	/* signalfds: some signal became pending */
u64 signal_pending_set(struct task *t); /* pending and blocked, of task and process */
/* Blocked by the task, or SIG_IGN: job control's question. */
bool signal_is_ignored(struct task *t, int signo);
/* The action of `signo`: read into *old and, with `act`, replaced (sigaction(2)). */
void signal_action(struct process *p, int signo, const struct k_sigaction *act,
		   struct k_sigaction *old);
/* Sets of ignored and caught signals, for /proc. */
void signal_handler_sets(struct process *p, u64 *ignored, u64 *caught);
/* rt_sigreturn(2): what the call returns. */
long signal_return(struct pt_regs *regs);

/* --- between the files of proc/ --- */
struct sighand *sighand_new(const struct sighand *from, bool clear_handlers); /* NULL */
void sighand_put(struct sighand *sh);
void sigpending_init(struct sigpending *p);
void sigpending_flush(struct sigpending *p);
void signal_flush_handlers(struct process *p); /* exec: handlers become SIG_DFL */
/* sighand_lock held: end every other task of p; its number of them. */
unsigned signal_zap_others(struct process *p, struct task *keep);
void signal_wake(struct task *t, bool is_fatal); /* sighand_lock held */
/* sighand_lock held: signals the exiting or blocking task `t` will not take go to other tasks. */
void signal_retarget(struct task *t, u64 which);
/* sighand_lock held: a task leaves while its process stops; true: it was the last to stop, then the
 * caller notifies the parent. */
bool signal_stop_leave(struct task *t);
/* tree_lock held. Tell p's parent that p stopped or went on. */
void signal_notify_parent_stop(struct process *p, int code);
bool process_is_ignoring(struct process *p, int signo); /* handler is SIG_IGN */

#endif
