/* struct timespec and timeval between user space and nanoseconds. */
#ifndef SYS_UACCESS_TIME_H
#define SYS_UACCESS_TIME_H

#include "sys/syscall.h"
#include <linux/time.h>
#include <linux/time_types.h>

/* Nanoseconds that stand for "never": what Linux clamps to. */
#define TIME_MAX_NS ((u64)INT64_MAX)

/* 0, -EFAULT, -EINVAL (negative, or a fraction out of range). Clamped to TIME_MAX_NS. */
static inline int timespec_get(uaddr_t from, u64 *ns)
{
	struct __kernel_timespec ts;

	if (copy_from_user(&ts, from, sizeof(ts)))
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

	return copy_to_user(to, &ts, sizeof(ts));
}

static inline int timeval_get(uaddr_t from, u64 *ns)
{
	struct __kernel_old_timeval tv;

	if (copy_from_user(&tv, from, sizeof(tv)))
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
