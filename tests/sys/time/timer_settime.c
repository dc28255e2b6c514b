/* SPDX-License-Identifier: Apache-2.0 */
#include "posix_timer.h"

static void cpu_clock(int clock)
{
	struct itimerspec set = in_ms(30, 0), old;
	int id = timer_with(clock, SIGUSR2);
	volatile unsigned long spin = 0;
	siginfo_t si;
	long began;

	T_OK(sys_timer_settime(id, 0, &set, NULL));
	T_EQ(wait_signal(SIGUSR2, 100, &si), -1);
	T_OK(sys_timer_gettime(id, &old));
	T_CMP(old.it_value.tv_nsec, >, 0);
	began = t_now_ms();
	while (wait_signal(SIGUSR2, 0, &si) < 0 && t_now_ms() - began < 8000)
		for (int i = 0; i < 10000; i++)
			spin++;
	T_CMP(t_now_ms() - began, <, 8000);
	T_OK(sys_timer_delete(id));
}

TEST_MAIN
{
	struct itimerspec set = in_ms(30, 0), old, off = in_ms(0, 50), bad;
	int id = timer_with(CLOCK_MONOTONIC, SIGUSR1);
	struct timespec now;
	siginfo_t si;
	long began = t_now_ms();

	T_OK(sys_timer_settime(id, 0, &set, NULL));
	T_EQ(wait_signal(SIGUSR1, 5000, &si), 0);
	T_CMP(t_now_ms() - began, >=, 29);
	T_EQ(si.si_value.sival_int, 42);
	T_EQ(wait_signal(SIGUSR1, 60, &si), -1);
	/* Again and again. */
	set = in_ms(10, 20);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	for (int i = 0; i < 3; i++)
		T_CMP(wait_signal(SIGUSR1, 5000, &si), >=, 0);
	/* Set anew, it takes back a signal that nobody took yet. */
	set = in_ms(1, 0);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	t_sleep_ms(20);
	T_OK(sys_timer_settime(id, 0, &off, NULL));
	T_EQ(wait_signal(SIGUSR1, 0, &si), -1);
	set = in_ms(10, 20);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	/* What it was, and off. */
	T_OK(sys_timer_settime(id, 0, &off, &old));
	T_EQ(old.it_interval.tv_nsec, 20000000);
	T_OK(sys_timer_settime(id, 0, &off, &old));
	T_EQ(old.it_value.tv_sec + old.it_value.tv_nsec, 0);
	while (wait_signal(SIGUSR1, 0, &si) >= 0)
		;
	T_EQ(wait_signal(SIGUSR1, 60, &si), -1);
	/* At a point in time; one that has passed is now. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	set = (struct itimerspec){{0, 0}, now};
	T_OK(sys_timer_settime(id, TIMER_ABSTIME, &set, NULL));
	T_EQ(wait_signal(SIGUSR1, 5000, &si), 0);
	T_OK(sys_timer_delete(id));
	id = timer_with(CLOCK_REALTIME, SIGUSR1);
	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_nsec += 30000000;
	if (now.tv_nsec >= 1000000000) {
		now.tv_nsec -= 1000000000;
		now.tv_sec++;
	}
	set = (struct itimerspec){{0, 0}, now};
	began = t_now_ms();
	T_OK(sys_timer_settime(id, TIMER_ABSTIME, &set, NULL));
	T_EQ(wait_signal(SIGUSR1, 5000, &si), 0);
	T_CMP(t_now_ms() - began, >=, 25);
	cpu_clock(CLOCK_PROCESS_CPUTIME_ID);
	cpu_clock(CLOCK_THREAD_CPUTIME_ID);
	/* An ignored signal does not stop it, and does not come. */
	signal(SIGUSR1, SIG_IGN);
	set = in_ms(5, 5);
	T_OK(sys_timer_settime(id, 0, &set, NULL));
	t_sleep_ms(20);
	T_OK(sys_timer_gettime(id, &old));
	T_EQ(old.it_interval.tv_nsec, 5000000);
	T_OK(sys_timer_settime(id, 0, &off, NULL));
	T_ERR(sys_timer_settime(id, 0, NULL, &old), EINVAL);
	T_ERR(sys_timer_settime(id + 1000, 0, &set, NULL), EINVAL);
	T_ERR(sys_timer_settime(-1, 0, &set, NULL), EINVAL);
	bad = in_ms(1, 1);
	bad.it_value.tv_nsec = 1000000000;
	T_ERR(sys_timer_settime(id, 0, &bad, NULL), EINVAL);
	bad = in_ms(1, 1);
	bad.it_interval.tv_nsec = -1;
	T_ERR(sys_timer_settime(id, 0, &bad, NULL), EINVAL);
	bad = in_ms(1, 1);
	bad.it_value.tv_sec = -1;
	T_ERR(sys_timer_settime(id, 0, &bad, NULL), EINVAL);
	T_EFAULT(p, sys_timer_settime(id, 0, p, NULL));
	T_EFAULT(p, sys_timer_settime(id, 0, &off, p));
}
