/* Which CPU runs what: choice at wake-up, and pulling from busy CPUs. */
#include "core/sched_internal.h"

u64 idle_cpus;

static bool is_usable(unsigned cpu)
{
	return READ_ONCE(cpus[cpu].is_online);
}

/* The CPU with the fewest runnable threads among `mask`; `first` wins ties. */
static unsigned least_loaded(u64 mask, unsigned first)
{
	unsigned i, best = first, best_nr = ~0u;

	if ((mask & BIT(first)) && is_usable(first))
		best_nr = READ_ONCE(runqs[first].nr_running);
	for_each_cpu (i) {
		unsigned nr = READ_ONCE(runqs[i].nr_running);

		if ((mask & BIT(i)) && is_usable(i) && nr < best_nr) {
			best = i;
			best_nr = nr;
		}
	}
	return best;
}

/*
 * A waker that runs only for moments between its sleeps, and wakes one of the same kind, is most
 * likely half of a conversation (a pipe, a lock handed over): the two take turns anyway, and on one
 * CPU that costs no interrupt.
 */
static bool is_conversation(const struct thread *t, unsigned self)
{
	const struct thread *waker = this_thread();

	return (t->affinity & BIT(self)) && !this_cpu()->irq_depth &&
	       READ_ONCE(runqs[self].nr_running) == 1 && waker != runqs[self].idle &&
	       !thread_is_rt(t) && waker->avg_burst_ns < SHORT_BURST_NS &&
	       t->avg_burst_ns < SHORT_BURST_NS;
}

/* Prefer the CPU whose caches know the thread, then any idle one, then the least loaded. */
unsigned select_cpu(const struct thread *t, bool is_new)
{
	unsigned prev = t->cpu, self;
	u64 idle;

	if (nr_cpus == 1)
		return 0;
	self = this_cpu()->id;
	if (!is_new && is_conversation(t, self))
		return self;
	idle = READ_ONCE(idle_cpus) & t->affinity;
	if (!is_new && (idle & BIT(prev)) && !READ_ONCE(runqs[prev].nr_running))
		return prev;
	while (idle) {
		unsigned cpu = (unsigned)__builtin_ctzl(idle);

		if (!READ_ONCE(runqs[cpu].nr_running))
			return cpu;
		idle &= idle - 1;
	}
	return least_loaded(t->affinity, is_new ? self : prev);
}

/* A queued thread of src that may run on `cpu`; src locked. */
static struct thread *find_movable(struct runq *src, unsigned cpu)
{
	struct rb_node *n;
	unsigned prio;

	if (src->nr_rt)
		for (prio = RT_PRIOS; prio-- > 1;) {
			struct thread *t;

			list_for_each_entry (t, &src->rt[prio], rt_node)
				if (t->affinity & BIT(cpu))
					return t;
		}
	for (n = rb_last(&src->fair); n; n = rb_prev(n)) {
		struct thread *t = rb_entry(n, struct thread, rq_node);

		if (t->affinity & BIT(cpu))
			return t;
	}
	return NULL;
}

static bool pull_from(struct runq *rq, struct runq *src)
{
	struct thread *t;

	/* The second run queue: only if free, so that two pullers cannot wait for each other. */
	if (!spin_trylock(&src->lock))
		return false;
	t = src->nr_running >= 2 ? find_movable(src, rq->cpu) : NULL;
	if (t) {
		unqueue_thread(src, t);
		rq_account_del(src, t);
		t->vruntime_ns += rq->min_vruntime_ns - src->min_vruntime_ns;
		t->cpu = rq->cpu;
		rq_account_add(rq, t);
		queue_thread(rq, t, false);
	}
	spin_unlock(&src->lock);
	return t != NULL;
}

bool pull_thread(struct runq *rq, bool is_idle)
{
	unsigned i, k, floor = is_idle ? 2 : rq->nr_running + 2;

	if (nr_cpus == 1)
		return false;
	for (k = 1; k < nr_cpus; k++) {
		i = (rq->cpu + k) % nr_cpus;
		if (is_usable(i) && READ_ONCE(runqs[i].nr_running) >= floor &&
		    pull_from(rq, &runqs[i]))
			return true;
	}
	return false;
}

void balance_tick(struct runq *rq, u64 now_ns)
{
	u64 idle;

	if (nr_cpus == 1 || now_ns < rq->next_balance_ns)
		return;
	rq->next_balance_ns = now_ns + BALANCE_INTERVAL_NS;
	idle = READ_ONCE(idle_cpus);
	/* Idle CPUs have no tick: have one come and pull. */
	if (READ_ONCE(rq->nr_running) >= 2 && idle) {
		struct runq *other = &runqs[__builtin_ctzl(idle)];

		if (other != rq) {
			spin_lock(&other->lock);
			if (other->curr == other->idle)
				resched_runq(other);
			spin_unlock(&other->lock);
		}
		return;
	}
	spin_lock(&rq->lock);
	if (pull_thread(rq, false) && !rq->curr->is_user)
		resched_runq(rq);
	spin_unlock(&rq->lock);
}
