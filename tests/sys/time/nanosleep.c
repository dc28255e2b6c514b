/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <time.h>

static volatile int count;

static void on_signal(int sig)
{
	(void)sig;
	count++;
}

static long k_sleep(const void *req, void *rem)
{
	return syscall(SYS_nanosleep, req, rem);
}

static pid_t send_later(int sig)
{
	pid_t pid = T_NEED(fork());

	if (!pid) {
		t_sleep_ms(100);
		_exit(kill(getppid(), sig) != 0);
	}
	return pid;
}

TEST_MAIN
{
	struct timespec ts = {0, 50000000}, rem = {77, 77}, bad = {0, 1000000000};
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	long start = t_now_ms(), least = 1000000000;
	pid_t pid;

	T_OK(k_sleep(&ts, &rem));
	T_CMP(t_now_ms() - start, >=, 49);
	T_CMP(t_now_ms() - start, <, 5000);
	T_EQ(rem.tv_sec, 77); /* untouched on success */
	ts.tv_nsec = 0;
	T_OK(k_sleep(&ts, NULL));
	/* Short sleeps are not rounded up to a tick of 10 ms. */
	for (int i = 0; i < 20; i++) {
		struct timespec a, b;
		long ns;

		ts.tv_nsec = 100000;
		clock_gettime(CLOCK_MONOTONIC, &a);
		k_sleep(&ts, NULL);
		clock_gettime(CLOCK_MONOTONIC, &b);
		ns = (b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec;
		if (ns < 100000)
			T_CMP(ns, >=, 100000);
		if (ns < least)
			least = ns;
	}
	T_CMP(least, <, 5000000);

	T_ERR(k_sleep(&bad, NULL), EINVAL);
	bad.tv_nsec = -1;
	T_ERR(k_sleep(&bad, NULL), EINVAL);
	bad = (struct timespec){-1, 0};
	T_ERR(k_sleep(&bad, NULL), EINVAL);
	T_EFAULT_NULL(p, k_sleep(p, NULL));

	/* A handler ends it, SA_RESTART or not; what is left is told. */
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	pid = send_later(SIGUSR1);
	ts = (struct timespec){10, 0};
	T_ERR(k_sleep(&ts, &rem), EINTR);
	T_EQ(count, 1);
	T_TRUE(rem.tv_sec == 9 || rem.tv_sec < 10);
	T_CMP(rem.tv_sec, >=, 4);
	T_WAIT(pid, 0);
	pid = send_later(SIGUSR1);
	T_ERR(k_sleep(&ts, NULL), EINTR);
	T_WAIT(pid, 0);
	pid = send_later(SIGUSR1);
	T_ERR(k_sleep(&ts, (void *)16), EFAULT);
	T_WAIT(pid, 0);
	/* An ignored signal does not. */
	signal(SIGUSR2, SIG_IGN);
	pid = send_later(SIGUSR2);
	ts = (struct timespec){0, 300000000};
	start = t_now_ms();
	T_OK(k_sleep(&ts, &rem));
	T_CMP(t_now_ms() - start, >=, 299);
	T_WAIT(pid, 0);
	/* A very long one is no overflow. */
	pid = T_NEED(fork());
	if (!pid) {
		ts = (struct timespec){LONG_MAX, 999999999};
		k_sleep(&ts, NULL);
		_exit(1);
	}
	t_sleep_ms(50);
	T_EQ(waitpid(pid, NULL, WNOHANG), 0);
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
}
