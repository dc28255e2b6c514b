/* timerfd_create(2): sys/timerfd.c has the calls. */
#ifndef VFS_TIMERFD_H
#define VFS_TIMERFD_H

#include "vfs/file.h"

/* clock: CLOCK_* that timerfd_create(2) knows; o_flags: O_NONBLOCK or 0. ERR_PTR(-ENOMEM). */
struct file *timerfd_file(int clock, u32 o_flags);
bool file_is_timerfd(const struct file *f);
int timerfd_clock(const struct file *f);
struct timerfd_state {
	u64 value_ns, interval_ns; /* value 0 = off; as read: time left */
	bool is_absolute, is_cancelled_by_set;
};
/* 0, or -ECANCELED: the clock was set since the timer was. */
int timerfd_set(struct file *f, const struct timerfd_state *new, struct timerfd_state *old);
void timerfd_get(struct file *f, struct timerfd_state *state);

#endif
