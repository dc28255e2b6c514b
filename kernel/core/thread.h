/* The schedulable entity. proc/ embeds it as the first member of struct task; kernel threads are
 * bare ones. */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include "arch/arch.h"
#include "core/timer.h"
#include "lib/atomic.h"
#include "lib/list.h"
#include "lib/rbtree.h"

struct mm;

/* Work flags, in thread->flags, changed atomically; tested once on entry (TIF_ENTRY_WORK) and once
 * on exit. */
#define TIF_NEED_RESCHED BIT(0)
#define TIF_SIGPENDING \
	BIT(1) /* proc/signal.c: something deliverable may be pending, or stop/exit is wanted */
#define TIF_SYSCALL_TRACE BIT(2) /* sys/trace.c wants this thread's calls */
#define TIF_STATS	  BIT(3)
#define TIF_SECCOMP	  BIT(4)
#define TIF_PTRACE	  BIT(5)
#define TIF_RESTORE_SIGMASK \
	BIT(6)		   /* task->saved_sigmask goes back at the exit unless a handler runs */
#define TIF_KILLED  BIT(7) /* a fatal signal: interrupt even killable sleeps */
#define TIF_ANATOMY BIT(8) /* sys/anatomy.c records the next call */
#define TIF_RSEQ    BIT(9) /* proc/rseq.c: the registered area is out of date */
#define TIF_FULL_RETURN \
	BIT(16) /* the handler changed saved registers: what SYSRET relies on is checked again */
#define TIF_DISPATCH BIT(10) /* sys/dispatch.c: some calls are the program's own */
#define TIF_ENTRY_WORK \
	(TIF_DISPATCH | TIF_SYSCALL_TRACE | TIF_STATS | TIF_SECCOMP | TIF_PTRACE | TIF_ANATOMY)
#define TIF_EXIT_WORK (TIF_NEED_RESCHED | TIF_SIGPENDING | TIF_RESTORE_SIGMASK | TIF_RSEQ)

enum thread_state {
	TS_RUNNING = 0,
	TS_INTERRUPTIBLE = 1,
	TS_UNINTERRUPTIBLE = 2,
	TS_STOPPED = 4, /* job control; woken by proc/ only */
	TS_DEAD = 8,	/* never runs again; freed after the last switch away */
	TS_NEW = 16,	/* not started yet */
	TS_TRACED = 32, /* stopped for a tracer (proc/ptrace.h); woken by proc/ only */
};

enum sched_class { CLASS_FAIR, CLASS_RT, CLASS_IDLE };

struct thread {
	struct arch_thread arch;
	u32 flags; /* TIF_*, atomic */
	u32 state; /* enum thread_state */
	void *stack_base;
	struct mm *mm; /* address space used in user mode; NULL for kernel threads */
	char comm[16];
	bool is_user; /* embedded in a struct task */

	/* scheduler; runq lock of `cpu` */
	unsigned cpu; /* where it runs or last ran */
	u64 affinity; /* bit per CPU */
	bool is_on_runq;
	bool is_running; /* a CPU is executing it right now (set until the switch away is complete)
			  */
	int policy;	 /* SCHED_NORMAL, SCHED_FIFO, ... */
	int nice;	 /* -20..19 */
	int rt_priority;
	int rt_effective; /* the priority it runs at, 0 = fair class: policy, rt_priority and boost
			   */
	int boost; /* the real-time priority it has on behalf of those that wait for it, or 0 */
	bool reset_on_fork;
	u32 weight;
	struct sched_group *group; /* reference; NULL: none */
	u64 vruntime_ns, slice_end_ns;
	struct rb_node rq_node;
	struct list_head rt_node;
	u64 exec_start_ns;	/* when it was last given a CPU */
	u64 sum_exec_ns;	/* CPU time, all */
	u64 user_ns, kernel_ns; /* split by the tick and by scheduling out */
	u64 nvcsw, nivcsw;
	u64 wakeup_deadline_ns;
	u64 burst_start_ns, avg_burst_ns; /* CPU time (sum_exec_ns) between sleeps: at the last
					     wake-up, and a decaying average */
	bool wants_yield;		  /* sched_yield: go behind the others */
	struct {			  /* SCHED_DEADLINE, sched(7); nanoseconds */
		u64 runtime_ns, deadline_ns, period_ns;
		u64 flags;
		u64 until_ns;	   /* the deadline of this period, a point in time */
		s64 left_ns;	   /* what it may run until then */
		bool is_throttled; /* used up: off the run queue until the timer expires */
		struct timer timer;
	} dl;
	bool has_rseq;		  /* rseq(2) */
	unsigned rseq_cpu;	  /* ... the CPU its area names */
	bool is_migrating;	  /* affinity changed: re-queued elsewhere once off this CPU */
	struct thread *dead_next; /* its last CPU's list of the dead */
#ifdef DEBUG
	u8 held_ranks[16]; /* sleeping locks held, by rank */
#endif

	void (*release)(struct thread *t); /* called, on another stack, when a TS_DEAD thread is off
					      its CPU */
};

static inline bool thread_test_flags(const struct thread *t, u32 flags)
{
	return READ_ONCE(t->flags) & flags;
}
static inline void thread_set_flags(struct thread *t, u32 flags)
{
	atomic_or(&t->flags, flags);
}
static inline void thread_clear_flags(struct thread *t, u32 flags)
{
	atomic_and(&t->flags, ~flags);
}

/* The running thread. */
static inline struct thread *this_thread(void)
{
	return arch_this_thread();
}

#endif
