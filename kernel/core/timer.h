/* One-shot timers with nanosecond deadlines; callbacks run in interrupt context. */
#ifndef CORE_TIMER_H
#define CORE_TIMER_H

#include "core/lock.h"
#include "lib/rbtree.h"

struct timer {
	struct rb_node node;
	u64 set_for_ns;	 /* as timer_arm() was told, perhaps with DEADLINE_REAL */
	u64 deadline_ns; /* monotonic: its place in the tree */
	void (*func)(
		struct timer *t); /* interrupts off, no timer lock held; may re-arm or free `t` */
	unsigned cpu;
	bool is_armed;
};

void timers_init_cpu(unsigned cpu);
void timer_init(struct timer *t, void (*func)(struct timer *t));
void timer_arm(struct timer *t, u64 deadline_ns); /* (re)arms; on the calling CPU */
/* True when it was armed and will not fire. On return the callback is not running on another CPU.
 */
bool timer_cancel(struct timer *t);
/* The real-time clock was set: moves the timers that wait for it. Thread context, interrupts on. */
void timers_clock_was_set(void);
u64 timer_remaining_ns(const struct timer *t); /* 0 when not armed */

#endif
