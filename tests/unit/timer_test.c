/* Timers on one CPU against a plain array: order, cancelling, re-arming from callbacks, the tick.
 */
#include "core/cpu.h"
#include "core/sched_internal.h"
#include "core/irq.h"
#include "core/time.h"
#include "core/timer.h"
#include "unit.h"

#define NR_TIMERS 200

struct cpu cpus[MAX_CPUS];
unsigned nr_cpus = 1;
struct arch_cpu *const none_this_cpu = &cpus[0].arch;

static u64 now_ns, hardware_ns = ~0UL, real_offset_ns = 1000000;
static unsigned nr_ticks, nr_fired;
static bool is_order_broken;
static u64 last_fired_ns;

u64 now_mono_ns(void)
{
	return now_ns;
}
u64 deadline_mono_ns(u64 deadline_ns)
{
	u64 real_ns = deadline_ns & ~DEADLINE_REAL;

	return real_ns == deadline_ns ? deadline_ns : real_ns - real_offset_ns;
}
void smp_call_others(void (*fn)(void *), void *arg)
{
}
void arch_timer_set(u64 deadline_ns)
{
	hardware_ns = deadline_ns;
}
void time_tick(u64 ns)
{
}
void sched_tick(bool was_user)
{
	nr_ticks++;
}

struct tested {
	struct timer timer;
	u64 model_ns; /* ~0: not armed */
	unsigned repeats;
};
static struct tested tested[NR_TIMERS];

static void fired(struct timer *t)
{
	struct tested *x = container_of(t, struct tested, timer);

	nr_fired++;
	if (x->model_ns > now_ns || x->model_ns < last_fired_ns)
		is_order_broken = true;
	last_fired_ns = x->model_ns;
	x->model_ns = ~0UL;
	if (x->repeats) {
		x->repeats--;
		x->model_ns = now_ns + 1000;
		timer_arm(t, x->model_ns);
	}
}

static u64 model_next(void)
{
	u64 next = ~0UL;

	for (unsigned i = 0; i < NR_TIMERS; i++)
		next = MIN(next, tested[i].model_ns);
	return next;
}

static void run_until(u64 stop_ns)
{
	while (hardware_ns <= stop_ns) {
		now_ns = MAX(now_ns, hardware_ns);
		hardware_ns = ~0UL;
		last_fired_ns = 0;
		timer_interrupt(false);
	}
	now_ns = stop_ns;
}

static void test_random(void)
{
	u64 state = 1;
	bool is_late = false, is_cancel_wrong = false;

	for (unsigned round = 0; round < 20000; round++) {
		struct tested *x = &tested[unit_random(&state) % NR_TIMERS];
		u64 at = now_ns + unit_random(&state) % 100000;

		switch (unit_random(&state) % 4) {
		case 0:
			if (timer_cancel(&x->timer) != (x->model_ns != ~0UL))
				is_cancel_wrong = true;
			x->model_ns = ~0UL;
			break;
		case 1:
			run_until(now_ns + unit_random(&state) % 3000);
			if (model_next() <= now_ns)
				is_late = true;
			break;
		default:
			x->model_ns = at;
			x->repeats = unit_random(&state) % 3;
			timer_arm(&x->timer, at);
		}
		/* The hardware may come too early, never too late. */
		if (hardware_ns > model_next())
			is_late = true;
	}
	CHECK(nr_fired > 1000);
	CHECK(!is_order_broken);
	CHECK(!is_late);
	CHECK(!is_cancel_wrong);
	for (unsigned i = 0; i < NR_TIMERS; i++)
		timer_cancel(&tested[i].timer);
	run_until(now_ns + 1000000);
	CHECK(hardware_ns == ~0UL);
}

static void test_tick(void)
{
	CHECK(!timer_tick_is_armed());
	timer_tick_arm(now_ns + 4000);
	CHECK(timer_tick_is_armed());
	run_until(now_ns + 3999);
	CHECK(nr_ticks == 0);
	run_until(now_ns + 2);
	CHECK(nr_ticks == 1);
	CHECK(!timer_tick_is_armed());
	CHECK(hardware_ns == ~0UL);
}

static void test_remaining(void)
{
	struct timer *t = &tested[0].timer;

	tested[0].repeats = 0;
	CHECK(timer_remaining_ns(t) == 0);
	tested[0].model_ns = now_ns + 500;
	timer_arm(t, now_ns + 500);
	CHECK(timer_remaining_ns(t) == 500);
	now_ns += 600;
	CHECK(timer_remaining_ns(t) == 1); /* armed, and due */
	CHECK(timer_cancel(t));
	CHECK(!timer_cancel(t));
}

/* The real-time clock is set: what waits for it moves, the rest stays. */
static void test_clock_set(void)
{
	struct timer *mono = &tested[0].timer, *real = &tested[1].timer;

	tested[0].repeats = tested[1].repeats = 0;
	timer_arm(mono, now_ns + 500);
	timer_arm(real, (now_ns + real_offset_ns + 900) | DEADLINE_REAL);
	CHECK(timer_remaining_ns(real) == 900);
	real_offset_ns += 600;
	timers_clock_was_set();
	CHECK(timer_remaining_ns(mono) == 500);
	CHECK(timer_remaining_ns(real) == 300);
	CHECK(hardware_ns <= now_ns + 300);
	CHECK(timer_cancel(mono));
	CHECK(timer_cancel(real));
}

int main(void)
{
	timers_init_cpu(0);
	for (unsigned i = 0; i < NR_TIMERS; i++) {
		timer_init(&tested[i].timer, fired);
		tested[i].model_ns = ~0UL;
	}
	test_random();
	test_tick();
	test_remaining();
	test_clock_set();
	return unit_end();
}
