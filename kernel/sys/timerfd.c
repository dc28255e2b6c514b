/* timerfd_create(2). Next: vfs/timerfd.c. */
#include "sys/uaccess_time.h"
#include "vfs/timerfd.h"
#include <linux/capability.h>
#include <linux/fcntl.h>
#include <linux/timerfd.h>

static bool needs_wake_alarm(int clock)
{
	return clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM;
}

long sys_timerfd_create(int clockid, int flags)
{
	if (flags & ~(TFD_CLOEXEC | TFD_NONBLOCK))
		return -EINVAL;
	if (clockid != CLOCK_REALTIME && clockid != CLOCK_MONOTONIC && clockid != CLOCK_BOOTTIME &&
	    !needs_wake_alarm(clockid))
		return -EINVAL;
	if (needs_wake_alarm(clockid) && !task_capable(CAP_WAKE_ALARM))
		return -EPERM;
	return file_install(timerfd_file(clockid, flags & TFD_NONBLOCK), flags & TFD_CLOEXEC);
}

static long put_state(uaddr_t to, const struct timerfd_state *s)
{
	long err = timespec_put(to, s->interval_ns);

	return err ? err : timespec_put(uaddr_add(to, timespec_bytes()), s->value_ns);
}

/* -EFAULT before -EINVAL. */
static long get_state(uaddr_t from, struct timerfd_state *s)
{
	long err = timespec_get(from, &s->interval_ns), err2;

	if (err == -EFAULT)
		return err;
	err2 = timespec_get(uaddr_add(from, timespec_bytes()), &s->value_ns);
	return err2 ? err2 : err;
}

static long set_file(struct file *f, const struct timerfd_state *new, struct timerfd_state *old)
{
	if (!file_is_timerfd(f))
		return -EINVAL;
	if (needs_wake_alarm(timerfd_clock(f)) && !task_capable(CAP_WAKE_ALARM))
		return -EPERM;
	return timerfd_set(f, new, old);
}

long sys_timerfd_settime(int fd, int flags, uaddr_t value, uaddr_t ovalue)
{
	struct timerfd_state new = {.is_absolute = flags & TFD_TIMER_ABSTIME,
				    .is_cancelled_by_set = flags & TFD_TIMER_CANCEL_ON_SET};
	struct timerfd_state old;
	struct fdref r;
	long err = get_state(value, &new);

	if (err == -EFAULT)
		return err;
	if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) || err)
		return -EINVAL;
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return -EBADF;
	err = set_file(r.file, &new, &old);
	fd_put(r);
	if (!err && ovalue.v)
		err = put_state(ovalue, &old);
	return err;
}

long sys_timerfd_gettime(int fd, uaddr_t value)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct timerfd_state s;
	long err = -EINVAL;

	if (!r.file)
		return -EBADF;
	if (file_is_timerfd(r.file)) {
		timerfd_get(r.file, &s);
		err = 0;
	}
	fd_put(r);
	return err ? err : put_state(value, &s);
}
