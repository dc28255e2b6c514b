/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#define settime(fd, flags, new, old) ((int)syscall(SYS_timerfd_settime, fd, flags, new, old))
#define MS			     1000000L

static int set_ms(int fd, long value_ms, long interval_ms)
{
	struct itimerspec its = {{interval_ms / 1000, interval_ms % 1000 * MS},
				 {value_ms / 1000, value_ms % 1000 * MS}};

	return settime(fd, 0, &its, NULL);
}

static uint64_t count(int fd)
{
	uint64_t n = 0;

	T_EQ(read(fd, &n, 8), 8);
	return n;
}

static void errors(int fd)
{
	struct itimerspec its = {{0, 0}, {0, 0}};
	int p[2];

	T_OK(pipe(p));
	T_ERR(settime(-1, 0, &its, NULL), EBADF);
	T_ERR(settime(p[0], 0, &its, NULL), EINVAL);
	T_ERR(settime(fd, 4, &its, NULL), EINVAL);
	T_ERR(settime(-1, 4, &its, NULL), EINVAL);
	its.it_value.tv_nsec = 1000000000;
	T_ERR(settime(fd, 0, &its, NULL), EINVAL);
	its.it_value.tv_nsec = -1;
	T_ERR(settime(fd, 0, &its, NULL), EINVAL);
	its = (struct itimerspec){{-1, 0}, {1, 0}};
	T_ERR(settime(fd, 0, &its, NULL), EINVAL);
	T_EFAULT_NULL(q, settime(fd, 0, q, NULL));
	its = (struct itimerspec){{0, 0}, {0, 0}};
	T_EFAULT(q, settime(fd, 0, &its, q));
}

static void once(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};
	struct itimerspec its, old;
	long start = t_now_ms();
	uint64_t n;

	T_OK(set_ms(fd, 50, 0));
	T_EQ(poll(&p, 1, 0), 0);
	T_EQ(poll(&p, 1, 5000), 1);
	T_CMP(t_now_ms() - start, >=, 49);
	T_EQ(count(fd), 1);
	T_EQ(poll(&p, 1, 0), 0);
	T_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	T_ERR(read(fd, &n, 8), EAGAIN);
	T_OK(fcntl(fd, F_SETFL, 0));
	/* Blocking, and turned off. */
	T_OK(set_ms(fd, 20, 0));
	T_EQ(count(fd), 1);
	T_OK(set_ms(fd, 20, 0));
	T_OK(set_ms(fd, 0, 0));
	t_sleep_ms(40);
	T_EQ(poll(&p, 1, 0), 0);
	/* What was set before. */
	T_OK(set_ms(fd, 100000, 3000));
	its = (struct itimerspec){{0, 0}, {0, 1}};
	T_OK(settime(fd, 0, &its, &old));
	T_EQ(old.it_interval.tv_sec, 3);
	T_CMP(old.it_value.tv_sec, <=, 100);
	T_CMP(old.it_value.tv_sec, >=, 98);
	T_EQ(count(fd), 1);
	/* A signal ends the wait. */
	T_OK(set_ms(fd, 100000, 0));
	t_count_signal(SIGALRM, 0);
	alarm(1);
	T_ERR(read(fd, &n, 8), EINTR);
	/* Setting forgets what was not read. */
	T_OK(set_ms(fd, 1, 0));
	T_EQ(poll(&p, 1, 5000), 1);
	T_OK(set_ms(fd, 100000, 0));
	T_EQ(poll(&p, 1, 0), 0);
}

static void periodic(int fd)
{
	struct itimerspec its = {{0, 1}, {0, 1}};
	struct pollfd p = {fd, POLLIN, 0};
	uint64_t n;

	T_OK(set_ms(fd, 10, 10));
	t_sleep_ms(100);
	n = count(fd);
	T_CMP(n, >=, 9);
	T_CMP(n, <=, 1000);
	T_EQ(poll(&p, 1, 5000), 1);
	T_CMP(count(fd), >=, 1);
	/* A nanosecond's period stops nobody. */
	T_OK(settime(fd, 0, &its, NULL));
	t_sleep_ms(20);
	T_CMP(count(fd), >=, 10000000);
	T_OK(set_ms(fd, 0, 0));
}

static void absolute(int clock)
{
	int fd = T_OK(timerfd_create(clock, 0));
	struct itimerspec its = {{0, 0}, {0, 0}};
	struct timespec now;

	T_OK(clock_gettime(clock, &now));
	its.it_value = now;
	its.it_value.tv_nsec += 30 * MS;
	if (its.it_value.tv_nsec >= 1000 * MS) {
		its.it_value.tv_nsec -= 1000 * MS;
		its.it_value.tv_sec++;
	}
	long start = t_now_ms();
	T_OK(settime(fd, TFD_TIMER_ABSTIME, &its, NULL));
	T_EQ(count(fd), 1);
	T_CMP(t_now_ms() - start, >=, 28);
	/* In the past: at once, with all that were missed. */
	its.it_value = (struct timespec){now.tv_sec > 1 ? now.tv_sec - 1 : 0, 1};
	its.it_interval.tv_sec = 1;
	T_OK(settime(fd, TFD_TIMER_ABSTIME, &its, NULL));
	T_CMP(count(fd), >=, 1);
	its.it_value = (struct timespec){LONG_MAX, 0};
	T_OK(settime(fd, TFD_TIMER_ABSTIME, &its, NULL));
	T_OK(settime(fd, 0, &its, NULL));
	struct pollfd p = {fd, POLLIN, 0};
	T_EQ(poll(&p, 1, 10), 0);
	if (clock == CLOCK_REALTIME)
		T_OK(settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &its, NULL));
	T_OK(close(fd));
}

static void watched(void)
{
	int ep = T_OK(epoll_create1(0)), fd = T_OK(timerfd_create(CLOCK_MONOTONIC, 0));
	struct epoll_event e = {.events = EPOLLIN | EPOLLET, .data.u64 = 5};

	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
	T_EQ(epoll_wait(ep, &e, 1, 0), 0);
	T_OK(set_ms(fd, 20, 20));
	T_EQ(epoll_wait(ep, &e, 1, 5000), 1);
	T_EQ(e.data.u64, 5);
	T_CMP(count(fd), >=, 1);
	T_EQ(epoll_wait(ep, &e, 1, 5000), 1);
	T_OK(close(fd));
	T_EQ(epoll_wait(ep, &e, 1, 0), 0);
}

TEST_MAIN
{
	int fd = T_NEED(timerfd_create(CLOCK_MONOTONIC, 0));

	errors(fd);
	once(fd);
	periodic(fd);
	absolute(CLOCK_MONOTONIC);
	absolute(CLOCK_REALTIME);
	watched();
}
