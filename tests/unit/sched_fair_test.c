/*
 * The fair class on one simulated CPU: shares by weight, sleepers, wrapping virtual time. The loop
 * below is what sched.c does around these functions.
 */
#include "core/cpu.h"
#include "core/sched_internal.h"
#include "unit.h"
#include <linux/sched.h>

#define MAX_THREADS 8
#define STEP_NS	    (500 * NSEC_PER_USEC)

struct cpu cpus[MAX_CPUS];
unsigned nr_cpus = 1;
struct arch_cpu *const none_this_cpu = &cpus[0].arch;

static struct runq rq;
static struct thread idle, threads[MAX_THREADS];
static bool wants_resched;
static u64 now_ns;

void resched_runq(struct runq *r)
{
	wants_resched = true;
}

static void account(struct thread *t, int sign)
{
	t->is_on_runq = sign > 0;
	rq.nr_running += (unsigned)sign;
	rq.nr_fair += (unsigned)sign;
	rq.fair_weight += (u64)((s64)t->weight * sign);
}

static struct thread *add(unsigned i, int policy, int nice)
{
	struct thread *t = &threads[i];

	*t = (struct thread){.policy = policy, .nice = nice};
	t->weight = sched_weight(policy, nice);
	fair_place(&rq, t, true);
	account(t, 1);
	fair_enqueue(&rq, t);
	return t;
}

static void start(u64 min_vruntime_ns)
{
	rq = (struct runq){.idle = &idle, .curr = &idle, .min_vruntime_ns = min_vruntime_ns};
	now_ns = NSEC_PER_SEC;
}

static void pick(void)
{
	struct thread *t;

	if (rq.curr != &idle && rq.curr->is_on_runq)
		fair_enqueue(&rq, rq.curr);
	t = fair_first(&rq);
	if (t) {
		fair_dequeue(&rq, t);
		t->slice_end_ns = now_ns + fair_slice_ns(&rq, t);
	}
	rq.curr = t ? t : &idle;
	wants_resched = false;
}

static void run(u64 duration_ns)
{
	u64 stop = now_ns + duration_ns;

	for (; now_ns < stop; now_ns += STEP_NS) {
		if (rq.curr == &idle || wants_resched)
			pick();
		if (rq.curr == &idle)
			continue;
		rq.curr->sum_exec_ns += STEP_NS;
		fair_charge(&rq, rq.curr, STEP_NS);
		fair_tick(&rq, rq.curr, now_ns + STEP_NS);
	}
}

static void go_to_sleep(struct thread *t)
{
	if (rq.curr == t) {
		account(t, -1);
		pick();
	} else {
		fair_dequeue(&rq, t);
		account(t, -1);
	}
}

static void wake(struct thread *t)
{
	fair_place(&rq, t, false);
	account(t, 1);
	fair_enqueue(&rq, t);
}

/* Is a/b within 12 % of want/100? */
static bool is_ratio(const struct thread *a, const struct thread *b, u64 want)
{
	u64 got = a->sum_exec_ns * 100 / MAX(b->sum_exec_ns, 1UL);

	return got * 100 > want * 88 && got * 100 < want * 112;
}

static void test_shares(u64 min_vruntime_ns)
{
	struct thread *a, *b, *c;

	start(min_vruntime_ns);
	a = add(0, SCHED_NORMAL, 0);
	b = add(1, SCHED_NORMAL, 0);
	c = add(2, SCHED_NORMAL, 5);
	run(20 * NSEC_PER_SEC);
	CHECK(is_ratio(a, b, 100));
	CHECK(is_ratio(a, c, 306)); /* 1024 / 335 */
	CHECK(a->sum_exec_ns + b->sum_exec_ns + c->sum_exec_ns == 20UL * NSEC_PER_SEC);
}

static void test_idle_policy(void)
{
	struct thread *a, *b;

	start(NSEC_PER_SEC);
	a = add(0, SCHED_NORMAL, 0);
	b = add(1, SCHED_IDLE, 0);
	run(20 * NSEC_PER_SEC);
	CHECK(b->sum_exec_ns > 0);
	CHECK(b->sum_exec_ns * 100 < a->sum_exec_ns);
	rq.curr = b;
	CHECK(fair_should_preempt(&rq, a));
}

/* One who sleeps long neither loses its share nor gets all that it missed. */
static void test_sleeper(void)
{
	struct thread *a, *b;
	u64 a_before, b_before;

	start(NSEC_PER_SEC);
	a = add(0, SCHED_NORMAL, 0);
	b = add(1, SCHED_NORMAL, 0);
	run(NSEC_PER_SEC);
	go_to_sleep(b);
	run(10 * NSEC_PER_SEC);
	wake(b);
	CHECK(fair_should_preempt(&rq, b));
	a_before = a->sum_exec_ns;
	b_before = b->sum_exec_ns;
	run(NSEC_PER_SEC);
	CHECK(b->sum_exec_ns - b_before > 450UL * NSEC_PER_MSEC);
	CHECK(a->sum_exec_ns - a_before > 450UL * NSEC_PER_MSEC);
}

static void test_yield_and_slices(void)
{
	struct thread *a, *b;

	start(NSEC_PER_SEC);
	a = add(0, SCHED_NORMAL, 0);
	b = add(1, SCHED_NORMAL, 0);
	pick();
	fair_yield(&rq, rq.curr);
	a = rq.curr;
	b = a == &threads[0] ? &threads[1] : &threads[0];
	pick();
	CHECK(rq.curr == b);
	CHECK(fair_slice_ns(&rq, b) == SCHED_LATENCY_NS / 2);
	for (unsigned i = 2; i < MAX_THREADS; i++)
		add(i, SCHED_NORMAL, 0);
	CHECK(fair_slice_ns(&rq, b) == MIN_GRANULARITY_NS);
	CHECK(sched_weight(SCHED_NORMAL, -20) == 88761);
	CHECK(sched_weight(SCHED_NORMAL, 0) == 1024);
	CHECK(sched_weight(SCHED_BATCH, 19) == 15);
}

int main(void)
{
	test_shares(NSEC_PER_SEC);
	test_shares(~0UL - NSEC_PER_SEC); /* wraps on the way */
	test_idle_policy();
	test_sleeper();
	test_yield_and_slices();
	return unit_end();
}
