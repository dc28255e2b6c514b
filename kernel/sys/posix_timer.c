/* timer_create(2) and its family. Next: proc/posix_timer.c. */
#include "sys/uaccess_time.h"
#include <linux/time.h>

long sys_timer_create(int clockid, uaddr_t event, uaddr_t timerid)
{
	struct sigevent ev;
	int id;

	if (event.v && sigevent_get(&ev, event))
		return -EFAULT;
	id = posix_timer_create(clockid, event.v ? &ev : NULL);
	if (id < 0)
		return id;
	if (copy_to_user(timerid, &id, sizeof(id))) {
		posix_timer_delete(id);
		return -EFAULT;
	}
	return 0;
}

static long state_put(uaddr_t to, const struct timer_state *state)
{
	long err = timespec_put(to, state->interval_ns);

	return err ? err : timespec_put(uaddr_add(to, timespec_bytes()), state->value_ns);
}

long sys_timer_settime(int timerid, int flags, uaddr_t value, uaddr_t ovalue)
{
	struct timer_state new = {.is_absolute = flags & TIMER_ABSTIME}, old;
	long err;

	if (!value.v)
		return -EINVAL;
	err = timespec_get(value, &new.interval_ns);
	if (!err || err == -EINVAL) {
		long err2 = timespec_get(uaddr_add(value, timespec_bytes()), &new.value_ns);

		err = err2 ? err2 : err;
	}
	if (!err)
		err = posix_timer_set(timerid, &new, &old);
	if (err)
		return err;
	return ovalue.v ? state_put(ovalue, &old) : 0;
}

long sys_timer_gettime(int timerid, uaddr_t value)
{
	struct timer_state state;
	long err = posix_timer_get(timerid, &state);

	return err ? err : state_put(value, &state);
}

long sys_timer_getoverrun(int timerid)
{
	return posix_timer_overrun(timerid);
}

long sys_timer_delete(int timerid)
{
	return posix_timer_delete(timerid);
}
