/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX timers by the bare calls: the C library hides the kernel's numbers. */
#ifndef TESTS_SYS_TIME_POSIX_TIMER_H
#define TESTS_SYS_TIME_POSIX_TIMER_H

#include "test.h"
#include <time.h>

static inline int sys_timer_create(int clock, struct sigevent *event, int *id)
{
	return (int)syscall(SYS_timer_create, (long)clock, event, id);
}
static inline int sys_timer_settime(int id, int flags, const struct itimerspec *new,
				    struct itimerspec *old)
{
	return (int)syscall(SYS_timer_settime, (long)id, (long)flags, new, old);
}
static inline int sys_timer_gettime(int id, struct itimerspec *now)
{
	return (int)syscall(SYS_timer_gettime, (long)id, now);
}
static inline int sys_timer_getoverrun(int id)
{
	return (int)syscall(SYS_timer_getoverrun, (long)id);
}
static inline int sys_timer_delete(int id)
{
	return (int)syscall(SYS_timer_delete, (long)id);
}
static inline struct itimerspec in_ms(long value, long interval)
{
	return (struct itimerspec){{interval / 1000, interval % 1000 * 1000000},
				   {value / 1000, value % 1000 * 1000000}};
}
/* A timer whose signal `signo` (blocked here) carries the value 42. */
static inline int timer_with(int clock, int signo)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
				 .sigev_signo = signo,
				 .sigev_value.sival_int = 42};
	sigset_t set;
	int id = -1;

	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_BLOCK, &set, NULL);
	T_NEED(sys_timer_create(clock, &event, &id));
	return id;
}
/* Its signal within `ms`: the overrun, or -1. */
static inline int wait_signal(int signo, long ms, siginfo_t *si)
{
	struct timespec limit = {ms / 1000, ms % 1000 * 1000000};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signo);
	return sigtimedwait(&set, si, &limit) == signo ? si->si_overrun : -1;
}

#endif
