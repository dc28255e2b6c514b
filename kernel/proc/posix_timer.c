/*
 * POSIX timers: timer_create(2). A timer's signal is queued once; the next period of one that
 * repeats begins when that signal is taken, and those that passed meanwhile are its overrun.
 */
#include "proc/pid.h"
#include "core/cpu.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/time.h>

#define CPU_PERIOD_MIN_NS     (1 * NSEC_PER_MSEC)
#define IGNORED_PERIOD_MIN_NS (1 * NSEC_PER_MSEC)
#define FAR_NS		      ((u64)INT64_MAX)
/* Ids of CPU clocks with process or task 0, the caller, and the scheduler's count. */
#define OWN_PROCESS_CLOCK (-6)
#define OWN_THREAD_CLOCK  (-2)

enum timer_clock { ON_MONO, ON_REAL, ON_PROCESS_CPU, ON_PROCESS_USER, ON_THREAD_CPU };

struct posix_timer {
	struct list_head node; /* process->posix_timers; all below too: sighand_lock */
	struct timer timer;
	struct process *process;
	struct task *target;   /* SIGEV_THREAD_ID; reference */
	struct task *counted;  /* ON_THREAD_CPU; reference */
	struct process *other; /* whose CPU time it counts, when not its own process's; reference */
	u64 other_ns;	       /* what that was when last looked at: look_at_other() */
	struct sigqueue *queued;  /* its signal; NULL with SIGEV_NONE */
	enum timer_clock clock;	  /* what it was made on */
	enum timer_clock running; /* what expiry_ns means: a relative ON_REAL runs ON_MONO */
	int id, notify;
	int clock_id, signo; /* as they were asked for: /proc/PID/timers */
	sigval_t value;
	u64 expiry_ns, interval_ns; /* 0: off; one-shot */
	int overrun;
	bool is_waiting; /* for its signal to be taken */
	bool is_dead;
};

/* What pt->other used, under its lock: never taken inside our own, for it may time us, too. */
static u64 time_of_other(struct process *other, enum timer_clock clock)
{
	u64 user_ns, kernel_ns;

	process_cpu_times(other, &user_ns, &kernel_ns);
	return clock == ON_PROCESS_USER ? user_ns : user_ns + kernel_ns;
}

static u64 clock_now(const struct posix_timer *pt)
{
	u64 user_ns, kernel_ns;

	switch (pt->running) {
	case ON_MONO:
		return now_mono_ns();
	case ON_REAL:
		return now_real_ns();
	case ON_THREAD_CPU:
		return thread_cpu_time_ns(&pt->counted->thread);
	case ON_PROCESS_CPU:
	case ON_PROCESS_USER:
		break;
	}
	if (unlikely(pt->other))
		return pt->other_ns;
	process_cpu_times_locked(pt->process, &user_ns, &kernel_ns);
	return pt->running == ON_PROCESS_USER ? user_ns : user_ns + kernel_ns;
}

/* CPU time passes unseen: look again when, with all CPUs at work, it could have. */
static void arm(struct posix_timer *pt)
{
	u64 now, left, next_ns = MIN(pt->expiry_ns, FAR_NS); /* long periods add up to more */

	if (pt->running < ON_PROCESS_CPU) {
		timer_arm(&pt->timer, pt->running == ON_REAL ? next_ns | DEADLINE_REAL : next_ns);
		return;
	}
	now = clock_now(pt);
	left = pt->expiry_ns > now ? pt->expiry_ns - now : 0;
	left = MAX(left / nr_cpus, CPU_PERIOD_MIN_NS);
	now = now_mono_ns();
	timer_arm(&pt->timer, left > FAR_NS - now ? FAR_NS : now + left);
}

/* The next expiry behind `after_ns`; how many periods were left out. */
static u64 forward(struct posix_timer *pt, u64 after_ns)
{
	u64 skipped;

	if (after_ns < pt->expiry_ns)
		return 0;
	skipped = (after_ns - pt->expiry_ns) / pt->interval_ns;
	pt->expiry_ns += (skipped + 1) * pt->interval_ns;
	return skipped;
}

static void expired(struct timer *timer)
{
	struct posix_timer *pt = container_of(timer, struct posix_timer, timer);
	u64 now = pt->other ? time_of_other(pt->other, pt->clock) : 0;
	unsigned long f = spin_lock_irqsave(&pt->process->sighand_lock);

	pt->other_ns = now;
	if (pt->is_dead || !pt->expiry_ns || pt->is_waiting)
		goto out;
	now = clock_now(pt);
	if (now < pt->expiry_ns) {
		arm(pt);
		goto out;
	}
	if (signal_timer_send(pt->process, pt->target, pt->queued)) {
		pt->is_waiting = pt->interval_ns != 0;
	} else if (pt->interval_ns) {
		/* Ignored: nobody will take it, and nobody shall pay for very short periods. */
		forward(pt, now + IGNORED_PERIOD_MIN_NS);
		arm(pt);
	}
	if (!pt->interval_ns)
		pt->expiry_ns = 0;
out:
	spin_unlock_irqrestore(&pt->process->sighand_lock, f);
}

static struct posix_timer *find(struct process *p, int id)
{
	struct posix_timer *pt;

	list_for_each_entry (pt, &p->posix_timers, node)
		if (pt->id == id)
			return pt;
	return NULL;
}

/* Find it and lock; what it counts of another process is fresh then. NULL, and locked all the same.
 */
static struct posix_timer *find_lock(struct process *p, int id, unsigned long *flags)
{
	struct posix_timer *pt;
	struct process *other;
	enum timer_clock clock;
	u64 now;

	*flags = spin_lock_irqsave(&p->sighand_lock);
	pt = find(p, id);
	if (likely(!pt || !pt->other))
		return pt;
	other = pt->other;
	clock = pt->clock;
	ref_get(&other->ref);
	spin_unlock_irqrestore(&p->sighand_lock, *flags);
	now = time_of_other(other, clock);
	*flags = spin_lock_irqsave(&p->sighand_lock);
	pt = find(p, id);
	if (pt && pt->other == other)
		pt->other_ns = MAX(pt->other_ns, now);
	process_put(other);
	return pt;
}

void posix_timer_taken(struct process *p, siginfo_t *si)
{
	struct posix_timer *pt = find(p, si->si_tid);
	u64 skipped;

	if (!pt || !pt->is_waiting)
		return;
	pt->is_waiting = false;
	skipped = forward(pt, clock_now(pt));
	pt->overrun = (int)MIN(skipped, (u64)INT32_MAX);
	si->si_overrun = pt->overrun;
	arm(pt);
}

/* --- timer_create(2) --- */

/* Ids of CPU clocks, as clock_getcpuclockid(3) makes them: any process, threads of the caller's. */
static int set_cpu_clock(struct posix_timer *pt, int id)
{
	int pid = ~(id >> 3);
	unsigned kind = (unsigned)id & 3;

	pt->clock_id = id;
	if (kind == 3)
		return -EINVAL;
	if (!(id & 4)) {
		if (pid && pid != current->process->vpid) {
			pt->other = process_find(pid);
			if (!pt->other)
				return -EINVAL;
		}
		pt->clock = kind == 1 ? ON_PROCESS_USER : ON_PROCESS_CPU;
		return 0;
	}
	pt->counted = task_find(pid ? pid : current->vtid);
	if (!pt->counted || pt->counted->process != current->process)
		return -EINVAL;
	pt->clock = ON_THREAD_CPU;
	return 0;
}

static int set_clock(struct posix_timer *pt, int id)
{
	pt->clock_id = id;
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_TAI:
		pt->clock = ON_REAL;
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
		pt->clock = ON_MONO;
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
		return set_cpu_clock(pt, OWN_PROCESS_CLOCK);
	case CLOCK_THREAD_CPUTIME_ID:
		return set_cpu_clock(pt, OWN_THREAD_CLOCK);
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_REALTIME_ALARM: /* there is no clock that wakes the machine */
	case CLOCK_BOOTTIME_ALARM:
		return -EOPNOTSUPP;
	}
	return id < 0 ? set_cpu_clock(pt, id) : -EINVAL;
}

static int set_signal(struct posix_timer *pt, int signo)
{
	if (signo <= 0 || signo > NSIG_K)
		return -EINVAL;
	pt->queued = signal_timer_alloc();
	if (!pt->queued)
		return -EAGAIN;
	memset(&pt->queued->info, 0, sizeof(pt->queued->info));
	pt->queued->info.si_signo = signo;
	pt->queued->info.si_code = SI_TIMER;
	return 0;
}

static int set_event(struct posix_timer *pt, const struct sigevent *event)
{
	int err;

	pt->notify = event->sigev_notify;
	pt->signo = event->sigev_signo;
	pt->value = event->sigev_value;
	switch (pt->notify) {
	case SIGEV_SIGNAL | SIGEV_THREAD_ID:
		pt->target = task_find(event->_sigev_un._tid);
		if (!pt->target || pt->target->process != current->process)
			return -EINVAL;
		/* fallthrough */
	case SIGEV_SIGNAL:
	case SIGEV_THREAD: /* the C library's business: a signal */
		err = set_signal(pt, event->sigev_signo);
		if (!err)
			pt->queued->info.si_value = event->sigev_value;
		return err;
	case SIGEV_NONE:
		return 0;
	}
	return -EINVAL;
}

static void free_timer(struct posix_timer *pt)
{
	timer_cancel(&pt->timer);
	if (pt->queued)
		signal_timer_free(pt->queued);
	if (pt->other)
		process_put(pt->other);
	if (pt->target)
		task_put(pt->target);
	if (pt->counted)
		task_put(pt->counted);
	kfree(pt);
}

int posix_timer_create(int clock_id, const struct sigevent *event)
{
	struct process *p = current->process;
	struct posix_timer *pt = kzalloc(sizeof(*pt), GFP_KERNEL);
	unsigned long f;
	int err, id;

	if (!pt)
		return -EAGAIN;
	timer_init(&pt->timer, expired);
	pt->process = p;
	err = set_clock(pt, clock_id);
	pt->notify = SIGEV_SIGNAL;
	if (!err)
		err = event ? set_event(pt, event) : set_signal(pt, SIGALRM);
	if (err) {
		free_timer(pt);
		return err;
	}
	pt->running = pt->clock;
	f = spin_lock_irqsave(&p->sighand_lock);
	while (find(p, p->next_timer_id))
		p->next_timer_id = (p->next_timer_id + 1) & INT32_MAX;
	id = pt->id = p->next_timer_id;
	p->next_timer_id = (id + 1) & INT32_MAX;
	if (!event) {
		pt->queued->info.si_value.sival_int = id;
		pt->signo = SIGALRM;
		pt->value.sival_int = id;
	}
	if (pt->queued)
		pt->queued->info.si_tid = id;
	list_add_tail(&pt->node, &p->posix_timers);
	spin_unlock_irqrestore(&p->sighand_lock, f);
	return id;
}

/* --- timer_settime(2), timer_gettime(2) --- */

static void read_state(struct posix_timer *pt, struct timer_state *state)
{
	u64 now = clock_now(pt);

	*state = (struct timer_state){.interval_ns = pt->interval_ns};
	if (!pt->expiry_ns)
		return;
	if (pt->interval_ns && (pt->is_waiting || pt->notify == SIGEV_NONE))
		forward(pt, now); /* the period that is running, whether its signal came or not */
	if (pt->expiry_ns > now)
		state->value_ns = pt->expiry_ns - now;
	else
		state->value_ns = pt->notify == SIGEV_NONE ? 0 : 1; /* about to expire: not off */
}

static void start(struct posix_timer *pt, const struct timer_state *new)
{
	u64 now;

	pt->running = pt->clock == ON_REAL && !new->is_absolute ? ON_MONO : pt->clock;
	pt->is_waiting = false;
	pt->overrun = 0;
	if (pt->queued) /* a signal of what it was set to before */
		signal_timer_unqueue(pt->process, pt->target, pt->queued);
	pt->interval_ns = new->value_ns ? new->interval_ns : 0;
	pt->expiry_ns = new->value_ns;
	if (!new->value_ns)
		return;
	if (!new->is_absolute) {
		now = clock_now(pt);
		pt->expiry_ns = new->value_ns > FAR_NS - now ? FAR_NS : now + new->value_ns;
	}
	if (pt->notify != SIGEV_NONE)
		arm(pt);
}

int posix_timer_set(int id, const struct timer_state *new, struct timer_state *old)
{
	struct process *p = current->process;
	unsigned long f;
	struct posix_timer *pt = find_lock(p, id, &f);

	if (pt) {
		read_state(pt, old);
		start(pt, new); /* arming it anew, or finding it off, undoes what was armed */
	}
	spin_unlock_irqrestore(&p->sighand_lock, f);
	return pt ? 0 : -EINVAL;
}

int posix_timer_get(int id, struct timer_state *state)
{
	struct process *p = current->process;
	unsigned long f;
	struct posix_timer *pt = find_lock(p, id, &f);

	if (pt)
		read_state(pt, state);
	spin_unlock_irqrestore(&p->sighand_lock, f);
	return pt ? 0 : -EINVAL;
}

int posix_timer_overrun(int id)
{
	struct process *p = current->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	struct posix_timer *pt = find(p, id);
	int n = pt ? pt->overrun : -EINVAL;

	spin_unlock_irqrestore(&p->sighand_lock, f);
	return n;
}

bool posix_timer_below(struct process *p, int id, struct timer_facts *facts)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	struct posix_timer *pt, *found = NULL;

	list_for_each_entry (pt, &p->posix_timers, node)
		if (pt->id < id && (!found || pt->id > found->id))
			found = pt;
	if (found)
		*facts = (struct timer_facts){
			.id = found->id,
			.signo = found->signo,
			.notify = found->notify,
			.clock_id = found->clock_id,
			.target = found->target ? found->target->tid : p->pid,
			.value = (u64)(uintptr_t)found->value.sival_ptr,
		};
	spin_unlock_irqrestore(&p->sighand_lock, f);
	return found;
}

/* Off the list and marked: from here on nobody arms it. */
static struct posix_timer *take_out(struct process *p, struct posix_timer *pt)
{
	if (pt) {
		list_del(&pt->node);
		pt->is_dead = true;
		if (pt->queued)
			signal_timer_unqueue(p, pt->target, pt->queued);
	}
	return pt;
}

int posix_timer_delete(int id)
{
	struct process *p = current->process;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	struct posix_timer *pt = take_out(p, find(p, id));

	spin_unlock_irqrestore(&p->sighand_lock, f);
	if (!pt)
		return -EINVAL;
	free_timer(pt);
	return 0;
}

void posix_timers_exit(struct process *p)
{
	struct posix_timer *pt;

	for (;;) {
		unsigned long f = spin_lock_irqsave(&p->sighand_lock);

		pt = list_empty(&p->posix_timers)
			     ? NULL
			     : list_first_entry(&p->posix_timers, struct posix_timer, node);
		take_out(p, pt);
		spin_unlock_irqrestore(&p->sighand_lock, f);
		if (!pt)
			return;
		free_timer(pt);
	}
}
