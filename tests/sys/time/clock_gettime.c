/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>
#include <time.h>

static long k_get(int clock, void *ts)
{
	return syscall(SYS_clock_gettime, clock, ts);
}

static long ns_of(int clock)
{
	struct timespec ts = {0, 0};

	if (k_get(clock, &ts))
		T_TRUE(false);
	return ts.tv_sec * 1000000000L + ts.tv_nsec;
}

static void spin(long ms)
{
	for (long end = t_now_ms() + ms; t_now_ms() < end;)
		;
}

static void test_steady(int clock)
{
	long last = ns_of(clock), backwards = 0;

	for (int i = 0; i < 20000; i++) {
		long now = ns_of(clock);

		backwards += now < last;
		last = now;
	}
	T_EQ(backwards, 0);
}

/* No step back either when a thread moves from one processor to another. */
static void test_processors(void)
{
	volatile long *last =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[3];

	for (int i = 0; i < 3; i++) {
		pids[i] = T_NEED(fork());
		if (!pids[i]) {
			int bad = 0;

			for (int n = 0; n < 20000; n++) {
				long before = __atomic_load_n(last, __ATOMIC_SEQ_CST);
				long now = ns_of(CLOCK_MONOTONIC);

				bad += now < before;
				__atomic_store_n(last, now, __ATOMIC_SEQ_CST);
			}
			_exit(bad > 0);
		}
	}
	for (int i = 0; i < 3; i++)
		T_WAIT(pids[i], 0);
}

TEST_MAIN
{
	static const int clocks[] = {CLOCK_REALTIME,	       CLOCK_MONOTONIC,
				     CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
				     CLOCK_MONOTONIC_RAW,      CLOCK_REALTIME_COARSE,
				     CLOCK_MONOTONIC_COARSE,   CLOCK_BOOTTIME};
	struct timespec ts;
	clockid_t cpu_clock;
	long a, b;
	pid_t pid;

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		memset(&ts, 0x55, sizeof(ts));
		T_OK(k_get(clocks[i], &ts));
		T_CMP(ts.tv_nsec, <, 1000000000);
		T_CMP(ts.tv_nsec, >=, 0);
		T_CMP(ts.tv_sec, >=, 0);
	}
	T_CMP(ns_of(CLOCK_REALTIME) / 1000000000, >, 1700000000); /* after 2023 */
	T_CMP(ns_of(CLOCK_BOOTTIME) - ns_of(CLOCK_MONOTONIC), >=, -1000000);
	b = ns_of(CLOCK_MONOTONIC_COARSE); /* first: it may be brought up to date in between */
	a = ns_of(CLOCK_MONOTONIC) - b;
	T_CMP(a, >=, 0);
	T_CMP(a, <, 1000000000);
	test_steady(CLOCK_MONOTONIC);
	test_steady(CLOCK_MONOTONIC_RAW);
	test_steady(CLOCK_BOOTTIME);
	test_steady(CLOCK_PROCESS_CPUTIME_ID);
	test_steady(CLOCK_THREAD_CPUTIME_ID);
	test_processors();
	/* The clocks go at the same speed: 100 ms by one are that by the others. */
	a = ns_of(CLOCK_REALTIME);
	b = ns_of(CLOCK_MONOTONIC_RAW);
	t_sleep_ms(200);
	a = ns_of(CLOCK_REALTIME) - a;
	b = ns_of(CLOCK_MONOTONIC_RAW) - b;
	T_CMP(a, >=, 199000000);
	T_CMP(b, >=, 198000000);
	T_CMP(labs(a - b), <, 50000000);
	/* Processor time does not pass in a sleep, and does in a loop. */
	a = ns_of(CLOCK_PROCESS_CPUTIME_ID);
	t_sleep_ms(100);
	b = ns_of(CLOCK_PROCESS_CPUTIME_ID);
	T_CMP(b - a, <, 50000000);
	spin(100);
	T_CMP(ns_of(CLOCK_PROCESS_CPUTIME_ID) - b, >=, 20000000);
	/* Another process's. */
	pid = T_NEED(fork());
	if (!pid)
		for (;;)
			__asm__ volatile("");
	T_EQ(clock_getcpuclockid(pid, &cpu_clock), 0);
	t_sleep_ms(100);
	T_CMP(ns_of(cpu_clock), >, 1000000);
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
	T_ERR(k_get(cpu_clock, &ts), EINVAL);

	T_ERR(k_get(12, &ts), EINVAL);
	T_ERR(k_get(99, &ts), EINVAL);
	T_ERR(k_get(10, &ts), EINVAL);
	T_EFAULT_NULL(p, k_get(CLOCK_MONOTONIC, p));
	T_ERR(k_get(99, (void *)16), EINVAL);
}
