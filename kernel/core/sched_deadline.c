/*
 * SCHED_DEADLINE: earliest deadline first among those that have CPU time left in their period. A
 * thread that used up its runtime is off the run queue until the next period begins (constant
 * bandwidth server). sched(7), "Deadline scheduling".
 */
#include "core/sched_internal.h"
#include "lib/err.h"
#include <linux/sched.h>

#define BANDWIDTH_SHIFT 20
/* Linux's default of sched_rt_runtime_us: 95 % of each CPU. */
#define BANDWIDTH_MAX ((1UL << BANDWIDTH_SHIFT) * 95 / 100)

static struct {
	spinlock_t lock;
	u64 bandwidth; /* of all admitted threads */
} total = {.lock = SPINLOCK_INIT(RANK_LEAF, "deadline")};

static u64 bandwidth_of(u64 runtime_ns, u64 period_ns)
{
	return period_ns ? (runtime_ns << BANDWIDTH_SHIFT) / period_ns : 0;
}

static bool is_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

/* A thread that was boosted into the class has no deadline and goes first. */
bool dl_is_before(const struct thread *a, const struct thread *b)
{
	if (a->policy != SCHED_DEADLINE || b->policy != SCHED_DEADLINE)
		return a->policy != SCHED_DEADLINE && b->policy == SCHED_DEADLINE;
	return is_before(a->dl.until_ns, b->dl.until_ns);
}

void dl_account(struct thread *t, u64 delta_ns)
{
	t->dl.left_ns -= (s64)delta_ns;
}

static void start_period(struct thread *t, u64 now_ns)
{
	t->dl.until_ns = now_ns + t->dl.deadline_ns;
	t->dl.left_ns = (s64)t->dl.runtime_ns;
}

/* A sleeper keeps its deadline only when what it has left does not exceed its share until then. */
void dl_wakeup(struct thread *t, u64 now_ns)
{
	u64 rest;

	if (t->dl.is_throttled)
		return;
	if (!is_before(now_ns, t->dl.until_ns) || t->dl.left_ns <= 0) {
		start_period(t, now_ns);
		return;
	}
	rest = t->dl.until_ns - now_ns;
	if ((u64)t->dl.left_ns > (rest >> 10) * (t->dl.runtime_ns >> 10) / (t->dl.deadline_ns >> 10)
					 << 10)
		start_period(t, now_ns);
}

/* The next period begins. Interrupt context, no lock held. */
static void replenish(struct timer *timer)
{
	struct thread *t = container_of(timer, struct thread, dl.timer);
	u64 now = now_mono_ns();

	if (t->dl.left_ns < 0 && t->dl.runtime_ns) {
		/* What was run too much is paid for. */
		t->dl.left_ns += (s64)t->dl.runtime_ns;
		t->dl.until_ns += t->dl.period_ns;
	}
	if (t->dl.left_ns <= 0 || !is_before(now, t->dl.until_ns))
		start_period(t, now);
	WRITE_ONCE(t->dl.is_throttled, false);
	enqueue_somewhere(t, false);
}

void dl_throttled(struct thread *t)
{
	u64 now = now_mono_ns(), next = t->dl.until_ns - t->dl.deadline_ns + t->dl.period_ns;

	timer_arm(&t->dl.timer, is_before(now, next) ? next : now + 1);
}

static int admit(u64 old, u64 new)
{
	unsigned long flags = spin_lock_irqsave(&total.lock);
	u64 sum = total.bandwidth - old + new;
	int err = new > old &&sum > BANDWIDTH_MAX *nr_cpus ? -EBUSY : 0;

	if (!err)
		total.bandwidth = sum;
	spin_unlock_irqrestore(&total.lock, flags);
	return err;
}

void dl_release(struct thread *t)
{
	(void)admit(bandwidth_of(t->dl.runtime_ns, t->dl.period_ns), 0);
	t->dl.runtime_ns = t->dl.deadline_ns = t->dl.period_ns = t->dl.flags = 0;
}

void sched_exit(struct thread *t)
{
	if (t->policy == SCHED_DEADLINE)
		(void)sched_set_policy(t, SCHED_NORMAL, 0, t->nice);
}

int sched_set_deadline(struct thread *t, const struct sched_deadline *d)
{
	unsigned long flags;
	struct runq *rq;
	int err = admit(bandwidth_of(t->dl.runtime_ns, t->dl.period_ns),
			bandwidth_of(d->runtime_ns, d->period_ns));

	if (err)
		return err;
	rq = thread_rq_lock(t, &flags);
	if (!t->dl.timer.func)
		timer_init(&t->dl.timer, replenish);
	t->dl.runtime_ns = d->runtime_ns;
	t->dl.deadline_ns = d->deadline_ns;
	t->dl.period_ns = d->period_ns;
	t->dl.flags = d->flags;
	if (t->policy != SCHED_DEADLINE)
		start_period(t, now_mono_ns());
	spin_unlock_irqrestore(&rq->lock, flags);
	return sched_set_policy(t, SCHED_DEADLINE, 0, t->nice);
}
