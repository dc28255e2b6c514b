/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/time.h>

TEST_MAIN
{
	struct itimerval it, set = {{3, 500000}, {100, 0}};

	for (int which = 0; which < 3; which++) {
		memset(&it, 0x55, sizeof(it));
		T_OK(syscall(SYS_getitimer, which, &it));
		T_EQ(it.it_value.tv_sec | it.it_value.tv_usec, 0);
		T_EQ(it.it_interval.tv_sec | it.it_interval.tv_usec, 0);
		T_OK(setitimer(which, &set, NULL));
		T_OK(syscall(SYS_getitimer, which, &it));
		T_EQ(it.it_interval.tv_sec, 3);
		T_EQ(it.it_interval.tv_usec, 500000);
		T_CMP(it.it_value.tv_sec, >=, 98);
		T_CMP(it.it_value.tv_sec, <=, 100);
	}
	t_sleep_ms(100);
	T_OK(syscall(SYS_getitimer, ITIMER_REAL, &it));
	T_TRUE(it.it_value.tv_sec < 100);
	T_ERR(syscall(SYS_getitimer, 3, &it), EINVAL);
	T_ERR(syscall(SYS_getitimer, -1, &it), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_getitimer, ITIMER_REAL, p));
}
