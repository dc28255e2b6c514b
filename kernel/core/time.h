/* Clocks. Monotonic = time since boot; real = monotonic + an offset. All in nanoseconds. */
#ifndef CORE_TIME_H
#define CORE_TIME_H

#include "lib/types.h"

void time_init(u64 epoch_ns); /* after arch calibrated its counter; `epoch_ns` 0 = unknown */
u64 now_mono_ns(void);
u64 now_real_ns(void);
u64 now_mono_coarse_ns(void);
u64 now_real_coarse_ns(void);
/*
 * A deadline: nanoseconds of the monotonic clock, or with this bit of the real-time clock, and then
 * what waits for it is moved when that clock is set (clock_settime(2): "timers ... armed for
 * absolute times").
 */
#define DEADLINE_REAL (1UL << 63)
u64 deadline_mono_ns(u64 deadline_ns); /* when that is by the monotonic clock, as things are */
static inline bool deadline_passed(u64 deadline_ns)
{
	return now_mono_ns() >= deadline_mono_ns(deadline_ns);
}
int time_set_real_ns(u64 real_ns); /* moves the offset; updates the vvar page */
/* Called after each change of the real-time clock; thread context, no lock held. */
extern void (*time_set_hook)(void);
u64 boot_real_ns(void);
void time_init_cpu(void); /* other CPUs, by sched_init_cpu(): checks that their counter agrees */

/*
 * What the vDSO reads, in the vvar page (one page, mapped read-only into every program). Updated
 * under a sequence count: odd while changing. Nanoseconds since boot = (tsc - tsc_base) * mult >>
 * VVAR_SHIFT, the product 128 bits wide: the base is set once, at boot.
 */
#define VVAR_SHIFT     32
#define VVAR_NO_SECOND (1UL << 63)

/* A second of a clock that follows the counter: nanoseconds since boot and this give those since
 * the second began, when they are fewer than NSEC_PER_SEC: else it is over, and a reader divides.
 */
struct vvar_second {
	u64 rest_ns; /* VVAR_NO_SECOND while the counter is not usable */
	s64 second;
};

struct vvar_data {
	u32 seq;
	u32 is_tsc_usable; /* 0: the vDSO falls back to the system call */
	u64 tsc_base;
	u64 mult;
	/* The second of the last tick, of CLOCK_REALTIME (what time(2) says) and CLOCK_MONOTONIC.
	 */
	struct vvar_second seconds[2];
	u64 real_offset_ns; /* real = mono + this */
	u64 coarse_mono_ns; /* at the last tick */
	u64 coarse_res_ns;
	u64 rng_generation; /* core/random.c: counts what was mixed in; 0: not seeded yet */
};
extern struct vvar_data *vvar; /* kernel's writable view; one whole page */
unsigned long vvar_phys(void);

#endif
