/* SPDX-License-Identifier: Apache-2.0 */
#include "sched_attr.h"

static void test_errors(void)
{
	struct attr a = {.size = 48, .policy = SCHED_OTHER};
	char big[4096] = {0};

	T_ERR(set_attr(0, NULL, 0), EINVAL);
	T_ERR(set_attr(-1, &a, 0), EINVAL);
	T_ERR(set_attr(0, &a, 1), EINVAL);
	T_ERR(set_attr(0x3ffffff0, &a, 0), ESRCH);
	T_EFAULT(p, set_attr(0, p, 0));
	a.policy = 4;
	T_ERR(set_attr(0, &a, 0), EINVAL);
	a.policy = -1U;
	T_ERR(set_attr(0, &a, 0), EINVAL);
	a.policy = SCHED_OTHER;
	a.priority = 1;
	T_ERR(set_attr(0, &a, 0), EINVAL);
	a.priority = 0;
	a.flags = 0x100;
	T_ERR(set_attr(0, &a, 0), EINVAL);
	a.flags = 0x20; /* SCHED_FLAG_UTIL_CLAMP_MIN wants the longer form */
	T_ERR(set_attr(0, &a, 0), EINVAL);
	a.flags = 0;
	a.size = 47;
	T_ERR(set_attr(0, &a, 0), E2BIG);
	T_CMP(a.size, >=, 56);
	a.size = 8192;
	T_ERR(set_attr(0, &a, 0), E2BIG);
	/* What is longer than known must be zero. */
	a.size = sizeof(big);
	memcpy(big, &a, sizeof(a));
	T_EQ(set_attr(0, (void *)big, 0), 0);
	big[1000] = 1;
	T_ERR(set_attr(0, (void *)big, 0), E2BIG);
	a.size = 0;
	T_EQ(set_attr(0, &a, 0), 0);
}

static void test_nice(void)
{
	struct attr a = {.size = 48, .policy = SCHED_BATCH, .nice = 7};

	T_CHILD
	{
		T_EQ(set_attr(0, &a, 0), 0);
		T_EQ(sched_getscheduler(0), SCHED_BATCH);
		T_EQ(getpriority(PRIO_PROCESS, 0), 7);
		a.nice = 100; /* clamped */
		T_EQ(set_attr(0, &a, 0), 0);
		T_EQ(getpriority(PRIO_PROCESS, 0), 19);
		a.nice = 8;
		a.flags = 8; /* SCHED_FLAG_KEEP_POLICY */
		a.policy = SCHED_IDLE;
		if (t_is_root()) {
			T_EQ(set_attr(0, &a, 0), 0);
			T_EQ(sched_getscheduler(0), SCHED_BATCH);
		}
	}
	T_AS_USER
	{
		a = (struct attr){.size = 48, .policy = SCHED_OTHER, .nice = -5};
		t_limit(RLIMIT_NICE, 0);
		T_ERR(set_attr(0, &a, 0), EPERM);
		a.nice = 5;
		T_EQ(set_attr(0, &a, 0), 0);
		a.nice = 3;
		T_ERR(set_attr(0, &a, 0), EPERM);
		a = (struct attr){.size = 48, .policy = SCHED_FIFO, .priority = 1};
		T_ERR(set_attr(0, &a, 0), EPERM);
		a = (struct attr){.size = 48,
				  .policy = SCHED_DEADLINE,
				  .runtime = 10000000,
				  .deadline = 30000000,
				  .period = 30000000};
		T_ERR(set_attr(0, &a, 0), EPERM);
	}
}

static long burn_ms(long ms)
{
	long end = t_now_ms() + ms, n = 0;
	struct rusage u;

	while (t_now_ms() < end)
		n++;
	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

static void test_deadline(void)
{
	struct attr a = {.size = 48,
			 .policy = SCHED_DEADLINE,
			 .runtime = 10000000,
			 .deadline = 30000000,
			 .period = 40000000},
		    b;

	T_EQ(set_attr(0, &a, 0), 0);
	T_EQ(sched_getscheduler(0), SCHED_DEADLINE);
	T_EQ(get_attr(0, &b, sizeof(b), 0), 0);
	T_EQ(b.runtime, 10000000);
	T_EQ(b.deadline, 30000000);
	T_EQ(b.period, 40000000);
	T_ERR(fork(), EAGAIN);
	/* A quarter of one CPU, not more. */
	burn_ms(0);
	T_CMP(burn_ms(1000), <, 600);
	a.runtime = 1000;
	T_ERR(set_attr(0, &a, 0), EINVAL);
	a.runtime = 30000001;
	T_ERR(set_attr(0, &a, 0), EINVAL);
	a.runtime = 10000000;
	a.deadline = 0;
	T_ERR(set_attr(0, &a, 0), EINVAL);
	a.deadline = 50000000;
	T_ERR(set_attr(0, &a, 0), EINVAL);
	a = (struct attr){.size = 48, .policy = SCHED_OTHER};
	T_EQ(set_attr(0, &a, 0), 0);
	T_EQ(sched_getscheduler(0), SCHED_OTHER);
	T_CHILD
	{
	}
	a = (struct attr){.size = 48, .policy = SCHED_RR, .priority = 3, .flags = 1};
	T_EQ(set_attr(0, &a, 0), 0);
	T_EQ(sched_getscheduler(0), SCHED_RR | SCHED_RESET_ON_FORK);
	T_CHILD
	{
		T_EQ(sched_getscheduler(0), SCHED_OTHER);
	}
	a.priority = 0;
	T_ERR(set_attr(0, &a, 0), EINVAL);
}

TEST_MAIN
{
	test_errors();
	test_nice();
	if (t_is_root())
		test_deadline();
}
