/* The run queue; for core/sched*.c only. */
#ifndef CORE_SCHED_INTERNAL_H
#define CORE_SCHED_INTERNAL_H

#include "core/cpu.h"
#include "core/lock.h"
#include "core/sched.h"
#include "core/time.h"
#include "core/timer.h"

#define RT_PRIOS	    101
#define DEADLINE_PRIO	    100 /* the list of SCHED_DEADLINE, by deadline */
#define TICK_NS		    (4 * NSEC_PER_MSEC)
#define SCHED_LATENCY_NS    (6 * NSEC_PER_MSEC) /* every runnable thread runs once in this time */
#define MIN_GRANULARITY_NS  (1500 * NSEC_PER_USEC)
#define WAKEUP_GRAN_NS	    (1 * NSEC_PER_MSEC)
#define RR_SLICE_NS	    (100 * NSEC_PER_MSEC)
#define SHORT_BURST_NS	    (30 * NSEC_PER_USEC)
#define BALANCE_INTERVAL_NS (16 * NSEC_PER_MSEC)
#define WEIGHT_NICE_0	    1024u
#define WEIGHT_SCHED_IDLE   3u

/*
 * One per CPU. The running thread counts as queued (is_on_runq, nr_*), but is in neither the tree
 * nor a list. `lock` is held across the switch: whoever gets it sees complete switches only.
 */
struct runq {
	spinlock_t lock; /* RANK_RUNQ, interrupts off; two at once: the second by trylock */
	unsigned cpu;
	struct thread *curr, *idle;
	unsigned nr_running, nr_fair, nr_rt;
	u64 fair_weight;
	struct rb_root fair; /* by vruntime */
	struct rb_node *fair_first;
	u64 min_vruntime_ns;
	struct list_head rt[RT_PRIOS]; /* by rt_priority */
	u64 rt_bits[2];
	u64 next_balance_ns;
	u64 user_ns, kernel_ns, nr_switches;
	struct thread *dead; /* off their CPU, to be released; interrupts off */
};

extern struct runq runqs[MAX_CPUS];

struct sched_group {
	refcount_t ref;
	u64 id;
	u64 weight[MAX_CPUS]; /* of its threads that are runnable there; that run queue's lock */
};

static inline bool is_rt_policy(int policy)
{
	return policy == 1 || policy == 2; /* SCHED_FIFO, SCHED_RR */
}
/* 1..99, DEADLINE_PRIO, or 0 in the fair class: what policy and boost make. */
int rt_prio_of(const struct thread *t);
static inline int thread_rt_prio(const struct thread *t)
{
	return t->rt_effective;
}
static inline bool thread_is_rt(const struct thread *t)
{
	return t->rt_effective != 0;
}
static inline bool thread_is_deadline(const struct thread *t)
{
	return unlikely(t->rt_effective == DEADLINE_PRIO) && t->policy == 6; /* SCHED_DEADLINE */
}

/* sched_fair.c; runq lock held */
u32 sched_weight(int policy, int nice);
u64 fair_delta(u64 delta_ns, u32 weight); /* real time -> virtual time */
void fair_enqueue(struct runq *rq, struct thread *t);
void fair_dequeue(struct runq *rq, struct thread *t);
static inline struct thread *fair_first(const struct runq *rq)
{
	return rq->fair_first ? rb_entry(rq->fair_first, struct thread, rq_node) : NULL;
}
void fair_charge(struct runq *rq, struct thread *t, u64 delta_ns);
void fair_place(struct runq *rq, struct thread *t, bool is_new);
u64 fair_slice_ns(const struct runq *rq, const struct thread *t);
bool fair_should_preempt(const struct runq *rq, const struct thread *t);
void fair_tick(struct runq *rq, struct thread *t, u64 now_ns);
void fair_yield(struct runq *rq, struct thread *t);

/* sched_rt.c; runq lock held */
void rt_enqueue(struct runq *rq, struct thread *t, bool at_head);
void rt_dequeue(struct runq *rq, struct thread *t);
struct thread *rt_first(struct runq *rq);
void rt_tick(struct runq *rq, struct thread *t, u64 now_ns);

/* sched_deadline.c; runq lock held but for dl_throttled() */
void dl_release(struct thread *t); /* no lock held */
void dl_account(struct thread *t, u64 delta_ns);
void dl_wakeup(struct thread *t, u64 now_ns);
bool dl_is_before(const struct thread *a, const struct thread *b);
void dl_throttled(struct thread *t); /* it is off its CPU: wait for the next period */

/* sched.c */
struct runq *thread_rq_lock(struct thread *t, unsigned long *flags);
void queue_thread(struct runq *rq, struct thread *t, bool at_head); /* into tree or list only */
void unqueue_thread(struct runq *rq, struct thread *t);
void rq_account_add(struct runq *rq, struct thread *t); /* nr_*, weight, is_on_runq */
void rq_account_del(struct runq *rq, struct thread *t);
void resched_runq(struct runq *rq);
void update_curr(struct runq *rq, u64 now_ns);
void enqueue_somewhere(struct thread *t, bool is_wakeup); /* t->cpu chosen; no lock held */

/* sched_balance.c */
extern u64 idle_cpus; /* bit per CPU that runs its idle thread, atomic */
unsigned select_cpu(const struct thread *t, bool is_new);
bool pull_thread(struct runq *rq, bool is_idle); /* rq locked */
void balance_tick(struct runq *rq, u64 now_ns);	 /* no lock held, interrupts off */

/* sched_stat.c */
void loadavg_update(u64 now_ns);

/* timer.c: the scheduler's tick of this CPU; interrupts off */
bool timer_tick_is_armed(void);
void timer_tick_arm(u64 deadline_ns);
/* time.c */
void time_tick(u64 now_ns);

#endif
