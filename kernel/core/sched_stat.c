/* Attributes and figures of threads, as the system calls and /proc want them. */
#include "core/sched_internal.h"
#include "lib/err.h"
#include "lib/string.h"
#include <linux/sched.h>

int rt_prio_of(const struct thread *t)
{
	int own = is_rt_policy(t->policy) ? t->rt_priority : 0;

	if (t->policy == SCHED_DEADLINE)
		own = DEADLINE_PRIO;
	return MAX(own, t->boost);
}

void sched_fork(struct thread *t, const struct thread *parent)
{
	t->state = TS_NEW;
	t->cpu = this_cpu()->id;
	t->affinity = parent ? parent->affinity : ~0UL;
	t->policy = parent ? parent->policy : SCHED_NORMAL;
	t->nice = parent ? parent->nice : 0;
	t->rt_priority = parent ? parent->rt_priority : 0;
	if (parent && parent->reset_on_fork) {
		/* sched(7), "Resetting scheduling policy for child processes" */
		if (is_rt_policy(t->policy) || t->policy == SCHED_DEADLINE) {
			t->policy = SCHED_NORMAL;
			t->rt_priority = 0;
		}
		if (t->nice < 0)
			t->nice = 0;
	}
	t->reset_on_fork = false;
	t->boost = 0;
	t->group = parent ? parent->group : NULL;
	if (t->group)
		ref_get(&t->group->ref);
	t->rt_effective = rt_prio_of(t);
	t->weight = sched_weight(t->policy, t->nice);
	t->rseq_cpu = ~0u;
	t->is_on_runq = t->is_running = false;
	t->wants_yield = t->is_migrating = false;
	t->slice_end_ns = t->vruntime_ns = 0;
	t->sum_exec_ns = t->user_ns = t->kernel_ns = 0;
	t->burst_start_ns = 0;
	t->avg_burst_ns = NSEC_PER_MSEC; /* unknown: not short */
	t->nvcsw = t->nivcsw = 0;
	t->exec_start_ns = 0;
	t->dead_next = NULL;
	list_init(&t->rt_node);
#ifdef DEBUG
	memset(t->held_ranks, 0, sizeof(t->held_ranks));
#endif
}

static bool is_valid_policy(int policy, int rt_priority, int nice)
{
	if (nice < -20 || nice > 19)
		return false;
	if (is_rt_policy(policy))
		return rt_priority >= 1 && rt_priority < DEADLINE_PRIO;
	return rt_priority == 0 && (policy == SCHED_NORMAL || policy == SCHED_BATCH ||
				    policy == SCHED_IDLE || policy == SCHED_DEADLINE);
}

/* What a thread's place in its run queue depends on changes between the two. */
struct change {
	struct runq *rq;
	unsigned long flags;
	bool is_on, is_queued, was_rt;
};

static void change_begin(struct change *c, struct thread *t)
{
	c->rq = thread_rq_lock(t, &c->flags);
	update_curr(c->rq, now_mono_ns());
	c->is_on = t->is_on_runq;
	c->is_queued = c->is_on && c->rq->curr != t;
	c->was_rt = thread_is_rt(t);
	if (c->is_queued)
		unqueue_thread(c->rq, t);
	if (c->is_on)
		rq_account_del(c->rq, t);
}

static void change_end(struct change *c, struct thread *t)
{
	if (c->was_rt && !thread_is_rt(t))
		t->vruntime_ns = c->rq->min_vruntime_ns;
	t->slice_end_ns = 0;
	if (c->is_on)
		rq_account_add(c->rq, t);
	if (c->is_queued)
		queue_thread(c->rq, t, false);
	if (c->is_on && c->rq->nr_running > 1)
		resched_runq(c->rq);
	spin_unlock_irqrestore(&c->rq->lock, c->flags);
}

int sched_set_policy(struct thread *t, int policy, int rt_priority, int nice)
{
	struct change c;

	if (!is_valid_policy(policy, rt_priority, nice))
		return -EINVAL;
	if (t->policy == SCHED_DEADLINE && policy != SCHED_DEADLINE)
		dl_release(t);
	change_begin(&c, t);
	t->policy = policy;
	t->rt_priority = rt_priority;
	t->nice = nice;
	t->weight = sched_weight(policy, nice);
	t->rt_effective = rt_prio_of(t);
	change_end(&c, t);
	return 0;
}

struct sched_group *sched_group_new(void)
{
	static u64 last_id;
	struct sched_group *g = kmalloc(sizeof(*g), 0);

	if (!g)
		return NULL;
	memset(g, 0, sizeof(*g));
	ref_init(&g->ref, 1);
	g->id = atomic_add(&last_id, 1);
	return g;
}

void sched_group_put(struct sched_group *g)
{
	if (g && ref_put(&g->ref))
		kfree(g);
}

void sched_set_group(struct thread *t, struct sched_group *g)
{
	struct sched_group *old = t->group;
	struct change c;

	if (old == g)
		return;
	if (g)
		ref_get(&g->ref);
	change_begin(&c, t);
	t->group = g;
	change_end(&c, t);
	sched_group_put(old);
}

void sched_release(struct thread *t)
{
	sched_group_put(t->group);
	t->group = NULL;
}

u64 sched_group_id(const struct thread *t)
{
	const struct sched_group *g = READ_ONCE(t->group);

	return g ? g->id : 0;
}

void sched_boost(struct thread *t, int prio)
{
	struct change c;

	if (READ_ONCE(t->boost) == prio)
		return;
	change_begin(&c, t);
	t->boost = prio;
	t->rt_effective = rt_prio_of(t);
	change_end(&c, t);
}

int sched_effective_prio(const struct thread *t)
{
	return thread_rt_prio(t);
}

int sched_set_affinity(struct thread *t, u64 mask)
{
	bool must_move = false, must_leave = false;
	unsigned long flags;
	struct runq *rq;
	u64 online = 0;
	unsigned i;

	for_each_cpu (i)
		if (cpus[i].is_online)
			online |= BIT(i);
	if (!(mask & online))
		return -EINVAL;
	rq = thread_rq_lock(t, &flags);
	t->affinity = mask & online;
	if (t->is_on_runq && !(t->affinity & BIT(rq->cpu))) {
		if (rq->curr == t) {
			must_leave = t == this_thread();
			if (!must_leave)
				resched_runq(rq);
		} else {
			unqueue_thread(rq, t);
			rq_account_del(rq, t);
			must_move = true;
		}
	}
	spin_unlock_irqrestore(&rq->lock, flags);
	if (must_move)
		enqueue_somewhere(t, false);
	if (must_leave)
		schedule();
	return 0;
}

u64 thread_cpu_time_ns(struct thread *t)
{
	unsigned long flags;
	struct runq *rq = thread_rq_lock(t, &flags);
	u64 ns = t->sum_exec_ns;

	if (rq->curr == t) {
		s64 delta = (s64)(now_mono_ns() - t->exec_start_ns);

		if (delta > 0)
			ns += (u64)delta;
	}
	spin_unlock_irqrestore(&rq->lock, flags);
	return ns;
}

unsigned sched_nr_running(void)
{
	unsigned i, n = 0;

	for_each_cpu (i)
		n += READ_ONCE(runqs[i].nr_running);
	return n;
}

void sched_cpu_stat(unsigned cpu, struct cpu_stat *s)
{
	struct runq *rq = &runqs[cpu];
	unsigned long flags = spin_lock_irqsave(&rq->lock);
	s64 delta = (s64)(now_mono_ns() - rq->curr->exec_start_ns);

	s->user_ns = rq->user_ns;
	s->kernel_ns = rq->kernel_ns;
	s->idle_ns = rq->idle ? rq->idle->sum_exec_ns : 0;
	if (rq->curr == rq->idle && delta > 0)
		s->idle_ns += (u64)delta;
	s->nr_switches = rq->nr_switches;
	spin_unlock_irqrestore(&rq->lock, flags);
}

/* --- load averages: exponential, a sample every five seconds, 1 << 16 = 1.0 --- */

#define LOAD_INTERVAL_NS (5 * NSEC_PER_SEC)
/* e^(-5/60), e^(-5/300), e^(-5/900), times 1 << 16 */
static const u64 load_decay[3] = {60296, 64453, 65173};
static struct {
	spinlock_t lock;
	u64 next_ns;
	u64 avg[3];
} load = {.lock = SPINLOCK_INIT(RANK_LEAF, "loadavg")};

static void loadavg_sample(u64 now_ns)
{
	u64 active = (u64)sched_nr_running() << 16;
	unsigned i, steps = 0;

	if (!load.next_ns)
		load.next_ns = now_ns + LOAD_INTERVAL_NS;
	while (now_ns >= load.next_ns) {
		for (i = 0; i < 3; i++)
			load.avg[i] = (load.avg[i] * load_decay[i] +
				       active * (65536 - load_decay[i]) + 32768) >>
				      16;
		load.next_ns += LOAD_INTERVAL_NS;
		if (++steps == 1000)
			load.next_ns = now_ns + LOAD_INTERVAL_NS;
	}
}

/* From the tick; cheap until the interval is over. */
void loadavg_update(u64 now_ns)
{
	unsigned long flags;

	if (load.next_ns && now_ns < READ_ONCE(load.next_ns))
		return;
	flags = spin_lock_irqsave(&load.lock);
	loadavg_sample(now_ns);
	spin_unlock_irqrestore(&load.lock, flags);
}

void sched_loadavg(u64 avenrun[3])
{
	unsigned long flags = spin_lock_irqsave(&load.lock);
	unsigned i;

	loadavg_sample(now_mono_ns());
	for (i = 0; i < 3; i++)
		avenrun[i] = load.avg[i];
	spin_unlock_irqrestore(&load.lock, flags);
}
