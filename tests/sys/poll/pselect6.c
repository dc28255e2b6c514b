/* SPDX-License-Identifier: Apache-2.0 */
#define sys_pselect6(n, r, w, e, ts, arg) ((int)syscall(SYS_pselect6, (long)(n), r, w, e, ts, arg))
#define do_select(n, r, w, e, ms)	  pselect_ms(n, r, w, e, ms)
#include "test.h"
#include <sys/select.h>
#include <time.h>

/* The sixth argument: a mask and its size, as two words. */
struct mask_arg {
	const void *mask;
	size_t size;
};

static int pselect_ms(int n, fd_set *r, fd_set *w, fd_set *e, long timeout_ms)
{
	struct timespec ts = {timeout_ms / 1000, timeout_ms % 1000 * 1000000};
	void *none = NULL;

	return sys_pselect6(n, r, w, e, timeout_ms < 0 ? NULL : &ts, none);
}
#include "select_common.h"

static void signal_mask(void)
{
	struct itimerval soon = {.it_value = {0, 50000}};
	uint64_t block = 1UL << (SIGALRM - 1), none = 0, now = 0;
	struct mask_arg with_block = {&block, 8}, with_none = {&none, 8}, null_mask = {NULL, 8};
	struct timespec ts = {0, 200000000};
	int p[2];
	fd_set w;

	t_count_signal(SIGALRM, 0);
	t_signals[SIGALRM] = 0;
	setitimer(ITIMER_REAL, &soon, NULL);
	T_EQ(sys_pselect6(0, NULL, NULL, NULL, &ts, &with_block), 0);
	T_EQ(t_signals[SIGALRM], 1);
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &block, NULL, 8L), 0);
	raise(SIGALRM);
	T_EQ(t_signals[SIGALRM], 1);
	ts = (struct timespec){10, 0};
	T_ERR(sys_pselect6(0, NULL, NULL, NULL, &ts, &with_none), EINTR);
	T_EQ(t_signals[SIGALRM], 2);
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &now, 8L), 0);
	T_EQ(now, block);
	T_OK(pipe(p));
	FD_ZERO(&w);
	FD_SET(p[1], &w);
	T_EQ(sys_pselect6(p[1] + 1, NULL, &w, NULL, NULL, &with_none), 1);
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, &now, 8L), 0);
	T_EQ(now, block);
	ts = (struct timespec){0, 0};
	T_EQ(sys_pselect6(0, NULL, NULL, NULL, &ts, &null_mask), 0);
	with_none.size = 4;
	T_ERR(sys_pselect6(0, NULL, NULL, NULL, &ts, &with_none), EINVAL);
	T_EFAULT(q, sys_pselect6(0, NULL, NULL, NULL, &ts, q));
	T_EFAULT(q, sys_pselect6(0, NULL, NULL, NULL, &ts, (&(struct mask_arg){q, 8})));
}

TEST_MAIN
{
	struct timespec ts = {5, 0};
	void *none = NULL;
	fd_set w;
	int p[2];

	select_common();
	signal_mask();
	T_OK(pipe(p));
	FD_ZERO(&w);
	FD_SET(p[1], &w);
	T_EQ(sys_pselect6(p[1] + 1, NULL, &w, NULL, &ts, none), 1);
	T_CMP(ts.tv_sec, >=, 3);
	T_CMP(ts.tv_sec, <=, 5);
	ts = (struct timespec){0, 20000000};
	T_EQ(sys_pselect6(0, NULL, NULL, NULL, &ts, none), 0);
	T_EQ(ts.tv_nsec, 0);
	ts = (struct timespec){-1, 0};
	T_ERR(sys_pselect6(0, NULL, NULL, NULL, &ts, none), EINVAL);
	ts = (struct timespec){0, 1000000000};
	T_ERR(sys_pselect6(0, NULL, NULL, NULL, &ts, none), EINVAL);
	ts = (struct timespec){0, -1};
	T_ERR(sys_pselect6(0, NULL, NULL, NULL, &ts, none), EINVAL);
	T_EFAULT(q, sys_pselect6(0, NULL, NULL, NULL, q, none));
}
