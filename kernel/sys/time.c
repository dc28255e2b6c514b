/* Clocks, sleeping, interval timers. clock_gettime(2), clock_nanosleep(2), setitimer(2). */
#include "sys/uaccess_time.h"
#include "core/time.h"
#include "vfs/cred.h"
#include <linux/capability.h>
#include <linux/times.h>

#define USER_TICK_NS (NSEC_PER_SEC / 100)
#define POLL_NS	     NSEC_PER_MSEC

/* --- clocks of CPU time: two fixed ids, and ids made of a pid or tid (clock_getcpuclockid(3)):
 * ~pid << 3, bit 2 = of one task, bits 0-1 = what is counted --- */

#define CPUCLOCK_THREAD	 4
#define CPUCLOCK_PROF	 0
#define CPUCLOCK_VIRT	 1
#define CPUCLOCK_SCHED	 2
#define CPUCLOCK_CLOCKFD 3

static bool is_cpu_clock(int id)
{
	return id == CLOCK_PROCESS_CPUTIME_ID || id == CLOCK_THREAD_CPUTIME_ID || id < 0;
}

static int task_clock_ns(struct task *t, unsigned kind, u64 *ns)
{
	u64 total = thread_cpu_time_ns(&t->thread), kernel = READ_ONCE(t->thread.kernel_ns);

	*ns = kind == CPUCLOCK_VIRT ? total - MIN(kernel, total) : total;
	return 0;
}

static int process_clock_ns(struct process *p, unsigned kind, u64 *ns)
{
	u64 user_ns, kernel_ns;

	if (kind == CPUCLOCK_SCHED) {
		*ns = process_cpu_total(p);
		return 0;
	}
	process_cpu_times(p, &user_ns, &kernel_ns);
	*ns = kind == CPUCLOCK_VIRT ? user_ns : user_ns + kernel_ns;
	return 0;
}

/* -EINVAL: no such clock. */
static int cpu_clock_ns(int id, u64 *ns)
{
	int pid = ~(id >> 3);
	unsigned kind = (unsigned)id & 3;
	struct task *t;
	struct process *p;
	int err = -EINVAL;

	if (id == CLOCK_PROCESS_CPUTIME_ID)
		return process_clock_ns(current->process, CPUCLOCK_SCHED, ns);
	if (id == CLOCK_THREAD_CPUTIME_ID)
		return task_clock_ns(current, CPUCLOCK_SCHED, ns);
	if (kind == CPUCLOCK_CLOCKFD)
		return -EINVAL;
	if (id & CPUCLOCK_THREAD) {
		/* Only a task of one's own process (pthread_getcpuclockid(3)). */
		t = pid ? task_find(pid) : NULL;
		if (pid && !t)
			return -EINVAL;
		if (!t)
			return task_clock_ns(current, kind, ns);
		if (t->process == current->process)
			err = task_clock_ns(t, kind, ns);
		task_put(t);
		return err;
	}
	if (!pid)
		return process_clock_ns(current->process, kind, ns);
	p = process_find(pid);
	if (!p)
		return -EINVAL;
	err = process_clock_ns(p, kind, ns);
	process_put(p);
	return err;
}

static int clock_ns(int id, u64 *ns)
{
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_TAI: /* no leap seconds are known: the offset is 0, as in a fresh Linux */
		*ns = now_real_ns();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		*ns = now_mono_ns();
		return 0;
	case CLOCK_REALTIME_COARSE:
		*ns = now_real_coarse_ns();
		return 0;
	case CLOCK_MONOTONIC_COARSE:
		*ns = now_mono_coarse_ns();
		return 0;
	}
	return is_cpu_clock(id) ? cpu_clock_ns(id, ns) : -EINVAL;
}

long sys_clock_gettime(int clockid, uaddr_t tp)
{
	u64 ns;
	int err = clock_ns(clockid, &ns);

	return err ? err : timespec_put(tp, ns);
}

static int set_real(u64 ns)
{
	if (ns >= TIME_MAX_NS)
		return -EINVAL;
	if (!task_capable(CAP_SYS_TIME))
		return -EPERM;
	/* settimeofday(2): not before the machine's start. */
	if (ns < now_mono_ns())
		return -EINVAL;
	return time_set_real_ns(ns);
}

long time_set_seconds(s64 seconds)
{
	return seconds < 0 ? -EINVAL : set_real((u64)seconds * NSEC_PER_SEC);
}

long sys_clock_settime(int clockid, uaddr_t tp)
{
	u64 ns;
	int err;

	if (clockid != CLOCK_REALTIME && !is_cpu_clock(clockid))
		return -EINVAL;
	err = timespec_get(tp, &ns);
	if (err)
		return err;
	if (clockid != CLOCK_REALTIME) {
		err = cpu_clock_ns(clockid, &ns);
		return err ? err : -EPERM; /* CPU time cannot be set */
	}
	return set_real(ns);
}

long sys_clock_getres(int clockid, uaddr_t res)
{
	u64 ns;
	int err = clock_ns(clockid, &ns);

	if (err)
		return err;
	ns = clockid == CLOCK_REALTIME_COARSE || clockid == CLOCK_MONOTONIC_COARSE
		     ? vvar->coarse_res_ns
		     : 1;
	return res.v ? timespec_put(res, ns) : 0;
}

long sys_time(uaddr_t tloc)
{
	u64 sec = now_real_coarse_ns() / NSEC_PER_SEC;

	if (tloc.v && (arch_in_compat_syscall() ? arch_put_user32(tloc, (u32)sec)
						: arch_put_user64(tloc, sec)))
		return -EFAULT;
	return (long)sec;
}

static struct timezone time_zone; /* only kept, as Linux keeps it */

long sys_settimeofday(uaddr_t tv, uaddr_t tz)
{
	struct timezone zone;
	u64 ns = 0;
	int err = 0;

	if (tv.v)
		err = timeval_get(tv, &ns);
	if (err == -EFAULT || (tz.v && copy_from_user(&zone, tz, sizeof(zone))))
		return -EFAULT;
	if (!err && tv.v && ns < now_mono_ns())
		err = -EINVAL;
	if (!err && !task_capable(CAP_SYS_TIME))
		err = -EPERM;
	if (!err && tz.v && (zone.tz_minuteswest > 15 * 60 || zone.tz_minuteswest < -15 * 60))
		err = -EINVAL;
	if (err)
		return err;
	if (tz.v)
		time_zone = zone;
	return tv.v ? set_real(ns) : 0;
}

long sys_gettimeofday(uaddr_t tv, uaddr_t tz)
{
	struct __kernel_old_timeval now = ns_to_timeval(now_real_ns());
	struct timezone zone = time_zone;

	if (tv.v && timeval_copy_out(tv, &now))
		return -EFAULT;
	if (tz.v && copy_to_user(tz, &zone, sizeof(zone)))
		return -EFAULT;
	return 0;
}

static int tms_put(uaddr_t to, const struct tms *t)
{
	const u32 words[4] = {(u32)t->tms_utime, (u32)t->tms_stime, (u32)t->tms_cutime,
			      (u32)t->tms_cstime};

	return arch_in_compat_syscall() ? copy_to_user(to, words, sizeof(words))
					: copy_to_user(to, t, sizeof(*t));
}

long sys_times(uaddr_t buf)
{
	struct process *p = current->process;
	struct tms tms;
	u64 user_ns, kernel_ns;

	if (buf.v) {
		process_cpu_times(p, &user_ns, &kernel_ns);
		tms.tms_utime = (long)(user_ns / USER_TICK_NS);
		tms.tms_stime = (long)(kernel_ns / USER_TICK_NS);
		tms.tms_cutime = (long)(p->child_user_ns / USER_TICK_NS);
		tms.tms_cstime = (long)(p->child_kernel_ns / USER_TICK_NS);
		if (tms_put(buf, &tms))
			return -EFAULT;
	}
	return (long)(now_mono_ns() / USER_TICK_NS);
}

/* --- sleeping --- */

/* Until `deadline_ns`: 0, or -EINTR when a signal came first. */
static int sleep_until(u64 deadline_ns)
{
	bool is_late = false;

	if (!deadline_ns)
		deadline_ns = 1;
	while (!is_late) {
		set_thread_state(TS_INTERRUPTIBLE);
		if (deadline_passed(deadline_ns))
			break;
		if (thread_signal_pending()) {
			set_thread_state(TS_RUNNING);
			return -EINTR;
		}
		is_late = schedule_until(deadline_ns);
	}
	set_thread_state(TS_RUNNING);
	return 0;
}

static u64 add_ns(u64 a, u64 b)
{
	return b > TIME_MAX_NS - a ? TIME_MAX_NS : a + b;
}

/* Until clock `id` shows `target_ns`; -EINTR. */
static int sleep_on_clock(int id, u64 target_ns)
{
	u64 now;
	int err;

	for (;;) {
		err = clock_ns(id, &now);
		if (err || now >= target_ns)
			return err;
		if (is_cpu_clock(id)) /* nobody tells when it will be: look now and then */
			err = sleep_until(add_ns(now_mono_ns(), POLL_NS));
		else if (id == CLOCK_REALTIME || id == CLOCK_TAI)
			err = sleep_until(target_ns | DEADLINE_REAL);
		else
			err = sleep_until(add_ns(now_mono_ns(), target_ns - now));
		if (err)
			return err;
	}
}

static long sleep_relative(struct task *t, int id, u64 target_ns, uaddr_t rem);

static long sleep_again(struct task *t)
{
	if (t->restart.arg[0])
		arch_set_compat_time64();
	return sleep_relative(t, t->restart.clock_id, t->restart.deadline_ns, t->restart.rem);
}

/* A relative sleep, as the point in time it ends at: it is not stretched by being interrupted. */
static long sleep_relative(struct task *t, int id, u64 target_ns, uaddr_t rem)
{
	u64 now = 0;
	int err = sleep_on_clock(id, target_ns);

	if (err != -EINTR)
		return err;
	if (rem.v && !clock_ns(id, &now) &&
	    timespec_put(rem, target_ns > now ? target_ns - now : 0))
		return -EFAULT;
	t->restart.func = sleep_again;
	t->restart.clock_id = id;
	t->restart.deadline_ns = target_ns;
	t->restart.rem = rem;
	t->restart.arg[0] = rem.v && arch_in_compat_syscall() && !arch_in_time32_syscall();
	return -ERESTART_RESTARTBLOCK;
}

static bool can_sleep_on(int id)
{
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
	case CLOCK_PROCESS_CPUTIME_ID:
		return true;
	}
	return id < 0;
}

static bool is_alarm_clock(int id)
{
	return id == CLOCK_REALTIME_ALARM || id == CLOCK_BOOTTIME_ALARM;
}

long sys_nanosleep(uaddr_t req, uaddr_t rem)
{
	u64 ns;
	int err = timespec_get(req, &ns);

	if (err)
		return err;
	return sleep_relative(current, CLOCK_MONOTONIC, add_ns(now_mono_ns(), ns), rem);
}

long sys_clock_nanosleep(int clockid, int flags, uaddr_t req, uaddr_t rem)
{
	u64 ns, now;
	int err = clock_ns(clockid, &now);

	/* Known clocks, but there is none that wakes the machine. */
	if (is_alarm_clock(clockid)) {
		err = timespec_get(req, &ns);
		return err ? err : -EOPNOTSUPP;
	}
	if (err)
		return err;
	if (!can_sleep_on(clockid))
		return -EOPNOTSUPP;
	err = timespec_get(req, &ns);
	if (err)
		return err;
	/* A task cannot wait for its own CPU time to pass. */
	if (clockid < 0 && (clockid & CPUCLOCK_THREAD) &&
	    (~(clockid >> 3) == 0 || ~(clockid >> 3) == current->vtid))
		return -EINVAL;
	if (flags & TIMER_ABSTIME) {
		err = sleep_on_clock(clockid, ns);
		return err == -EINTR ? -ERESTARTNOHAND : err;
	}
	if (clockid == CLOCK_REALTIME || clockid == CLOCK_TAI) {
		/* A relative sleep does not change when the clock is set. */
		clockid = CLOCK_MONOTONIC;
		now = now_mono_ns();
	}
	return sleep_relative(current, clockid, add_ns(now, ns), rem);
}

long sys_restart_syscall(void)
{
	struct task *t = current;
	long (*func)(struct task *) = t->restart.func;

	if (!func)
		return -EINTR;
	t->restart.func = NULL;
	return func(t);
}

/* --- interval timers --- */

static int put_itimer(uaddr_t to, u64 value_ns, u64 interval_ns)
{
	struct __kernel_old_timeval tv[2];

	/* Less than a microsecond left is not yet zero, which means off. */
	if (value_ns && value_ns < NSEC_PER_USEC)
		value_ns = NSEC_PER_USEC;
	tv[0] = ns_to_timeval(interval_ns);
	tv[1] = ns_to_timeval(value_ns);
	if (timeval_copy_out(to, &tv[0]))
		return -EFAULT;
	return timeval_copy_out(uaddr_add(to, timeval_bytes()), &tv[1]);
}

long sys_getitimer(int which, uaddr_t value)
{
	u64 value_ns, interval_ns;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	itimer_get(current->process, which, &value_ns, &interval_ns);
	return put_itimer(value, value_ns, interval_ns);
}

long sys_setitimer(int which, uaddr_t value, uaddr_t ovalue)
{
	u64 value_ns = 0, interval_ns = 0, old_value_ns, old_interval_ns;
	int err;

	if (value.v) {
		err = timeval_get(value, &interval_ns);
		if (!err)
			err = timeval_get(uaddr_add(value, timeval_bytes()), &value_ns);
		if (err)
			return err;
	}
	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	itimer_set(current->process, which, value_ns, interval_ns, &old_value_ns, &old_interval_ns);
	return ovalue.v ? put_itimer(ovalue, old_value_ns, old_interval_ns) : 0;
}

long sys_alarm(unsigned int seconds)
{
	u64 old_ns, old_interval_ns, left;

	if (seconds > INT32_MAX)
		seconds = INT32_MAX;
	itimer_set(current->process, ITIMER_REAL, seconds * (u64)NSEC_PER_SEC, 0, &old_ns,
		   &old_interval_ns);
	left = old_ns / NSEC_PER_SEC;
	/* Rounded, but an alarm that is due within a second is not "none". */
	if ((!left && old_ns) || old_ns % NSEC_PER_SEC >= NSEC_PER_SEC / 2)
		left++;
	return (long)left;
}
