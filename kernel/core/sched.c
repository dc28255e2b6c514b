/* The scheduler: choosing, switching, waking. Classes are in sched_fair.c and sched_rt.c. */
#include "core/irq_context.h"
#include "core/log.h"
#include "core/sched_internal.h"
#include "lib/string.h"

struct cpu cpus[MAX_CPUS];
unsigned nr_cpus = 1;
struct runq runqs[MAX_CPUS];

struct runq *thread_rq_lock(struct thread *t, unsigned long *flags)
{
	for (;;) {
		unsigned cpu = READ_ONCE(t->cpu);
		struct runq *rq = &runqs[cpu];

		*flags = spin_lock_irqsave(&rq->lock);
		if (likely(t->cpu == cpu))
			return rq;
		spin_unlock_irqrestore(&rq->lock, *flags);
	}
}

void queue_thread(struct runq *rq, struct thread *t, bool at_head)
{
	if (thread_is_rt(t))
		rt_enqueue(rq, t, at_head);
	else
		fair_enqueue(rq, t);
}

void unqueue_thread(struct runq *rq, struct thread *t)
{
	if (thread_is_rt(t))
		rt_dequeue(rq, t);
	else
		fair_dequeue(rq, t);
}

void rq_account_add(struct runq *rq, struct thread *t)
{
	t->is_on_runq = true;
	rq->nr_running++;
	if (thread_is_rt(t)) {
		rq->nr_rt++;
	} else {
		rq->nr_fair++;
		rq->fair_weight += t->weight;
		if (t->group)
			t->group->weight[rq->cpu] += t->weight;
	}
}

void rq_account_del(struct runq *rq, struct thread *t)
{
	t->is_on_runq = false;
	rq->nr_running--;
	if (thread_is_rt(t)) {
		rq->nr_rt--;
	} else {
		rq->nr_fair--;
		rq->fair_weight -= t->weight;
		if (t->group)
			t->group->weight[rq->cpu] -= t->weight;
	}
}

/* Have rq's CPU choose again as soon as it can. */
void resched_runq(struct runq *rq)
{
	struct thread *curr = rq->curr;

	if (thread_test_flags(curr, TIF_NEED_RESCHED))
		return;
	thread_set_flags(curr, TIF_NEED_RESCHED);
	if (rq->cpu != this_cpu()->id)
		arch_send_resched_ipi(rq->cpu);
}

void update_curr(struct runq *rq, u64 now_ns)
{
	struct thread *t = rq->curr;
	s64 delta = (s64)(now_ns - t->exec_start_ns);

	if (delta <= 0)
		return;
	t->exec_start_ns = now_ns;
	t->sum_exec_ns += (u64)delta;
	if (unlikely(thread_is_rt(t))) {
		if (thread_is_deadline(t))
			dl_account(t, (u64)delta);
		return;
	}
	if (t == rq->idle || !t->is_on_runq)
		return;
	fair_charge(rq, t, (u64)delta);
}

/* Give the time not yet split to user or kernel mode; returns it. */
static u64 account_split(struct runq *rq, struct thread *t, bool was_user)
{
	u64 rest = t->sum_exec_ns - t->user_ns - t->kernel_ns;

	if (t == rq->idle)
		return 0;
	if (was_user) {
		t->user_ns += rest;
		rq->user_ns += rest;
	} else {
		t->kernel_ns += rest;
		rq->kernel_ns += rest;
	}
	return rest;
}

/* --- becoming runnable --- */

static bool rt_should_preempt(const struct thread *t, const struct thread *curr)
{
	int prio = thread_rt_prio(t), other = thread_rt_prio(curr);

	if (prio == DEADLINE_PRIO && prio == other)
		return dl_is_before(t, curr);
	return prio > other;
}

static void check_preempt(struct runq *rq, struct thread *t)
{
	struct thread *curr = rq->curr;
	bool yes;

	if (curr == rq->idle || !curr->is_on_runq)
		yes = true;
	else if (thread_is_rt(t))
		yes = rt_should_preempt(t, curr);
	else
		yes = !thread_is_rt(curr) && fair_should_preempt(rq, t);
	/* A CPU that ran one kernel thread has no tick: it must notice that it shares now. */
	if (!yes && rq->nr_running == 2 && !curr->is_user)
		yes = true;
	if (yes)
		resched_runq(rq);
}

/* Queue a runnable thread that is on no run queue. It may land elsewhere when its mask changed. */
void enqueue_somewhere(struct thread *t, bool is_new)
{
	unsigned long flags;
	struct runq *rq;

	for (;;) {
		rq = thread_rq_lock(t, &flags);
		if (likely(t->affinity & BIT(rq->cpu)))
			break;
		t->vruntime_ns -= rq->min_vruntime_ns;
		t->cpu = select_cpu(t, is_new);
		t->vruntime_ns += runqs[t->cpu].min_vruntime_ns;
		spin_unlock_irqrestore(&rq->lock, flags);
	}
	update_curr(rq, now_mono_ns());
	if (!thread_is_rt(t))
		fair_place(rq, t, is_new);
	else if (thread_is_deadline(t))
		dl_wakeup(t, now_mono_ns());
	rq_account_add(rq, t);
	queue_thread(rq, t, false);
	check_preempt(rq, t);
	spin_unlock_irqrestore(&rq->lock, flags);
}

bool wake_thread_state(struct thread *t, u32 states)
{
	unsigned long flags;
	struct runq *rq;
	unsigned cpu;

	/* The waker changed the condition first; this pairs with set_thread_state(). */
	smp_mb();
	if (!(READ_ONCE(t->state) & states))
		return false;
	rq = thread_rq_lock(t, &flags);
	if (!(t->state & states)) {
		spin_unlock_irqrestore(&rq->lock, flags);
		return false;
	}
	WRITE_ONCE(t->state, TS_RUNNING);
	if (t->is_on_runq || t->is_migrating || t == rq->idle) {
		/* On its way into schedule(): it will find itself runnable. An idle thread (at boot
		 * it runs main.c) is never queued. */
		spin_unlock_irqrestore(&rq->lock, flags);
		return true;
	}
	cpu = select_cpu(t, false);
	if (cpu == rq->cpu) {
		update_curr(rq, now_mono_ns());
		if (!thread_is_rt(t))
			fair_place(rq, t, false);
		else if (thread_is_deadline(t))
			dl_wakeup(t, now_mono_ns());
		rq_account_add(rq, t);
		queue_thread(rq, t, false);
		check_preempt(rq, t);
		spin_unlock_irqrestore(&rq->lock, flags);
		return true;
	}
	t->vruntime_ns += runqs[cpu].min_vruntime_ns - rq->min_vruntime_ns;
	t->cpu = cpu;
	spin_unlock_irqrestore(&rq->lock, flags);
	enqueue_somewhere(t, false);
	return true;
}

void kick_thread(struct thread *t)
{
	if (wake_thread_state(t, TS_INTERRUPTIBLE))
		return;
	if (READ_ONCE(t->is_running) && READ_ONCE(t->cpu) != this_cpu()->id)
		arch_send_resched_ipi(READ_ONCE(t->cpu));
}

void sched_start(struct thread *t)
{
	unsigned cpu = select_cpu(t, true);

	t->vruntime_ns = 0;
	t->cpu = cpu;
	WRITE_ONCE(t->state, TS_RUNNING);
	enqueue_somewhere(t, true);
}

/* --- switching --- */

/* finish_switch() for a thread that died, or goes to another CPU, or waits for its next period. */
static __attribute__((noinline)) void finish_special(struct runq *rq, struct thread *prev)
{
	bool is_migrating = prev->is_migrating, is_throttled = prev->dl.is_throttled;

	if (prev->state == TS_DEAD) {
		prev->dead_next = rq->dead;
		rq->dead = prev;
	}
	prev->is_migrating = false;
	WRITE_ONCE(prev->is_running, false);
	spin_unlock(&rq->lock);
	if (is_migrating)
		enqueue_somewhere(prev, false);
	else if (is_throttled)
		dl_throttled(prev);
}

/* Finish what __schedule() began, on the stack of the next thread; interrupts off. */
static inline void finish_switch(struct thread *prev)
{
	struct runq *rq = this_cpu()->rq;

	if (unlikely(prev->state == TS_DEAD) ||
	    unlikely(prev->is_migrating | prev->dl.is_throttled)) {
		finish_special(rq, prev);
		return;
	}
	WRITE_ONCE(prev->is_running, false);
	spin_unlock(&rq->lock);
}

void finish_first_switch(struct thread *prev)
{
	finish_switch(prev);
}

/* Release the threads that died on this CPU. Interrupts on. */
static void reap_dead(void)
{
	unsigned long flags = arch_irq_save();
	struct runq *rq = this_cpu()->rq;
	struct thread *t = rq->dead;

	rq->dead = NULL;
	arch_irq_restore(flags);
	while (t) {
		struct thread *next = t->dead_next;

		if (t->release)
			t->release(t);
		t = next;
	}
}

static struct thread *pick_next(struct runq *rq)
{
	struct thread *t = NULL;

	if (!rq->nr_running)
		pull_thread(rq, true);
	if (rq->nr_rt)
		t = rt_first(rq);
	if (!t && rq->nr_fair)
		t = fair_first(rq);
	if (!t)
		return rq->idle;
	unqueue_thread(rq, t);
	return t;
}

/* How long a thread runs between two sleeps: select_cpu() wants to know. */
static void note_sleep(struct thread *t)
{
	u64 burst = t->sum_exec_ns - t->burst_start_ns;

	t->burst_start_ns = t->sum_exec_ns;
	t->avg_burst_ns = (3 * t->avg_burst_ns + burst) / 4;
}

/* The thread on the CPU gives way: back into the queue, off to another CPU, or to sleep. */
static void put_prev(struct runq *rq, struct thread *prev)
{
	if (prev == rq->idle)
		return;
	if (prev->state == TS_INTERRUPTIBLE && thread_test_flags(prev, TIF_SIGPENDING))
		WRITE_ONCE(prev->state, TS_RUNNING);
	if (prev->state != TS_RUNNING) {
		note_sleep(prev);
		rq_account_del(rq, prev);
	} else if (thread_is_deadline(prev) && (prev->dl.left_ns <= 0 || prev->wants_yield)) {
		rq_account_del(rq, prev);
		prev->dl.is_throttled = true;
	} else if (unlikely(!(prev->affinity & BIT(rq->cpu)))) {
		rq_account_del(rq, prev);
		prev->is_migrating = true;
		prev->cpu = select_cpu(prev, false);
		prev->vruntime_ns += runqs[prev->cpu].min_vruntime_ns - rq->min_vruntime_ns;
	} else {
		bool yields = prev->wants_yield;

		if (yields && !thread_is_rt(prev))
			fair_yield(rq, prev);
		queue_thread(rq, prev, !yields);
	}
	prev->wants_yield = false;
}

/*
 * put_prev() and pick_next() of the common switch: the thread on the CPU could go on, and only the
 * fair class has others. Then one of the two is queued, never both. NULL: this is another case.
 */
static inline struct thread *take_turns(struct runq *rq, struct thread *prev)
{
	struct thread *first;

	if (unlikely(prev->state != TS_RUNNING) || unlikely(rq->nr_rt) ||
	    unlikely(prev == rq->idle) || unlikely(!(prev->affinity & BIT(rq->cpu))))
		return NULL;
	first = fair_first(rq);
	if (!first)
		return NULL;
	if (prev->wants_yield) {
		fair_yield(rq, prev);
		prev->wants_yield = false;
	}
	if ((s64)(prev->vruntime_ns - first->vruntime_ns) < 0)
		return prev;
	fair_dequeue(rq, first);
	fair_enqueue(rq, prev);
	return first;
}

static inline void set_next(struct runq *rq, const struct thread *prev, struct thread *next,
			    u64 now)
{
	rq->curr = next;
	next->exec_start_ns = now;
	next->is_running = true;
	if (next == rq->idle) {
		if (!(READ_ONCE(idle_cpus) & BIT(rq->cpu)))
			atomic_or(&idle_cpus, BIT(rq->cpu));
		return;
	}
	if (prev == rq->idle) {
		atomic_and(&idle_cpus, ~BIT(rq->cpu));
		time_tick(now);
	}
	if (!thread_is_rt(next))
		next->slice_end_ns = now + fair_slice_ns(rq, next);
	else if (next->slice_end_ns <= now)
		next->slice_end_ns = now + RR_SLICE_NS;
	if ((next->is_user || rq->nr_running > 1) && !timer_tick_is_armed())
		timer_tick_arm(now + TICK_NS);
}

static void __schedule(void)
{
	struct runq *rq = this_cpu()->rq;
	struct thread *prev = rq->curr, *next;
	u64 now;

	spin_lock(&rq->lock);
	now = now_mono_ns();
	update_curr(rq, now);
	if (thread_test_flags(prev, TIF_NEED_RESCHED))
		thread_clear_flags(prev, TIF_NEED_RESCHED);
	next = take_turns(rq, prev);
	if (!next) {
		put_prev(rq, prev);
		next = pick_next(rq);
	}
	set_next(rq, prev, next, now);
	if (next == prev) {
		spin_unlock(&rq->lock);
		return;
	}
	if (prev->state != TS_RUNNING) {
		prev->nvcsw++;
		account_split(rq, prev, prev->user_ns > prev->kernel_ns);
	} else {
		prev->nivcsw++;
		account_split(rq, prev, true);
	}
	rq->nr_switches++;
	if (unlikely(prev->has_rseq) && !arch_in_syscall(arch_thread_regs(prev)))
		thread_set_flags(prev, TIF_RSEQ);
	if (unlikely(next->has_rseq) && next->rseq_cpu != rq->cpu)
		thread_set_flags(next, TIF_RSEQ);
	if (next->mm)
		mm_switch(prev->mm, next->mm);
	finish_switch(arch_switch(prev, next));
}

void schedule(void)
{
	unsigned long flags;

	might_sleep("schedule");
	flags = arch_irq_save();
	__schedule();
	arch_irq_restore(flags);
	if (unlikely(READ_ONCE(this_cpu()->rq->dead) != NULL) && arch_irqs_enabled())
		reap_dead();
}

void set_thread_state(enum thread_state s)
{
	atomic_store(&this_thread()->state, s);
}

struct sleep_timer {
	struct timer timer;
	struct thread *thread;
	bool is_over;
};

static void sleep_timer_expired(struct timer *timer)
{
	struct sleep_timer *s = container_of(timer, struct sleep_timer, timer);

	WRITE_ONCE(s->is_over, true);
	wake_thread(s->thread);
}

bool schedule_until(u64 deadline_ns)
{
	struct sleep_timer s = {.thread = this_thread()};

	if (!deadline_ns || deadline_ns == ~0UL) {
		schedule();
		return false;
	}
	if (READ_ONCE(s.thread->state) == TS_RUNNING) {
		schedule();
		return deadline_passed(deadline_ns);
	}
	if (deadline_passed(deadline_ns)) {
		set_thread_state(TS_RUNNING);
		return true;
	}
	timer_init(&s.timer, sleep_timer_expired);
	timer_arm(&s.timer, deadline_ns);
	schedule();
	timer_cancel(&s.timer);
	return READ_ONCE(s.is_over);
}

void cond_resched(void)
{
	if (thread_test_flags(this_thread(), TIF_NEED_RESCHED) && arch_irqs_enabled())
		schedule();
}

void sched_yield_thread(void)
{
	struct thread *t = this_thread();

	if (READ_ONCE(this_cpu()->rq->nr_running) <= 1 && !thread_test_flags(t, TIF_NEED_RESCHED))
		return;
	t->wants_yield = true;
	schedule();
}

void (*thread_tick_hook)(struct thread *t, bool was_user, u64 delta_ns);

/* From the timer interrupt, interrupts off. */
void sched_tick(bool was_user)
{
	struct runq *rq = this_cpu()->rq;
	struct thread *t;
	u64 now = now_mono_ns(), delta;

	spin_lock(&rq->lock);
	t = rq->curr;
	update_curr(rq, now);
	if (t == rq->idle) {
		spin_unlock(&rq->lock);
		return;
	}
	delta = account_split(rq, t, was_user);
	if (thread_is_rt(t))
		rt_tick(rq, t, now);
	else
		fair_tick(rq, t, now);
	if (t->is_user || rq->nr_running > 1)
		timer_tick_arm(now + TICK_NS);
	spin_unlock(&rq->lock);
	if (t->is_user && thread_tick_hook)
		thread_tick_hook(t, was_user, delta);
	balance_tick(rq, now);
	loadavg_update(now);
}

/* --- idle threads and start-up --- */

static struct thread idle_threads[MAX_CPUS];

static void init_runq(unsigned cpu)
{
	struct runq *rq = &runqs[cpu];
	unsigned i;

	spin_init(&rq->lock, RANK_RUNQ, "runq");
	rq->cpu = cpu;
	for (i = 0; i < RT_PRIOS; i++)
		list_init(&rq->rt[i]);
	rq->fair = RB_ROOT;
	rq->min_vruntime_ns = NSEC_PER_SEC;
}

void sched_init_cpu(unsigned cpu)
{
	struct thread *t = &idle_threads[cpu];
	struct runq *rq = &runqs[cpu];

	cpus[cpu].id = cpu;
	if (cpu) {
		init_runq(cpu);
		time_init_cpu();
	}
	memcpy(t->comm, "swapper/0", 10);
	t->comm[8] = (char)('0' + cpu);
	t->cpu = cpu;
	t->state = TS_RUNNING;
	t->affinity = BIT(cpu);
	t->weight = WEIGHT_SCHED_IDLE;
	t->is_running = true;
	t->exec_start_ns = now_mono_ns();
	rq->idle = rq->curr = t;
	cpus[cpu].idle = t;
	cpus[cpu].rq = rq;
	cpus[cpu].arch.current_thread = t;
	timers_init_cpu(cpu);
	atomic_or(&idle_cpus, BIT(cpu));
	atomic_store(&cpus[cpu].is_online, true);
}

void sched_init(void)
{
	init_runq(0);
	sched_init_cpu(0);
}

void sched_idle_loop(void)
{
	struct runq *rq = this_cpu()->rq;
	struct thread *self = this_thread();

	for (;;) {
		arch_irq_disable();
		if (!thread_test_flags(self, TIF_NEED_RESCHED) && !READ_ONCE(rq->nr_running)) {
			arch_idle();
			/* An interrupt handler may have queued something. */
			arch_irq_disable();
		}
		arch_irq_enable();
		if (thread_test_flags(self, TIF_NEED_RESCHED) || READ_ONCE(rq->nr_running))
			schedule();
		else if (READ_ONCE(rq->dead))
			reap_dead();
	}
}
