/* The scheduler: a fair class (weights by nice as in Linux's table), SCHED_FIFO/RR above it, one
 * run queue per CPU. */
#ifndef CORE_SCHED_H
#define CORE_SCHED_H

#include "core/thread.h"

void sched_init(void);		   /* boot CPU; others call sched_init_cpu() */
void sched_init_cpu(unsigned cpu); /* makes the calling context this CPU's idle thread */
__noreturn void sched_idle_loop(void);

/* Fill scheduler fields of a new thread from `parent` (or defaults when NULL). Then sched_start()
 * makes it runnable. */
void sched_fork(struct thread *t, const struct thread *parent);
void sched_start(struct thread *t);

/* Give up the CPU; returns when running again. With state != TS_RUNNING the thread sleeps until
 * woken. */
void schedule(void);
/* As schedule(), but no later than `deadline_ns` (0 = no limit; core/time.h). True when the
 * deadline ended the sleep. */
bool schedule_until(u64 deadline_ns);
void set_thread_state(enum thread_state s); /* with a full barrier */
/* Make `t` runnable if its state is among `states`; true when it was sleeping. Any context. */
bool wake_thread_state(struct thread *t, u32 states);
#define wake_thread(t) wake_thread_state(t, TS_INTERRUPTIBLE | TS_UNINTERRUPTIBLE)
/* `t` has a signal or other work: wake interruptible sleep, or interrupt its CPU if it runs in user
 * mode. */
void kick_thread(struct thread *t);

static inline bool thread_signal_pending(void)
{
	return thread_test_flags(this_thread(), TIF_SIGPENDING);
}
void cond_resched(void); /* in long loops; may switch */
void sched_yield_thread(void);
void sched_tick(bool was_user); /* from the timer interrupt; sets TIF_NEED_RESCHED */

int sched_set_policy(struct thread *t, int policy, int rt_priority, int nice);
/* SCHED_DEADLINE; -EBUSY: not enough CPU time is left. Its number is sched_set_policy()'s. */
struct sched_deadline {
	u64 runtime_ns, deadline_ns, period_ns, flags;
};
int sched_set_deadline(struct thread *t, const struct sched_deadline *d);
void sched_exit(struct thread *t); /* gives its share of CPU time back */
/*
 * Threads that share a CPU as one with the other groups, and among themselves by their weights:
 * those of a session (sched(7), "The autogroup feature").
 */
struct sched_group;
extern int sched_autogroup_enabled;	   /* /proc/sys/kernel/sched_autogroup_enabled */
struct sched_group *sched_group_new(void); /* one reference; NULL */
void sched_group_put(struct sched_group *g);
void sched_set_group(struct thread *t, struct sched_group *g); /* takes a reference; NULL: none */
u64 sched_group_id(const struct thread *t);		       /* 0: none */
void sched_release(struct thread *t);		  /* it has ended, or never ran: leaves its group */
void sched_boost(struct thread *t, int prio);	  /* inherited real-time priority; 0 = none */
int sched_effective_prio(const struct thread *t); /* 1..99, 100 for SCHED_DEADLINE, 0 = fair */
int sched_set_affinity(struct thread *t,
		       u64 mask);	  /* -EINVAL when no online CPU is in the mask; migrates */
u64 thread_cpu_time_ns(struct thread *t); /* up to now, also of a running thread */
u64 sched_rr_interval_ns(const struct thread *t);
unsigned sched_nr_running(void);
void sched_loadavg(u64 avenrun[3]); /* fixed point, 1 << 16 = 1.0 */

/* For proc/: called at each tick (about 4 ms) that finds a user thread on the CPU; interrupts off,
 * no lock held. `delta_ns` is the CPU time since the last call for `t`; was_user says which mode.
 */
extern void (*thread_tick_hook)(struct thread *t, bool was_user, u64 delta_ns);

/* Figures of one CPU since boot, for /proc/stat. */
struct cpu_stat {
	u64 user_ns, kernel_ns, idle_ns, nr_switches;
};
void sched_cpu_stat(unsigned cpu, struct cpu_stat *s);

/* UPCALLS of mm/, which lies above core/: same declarations as in mm/mm.h and mm/kmalloc.h. */
void mm_switch(struct mm *prev, struct mm *next);
void *kmalloc(size_t size, unsigned gfp);
void kfree(const void *p);
void *vmap_alloc(size_t size_bytes);
void vmap_free(void *p);

/* Kernel threads. A thread ends when fn returns. */
struct thread *kthread_create(const char *name, void (*fn)(void *),
			      void *arg); /* started; ERR_PTR(-ENOMEM) */

#endif
