/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/futex.h>
#include <time.h>

static long waitv(void *waiters, unsigned nr, unsigned flags, void *timeout, int clock)
{
	return syscall(SYS_futex_waitv, waiters, nr, flags, timeout, clock);
}

static void in_ms(clockid_t clock, long ms, struct timespec *ts)
{
	clock_gettime(clock, ts);
	ts->tv_nsec += ms * 1000000;
	ts->tv_sec += ts->tv_nsec / 1000000000;
	ts->tv_nsec %= 1000000000;
}

static void test_errors(struct futex_waitv *w)
{
	struct timespec ts = {0, 1000000000}, zero = {0, 0};
	static struct futex_waitv many[FUTEX_WAITV_MAX + 1];

	T_ERR(waitv(w, 2, 1, NULL, 0), EINVAL);
	T_ERR(waitv(w, 0, 0, NULL, 0), EINVAL);
	T_ERR(waitv(NULL, 1, 0, NULL, 0), EINVAL);
	T_ERR(waitv(many, FUTEX_WAITV_MAX + 1, 0, NULL, 0), EINVAL);
	T_ERR(waitv((void *)16, 1, 0, NULL, 0), EFAULT);
	T_ERR(waitv(w, 2, 0, &ts, CLOCK_MONOTONIC), EINVAL);
	T_ERR(waitv(w, 2, 0, &zero, CLOCK_TAI), EINVAL);
	T_ERR(waitv(w, 2, 0, (void *)16, CLOCK_MONOTONIC), EFAULT);
	w[1].flags = 0; /* a word of 8 bits */
	T_ERR(waitv(w, 2, 0, NULL, 0), EINVAL);
	w[1].flags = FUTEX_32 | 0x100;
	T_ERR(waitv(w, 2, 0, NULL, 0), EINVAL);
	w[1].flags = FUTEX_32;
	w[1].__reserved = 1;
	T_ERR(waitv(w, 2, 0, NULL, 0), EINVAL);
	w[1].__reserved = 0;
	w[1].val = 1UL << 32;
	T_ERR(waitv(w, 2, 0, NULL, 0), EINVAL);
	w[1].val = 1;
	T_ERR(waitv(w, 2, 0, NULL, 0), EAGAIN);
	w[1].val = 0;
	w[1].uaddr++;
	T_ERR(waitv(w, 2, 0, NULL, 0), EINVAL);
	w[1].uaddr--;
	w[1].uaddr = 0x1000;
	T_ERR(waitv(w, 2, 0, NULL, 0), EFAULT);
}

TEST_MAIN
{
	uint32_t *words =
		T_NEED(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	struct futex_waitv w[2] = {{.uaddr = (uintptr_t)&words[0], .flags = FUTEX_32},
				   {.uaddr = (uintptr_t)&words[1], .flags = FUTEX_32}};
	struct futex_waitv copy[2], all[FUTEX_WAITV_MAX] = {{0}};
	struct timespec ts;
	long start = t_now_ms();
	pid_t child;

	memcpy(copy, w, sizeof(w));
	test_errors(copy);
	in_ms(CLOCK_MONOTONIC, 50, &ts);
	T_ERR(waitv(w, 2, 0, &ts, CLOCK_MONOTONIC), ETIMEDOUT);
	T_CMP(t_now_ms() - start, >=, 49);
	in_ms(CLOCK_REALTIME, 50, &ts);
	T_ERR(waitv(w, 2, 0, &ts, CLOCK_REALTIME), ETIMEDOUT);
	/* Which one was woken. */
	child = T_NEED(fork());
	if (!child)
		_exit(waitv(w, 2, 0, NULL, 0) == 1 ? 0 : 1);
	t_sleep_ms(80);
	T_EQ(syscall(SYS_futex, &words[1], FUTEX_WAKE, 5, NULL, NULL, 0), 1);
	T_WAIT(child, T_EXITED(0));
	T_EQ(syscall(SYS_futex, &words[0], FUTEX_WAKE, 5, NULL, NULL, 0), 0);
	/* As many as there may be. */
	for (int i = 0; i < FUTEX_WAITV_MAX; i++)
		all[i] = (struct futex_waitv){.uaddr = (uintptr_t)&words[i], .flags = FUTEX_32};
	child = T_NEED(fork());
	if (!child)
		_exit(waitv(all, FUTEX_WAITV_MAX, 0, NULL, 0) == 127 ? 0 : 1);
	t_sleep_ms(80);
	T_EQ(syscall(SYS_futex, &words[127], FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	T_WAIT(child, T_EXITED(0));
	/* A private word is keyed by its address. */
	all[0].flags |= FUTEX_PRIVATE_FLAG;
	child = T_NEED(fork());
	if (!child)
		_exit(waitv(all, 1, 0, NULL, 0) == -1 && errno == EINTR ? 0 : 1);
	t_sleep_ms(80);
	T_EQ(syscall(SYS_futex, &words[0], FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	t_end(child);
	/* A signal with a handler ends the wait. */
	child = T_NEED(fork());
	if (!child) {
		t_count_signal(SIGUSR1, 0);
		_exit(waitv(w, 2, 0, NULL, 0) == -1 && errno == EINTR ? 0 : 1);
	}
	t_sleep_ms(80);
	kill(child, SIGUSR1);
	T_WAIT(child, T_EXITED(0));
}
