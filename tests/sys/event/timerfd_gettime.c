/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/timerfd.h>
#include <time.h>

#define gettime(fd, cur) ((int)syscall(SYS_timerfd_gettime, fd, cur))

TEST_MAIN
{
	int fd = T_NEED(timerfd_create(CLOCK_REALTIME, 0)), p[2];
	struct itimerspec its = {{7, 5}, {100, 0}}, cur;
	uint64_t n = 0;

	T_OK(pipe(p));
	T_ERR(gettime(-1, &cur), EBADF);
	T_ERR(gettime(p[0], &cur), EINVAL);
	T_EFAULT_NULL(q, gettime(fd, q));
	T_OK(gettime(fd, &cur));
	T_EQ(cur.it_value.tv_sec, 0);
	T_EQ(cur.it_value.tv_nsec, 0);
	T_OK(timerfd_settime(fd, 0, &its, NULL));
	T_OK(gettime(fd, &cur));
	T_EQ(cur.it_interval.tv_sec, 7);
	T_EQ(cur.it_interval.tv_nsec, 5);
	T_CMP(cur.it_value.tv_sec, <=, 100);
	T_CMP(cur.it_value.tv_sec, >=, 98);
	/* An expired period that nobody has read: the time to the next, and it still counts. */
	its = (struct itimerspec){{50, 0}, {0, 1000000}};
	T_OK(timerfd_settime(fd, 0, &its, NULL));
	t_sleep_ms(20);
	T_OK(gettime(fd, &cur));
	T_CMP(cur.it_value.tv_sec, >=, 48);
	T_EQ(read(fd, &n, 8), 8);
	T_EQ(n, 1);
	/* Over: nothing left. */
	its = (struct itimerspec){{0, 0}, {0, 1000000}};
	T_OK(timerfd_settime(fd, 0, &its, NULL));
	t_sleep_ms(20);
	T_OK(gettime(fd, &cur));
	T_EQ(cur.it_value.tv_sec, 0);
	T_EQ(cur.it_value.tv_nsec, 0);
	T_EQ(read(fd, &n, 8), 8);
	T_EQ(n, 1);
}
