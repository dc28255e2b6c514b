/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>
static int do_pwait_ms(int ep, void *events, long max, long ms, const void *mask, long size);
#define do_pwait(ep, e, max, ms, mask, size) do_pwait_ms(ep, e, max, ms, mask, size)
#define do_wait(ep, e, max, ms)		     do_pwait(ep, e, max, ms, NULL, 8)
#include "epoll_wait_common.h"
#include "epoll_mask.h"

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

static int do_pwait_ms(int ep, void *events, long max, long ms, const void *mask, long size)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};

	return (int)syscall(SYS_epoll_pwait2, ep, events, max, ms < 0 ? NULL : &ts, mask, size);
}

static int with_time(int ep, const void *ts)
{
	struct epoll_event e;

	return (int)syscall(SYS_epoll_pwait2, ep, &e, 1L, ts, NULL, 8L);
}

TEST_MAIN
{
	int ep = T_OK(epoll_create1(0));
	struct timespec ts = {0, 1000000000};

	wait_common();
	signal_mask();
	T_ERR(with_time(ep, &ts), EINVAL);
	ts = (struct timespec){-1, 0};
	T_ERR(with_time(ep, &ts), EINVAL);
	ts = (struct timespec){0, -1};
	T_ERR(with_time(ep, &ts), EINVAL);
	T_EFAULT(p, with_time(ep, p));
	/* Less than a millisecond is not nothing, and the structure is not changed. */
	ts = (struct timespec){0, 300000};
	T_EQ(with_time(ep, &ts), 0);
	T_EQ(ts.tv_nsec, 300000);
}
