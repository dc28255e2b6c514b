/*
 * Tasks and processes. A task is one thread of execution as Linux's clone() makes it; a process is
 * a thread group: what getpid() names. `current` may be used in proc/ and sys/ only.
 */
#ifndef PROC_TASK_H
#define PROC_TASK_H

#include "core/sched.h"
#include "core/time.h"
#include "core/timer.h"
#include "core/wait.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "vfs/cred.h"
#include "vfs/vfs.h"
#include <linux/resource.h>
#include <linux/utsname.h>

struct rlimit_k {
	u64 cur, max; /* ~0 = RLIM_INFINITY */
};

struct pidnum;	     /* proc/pid.h: a number in use, as tid, pid, group or session */
struct user_account; /* proc/pid.h: what RLIMIT_NPROC and RLIMIT_SIGPENDING count */

/* Being traced: proc/ptrace.h. */
struct tracing {
	struct task *tracer;   /* tree lock */
	struct list_head node; /* tracer->process->traced; tree lock */
	bool is_zombie; /* a thread, not the leader, whose end was not waited for; tree lock */
	/* sighand_lock of the traced */
	u32 flags;   /* TRACING_*; 0 = not traced */
	u32 options; /* PTRACE_O_* */
	bool is_stopped, is_frozen, is_listening;
	bool wants_trap, wants_notify; /* stop at the next chance; seized: tell of a group stop */
	/* set by the tracer while it is stopped */
	bool has_syscall_stops, is_emulating, is_stepping;
	int code;	 /* of the stop, as in wait's status; 0 once it was waited for */
	int inject;	 /* signal to go on with */
	siginfo_t *info; /* of the stop, or NULL */
	u64 message;	 /* PTRACE_GETEVENTMSG */
};
#define TRACING_ON     BIT(0)
#define TRACING_SEIZED BIT(1)

struct process {
	refcount_t ref;
	int pid;		/* == tid of the first task */
	int vpid;		/* the same in its own PID namespace */
	int ppid;		/* the parent's there, 0: not in it; written under the tree lock */
	unsigned pid_level;	/* of that namespace; 0: the first, vpid == pid */
	bool is_ns_init;	/* process 1 of a namespace below the first */
	struct process *parent; /* tree lock; reads under RANK_PROC */
	int parent_tid;		/* task of the parent that made it; tree lock */
	struct list_head children, sibling; /* tree lock */
	struct list_head traced;	    /* tasks that tasks of this process trace; tree lock */
	struct list_head tasks;	   /* task->group_node; changed under tree lock and sighand_lock */
	struct list_head all_node; /* tree lock */
	struct list_head group_node; /* members of a process group; tree lock */
	unsigned nr_tasks;	     /* as tasks */
	unsigned nr_live;	     /* tasks that have not begun to exit; atomic */
	struct task *leader;	     /* reference; stays when it has exited */
	int pgid, sid;		     /* tree lock */
	struct pidnum *pid_num, *pgrp_num, *session_num; /* tree lock */
	bool is_session_leader, did_exec;
	struct tty *tty; /* controlling terminal of the session; tree lock; reference */
	int tty_old_pgid;

	/* signals: sighand_lock */
	spinlock_t sighand_lock; /* RANK_SIGHAND */
	struct sighand *sighand;
	struct k_sigaction *action; /* == sighand->action */
	struct sigpending pending;  /* to the process */
	u32 group_flags;	    /* GROUP_* */
	int group_exit_code;	    /* wait status, valid with GROUP_EXIT */
	int stop_signo;
	unsigned nr_to_stop; /* tasks that a stop still waits for */
	struct task *exec_task;
	bool is_unkillable; /* process 1: signals without handler do nothing */

	/* wait(2) */
	struct waitq wait_children; /* parents sleep here: a child changed state */
	struct waitq exit_wait;	    /* pidfds: the process ended */
	bool is_zombie;		    /* all tasks gone, not reaped; tree lock */
	int exit_status;	    /* as wait4 returns it */
	int exit_signal;	    /* to the parent; 0 = none */
	int wait_stop_status;	    /* unreported stop (0 = none); sighand_lock */
	bool wait_continued;	    /* unreported continue; sighand_lock */

	/* limits and accounting */
	struct rlimit_k rlim[RLIM_NLIMITS];
	u64 dead_user_ns, dead_kernel_ns, dead_minflt, dead_majflt, dead_nvcsw,
		dead_nivcsw;		  /* of tasks gone; sighand_lock */
	u64 prev_user_ns, prev_kernel_ns; /* as last reported: times never go back */
	u64 child_user_ns, child_kernel_ns, child_minflt, child_majflt, child_nvcsw,
		child_nivcsw; /* reaped children; tree lock */
	u64 maxrss_pages, child_maxrss_pages;
	u64 io_read_bytes, io_write_bytes;
	u64 start_ns; /* monotonic */
	struct timer itimer_real;
	u64 itimer_real_interval_ns; /* sighand_lock */
	struct timer cpu_timer;	     /* looks after CPU limits and CPU itimers while any is set */
	u64 itimer_cpu_ns[2];	     /* VIRTUAL, PROF: CPU time at which they expire, 0 = off */
	u64 itimer_cpu_interval_ns[2];
	u64 cpu_last_ns; /* CPU time when the timer last looked */
	u64 cpu_period_ns;
	struct list_head posix_timers; /* sighand_lock */
	int next_timer_id;	       /* sighand_lock */
	struct core_wait *core;	       /* a core file is being written; sighand_lock */
	u32 core_filter;	       /* what of memory it has: CORE_FILTER_* */
	bool has_thp_disabled;	       /* PR_SET_THP_DISABLE */
	bool is_child_subreaper;
	bool is_init;
	int oom_score_adj, oom_score_adj_min; /* the latter: what was set with the privilege to */
	u32 loginuid, sessionid;	      /* audit: who logged in, ~0 = nobody */
	u32 oom_killed;
};
#define GROUP_EXIT    BIT(0) /* all tasks are to exit with group_exit_code */
#define GROUP_STOPPED BIT(1)
/* To be reported to the parent by the first task that comes by */
#define GROUP_TELL_STOPPED   BIT(2)
#define GROUP_TELL_CONTINUED BIT(3)
#define GROUP_TELL	     (GROUP_TELL_STOPPED | GROUP_TELL_CONTINUED)

struct task {
	struct thread thread; /* first */
	refcount_t ref;
	int tid, vtid; /* in the first PID namespace and in its own */
	struct process *process;
	struct list_head group_node;  /* process->tasks */
	struct pidnum *num;	      /* of tid; RANK_PROC */
	struct user_account *user;    /* of the real uid; RANK_PROC */
	struct vfs_ctx vfs;	      /* cred, fs, files: what vfs calls take */
	struct mm *mm;		      /* == thread.mm; NULL once exited */
	const struct cred *real_cred; /* == vfs.cred unless overridden (access(2)) */
	bool maps_ids;		      /* its user namespace is not the first */

	/* signals */
	struct sigpending pending;  /* process->sighand_lock */
	u64 blocked, saved_sigmask; /* written by the task itself under sighand_lock */
	u64 real_blocked;	    /* sigtimedwait: what is blocked besides */
	bool is_stop_wanted, is_stop_dequeued, is_stopped; /* job control; sighand_lock */
	/* Run once before the first return to user mode. */
	void (*first_return)(struct task *t, struct pt_regs *regs);
	struct {
		unsigned long sp;
		size_t size;
		int flags;
	} altstack;
	unsigned long fault_addr, fault_trapno, fault_error;

	/* clone, futex, exit */
	uaddr_t set_child_tid, clear_child_tid;
	uaddr_t robust_list;
	size_t robust_list_len;
	uaddr_t rseq;
	u32 rseq_len, rseq_sig;
	bool is_core_parked; /* waits for coredump.c; sighand_lock */
	struct tracing tracing;
	struct seccomp_filter *seccomp; /* reference; changed under sighand_lock */
	struct {
		uaddr_t selector;
		unsigned long start, len;
	} dispatch;  /* PR_SET_SYSCALL_USER_DISPATCH */
	u8 mce_kill; /* PR_MCE_KILL: 0, or 1 + PR_MCE_KILL_LATE or _EARLY */
	bool is_io_flusher;
	u8 seccomp_mode;	  /* SECCOMP_MODE_* */
	bool has_no_new_privs;	  /* as cred.no_new_privs: got with a filter from another thread */
	struct list_head pi_held; /* locks that others wait for; futex_pi.c's lock */
	struct pi_waiter *pi_blocked;  /* the one it waits for; likewise */
	bool is_pi_done;	       /* it exits, and holds none any more; likewise */
	struct completion *vfork_done; /* tree lock */
	bool is_killable_sleep;	       /* a fatal signal ends this uninterruptible sleep */
	bool is_over_nproc;	       /* setuid went over RLIMIT_NPROC: execve checks again */
	int exit_code;
	int exit_signal_on_death; /* PR_SET_PDEATHSIG */
	bool is_exiting, is_traced_by_lstar;
	u64 timer_slack_ns;
	u64 minflt, majflt;
	u64 start_ns;
	unsigned long personality;
	struct mempolicy mempolicy; /* set_mempolicy(2); written by the task itself */
	unsigned nr_oom;
	u64 rttime_start_ns, rttime_nvcsw; /* itimer.c: RLIMIT_RTTIME */

	/* restart_syscall: what an interrupted nanosleep/poll/futex goes on with */
	struct {
		long (*func)(struct task *t);
		u64 deadline_ns;
		int clock_id;
		uaddr_t rem;
		unsigned long arg[6];
	} restart;
	struct sem_undo_list *sem_undo; /* sem_undo.c */
	int ioprio;			/* ioprio_set(2): class and level; 0 = none was set */
	void *trace;			/* sys/trace.c */
};

static inline struct task *thread_task(struct thread *t)
{
	return container_of(t, struct task, thread);
}
#define current (thread_task(this_thread()))

static inline bool task_is_leader(const struct task *t)
{
	return t->tid == t->process->pid;
}

static inline bool task_no_new_privs(const struct task *t)
{
	return t->real_cred->no_new_privs || t->has_no_new_privs;
}

/* --- pid.c: numbers and look-up. The tree lock protects everything marked so above. --- */
extern spinlock_t
	tree_lock; /* RANK_PROC; interrupts off while held (signals are sent from timers) */
/* By the number that the caller knows it by; referenced, or NULL. */
struct task *task_find(int tid);
struct process *process_find(int pid);
/* By the kernel's number. */
struct task *task_find_pid(int tid);
struct process *process_find_pid(int pid);
/* pid_ns.c: the kernel's number of a task, process, group or session as the caller's PID namespace
 * has it, 0: it is not in there; and the other way, -1: there is none. */
int pid_seen(int pid);
int pid_given(int nr);
void task_put(struct task *t);
void process_put(struct process *p);
/* Next process with pid >= `pid` (referenced), NULL at the end: procfs and kill(-1). */
struct process *process_next(int pid);
struct task *task_next(struct process *p,
		       int tid); /* next task of p with tid >= `tid`, referenced */
unsigned nr_tasks_total(void);
bool process_is_reaped(struct process *p);
int pid_last(void);    /* the number given out last */
u64 pid_nr_made(void); /* since boot */
#define PID_MAX 32768
extern int pid_max;	   /* numbers stay below: /proc/sys/kernel/pid_max */
extern int exec_randomize; /* /proc/sys/kernel/randomize_va_space */
unsigned task_limit(void); /* of the machine: /proc/sys/kernel/threads-max */
/* What another task uses, each with a reference of its own; NULL when it has exited. */
struct mm *task_get_mm(struct task *t); /* a user of it: mm_put() */
struct fdtable *task_get_files(struct task *t);
struct fs_struct *task_get_fs(struct task *t);
const struct cred *task_get_cred(struct task *t);
/* What process stat shows: R S D T t Z X. */
char task_state_char(const struct task *t);
unsigned task_queued_signals(struct task *t); /* of its user, as RLIMIT_SIGPENDING counts */
int task_tracer_pid(const struct task *t);    /* 0: not traced */

/* --- fork.c --- */
struct clone_request {
	u64 flags;
	uaddr_t pidfd, child_tid, parent_tid;
	int exit_signal;
	unsigned long stack; /* top; 0 = the parent's */
	void *user_desc;     /* CLONE_SETTLS of a 32-bit program: for arch_set_thread_area() */
	unsigned long tls;
	/* clone3(2): the tids it is to have, the innermost PID namespace's first */
	const int *set_tid;
	unsigned nr_set_tid;
};
long do_clone(const struct clone_request *req,
	      const struct pt_regs *regs); /* child's tid or error */
int start_init(void);			   /* kernel thread -> process 1 executing /init */

/* --- exec.c --- */
/* do_execve(): see exec.h */

/* --- exit.c --- */
__noreturn void do_exit(int code);	 /* this task; code = wait status */
__noreturn void do_group_exit(int code); /* the whole process */
struct wait_request {
	int which; /* P_ALL P_PID P_PGID */
	int id;
	int options; /* WEXITED WSTOPPED WCONTINUED WNOHANG WNOWAIT __WALL __WCLONE __WNOTHREAD */
	struct {
		int pid, uid, status, code;
	} info;
	bool wants_rusage;
	u64 user_ns, kernel_ns, minflt, majflt, maxrss_pages, nvcsw, nivcsw;
};
long do_wait(struct wait_request *w); /* pid, 0 (WNOHANG), or error */

/* --- session.c --- */
int process_new_session(void);		  /* setsid(2) */
int process_set_group(int pid, int pgid); /* setpgid(2) */

/* --- oom.c: /proc/sys/vm/ --- */
extern int oom_kill_allocating_task, panic_on_oom;

/* --- cred.c --- */
extern int
	suid_dumpable; /* /proc/sys/fs/suid_dumpable: what a change of ids makes of mm->dumpable */
struct cred *cred_dup(const struct cred *c);	    /* writable copy; NULL */
void task_set_cred(struct task *t, struct cred *c); /* publishes; consumes */
bool task_capable(unsigned cap);		    /* in the first user namespace */
struct user_ns;
bool task_capable_in(const struct user_ns *u, unsigned cap);
bool task_has_own_cap(unsigned cap); /* over oneself and what the own user namespace owns */
/* ptrace(2), "Ptrace access mode checking": may the caller, with these of his ids, look into a task
 * of `c`; and into memory that may not be dumped? */
bool cred_may_ptrace(u32 uid, u32 gid, const struct cred *c);
bool mm_may_ptrace(const struct mm *m);
/* capabilities(7): what a change of user ids does to capability sets. */
void cred_fix_uids(struct cred *c, const struct cred *old);
void cred_fix_fsuid(struct cred *c, const struct cred *old);
/* Set the user id used for RLIMIT_NPROC; called by task_set_cred(). May another task be read or
 * changed (get_robust_list, prlimit)? 0, -EPERM. */
int task_may_access(struct task *t);

/* --- rlimit.c --- */
static inline u64 task_rlimit(const struct task *t, unsigned which)
{
	return READ_ONCE(t->process->rlim[which].cur);
}
void process_cpu_times(struct process *p, u64 *user_ns, u64 *kernel_ns); /* living and dead tasks */
u64 process_cpu_total(struct process *p);
void rlimit_changed(struct process *p, unsigned which); /* copies into mm and vfs_ctx */
void rlimit_init(struct process *p);			/* process 1's */
void rlimit_copy_to_mm(struct process *p, struct mm *m);
void rlimit_copy_to_vfs(struct process *p, struct vfs_ctx *v);
struct usage {
	u64 user_ns, kernel_ns, minflt, majflt, nvcsw, nivcsw, maxrss_pages;
};
void process_usage(struct process *p, struct usage *u); /* its tasks, living and dead */
void task_usage(struct task *t, struct usage *u);

/* --- itimer.c --- */
void cputimer_init(struct process *p);
void cputimer_update(struct process *p); /* a limit or timer was set; sighand_lock not held */
void itimer_init(struct process *p);
void itimer_exit(struct process *p);
void itimer_sigalrm_taken(struct process *p); /* sighand_lock held: next period */
/* Nanoseconds left and period; 0 = off. which: ITIMER_*. */
void itimer_get(struct process *p, int which, u64 *value_ns, u64 *interval_ns);
void itimer_set(struct process *p, int which, u64 value_ns, u64 interval_ns, u64 *old_value_ns,
		u64 *old_interval_ns);

/* --- posix_timer.c: timer_create(2). Numbers belong to the caller's process; -EINVAL: none. --- */
struct timer_state {
	u64 value_ns; /* set: when, on its clock or from now, 0 = off; get: how long from now */
	u64 interval_ns;
	bool is_absolute;
};
int posix_timer_create(int clock_id, const struct sigevent *event); /* its number */
int posix_timer_set(int id, const struct timer_state *new, struct timer_state *old);
int posix_timer_get(int id, struct timer_state *state);
int posix_timer_overrun(int id);
int posix_timer_delete(int id);
struct timer_facts {
	int id, signo, notify, clock_id; /* clock_id as timer_create(2) was given it */
	int target;			 /* the task or process that is told */
	u64 value;
};
/* The timer of p with the highest number below `id`, for /proc; false: none. */
bool posix_timer_below(struct process *p, int id, struct timer_facts *facts);
void posix_timers_exit(struct process *p);		  /* exit and exec: all of them */
void posix_timer_taken(struct process *p, siginfo_t *si); /* sighand_lock held: next period */

struct completion {
	struct waitq q;
	bool is_done;
};
static inline void completion_init(struct completion *c)
{
	waitq_init(&c->q);
	c->is_done = false;
}
static inline void completion_done(struct completion *c)
{
	unsigned long f = spin_lock_irqsave(&c->q.lock);

	c->is_done = true;
	spin_unlock_irqrestore(&c->q.lock, f);
	waitq_wake_all(&c->q);
}

#endif
