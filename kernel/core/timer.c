/*
 * One-shot timers: a tree per CPU, the hardware set to the nearest deadline. The scheduler's tick
 * is a deadline of its own beside the tree. Cancelling leaves the hardware as it is: an interrupt
 * too many is cheaper than setting it twice.
 */
#include "core/irq.h"
#include "core/irq_context.h"
#include "core/sched.h"
#include "core/sched_internal.h"
#include "core/time.h"
#include "core/timer.h"

struct timer_queue {
	spinlock_t lock; /* RANK_TIMER, interrupts off */
	struct rb_root tree;
	struct timer *first;
	u64 programmed_ns; /* what the hardware is set to, ~0 = off; this CPU only */
	u64 tick_ns;	   /* the scheduler's; this CPU only */
	struct timer *running;
};

static struct timer_queue queues[MAX_CPUS];

void timers_init_cpu(unsigned cpu)
{
	struct timer_queue *q = &queues[cpu];

	spin_init(&q->lock, RANK_TIMER, "timers");
	q->tree = RB_ROOT;
	q->programmed_ns = q->tick_ns = ~0UL;
	cpus[cpu].timers = q;
}

void timer_init(struct timer *t, void (*func)(struct timer *t))
{
	*t = (struct timer){.func = func, .cpu = this_cpu()->id};
}

static void program(struct timer_queue *q, u64 deadline_ns)
{
	if (deadline_ns >= q->programmed_ns)
		return;
	q->programmed_ns = deadline_ns;
	arch_timer_set(deadline_ns);
}

/* The queue that `t` is bound to, locked. */
static struct timer_queue *queue_lock(struct timer *t, unsigned long *flags)
{
	for (;;) {
		unsigned cpu = READ_ONCE(t->cpu);
		struct timer_queue *q = &queues[cpu];

		*flags = spin_lock_irqsave(&q->lock);
		if (t->cpu == cpu)
			return q;
		spin_unlock_irqrestore(&q->lock, *flags);
	}
}

static void unlink_timer(struct timer_queue *q, struct timer *t)
{
	if (q->first == t) {
		struct rb_node *next = rb_next(&t->node);

		q->first = next ? rb_entry(next, struct timer, node) : NULL;
	}
	rb_erase(&t->node, &q->tree);
	t->is_armed = false;
}

static void link_timer(struct timer_queue *q, struct timer *t)
{
	struct rb_node **link = &q->tree.node, *parent = NULL;
	bool is_first = true;

	while (*link) {
		parent = *link;
		if (t->deadline_ns < rb_entry(parent, struct timer, node)->deadline_ns) {
			link = &parent->left;
		} else {
			link = &parent->right;
			is_first = false;
		}
	}
	rb_link_node(&t->node, parent, link);
	rb_insert_color(&t->node, &q->tree);
	t->is_armed = true;
	if (is_first)
		q->first = t;
}

void timer_arm(struct timer *t, u64 deadline_ns)
{
	unsigned long flags, inner;
	struct timer_queue *q, *mine;

	flags = arch_irq_save();
	mine = this_cpu()->timers;
	for (;;) {
		q = queue_lock(t, &inner);
		if (t->is_armed)
			unlink_timer(q, t);
		/* A callback under way elsewhere keeps the timer bound to that CPU. */
		if (q == mine || q->running == t)
			break;
		t->cpu = this_cpu()->id;
		spin_unlock(&q->lock);
	}
	t->set_for_ns = deadline_ns;
	t->deadline_ns = deadline_mono_ns(deadline_ns);
	link_timer(q, t);
	/* Elsewhere its CPU is inside the callback and will look at the tree before it leaves. */
	if (q->first == t && q == mine)
		program(q, t->deadline_ns);
	spin_unlock(&q->lock);
	arch_irq_restore(flags);
}

bool timer_cancel(struct timer *t)
{
	bool was_armed = false;

	for (;;) {
		unsigned long flags;
		struct timer_queue *q = queue_lock(t, &flags);
		bool is_elsewhere;

		if (t->is_armed) {
			unlink_timer(q, t);
			was_armed = true;
		}
		is_elsewhere = q->running == t && q != this_cpu()->timers;
		spin_unlock_irqrestore(&q->lock, flags);
		if (!is_elsewhere)
			return was_armed;
		arch_cpu_relax();
	}
}

u64 timer_remaining_ns(const struct timer *t)
{
	u64 now = now_mono_ns();

	if (!READ_ONCE(t->is_armed) || t->deadline_ns <= now)
		return READ_ONCE(t->is_armed) ? 1 : 0;
	return t->deadline_ns - now;
}

bool timer_tick_is_armed(void)
{
	struct timer_queue *q = this_cpu()->timers;

	return q->tick_ns != ~0UL;
}

void timer_tick_arm(u64 deadline_ns)
{
	struct timer_queue *q = this_cpu()->timers;

	q->tick_ns = deadline_ns;
	program(q, deadline_ns);
}

/* Every timer of this CPU anew into the tree: interrupts off. */
static void rebuild(void *arg)
{
	struct timer_queue *q = this_cpu()->timers;
	struct rb_root old;
	struct rb_node *n;

	(void)arg;
	spin_lock(&q->lock);
	old = q->tree;
	q->tree = RB_ROOT;
	q->first = NULL;
	while ((n = rb_first(&old))) {
		struct timer *t = rb_entry(n, struct timer, node);

		rb_erase(n, &old);
		t->deadline_ns = deadline_mono_ns(t->set_for_ns);
		link_timer(q, t);
	}
	if (q->first)
		program(q, q->first->deadline_ns);
	spin_unlock(&q->lock);
}

void timers_clock_was_set(void)
{
	unsigned long flags;

	smp_call_others(rebuild, NULL);
	flags = arch_irq_save();
	rebuild(NULL);
	arch_irq_restore(flags);
}

static void run_expired(struct timer_queue *q, u64 now)
{
	spin_lock(&q->lock);
	while (q->first && q->first->deadline_ns <= now) {
		struct timer *t = q->first;

		unlink_timer(q, t);
		q->running = t;
		spin_unlock(&q->lock);
		t->func(t);
		/* `t` may be gone by now: its callback may free it. */
		spin_lock(&q->lock);
		q->running = NULL;
	}
	spin_unlock(&q->lock);
}

/* Called by the port's timer vector, interrupts off. */
void timer_interrupt(bool was_user)
{
	struct timer_queue *q = this_cpu()->timers;
	struct irq_context c;
	u64 now = now_mono_ns();

	irq_context_enter(&c);
	q->programmed_ns = ~0UL;
	time_tick(now);
	run_expired(q, now);
	if (q->tick_ns <= now) {
		q->tick_ns = ~0UL;
		sched_tick(was_user);
	}
	spin_lock(&q->lock);
	if (q->first)
		program(q, q->first->deadline_ns);
	spin_unlock(&q->lock);
	if (q->tick_ns != ~0UL)
		program(q, q->tick_ns);
	irq_context_exit(&c);
}
