/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/time.h>
#include <time.h>

static volatile int count;

static void on_signal(int sig)
{
	(void)sig;
	count++;
}

static long k_sleep(int clock, int flags, const void *req, void *rem)
{
	return syscall(SYS_clock_nanosleep, clock, flags, req, rem);
}

static void interrupt_soon(void)
{
	struct itimerval it = {{0, 0}, {0, 80000}};

	setitimer(ITIMER_REAL, &it, NULL);
}

static void test_clock(int clock)
{
	struct timespec ts = {0, 50000000}, now;
	long start = t_now_ms();

	T_OK(k_sleep(clock, 0, &ts, NULL));
	T_CMP(t_now_ms() - start, >=, 49);
	start = t_now_ms();
	T_OK(clock_gettime(clock, &now));
	now.tv_nsec += 50000000;
	if (now.tv_nsec >= 1000000000) {
		now.tv_nsec -= 1000000000;
		now.tv_sec++;
	}
	T_OK(k_sleep(clock, TIMER_ABSTIME, &now, NULL));
	T_CMP(t_now_ms() - start, >=, 48);
	T_CMP(t_now_ms() - start, <, 5000);
	/* In the past: at once. */
	start = t_now_ms();
	T_OK(k_sleep(clock, TIMER_ABSTIME, &now, NULL));
	now = (struct timespec){0, 1};
	T_OK(k_sleep(clock, TIMER_ABSTIME, &now, NULL));
	T_CMP(t_now_ms() - start, <, 1000);
}

TEST_MAIN
{
	struct timespec ts = {0, 1000}, rem = {55, 55}, bad = {0, 1000000000}, negative = {-1, 0},
			now;

	test_clock(CLOCK_REALTIME);
	test_clock(CLOCK_MONOTONIC);
	test_clock(CLOCK_BOOTTIME);

	T_ERR(k_sleep(CLOCK_THREAD_CPUTIME_ID, 0, &ts, NULL), EOPNOTSUPP);
	T_ERR(k_sleep(CLOCK_MONOTONIC_RAW, 0, &ts, NULL), EOPNOTSUPP);
	T_ERR(k_sleep(CLOCK_MONOTONIC_COARSE, 0, &ts, NULL), EOPNOTSUPP);
	T_ERR(k_sleep(99, 0, &ts, NULL), EINVAL);
	T_ERR(k_sleep(CLOCK_MONOTONIC, 0, &bad, NULL), EINVAL);
	T_ERR(k_sleep(CLOCK_MONOTONIC, 0, &negative, NULL), EINVAL);
	T_ERR(k_sleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &negative, NULL), EINVAL);
	T_EFAULT_NULL(p, k_sleep(CLOCK_MONOTONIC, 0, p, NULL));
	T_ERR(k_sleep(99, 0, NULL, NULL), EINVAL);
	/* The clocks that wake the machine are known, be there a device for them or not. */
	T_ERR(k_sleep(CLOCK_REALTIME_ALARM, 0, &negative, NULL), EINVAL);
	T_ERR(k_sleep(CLOCK_BOOTTIME_ALARM, 0, NULL, NULL), EFAULT);
	rem = (struct timespec){0, 1};
	T_TRUE(!k_sleep(CLOCK_BOOTTIME_ALARM, 0, &rem, NULL) || errno == EOPNOTSUPP ||
	       errno == EPERM);

	signal(SIGALRM, on_signal);
	ts = (struct timespec){10, 0};
	interrupt_soon();
	T_ERR(k_sleep(CLOCK_MONOTONIC, 0, &ts, &rem), EINTR);
	T_CMP(rem.tv_sec, <, 10);
	T_CMP(rem.tv_sec, >=, 4);
	/* With a point in time the rest is not told. */
	rem = (struct timespec){55, 55};
	T_OK(clock_gettime(CLOCK_MONOTONIC, &now));
	now.tv_sec += 10;
	interrupt_soon();
	T_ERR(k_sleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &now, &rem), EINTR);
	T_EQ(rem.tv_sec, 55);
	T_EQ(count, 2);
	/* On processor time: this process's passes while another thread of it works, so not here.
	 */
	ts = (struct timespec){0, 20000000};
	T_CHILD_STATUS(SIGALRM)
	{
		signal(SIGALRM, SIG_DFL);
		interrupt_soon();
		ts.tv_sec = 5;
		k_sleep(CLOCK_PROCESS_CPUTIME_ID, 0, &ts, NULL);
	}
}
