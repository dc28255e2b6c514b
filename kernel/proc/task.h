/*
 * Tasks and processes. A task is one thread of execution as Linux's clone() makes it; a process is
 * a thread group: what getpid() names. `current` may be used in proc/ and sys/ only.
 */
#ifndef PROC_TASK_H
#define PROC_TASK_H

#include "core/sched.h"
#include "core/timer.h"
#include "core/wait.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "vfs/vfs.h"
#include <linux/resource.h>

struct rlimit_k {
	u64 cur, max; /* ~0 = RLIM_INFINITY */
};

/* A process group or session number in use; kept while any member lives. */
struct process {
	refcount_t ref;
	int pid;			    /* == tid of the first task */
	struct process *parent;		    /* tree lock; reads under RANK_PROC */
	struct list_head children, sibling; /* tree lock */
	struct list_head tasks;		    /* task->group_node; tree lock */
	struct list_head all_node;	    /* tree lock */
	unsigned nr_tasks;		    /* tree lock */
	struct task *leader;
	int pgid, sid; /* tree lock */
	bool is_session_leader, did_exec;
	struct tty *tty; /* controlling terminal of the session; tree lock */
	int tty_old_pgid;

	/* signals: sighand_lock */
	spinlock_t sighand_lock;	       /* RANK_SIGHAND */
	struct k_sigaction action[NSIG_K + 1]; /* by number; index 0 unused */
	struct sigpending pending;	       /* to the process */
	u32 group_flags;		       /* GROUP_* */
	int group_exit_code;		       /* wait status, valid with GROUP_EXIT */
	int stop_signo;
	unsigned nr_stopped;
	struct task *exec_task;

	/* wait(2) */
	struct waitq wait_children; /* parents sleep here: a child changed state */
	bool is_zombie;		    /* all tasks gone, not reaped; tree lock */
	int exit_status;	    /* as wait4 returns it */
	int exit_signal;	    /* to the parent; 0 = none */
	int wait_stop_status;	    /* unreported stop (0 = none); tree lock */
	bool wait_continued;	    /* unreported continue */

	/* limits and accounting */
	struct rlimit_k rlim[RLIM_NLIMITS];
	u64 dead_user_ns, dead_kernel_ns, dead_minflt, dead_majflt, dead_nvcsw,
		dead_nivcsw; /* of tasks gone */
	u64 child_user_ns, child_kernel_ns, child_minflt, child_majflt, child_nvcsw,
		child_nivcsw; /* reaped children */
	u64 maxrss_pages, child_maxrss_pages;
	u64 io_read_bytes, io_write_bytes;
	u64 start_ns; /* monotonic */
	struct timer itimer_real;
	u64 itimer_real_interval_ns;
	u64 itimer_virt_ns[2],
		itimer_virt_interval_ns[2]; /* VIRTUAL, PROF: remaining and interval */
	u64 cpu_limit_last_ns;
	bool is_child_subreaper;
	u32 personality;
	int oom_score_adj;
	bool is_init;
};
#define GROUP_EXIT    BIT(0) /* all tasks are to exit with group_exit_code */
#define GROUP_STOPPED BIT(1)
#define GROUP_EXEC    BIT(2)

struct task {
	struct thread thread; /* first */
	refcount_t ref;
	int tid;
	struct process *process;
	struct list_head group_node;  /* process->tasks */
	struct list_head hash_node;   /* by tid; RANK_PROC */
	struct vfs_ctx vfs;	      /* cred, fs, files: what vfs calls take */
	struct mm *mm;		      /* == thread.mm; NULL once exited */
	const struct cred *real_cred; /* == vfs.cred unless overridden (access(2)) */

	/* signals */
	struct sigpending pending;  /* process->sighand_lock */
	u64 blocked, saved_sigmask; /* written by the task itself under sighand_lock */
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
	struct completion *vfork_done;
	int exit_code;
	int exit_signal_on_death; /* PR_SET_PDEATHSIG */
	bool is_exiting, is_traced_by_lstar;
	u64 timer_slack_ns;
	u64 minflt, majflt;
	u64 start_ns;
	unsigned long personality;

	/* restart_syscall: what an interrupted nanosleep/poll/futex goes on with */
	struct {
		long (*func)(struct task *t);
		u64 deadline_ns;
		int clock_id;
		uaddr_t rem;
		unsigned long arg[6];
	} restart;
	u64 trace_entry_ns; /* sys/trace.c */
	void *trace;
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

/* --- pid.c: numbers and look-up. The tree lock protects everything marked so above. --- */
extern spinlock_t
	tree_lock; /* RANK_PROC; interrupts off while held (signals are sent from timers) */
struct task *task_find(int tid);       /* referenced, or NULL */
struct process *process_find(int pid); /* referenced, or NULL */
void task_put(struct task *t);
void process_put(struct process *p);
/* Next process with pid >= `pid` (referenced), NULL at the end: procfs and kill(-1). */
struct process *process_next(int pid);
struct task *task_next(struct process *p,
		       int tid); /* next task of p with tid >= `tid`, referenced */
unsigned nr_tasks_total(void);

/* --- fork.c --- */
struct clone_request {
	u64 flags;
	uaddr_t pidfd, child_tid, parent_tid;
	int exit_signal;
	unsigned long stack; /* top; 0 = the parent's */
	unsigned long tls;
	u64 set_tid_size;
};
long do_clone(const struct clone_request *req,
	      const struct pt_regs *regs); /* child's tid or error */
int start_init(void);			   /* kernel thread -> process 1 executing /init */

/* --- exec.c --- */
struct exec_strings; /* argv/envp gathered in kernel pages */
long do_execve(struct file *file, const char *path,
	       struct exec_strings *args); /* consumes file; see exec.h */

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

/* --- cred.c --- */
struct cred *cred_dup(const struct cred *c);	    /* writable copy; NULL */
void task_set_cred(struct task *t, struct cred *c); /* publishes; consumes */
bool task_capable(unsigned cap);

/* --- rlimit.c --- */
static inline u64 task_rlimit(const struct task *t, unsigned which)
{
	return READ_ONCE(t->process->rlim[which].cur);
}
void process_cpu_times(struct process *p, u64 *user_ns, u64 *kernel_ns); /* living and dead tasks */
void rlimit_changed(struct process *p, unsigned which); /* copies into mm and vfs_ctx */

/* --- fault.c, signal.c: upcalls of arch.h --- */

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
