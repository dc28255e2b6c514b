/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/time.h>

static volatile int count;

static void on_alarm(int sig)
{
	(void)sig;
	count++;
}

TEST_MAIN
{
	struct itimerval it;
	long start;

	signal(SIGALRM, on_alarm);
	T_EQ(alarm(0), 0);
	T_EQ(alarm(100), 0);
	/* The rest is rounded to the nearest second, and never down to 0. */
	T_EQ(alarm(50), 100);
	T_EQ(alarm(0), 50);
	T_EQ(alarm(0), 0);
	start = t_now_ms();
	T_EQ(alarm(1), 0);
	T_ERR(pause(), EINTR);
	T_EQ(count, 1);
	T_CMP(t_now_ms() - start, >=, 999);
	T_CMP(t_now_ms() - start, <, 5000);
	T_EQ(alarm(0), 0); /* once only */
	/* alarm and ITIMER_REAL are the same timer. */
	alarm(30);
	T_OK(getitimer(ITIMER_REAL, &it));
	T_TRUE(it.it_value.tv_sec == 29 || it.it_value.tv_sec == 30);
	T_EQ(it.it_interval.tv_sec, 0);
	it.it_value.tv_sec = 0;
	it.it_value.tv_usec = 300000;
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	T_EQ(alarm(0), 1);
	/* Not inherited by a child; kept by execve (not shown here). */
	alarm(40);
	T_CHILD
	{
		T_EQ(alarm(0), 0);
	}
	T_EQ(alarm(0), 40);
	/* Large values are kept. */
	T_EQ(alarm(UINT_MAX), 0);
	T_CMP((unsigned)alarm(0), >=, INT_MAX - 1);
	/* The default action ends the process. */
	T_CHILD_STATUS(SIGALRM)
	{
		signal(SIGALRM, SIG_DFL);
		alarm(1);
		for (;;)
			pause();
	}
}
