/* SPDX-License-Identifier: Apache-2.0 */
#include "posix_timer.h"

TEST_MAIN
{
	struct itimerspec set = in_ms(5, 5), off = in_ms(0, 0);
	int id = timer_with(CLOCK_MONOTONIC, SIGRTMIN);
	siginfo_t si;
	int overrun;

	T_EQ(sys_timer_getoverrun(id), 0);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	t_sleep_ms(100);
	overrun = wait_signal(SIGRTMIN, 1000, &si);
	T_CMP(overrun, >=, 15);
	T_EQ(sys_timer_getoverrun(id), overrun);
	/* One signal at a time. */
	T_OK(sys_timer_settime(id, 0, &off, NULL));
	wait_signal(SIGRTMIN, 0, &si);
	T_EQ(wait_signal(SIGRTMIN, 0, &si), -1);
	T_ERR(sys_timer_getoverrun(id + 1000), EINVAL);
	T_ERR(sys_timer_getoverrun(-1), EINVAL);
}
