/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_EVENT_EPOLL_MASK_H
#define TESTS_EVENT_EPOLL_MASK_H

/* The signal mask of epoll_pwait(2): do_pwait(ep, events, max, timeout_ms, mask, size). */

static void signal_mask(void)
{
	uint64_t block = 1UL << (SIGUSR1 - 1), none = 0, now = 0, one = 1;
	int ep = T_OK(epoll_create1(0)), efd = T_OK(eventfd(0, 0));
	struct epoll_event e;

	T_OK(add(ep, efd, EPOLLIN, 1));
	t_count_signal(SIGUSR1, 0);
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &block, NULL, 8L), 0);
	raise(SIGUSR1);
	T_EQ(do_pwait(ep, &e, 1, 20, NULL, 8), 0);
	T_EQ(t_signals[SIGUSR1], 0);
	T_ERR(do_pwait(ep, &e, 1, 5000, &none, 8), EINTR);
	T_EQ(t_signals[SIGUSR1], 1);
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &now, 8L), 0);
	T_EQ(now, block);
	T_EQ(write(efd, &one, 8), 8);
	T_EQ(do_pwait(ep, &e, 1, -1, &none, 8), 1);
	T_EQ(syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &now, 8L), 0);
	T_EQ(now, block);
	T_ERR(do_pwait(ep, &e, 1, 0, &none, 4), EINVAL);
	T_ERR(do_pwait(ep, &e, 1, 0, &none, 16), EINVAL);
	T_EFAULT(p, do_pwait(ep, &e, 1, 0, p, 8));
}

#endif
