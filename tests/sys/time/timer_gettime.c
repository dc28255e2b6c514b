/* SPDX-License-Identifier: Apache-2.0 */
#include "posix_timer.h"

TEST_MAIN
{
	struct sigevent none = {.sigev_notify = SIGEV_NONE};
	struct itimerspec set = in_ms(100000, 7), now;
	int id = timer_with(CLOCK_MONOTONIC, SIGUSR1);

	T_OK(sys_timer_gettime(id, &now));
	T_EQ(now.it_value.tv_sec + now.it_value.tv_nsec, 0);
	T_EQ(now.it_interval.tv_sec + now.it_interval.tv_nsec, 0);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	T_OK(sys_timer_gettime(id, &now));
	T_CMP(now.it_value.tv_sec, >=, 90);
	T_CMP(now.it_value.tv_sec, <=, 100);
	T_EQ(now.it_interval.tv_nsec, 7000000);
	/* Without a signal it only counts. */
	T_OK(sys_timer_create(CLOCK_MONOTONIC, &none, &id));
	set = in_ms(10, 0);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	t_sleep_ms(20);
	T_OK(sys_timer_gettime(id, &now));
	T_EQ(now.it_value.tv_sec + now.it_value.tv_nsec, 0);
	set = in_ms(10, 5000);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	t_sleep_ms(20);
	T_OK(sys_timer_gettime(id, &now));
	T_CMP(now.it_value.tv_sec, >=, 3);
	T_ERR(sys_timer_gettime(id + 1000, &now), EINVAL);
	T_ERR(sys_timer_gettime(-1, &now), EINVAL);
	T_EFAULT_NULL(p, sys_timer_gettime(id, p));
}
