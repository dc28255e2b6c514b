/* SPDX-License-Identifier: Apache-2.0 */
/* The clock is set to what it is, and for the time of a test by less than a second. */
#include "test.h"

#include <linux/futex.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/timerfd.h>
#include <time.h>

static long k_set(int clock, const void *ts)
{
	return syscall(SYS_clock_settime, clock, ts);
}

/* --- what waits for a point in real time notices that the clock is set --- */

static struct timespec goal;

static int by_sleep(void)
{
	return clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &goal, NULL);
}

static int by_futex(void)
{
	int word = 0;

	return syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &goal, NULL,
		       ~0u) == -1 &&
			       errno == ETIMEDOUT
		       ? 0
		       : 1;
}

static int by_timer(void)
{
	struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	struct itimerspec it = {.it_value = goal};
	sigset_t set;
	timer_t t;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return timer_create(CLOCK_REALTIME, &e, &t) || timer_settime(t, TIMER_ABSTIME, &it, NULL) ||
	       sigwait(&set, &sig);
}

static int by_timerfd(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, 0);
	struct itimerspec it = {.it_value = goal};
	uint64_t n;

	return timerfd_settime(fd, TFD_TIMER_ABSTIME, &it, NULL) ||
	       read(fd, &n, sizeof(n)) != sizeof(n);
}

static int by_queue(void)
{
	mqd_t q = mq_open("/t-clock_settime", O_RDWR | O_CREAT, 0600, NULL);
	char text[8192];
	int err;

	if (q == (mqd_t)-1)
		return 0; /* no room for one more: not what is tested */
	mq_unlink("/t-clock_settime");
	err = mq_timedreceive(q, text, sizeof(text), NULL, &goal) == -1 && errno == ETIMEDOUT ? 0
											      : 1;
	mq_close(q);
	return err;
}

static struct timespec shifted(long ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_nsec += ms * 1000000;
	if (ts.tv_nsec >= 1000000000)
		ts.tv_sec++, ts.tv_nsec -= 1000000000;
	if (ts.tv_nsec < 0)
		ts.tv_sec--, ts.tv_nsec += 1000000000;
	return ts;
}

/* It waits for a time 900 ms ahead; after 100 ms the clock is set on by 700 ms: 200 ms in all. */
static void test_waits(void)
{
	static int (*const how[])(void) = {by_sleep, by_futex, by_timer, by_timerfd, by_queue};

	for (unsigned i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		long start = t_now_ms();
		struct timespec now;
		pid_t child;

		goal = shifted(900);
		child = T_NEED(fork());
		if (!child)
			_exit(how[i]());
		t_sleep_ms(100);
		now = shifted(700);
		T_OK(k_set(CLOCK_REALTIME, &now));
		T_WAIT(child, T_EXITED(0));
		now = shifted(-700);
		T_OK(k_set(CLOCK_REALTIME, &now));
		T_CMP(t_now_ms() - start, >=, 150);
		T_CMP(t_now_ms() - start, <, 800);
	}
}

TEST_MAIN
{
	struct timespec ts, bad = {1700000000, 1000000000}, negative = {-1, 0}, after;
	long mono;

	T_OK(clock_gettime(CLOCK_REALTIME, &ts));
	T_ERR(k_set(CLOCK_MONOTONIC, &ts), EINVAL);
	T_ERR(k_set(CLOCK_MONOTONIC_RAW, &ts), EINVAL);
	T_ERR(k_set(CLOCK_BOOTTIME, &ts), EINVAL);
	T_ERR(k_set(CLOCK_REALTIME_COARSE, &ts), EINVAL);
	T_ERR2(k_set(CLOCK_PROCESS_CPUTIME_ID, &ts), EPERM, EINVAL);
	T_ERR(k_set(99, &ts), EINVAL);
	T_EFAULT_NULL(p, k_set(CLOCK_REALTIME, p));
	bad.tv_nsec = -1;
	T_ERR(k_set(CLOCK_REALTIME, &bad), EINVAL);
	bad.tv_nsec = 1000000000;
	T_ERR(k_set(CLOCK_REALTIME, &bad), EINVAL);
	T_ERR(k_set(CLOCK_REALTIME, &negative), EINVAL);
	T_AS_USER
	{
		if (!t_is_root())
			T_ERR(k_set(CLOCK_REALTIME, &ts), EPERM);
	}
	T_NEED_ROOT();
	mono = t_now_ms();
	T_OK(clock_gettime(CLOCK_REALTIME, &ts));
	T_OK(k_set(CLOCK_REALTIME, &ts));
	T_OK(clock_gettime(CLOCK_REALTIME, &after));
	T_CMP(after.tv_sec - ts.tv_sec, <=, 2);
	T_CMP(after.tv_sec, >=, ts.tv_sec);
	/* The monotonic clock does not notice. */
	T_CMP(t_now_ms() - mono, <, 2000);
	T_CMP(t_now_ms(), >=, mono);
	test_waits();
}
