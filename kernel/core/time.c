/*
 * Clocks. Time is a straight line over the cycle counter, fixed at boot: the base never moves, so
 * that no two readers can see different lines; a 128-bit product keeps it exact for centuries.
 */
#include "core/cpu.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/sched_internal.h"
#include "core/time.h"
#include "core/timer.h"
#include <linux/time.h>

static union {
	struct vvar_data data;
	u8 page[PAGE_SIZE];
} vvar_page __aligned(PAGE_SIZE);

struct vvar_data *vvar = &vvar_page.data;

static spinlock_t time_lock = SPINLOCK_INIT(RANK_LEAF, "time"); /* writers of vvar */
static u64 last_cycles; /* of the boot CPU's last tick: a CPU that reads less lags behind */
static u64 last_mono_ns;
static bool is_counter_unsynced; /* then last_mono_ns holds readers together */

unsigned long vvar_phys(void)
{
	return virt_to_phys(&vvar_page);
}

static inline u64 scale(u64 cycles)
{
	return (u64)(((unsigned __int128)cycles * vvar->mult) >> VVAR_SHIFT);
}

u64 now_mono_ns(void)
{
	u64 now = scale(arch_cycles() - vvar->tsc_base), last;

	if (likely(!is_counter_unsynced))
		return now;
	do {
		last = atomic_load(&last_mono_ns);
		if ((s64)(now - last) <= 0)
			return last;
	} while (!atomic_cmpxchg(&last_mono_ns, last, now));
	return now;
}

u64 boot_real_ns(void)
{
	return atomic_load(&vvar->real_offset_ns);
}

u64 now_real_ns(void)
{
	return now_mono_ns() + boot_real_ns();
}

u64 deadline_mono_ns(u64 deadline_ns)
{
	u64 real_ns = deadline_ns & ~DEADLINE_REAL, offset;

	if (likely(real_ns == deadline_ns))
		return deadline_ns;
	offset = boot_real_ns();
	return real_ns > offset ? real_ns - offset : 1;
}

u64 now_real_coarse_ns(void)
{
	return READ_ONCE(vvar->coarse_mono_ns) + READ_ONCE(vvar->real_offset_ns);
}

u64 now_mono_coarse_ns(void)
{
	return READ_ONCE(vvar->coarse_mono_ns);
}

static void vvar_begin(void)
{
	vvar->seq++;
	smp_mb();
}

static void vvar_end(void)
{
	smp_mb();
	vvar->seq++;
}

/* Between vvar_begin() and vvar_end(). */
static void set_second(struct vvar_second *s, u64 offset_ns)
{
	u64 second = (vvar->coarse_mono_ns + offset_ns) / NSEC_PER_SEC;

	WRITE_ONCE(s->second, (s64)second);
	s->rest_ns = vvar->is_tsc_usable ? offset_ns - second * NSEC_PER_SEC : VVAR_NO_SECOND;
}

static void set_seconds(void)
{
	set_second(&vvar->seconds[CLOCK_REALTIME], vvar->real_offset_ns);
	set_second(&vvar->seconds[CLOCK_MONOTONIC], 0);
}

static bool is_over(u64 now_ns, unsigned clock)
{
	return now_ns - (u64)READ_ONCE(vvar->seconds[clock].second) * NSEC_PER_SEC >= NSEC_PER_SEC;
}

/* The coarse clock, from timer interrupts and when a CPU leaves idleness; interrupts off. */
void time_tick(u64 now_ns)
{
	u64 old = READ_ONCE(vvar->coarse_mono_ns);

	if ((s64)(now_ns - old) > 0)
		(void)atomic_cmpxchg(&vvar->coarse_mono_ns, old, now_ns);
	if (is_over(now_real_coarse_ns(), CLOCK_REALTIME) ||
	    is_over(now_mono_coarse_ns(), CLOCK_MONOTONIC)) {
		spin_lock(&time_lock);
		vvar_begin();
		set_seconds();
		vvar_end();
		spin_unlock(&time_lock);
	}
	if (this_cpu()->id == 0)
		WRITE_ONCE(last_cycles, arch_cycles());
}

/* A new CPU: does its counter agree with the boot CPU's? Called with interrupts off. */
void time_init_cpu(void)
{
	if ((s64)(arch_cycles() - READ_ONCE(last_cycles)) >= 0 || !vvar->mult)
		return;
	log_warn("cpu%u: its cycle counter lags behind\n", this_cpu()->id);
	spin_lock(&time_lock);
	atomic_store(&last_mono_ns, vvar->coarse_mono_ns);
	is_counter_unsynced = true;
	vvar_begin();
	vvar->is_tsc_usable = 0;
	set_seconds();
	vvar_end();
	spin_unlock(&time_lock);
}

void time_init(u64 epoch_ns)
{
	unsigned long flags = spin_lock_irqsave(&time_lock);

	vvar_begin();
	vvar->mult = arch_counter_scale();
	vvar->tsc_base = arch_cycles();
	vvar->real_offset_ns = epoch_ns;
	vvar->coarse_mono_ns = 0;
	vvar->coarse_res_ns = TICK_NS;
	vvar->is_tsc_usable = 1;
	set_seconds();
	vvar_end();
	last_cycles = vvar->tsc_base;
	spin_unlock_irqrestore(&time_lock, flags);
}

void (*time_set_hook)(void);

int time_set_real_ns(u64 real_ns)
{
	unsigned long flags = spin_lock_irqsave(&time_lock);

	vvar_begin();
	vvar->real_offset_ns = real_ns - now_mono_ns();
	set_seconds();
	vvar_end();
	spin_unlock_irqrestore(&time_lock, flags);
	timers_clock_was_set();
	if (time_set_hook)
		time_set_hook();
	return 0;
}

_Static_assert(sizeof(struct vvar_data) == 88, "the vDSO reads it");
