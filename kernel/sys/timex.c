/* adjtimex(2), clock_adjtime(2). The clock can be moved (ADJ_SETOFFSET) and its NTP state be read
 * and set; its rate stays that of the cycle counter. */
#include "core/time.h"
#include "sys/uaccess_time.h"
#include <linux/capability.h>
#include <linux/time.h>
#define timeval __kernel_old_timeval
#include <linux/timex.h>
#undef timeval

#define USER_HZ		  100
#define CLOCK_SGI_CYCLE_K 10	    /* was a clock once */
#define CLOCK_FD_TAG	  3	    /* the lower bits of a clock that is a descriptor */
#define PHASE_LIMIT	  16000000L /* maxerror, esterror: 16 s, in microseconds */
#define MAX_FREQ	  32768000L /* 500 ppm, scaled by 2^16 */
#define TICK_LOW	  (900000L / USER_HZ)
#define TICK_HIGH	  (1100000L / USER_HZ)
#define MAX_TC		  10L
#define MAX_TAI		  0x7fffffffL
#define PHASE_MAX_NS	  500000000L
#define MODES_ADJTIME	  0x8000u /* ADJ_ADJTIME: adjtime(3)'s form */

static struct mutex timex_lock = {.guard = SPINLOCK_INIT(RANK_MUTEX_GUARD, "timex"),
				  .waiters = LIST_INIT(timex_lock.waiters),
				  .rank = RANK_IPC,
				  .name = "timex"};
/* timex_lock */
static struct {
	long offset, freq, maxerror, esterror, constant, tick;
	int status, tai;
} ntp = {.maxerror = PHASE_LIMIT,
	 .esterror = PHASE_LIMIT,
	 .constant = 2,
	 .tick = 10000,
	 .status = STA_UNSYNC};

static long clamp_long(long v, long low, long high)
{
	return MIN(MAX(v, low), high);
}

/* --- layout: i386's old calls have 32-bit words throughout --- */

struct timex32 {
	u32 modes;
	s32 offset, freq, maxerror, esterror, status, constant, precision, tolerance;
	s32 time_sec, time_usec, tick, ppsfreq, jitter, shift, stabil;
	s32 jitcnt, calcnt, errcnt, stbcnt, tai, pad[11];
};
_Static_assert(sizeof(struct timex32) == 128, "struct timex of i386");
_Static_assert(sizeof(struct timex) == 208, "struct timex");

static int timex_get(struct timex *t, uaddr_t from)
{
	struct timex32 s;

	if (!arch_in_time32_syscall())
		return copy_from_user(t, from, sizeof(*t));
	if (copy_from_user(&s, from, sizeof(s)))
		return -EFAULT;
	memset(t, 0, sizeof(*t));
	t->modes = s.modes;
	t->offset = s.offset;
	t->freq = s.freq;
	t->maxerror = s.maxerror;
	t->esterror = s.esterror;
	t->status = s.status;
	t->constant = s.constant;
	t->time.tv_sec = s.time_sec;
	t->time.tv_usec = s.time_usec;
	t->tick = s.tick;
	return 0;
}

static int timex_put(uaddr_t to, const struct timex *t)
{
	struct timex32 s = {.modes = t->modes,
			    .offset = (s32)t->offset,
			    .freq = (s32)t->freq,
			    .maxerror = (s32)t->maxerror,
			    .esterror = (s32)t->esterror,
			    .status = t->status,
			    .constant = (s32)t->constant,
			    .precision = (s32)t->precision,
			    .tolerance = (s32)t->tolerance,
			    .time_sec = (s32)t->time.tv_sec,
			    .time_usec = (s32)t->time.tv_usec,
			    .tick = (s32)t->tick,
			    .tai = t->tai};

	return arch_in_time32_syscall() ? copy_to_user(to, &s, sizeof(s))
					: copy_to_user(to, t, sizeof(*t));
}

/* --- what may be asked --- */

static int check_set_offset(const struct timex *t)
{
	if (!task_capable(CAP_SYS_TIME))
		return -EPERM;
	if (t->time.tv_usec < 0)
		return -EINVAL;
	if (t->time.tv_usec >= (t->modes & ADJ_NANO ? (long)NSEC_PER_SEC : 1000000L))
		return -EINVAL;
	return 0;
}

static int check_modes(const struct timex *t)
{
	if (t->modes & MODES_ADJTIME) {
		if (!(t->modes & ADJ_OFFSET_SINGLESHOT & ~MODES_ADJTIME))
			return -EINVAL;
		if ((t->modes & ADJ_OFFSET_SS_READ) != ADJ_OFFSET_SS_READ &&
		    !task_capable(CAP_SYS_TIME))
			return -EPERM;
	} else {
		if (t->modes && !task_capable(CAP_SYS_TIME))
			return -EPERM;
		if ((t->modes & ADJ_TICK) && (t->tick < TICK_LOW || t->tick > TICK_HIGH))
			return -EINVAL;
	}
	return t->modes & ADJ_SETOFFSET ? check_set_offset(t) : 0;
}

/* --- doing it --- */

static void move_clock(const struct timex *t)
{
	s64 ns = t->time.tv_usec;

	if (!(t->modes & ADJ_NANO))
		ns *= 1000;
	time_set_real_ns(now_real_ns() + (u64)(t->time.tv_sec * (s64)NSEC_PER_SEC + ns));
}

static void set_offset(const struct timex *t)
{
	long ns = t->offset;

	if (!(ntp.status & STA_PLL))
		return;
	if (!(ntp.status & STA_NANO))
		ns = clamp_long(ns, -PHASE_MAX_NS / 1000, PHASE_MAX_NS / 1000) * 1000;
	ntp.offset = clamp_long(ns, -PHASE_MAX_NS, PHASE_MAX_NS);
}

static void set_state(const struct timex *t)
{
	if (t->modes & ADJ_STATUS)
		ntp.status = (ntp.status & STA_RONLY) | (t->status & ~STA_RONLY);
	if (t->modes & ADJ_NANO)
		ntp.status |= STA_NANO;
	if (t->modes & ADJ_MICRO)
		ntp.status &= ~STA_NANO;
	if (t->modes & ADJ_FREQUENCY)
		ntp.freq = clamp_long(t->freq, -MAX_FREQ, MAX_FREQ);
	if (t->modes & ADJ_MAXERROR)
		ntp.maxerror = clamp_long(t->maxerror, 0, PHASE_LIMIT);
	if (t->modes & ADJ_ESTERROR)
		ntp.esterror = clamp_long(t->esterror, 0, PHASE_LIMIT);
	if (t->modes & ADJ_TIMECONST)
		ntp.constant = clamp_long(t->constant + (ntp.status & STA_NANO ? 0 : 4), 0, MAX_TC);
	if ((t->modes & ADJ_TAI) && t->constant >= 0 && t->constant <= MAX_TAI)
		ntp.tai = (int)t->constant;
	if (t->modes & ADJ_OFFSET)
		set_offset(t);
	if (t->modes & ADJ_TICK)
		ntp.tick = t->tick;
}

static void read_state(struct timex *t)
{
	u64 now = now_real_ns();
	bool is_nano = ntp.status & STA_NANO;

	if (!(t->modes & MODES_ADJTIME))
		t->offset = is_nano ? ntp.offset : ntp.offset / 1000;
	else
		t->offset = 0; /* no adjustment is ever under way */
	t->freq = ntp.freq;
	t->maxerror = ntp.maxerror;
	t->esterror = ntp.esterror;
	t->status = ntp.status;
	t->constant = ntp.constant;
	t->precision = 1;
	t->tolerance = MAX_FREQ;
	t->tick = ntp.tick;
	t->tai = ntp.tai;
	t->ppsfreq = t->jitter = t->stabil = 0;
	t->jitcnt = t->calcnt = t->errcnt = t->stbcnt = 0;
	t->shift = 0;
	t->time.tv_sec = (s64)(now / NSEC_PER_SEC);
	t->time.tv_usec = (s64)(now % NSEC_PER_SEC) / (is_nano ? 1 : 1000);
}

static long adjust(struct timex *t)
{
	int err = check_modes(t);
	long state;

	if (err)
		return err;
	/* adjtime(3) with 0 ends an adjustment; there is none. */
	if ((t->modes & MODES_ADJTIME) && (t->modes & ADJ_OFFSET_SS_READ) != ADJ_OFFSET_SS_READ &&
	    t->offset)
		return fail(EOPNOTSUPP, "the clock's rate cannot be changed");
	mutex_lock(&timex_lock);
	if (t->modes & ADJ_SETOFFSET)
		move_clock(t);
	if (!(t->modes & MODES_ADJTIME))
		set_state(t);
	read_state(t);
	state = ntp.status & (STA_UNSYNC | STA_CLOCKERR) ? TIME_ERROR : TIME_OK;
	mutex_unlock(&timex_lock);
	return state;
}

long sys_adjtimex(uaddr_t buf)
{
	struct timex t;
	long ret;

	if (timex_get(&t, buf))
		return -EFAULT;
	ret = adjust(&t);
	return ret >= 0 && timex_put(buf, &t) ? -EFAULT : ret;
}

long sys_clock_adjtime(int clockid, uaddr_t buf)
{
	struct timex t;
	long ret;

	if (timex_get(&t, buf))
		return -EFAULT;
	if (clockid != CLOCK_REALTIME) {
		/* No other clock can be adjusted; and of descriptors none is a clock. */
		if (clockid > CLOCK_TAI || clockid == CLOCK_SGI_CYCLE_K ||
		    (clockid < 0 && (clockid & 7) == CLOCK_FD_TAG))
			return -EINVAL;
		return -EOPNOTSUPP;
	}
	ret = adjust(&t);
	return ret >= 0 && timex_put(buf, &t) ? -EFAULT : ret;
}
