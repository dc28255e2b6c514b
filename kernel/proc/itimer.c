/* Interval timers and limits on CPU time. setitimer(2), setrlimit(2). */
#include "proc/pid.h"
#include "core/cpu.h"
#include "core/time.h"
#include "lib/string.h"
#include <linux/time.h>

#define CPU_PERIOD_MIN_NS (1 * NSEC_PER_MSEC)
#define CPU_PERIOD_MAX_NS (64 * NSEC_PER_MSEC)

/* --- ITIMER_REAL: a timer; the next period begins when its SIGALRM is taken --- */

static void real_expired(struct timer *timer)
{
	struct process *p = container_of(timer, struct process, itimer_real);
	siginfo_t si;

	siginfo_kernel(&si, SIGALRM);
	signal_process(p, &si);
}

void itimer_init(struct process *p)
{
	timer_init(&p->itimer_real, real_expired);
}

void itimer_exit(struct process *p)
{
	p->itimer_real_interval_ns = 0;
	timer_cancel(&p->itimer_real);
	timer_cancel(&p->cpu_timer);
}

void itimer_sigalrm_taken(struct process *p)
{
	u64 interval = p->itimer_real_interval_ns, now, next;

	if (!interval || p->itimer_real.is_armed)
		return;
	now = now_mono_ns();
	next = p->itimer_real.deadline_ns + interval;
	if (next <= now)
		next += ((now - next) / interval + 1) * interval;
	timer_arm(&p->itimer_real, next);
}

static void get_real(struct process *p, u64 *value_ns, u64 *interval_ns)
{
	*value_ns = timer_remaining_ns(&p->itimer_real);
	*interval_ns = p->itimer_real_interval_ns;
	if (!*value_ns && (p->itimer_real.is_armed || *interval_ns))
		*value_ns = NSEC_PER_USEC; /* about to expire: not zero, which means off */
}

static void set_real(struct process *p, u64 value_ns, u64 interval_ns)
{
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);

	p->itimer_real_interval_ns = 0; /* a SIGALRM taken now must not re-arm it */
	spin_unlock_irqrestore(&p->sighand_lock, f);
	timer_cancel(&p->itimer_real);
	f = spin_lock_irqsave(&p->sighand_lock);
	if (value_ns) {
		u64 now = now_mono_ns();

		p->itimer_real_interval_ns = interval_ns;
		timer_arm(&p->itimer_real, now + value_ns > now ? now + value_ns : INT64_MAX);
	}
	spin_unlock_irqrestore(&p->sighand_lock, f);
}

/* --- CPU time: one timer per process looks while there is anything to look after --- */

static u64 clock_of(unsigned which, u64 user_ns, u64 kernel_ns)
{
	return which ? user_ns + kernel_ns : user_ns; /* VIRTUAL counts user time only */
}

/* Nanoseconds until `at`, kept in *least. */
static void sooner(u64 *least, u64 at, u64 now)
{
	u64 left = at > now ? at - now : 0;

	if (left < *least)
		*least = left;
}

static u64 limit_ns(const struct process *p, unsigned which, bool is_hard)
{
	u64 v = is_hard ? p->rlim[which].max : p->rlim[which].cur;
	u64 unit = which == RLIMIT_CPU ? NSEC_PER_SEC : NSEC_PER_USEC;

	return v >= INT64_MAX / unit ? ~0UL : v * unit;
}

static void check_itimers(struct process *p, u64 user_ns, u64 kernel_ns, u64 *due, u64 *left)
{
	unsigned i;

	for (i = 0; i < 2; i++) {
		u64 now = clock_of(i, user_ns, kernel_ns);

		if (!p->itimer_cpu_ns[i])
			continue;
		if (now >= p->itimer_cpu_ns[i]) {
			*due |= SIGMASK(i ? SIGPROF : SIGVTALRM);
			if (!p->itimer_cpu_interval_ns[i]) {
				p->itimer_cpu_ns[i] = 0;
				continue;
			}
			while (p->itimer_cpu_ns[i] <= now)
				p->itimer_cpu_ns[i] += ((now - p->itimer_cpu_ns[i]) /
								p->itimer_cpu_interval_ns[i] +
							1) *
						       p->itimer_cpu_interval_ns[i];
		}
		sooner(left, p->itimer_cpu_ns[i], now);
	}
}

/* The soft limit moves on by a second: SIGXCPU comes once a second until the hard one. */
static void exceeded(struct process *p, unsigned which, u64 second, u64 *due)
{
	*due |= SIGMASK(SIGXCPU);
	p->rlim[which].cur += second;
}

static void check_limit(struct process *p, u64 now, u64 *due, u64 *left)
{
	u64 soft = limit_ns(p, RLIMIT_CPU, false), hard = limit_ns(p, RLIMIT_CPU, true);

	if (soft == ~0UL && hard == ~0UL)
		return;
	if (now >= hard) {
		*due |= SIGMASK(SIGKILL);
		return;
	}
	sooner(left, hard, now);
	if (soft == ~0UL)
		return;
	if (now >= soft) {
		exceeded(p, RLIMIT_CPU, 1, due);
		soft += NSEC_PER_SEC;
	}
	sooner(left, soft, now);
}

/* RLIMIT_RTTIME: time a real-time task runs without sleeping; voluntary switches start it anew. */
static void check_rttime(struct process *p, u64 *due, u64 *left)
{
	u64 soft = limit_ns(p, RLIMIT_RTTIME, false), hard = limit_ns(p, RLIMIT_RTTIME, true);
	struct task *t;

	if (soft == ~0UL && hard == ~0UL)
		return;
	sooner(left, MIN(soft, hard), 0); /* a task may become a real-time task any time */
	list_for_each_entry (t, &p->tasks, group_node) {
		u64 now, ran;

		if (t->thread.rt_priority == 0)
			continue;
		now = thread_cpu_time_ns(&t->thread);
		if (t->rttime_nvcsw != t->thread.nvcsw || !t->rttime_start_ns) {
			t->rttime_nvcsw = t->thread.nvcsw;
			t->rttime_start_ns = now;
		}
		ran = now - t->rttime_start_ns;
		if (ran >= hard) {
			*due |= SIGMASK(SIGKILL);
		} else if (ran >= soft) {
			exceeded(p, RLIMIT_RTTIME, NSEC_PER_SEC / NSEC_PER_USEC, due);
			soft += NSEC_PER_SEC;
		}
		sooner(left, MIN(soft, hard), ran);
	}
}

/* Under the lock: once a timer is stopped nothing of it may arrive. */
static void send_due_locked(struct process *p, u64 due)
{
	siginfo_t si;

	while (due) {
		siginfo_kernel(&si, __builtin_ctzl(due) + 1);
		due &= due - 1;
		signal_process_locked(p, &si);
	}
}

/* Look, send what is due, and say when to look again (0 = never). */
static u64 look(struct process *p)
{
	u64 user_ns, kernel_ns, due = 0, left = ~0UL, period;
	unsigned long f = spin_lock_irqsave(&p->sighand_lock);
	bool is_idle;

	process_cpu_times_locked(p, &user_ns, &kernel_ns);
	check_itimers(p, user_ns, kernel_ns, &due, &left);
	check_limit(p, user_ns + kernel_ns, &due, &left);
	check_rttime(p, &due, &left);
	is_idle = user_ns + kernel_ns == p->cpu_last_ns;
	p->cpu_last_ns = user_ns + kernel_ns;
	/* With all CPUs in use time may run that much faster; an idle process is looked at less
	 * and less often. */
	period = left / MAX(MIN(p->nr_tasks, nr_cpus), 1);
	period = MAX(period, CPU_PERIOD_MIN_NS);
	if (is_idle)
		period = MAX(period, MIN(p->cpu_period_ns * 2, CPU_PERIOD_MAX_NS));
	p->cpu_period_ns = period;
	send_due_locked(p, due);
	spin_unlock_irqrestore(&p->sighand_lock, f);
	return left == ~0UL ? 0 : period;
}

static void cpu_timer_expired(struct timer *timer)
{
	struct process *p = container_of(timer, struct process, cpu_timer);
	u64 period = look(p);

	if (period && READ_ONCE(p->nr_live))
		timer_arm(&p->cpu_timer, now_mono_ns() + period);
}

void cputimer_init(struct process *p)
{
	timer_init(&p->cpu_timer, cpu_timer_expired);
}

void cputimer_update(struct process *p)
{
	u64 period;

	p->cpu_period_ns = 0;
	period = look(p);
	if (period)
		timer_arm(&p->cpu_timer, now_mono_ns() + period);
	else
		timer_cancel(&p->cpu_timer);
}

void itimer_get(struct process *p, int which, u64 *value_ns, u64 *interval_ns)
{
	unsigned i = which == ITIMER_PROF;
	u64 user_ns, kernel_ns, now;
	unsigned long f;

	if (which == ITIMER_REAL) {
		get_real(p, value_ns, interval_ns);
		return;
	}
	f = spin_lock_irqsave(&p->sighand_lock);
	process_cpu_times_locked(p, &user_ns, &kernel_ns);
	now = clock_of(i, user_ns, kernel_ns);
	*interval_ns = p->itimer_cpu_interval_ns[i];
	*value_ns = 0;
	if (p->itimer_cpu_ns[i])
		*value_ns = p->itimer_cpu_ns[i] > now ? p->itimer_cpu_ns[i] - now : NSEC_PER_USEC;
	spin_unlock_irqrestore(&p->sighand_lock, f);
}

void itimer_set(struct process *p, int which, u64 value_ns, u64 interval_ns, u64 *old_value_ns,
		u64 *old_interval_ns)
{
	unsigned i = which == ITIMER_PROF;
	u64 user_ns, kernel_ns;
	unsigned long f;

	itimer_get(p, which, old_value_ns, old_interval_ns);
	if (which == ITIMER_REAL) {
		set_real(p, value_ns, interval_ns);
		return;
	}
	f = spin_lock_irqsave(&p->sighand_lock);
	process_cpu_times_locked(p, &user_ns, &kernel_ns);
	p->itimer_cpu_ns[i] = value_ns ? clock_of(i, user_ns, kernel_ns) + value_ns : 0;
	p->itimer_cpu_interval_ns[i] = interval_ns;
	spin_unlock_irqrestore(&p->sighand_lock, f);
	cputimer_update(p);
}
