/* SPDX-License-Identifier: Apache-2.0 */
#define sys_select(n, r, w, e, tv) ((int)syscall(SYS_select, (long)(n), r, w, e, tv))
#define do_select(n, r, w, e, ms)  select_ms(n, r, w, e, ms)
#include "test.h"
#include <sys/select.h>
#include <sys/time.h>

static int select_ms(int n, fd_set *r, fd_set *w, fd_set *e, long timeout_ms)
{
	struct timeval tv = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	return sys_select(n, r, w, e, timeout_ms < 0 ? NULL : &tv);
}
#include "select_common.h"

TEST_MAIN
{
	struct timeval tv;
	fd_set w;
	int p[2];

	select_common();
	T_OK(pipe(p));
	FD_ZERO(&w);
	FD_SET(p[1], &w);
	/* Linux leaves the time that remains. */
	tv = (struct timeval){5, 0};
	T_EQ(sys_select(p[1] + 1, NULL, &w, NULL, &tv), 1);
	T_CMP(tv.tv_sec, >=, 3);
	T_CMP(tv.tv_sec, <=, 5);
	tv = (struct timeval){0, 20000};
	T_EQ(sys_select(0, NULL, NULL, NULL, &tv), 0);
	T_EQ(tv.tv_sec, 0);
	T_EQ(tv.tv_usec, 0);
	tv = (struct timeval){-1, 0};
	T_ERR(sys_select(0, NULL, NULL, NULL, &tv), EINVAL);
	tv = (struct timeval){0, -1};
	T_ERR(sys_select(0, NULL, NULL, NULL, &tv), EINVAL);
	/* Too many microseconds are seconds. */
	tv = (struct timeval){0, 1000000};
	long start = t_now_ms();
	T_EQ(sys_select(0, NULL, NULL, NULL, &tv), 0);
	T_CMP(t_now_ms() - start, >=, 999);
	T_EFAULT(q, sys_select(0, NULL, NULL, NULL, q));
}
