/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/time.h>
#include <time.h>

static volatile int alarms, virtuals, profs;

static void on_signal(int sig)
{
	alarms += sig == SIGALRM;
	virtuals += sig == SIGVTALRM;
	profs += sig == SIGPROF;
}

static long set(int which, long value_us, long interval_us, struct itimerval *old)
{
	struct itimerval it = {{interval_us / 1000000, interval_us % 1000000},
			       {value_us / 1000000, value_us % 1000000}};

	return syscall(SYS_setitimer, which, &it, old);
}

static void test_errors(void)
{
	struct itimerval it = {{0, 0}, {0, 1000000}};

	T_ERR(set(3, 0, 0, NULL), EINVAL);
	T_ERR(set(-1, 0, 0, NULL), EINVAL);
	T_ERR(syscall(SYS_setitimer, ITIMER_REAL, &it, NULL), EINVAL);
	it.it_value.tv_usec = -1;
	T_ERR(syscall(SYS_setitimer, ITIMER_REAL, &it, NULL), EINVAL);
	it.it_value = (struct timeval){-1, 0};
	T_ERR(syscall(SYS_setitimer, ITIMER_REAL, &it, NULL), EINVAL);
	it.it_value = (struct timeval){0, 0};
	it.it_interval.tv_usec = 1000000;
	T_ERR(syscall(SYS_setitimer, ITIMER_REAL, &it, NULL), EINVAL);
	T_EFAULT(p, syscall(SYS_setitimer, ITIMER_REAL, p, NULL));
	it.it_interval.tv_usec = 0;
	T_EFAULT(p, syscall(SYS_setitimer, ITIMER_REAL, &it, p));
	/* No new value stops it (an old mistake that is kept). */
	T_OK(set(ITIMER_REAL, 100000000, 0, NULL));
	T_OK(syscall(SYS_setitimer, ITIMER_REAL, NULL, &it));
	T_CMP(it.it_value.tv_sec, >=, 98);
	T_OK(getitimer(ITIMER_REAL, &it));
	T_EQ(it.it_value.tv_sec, 0);
}

static long cpu_used_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void spin_us(long us)
{
	for (long end = cpu_used_us() + us; cpu_used_us() < end;)
		;
}

/* Once a timer is stopped, nothing of it comes. */
static void test_stopped(void)
{
	int seen, late = 0;

	T_OK(set(ITIMER_VIRTUAL, 100000000, 0, NULL));
	for (int i = 0; i < 100; i++) {
		set(ITIMER_PROF, 1000 + i % 8 * 250, 0, NULL);
		spin_us(1000 + i % 16 * 125);
		set(ITIMER_PROF, 0, 0, NULL);
		seen = profs;
		spin_us(300);
		late += profs != seen;
	}
	T_EQ(late, 0);
	T_OK(set(ITIMER_VIRTUAL, 0, 0, NULL));
}

TEST_MAIN
{
	struct itimerval old;
	long start;

	signal(SIGALRM, on_signal);
	signal(SIGVTALRM, on_signal);
	signal(SIGPROF, on_signal);
	test_errors();
	/* Once. */
	start = t_now_ms();
	T_OK(set(ITIMER_REAL, 50000, 0, NULL));
	T_ERR(pause(), EINTR);
	T_EQ(alarms, 1);
	T_CMP(t_now_ms() - start, >=, 49);
	t_sleep_ms(100);
	T_EQ(alarms, 1);
	/* Again and again. */
	T_OK(set(ITIMER_REAL, 20000, 10000, NULL));
	start = t_now_ms();
	while (alarms < 11)
		pause();
	T_CMP(t_now_ms() - start, >=, 109);
	T_OK(set(ITIMER_REAL, 0, 0, &old));
	T_EQ(old.it_interval.tv_usec, 10000);
	T_CMP(old.it_value.tv_usec, <=, 10000);
	/* While blocked a timer's signal is kept once. */
	{
		sigset_t block;

		sigemptyset(&block);
		sigaddset(&block, SIGALRM);
		T_OK(sigprocmask(SIG_BLOCK, &block, NULL));
		alarms = 0;
		T_OK(set(ITIMER_REAL, 5000, 5000, NULL));
		t_sleep_ms(60);
		T_OK(set(ITIMER_REAL, 0, 0, NULL));
		T_OK(sigprocmask(SIG_UNBLOCK, &block, NULL));
		T_EQ(alarms, 1);
	}
	/* Processor time: not in a sleep. */
	T_OK(set(ITIMER_VIRTUAL, 30000, 30000, NULL));
	T_OK(set(ITIMER_PROF, 30000, 30000, NULL));
	start = cpu_used_us();
	t_sleep_ms(100);
	/* A machine that is itself kept waiting may count that time. */
	if (cpu_used_us() - start < 25000)
		T_EQ(virtuals + profs, 0);
	for (long end = t_now_ms() + 5000; t_now_ms() < end && (virtuals < 2 || profs < 2);)
		for (volatile int i = 0; i < 100000; i++)
			;
	T_CMP(virtuals, >=, 2);
	T_CMP(profs, >=, 2);
	T_OK(set(ITIMER_VIRTUAL, 0, 0, &old));
	T_CMP(old.it_interval.tv_usec, >=, 30000);
	T_OK(set(ITIMER_PROF, 0, 0, NULL));
	test_stopped();
	/* Not inherited. */
	T_OK(set(ITIMER_REAL, 90000000, 0, NULL));
	T_CHILD
	{
		T_OK(getitimer(ITIMER_REAL, &old));
		T_EQ(old.it_value.tv_sec, 0);
	}
	/* The default action. */
	T_CHILD_STATUS(SIGVTALRM)
	{
		signal(SIGVTALRM, SIG_DFL);
		set(ITIMER_VIRTUAL, 20000, 0, NULL);
		for (;;)
			__asm__ volatile("");
	}
}
