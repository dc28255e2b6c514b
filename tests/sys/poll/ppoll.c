/* SPDX-License-Identifier: Apache-2.0 */
#define do_poll(fds, n, timeout_ms) ppoll_ms(fds, n, timeout_ms)
#define sys_ppoll(fds, n, ts, mask, size) \
	((int)syscall(SYS_ppoll, fds, (unsigned)(n), ts, mask, (long)(size)))
#include "test.h"
#include <poll.h>

static int ppoll_ms(struct pollfd *fds, unsigned n, long timeout_ms)
{
	struct timespec ts = {timeout_ms / 1000, timeout_ms % 1000 * 1000000};

	return sys_ppoll(fds, n, timeout_ms < 0 ? NULL : &ts, NULL, 8);
}
#include "poll_common.h"

static void signal_mask(void)
{
	struct itimerval soon = {.it_value = {0, 50000}};
	struct timespec ts = {10, 0};
	uint64_t block = 1UL << (SIGALRM - 1), none = 0, now = 0;
	struct pollfd p;
	int fds[2];

	T_OK(pipe(fds));
	p = (struct pollfd){fds[0], POLLIN, 0};
	t_count_signal(SIGALRM, 0);
	t_signals[SIGALRM] = 0;
	/* Blocked for the time of the call: it comes afterwards. */
	setitimer(ITIMER_REAL, &soon, NULL);
	ts = (struct timespec){0, 200000000};
	T_EQ(sys_ppoll(&p, 1, &ts, &block, 8), 0);
	T_EQ(t_signals[SIGALRM], 1);
	/* Pending and blocked outside, let in by the call. */
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &block, NULL, 8L), 0);
	raise(SIGALRM);
	T_EQ(t_signals[SIGALRM], 1);
	ts = (struct timespec){10, 0};
	T_ERR(sys_ppoll(&p, 1, &ts, &none, 8), EINTR);
	T_EQ(t_signals[SIGALRM], 2);
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &now, 8L), 0);
	T_EQ(now, block);
	/* Something ready comes first, and the mask is put back. */
	T_EQ(write(fds[1], "x", 1), 1);
	T_EQ(sys_ppoll(&p, 1, &ts, &none, 8), 1);
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, &now, 8L), 0);
	T_EQ(now, block);
	T_ERR(sys_ppoll(&p, 1, &ts, &none, 4), EINVAL);
	T_ERR(sys_ppoll(&p, 1, &ts, &none, 16), EINVAL);
	T_EFAULT(q, sys_ppoll(&p, 1, &ts, q, 8));
	T_EQ(sys_ppoll(&p, 1, &ts, NULL, 4), 1);
}

TEST_MAIN
{
	struct timespec ts;
	struct pollfd p;
	int fds[2];

	poll_common();
	signal_mask();
	/* The kernel leaves the time that remains. */
	T_OK(pipe(fds));
	p = (struct pollfd){fds[1], POLLOUT, 0};
	ts = (struct timespec){5, 0};
	T_EQ(sys_ppoll(&p, 1, &ts, NULL, 8), 1);
	T_CMP(ts.tv_sec, <=, 5);
	T_CMP(ts.tv_sec, >=, 3);
	p = (struct pollfd){fds[0], POLLIN, 0};
	ts = (struct timespec){0, 20000000};
	T_EQ(sys_ppoll(&p, 1, &ts, NULL, 8), 0);
	T_EQ(ts.tv_sec, 0);
	T_EQ(ts.tv_nsec, 0);
	ts = (struct timespec){-1, 0};
	T_ERR(sys_ppoll(&p, 1, &ts, NULL, 8), EINVAL);
	ts = (struct timespec){0, -1};
	T_ERR(sys_ppoll(&p, 1, &ts, NULL, 8), EINVAL);
	ts = (struct timespec){0, 1000000000};
	T_ERR(sys_ppoll(&p, 1, &ts, NULL, 8), EINVAL);
	T_EFAULT(q, sys_ppoll(&p, 1, q, NULL, 8));
}
