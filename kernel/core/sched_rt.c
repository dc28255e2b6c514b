/* SCHED_FIFO, SCHED_RR and SCHED_DEADLINE: one list per priority, the highest first. sched(7). */
#include "core/sched_internal.h"
#include <linux/sched.h>

void rt_enqueue(struct runq *rq, struct thread *t, bool at_head)
{
	unsigned prio = (unsigned)thread_rt_prio(t);
	struct thread *other;

	if (unlikely(prio == DEADLINE_PRIO)) {
		list_for_each_entry (other, &rq->rt[prio], rt_node)
			if (dl_is_before(t, other))
				break;
		list_add_tail(&t->rt_node, &other->rt_node);
	} else if (at_head) {
		list_add(&t->rt_node, &rq->rt[prio]);
	} else {
		list_add_tail(&t->rt_node, &rq->rt[prio]);
	}
	rq->rt_bits[prio / 64] |= BIT(prio % 64);
}

void rt_dequeue(struct runq *rq, struct thread *t)
{
	unsigned prio = (unsigned)thread_rt_prio(t);

	list_del(&t->rt_node);
	if (list_empty(&rq->rt[prio]))
		rq->rt_bits[prio / 64] &= ~BIT(prio % 64);
}

struct thread *rt_first(struct runq *rq)
{
	unsigned prio;

	if (rq->rt_bits[1])
		prio = 127 - (unsigned)__builtin_clzl(rq->rt_bits[1]);
	else if (rq->rt_bits[0])
		prio = 63 - (unsigned)__builtin_clzl(rq->rt_bits[0]);
	else
		return NULL;
	return list_first_entry(&rq->rt[prio], struct thread, rt_node);
}

/* Round robin among equals when the slice is over. */
void rt_tick(struct runq *rq, struct thread *t, u64 now_ns)
{
	struct thread *first;

	if (thread_is_deadline(t) && t->dl.left_ns <= 0) {
		resched_runq(rq);
		return;
	}
	if (t->policy != SCHED_RR || now_ns < t->slice_end_ns)
		return;
	t->slice_end_ns = now_ns + RR_SLICE_NS;
	first = rt_first(rq);
	if (first && thread_rt_prio(first) >= thread_rt_prio(t)) {
		t->wants_yield = true;
		resched_runq(rq);
	}
}

u64 sched_rr_interval_ns(const struct thread *t)
{
	if (t->policy == SCHED_RR)
		return RR_SLICE_NS;
	if (t->policy == SCHED_FIFO)
		return 0;
	return fair_slice_ns(&runqs[t->cpu], t);
}
