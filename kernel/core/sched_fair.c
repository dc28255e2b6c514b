/*
 * The fair class: threads take turns by virtual run time, which runs slower the heavier a thread
 * is. sched(7).
 */
#include "core/sched_internal.h"
#include <linux/sched.h>

/* Each step of nice is about 10 % of CPU time: a factor of 1.25 (sched(7)). Index 0 is nice -20. */
static const u32 nice_to_weight[40] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548,  7620,  6100,  4904,  3906,  3121,  2501,	 1991,	1586,  1277,
	1024,  820,   655,   526,   423,   335,	  272,	 215,	172,   137,
	110,   87,    70,    56,    45,	   36,	  29,	 23,	18,    15,
};

u32 sched_weight(int policy, int nice)
{
	if (policy == SCHED_IDLE)
		return WEIGHT_SCHED_IDLE;
	return nice_to_weight[nice + 20];
}

u64 fair_delta(u64 delta_ns, u32 weight)
{
	if (likely(weight == WEIGHT_NICE_0))
		return delta_ns;
	return delta_ns * WEIGHT_NICE_0 / weight;
}

int sched_autogroup_enabled = 1;

/* The threads of a group together weigh as much as one of nice 0. */
static inline u64 thread_delta(const struct runq *rq, const struct thread *t, u64 delta_ns)
{
	const struct sched_group *g = t->group;
	u64 sum = g && READ_ONCE(sched_autogroup_enabled) ? g->weight[rq->cpu] : 0;

	if (likely(sum == t->weight))
		return delta_ns; /* alone: its own weight does not count against others */
	if (!sum)
		return fair_delta(delta_ns, t->weight);
	return delta_ns * sum / t->weight;
}

/* Virtual times are compared by difference, so that they may wrap. */
static bool is_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

void fair_enqueue(struct runq *rq, struct thread *t)
{
	struct rb_node **link = &rq->fair.node, *parent = NULL;
	bool is_first = true;

	if (!*link) {
		rb_set_only(&t->rq_node, &rq->fair);
		rq->fair_first = &t->rq_node;
		return;
	}
	while (*link) {
		parent = *link;
		if (is_before(t->vruntime_ns,
			      rb_entry(parent, struct thread, rq_node)->vruntime_ns)) {
			link = &parent->left;
		} else {
			link = &parent->right;
			is_first = false;
		}
	}
	rb_link_node(&t->rq_node, parent, link);
	rb_insert_color(&t->rq_node, &rq->fair);
	if (is_first)
		rq->fair_first = &t->rq_node;
}

void fair_dequeue(struct runq *rq, struct thread *t)
{
	if (rb_is_only(&t->rq_node, &rq->fair)) {
		rq->fair = RB_ROOT;
		rq->fair_first = NULL;
		return;
	}
	if (rq->fair_first == &t->rq_node)
		rq->fair_first = rb_next(&t->rq_node);
	rb_erase(&t->rq_node, &rq->fair);
}

/* The thread on the CPU, of this class, has run for so long. */
void fair_charge(struct runq *rq, struct thread *t, u64 delta_ns)
{
	const struct thread *first = fair_first(rq);
	u64 min = t->vruntime_ns + thread_delta(rq, t, delta_ns);

	t->vruntime_ns = min;
	if (first && is_before(first->vruntime_ns, min))
		min = first->vruntime_ns;
	if (is_before(rq->min_vruntime_ns, min))
		rq->min_vruntime_ns = min;
}

/*
 * Where a thread that was away comes back: a sleeper gets a credit of half a period, never more
 * than it had earned; a new one starts a slice behind, so that forking wins no time.
 */
void fair_place(struct runq *rq, struct thread *t, bool is_new)
{
	u64 v = rq->min_vruntime_ns;

	if (is_new)
		v += fair_delta(MIN_GRANULARITY_NS, t->weight);
	else if (t->policy != SCHED_IDLE)
		v -= SCHED_LATENCY_NS / 2;
	if (is_new || is_before(t->vruntime_ns, v) ||
	    is_before(rq->min_vruntime_ns + NSEC_PER_SEC * 100, t->vruntime_ns))
		t->vruntime_ns = v;
}

u64 fair_slice_ns(const struct runq *rq, const struct thread *t)
{
	u64 period = SCHED_LATENCY_NS, slice;

	if (rq->nr_fair > SCHED_LATENCY_NS / MIN_GRANULARITY_NS)
		period = rq->nr_fair * MIN_GRANULARITY_NS;
	if (rq->nr_fair <= 1 || !rq->fair_weight)
		return period;
	slice = period * t->weight / rq->fair_weight;
	return MAX(slice, (u64)MIN_GRANULARITY_NS);
}

bool fair_should_preempt(const struct runq *rq, const struct thread *t)
{
	const struct thread *curr = rq->curr;
	s64 ahead;

	if (curr->policy == SCHED_IDLE && t->policy != SCHED_IDLE)
		return true;
	if (t->policy != SCHED_NORMAL)
		return false;
	ahead = (s64)(curr->vruntime_ns - t->vruntime_ns);
	return ahead > (s64)fair_delta(WAKEUP_GRAN_NS, t->weight);
}

void fair_tick(struct runq *rq, struct thread *t, u64 now_ns)
{
	struct thread *first = fair_first(rq);

	if (!first)
		return;
	if (now_ns >= t->slice_end_ns ||
	    (s64)(t->vruntime_ns - first->vruntime_ns) > (s64)fair_slice_ns(rq, t))
		resched_runq(rq);
}

/* sched_yield(2) for this class: let at least the one that waits longest go first. */
void fair_yield(struct runq *rq, struct thread *t)
{
	struct thread *first = fair_first(rq);

	if (first && !is_before(first->vruntime_ns, t->vruntime_ns))
		t->vruntime_ns = first->vruntime_ns + 1;
}
