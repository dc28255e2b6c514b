/* struct timespec and timeval between user space and nanoseconds. */
#ifndef SYS_UACCESS_TIME_H
#define SYS_UACCESS_TIME_H

#include "sys/syscall.h"
#include <linux/time.h>
#include <linux/resource.h>
#include <linux/time_types.h>

/* Nanoseconds that stand for "never": what Linux clamps to. */
#define TIME_MAX_NS ((u64)INT64_MAX)

struct time32_pair {
	s32 sec, frac;
};

/* A struct timespec or timeval as the call in flight lays it out; 0, -EFAULT. i386's calls with
 * 64-bit times have an unused word in tv_nsec. */
static inline int timespec_copy_in(struct __kernel_timespec *ts, uaddr_t from)
{
	struct time32_pair t;

	if (!arch_in_time32_syscall()) {
		if (copy_from_user(ts, from, sizeof(*ts)))
			return -EFAULT;
		if (arch_in_compat_syscall())
			ts->tv_nsec = (u32)ts->tv_nsec;
		return 0;
	}
	if (copy_from_user(&t, from, sizeof(t)))
		return -EFAULT;
	ts->tv_sec = t.sec;
	ts->tv_nsec = t.frac;
	return 0;
}
static inline int timespec_copy_out(uaddr_t to, const struct __kernel_timespec *ts)
{
	struct time32_pair t = {(s32)ts->tv_sec, (s32)ts->tv_nsec};

	return arch_in_time32_syscall() ? copy_to_user(to, &t, sizeof(t))
					: copy_to_user(to, ts, sizeof(*ts));
}
static inline int timeval_copy_in(struct __kernel_old_timeval *tv, uaddr_t from)
{
	struct time32_pair t;

	if (!arch_in_compat_syscall())
		return copy_from_user(tv, from, sizeof(*tv));
	if (copy_from_user(&t, from, sizeof(t)))
		return -EFAULT;
	tv->tv_sec = t.sec;
	tv->tv_usec = t.frac;
	return 0;
}
static inline int timeval_copy_out(uaddr_t to, const struct __kernel_old_timeval *tv)
{
	struct time32_pair t = {(s32)tv->tv_sec, (s32)tv->tv_usec};

	return arch_in_compat_syscall() ? copy_to_user(to, &t, sizeof(t))
					: copy_to_user(to, tv, sizeof(*tv));
}
static inline size_t timespec_bytes(void)
{
	return arch_in_time32_syscall() ? sizeof(struct time32_pair)
					: sizeof(struct __kernel_timespec);
}
static inline size_t timeval_bytes(void)
{
	return arch_in_compat_syscall() ? sizeof(struct time32_pair)
					: sizeof(struct __kernel_old_timeval);
}
/* time.c: stime(2) of i386 */
long time_set_seconds(s64 seconds);

/* struct rusage: all fields are longs. */
static inline int rusage_put(uaddr_t to, const struct rusage *r)
{
	const long *from = (const void *)r;
	u32 words[sizeof(*r) / sizeof(long)];

	if (!arch_in_compat_syscall())
		return copy_to_user(to, r, sizeof(*r));
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = (u32)from[i];
	return copy_to_user(to, words, sizeof(words));
}

/* 0, -EFAULT, -EINVAL (negative, or a fraction out of range). Clamped to TIME_MAX_NS. */
static inline int timespec_get(uaddr_t from, u64 *ns)
{
	struct __kernel_timespec ts;

	if (timespec_copy_in(&ts, from))
		return -EFAULT;
	if (ts.tv_sec < 0 || (u64)ts.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	*ns = ts.tv_sec >= (s64)(TIME_MAX_NS / NSEC_PER_SEC)
		      ? TIME_MAX_NS
		      : (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
	return 0;
}

static inline int timespec_put(uaddr_t to, u64 ns)
{
	struct __kernel_timespec ts = {(s64)(ns / NSEC_PER_SEC), (s64)(ns % NSEC_PER_SEC)};

	return timespec_copy_out(to, &ts);
}

static inline int timeval_get(uaddr_t from, u64 *ns)
{
	struct __kernel_old_timeval tv;

	if (timeval_copy_in(&tv, from))
		return -EFAULT;
	if (tv.tv_sec < 0 || (u64)tv.tv_usec >= 1000000)
		return -EINVAL;
	*ns = tv.tv_sec >= (s64)(TIME_MAX_NS / NSEC_PER_SEC)
		      ? TIME_MAX_NS
		      : (u64)tv.tv_sec * NSEC_PER_SEC + (u64)tv.tv_usec * NSEC_PER_USEC;
	return 0;
}

static inline struct __kernel_old_timeval ns_to_timeval(u64 ns)
{
	return (struct __kernel_old_timeval){(long)(ns / NSEC_PER_SEC),
					     (long)(ns % NSEC_PER_SEC / NSEC_PER_USEC)};
}

#endif
