/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/futex.h>
#include <pthread.h>
#include <time.h>

static uint32_t *shared; /* in memory that children share */

static long futex(void *word, int op, uint32_t val, const void *timeout, void *word2, uint32_t val3)
{
	return syscall(SYS_futex, word, op, val, timeout, word2, val3);
}

static pid_t waiter(uint32_t *word, int op, uint32_t val, uint32_t bits)
{
	pid_t pid = T_NEED(fork());

	if (!pid)
		_exit(futex(word, op, val, NULL, NULL, bits) ? 1 : 0);
	return pid;
}

/* Gives the children time to fall asleep. */
static void settle(void)
{
	t_sleep_ms(60);
}

static void test_errors(void)
{
	struct timespec bad = {0, 1000000000}, negative = {-1, 0};
	uint32_t word = 1;

	T_ERR(futex(&word, FUTEX_WAIT, 2, NULL, NULL, 0), EAGAIN);
	T_ERR(futex((char *)&word + 1, FUTEX_WAIT, 1, NULL, NULL, 0), EINVAL);
	T_ERR(futex((char *)&word + 2, FUTEX_WAKE, 1, NULL, NULL, 0), EINVAL);
	T_ERR(futex(&word, FUTEX_WAIT, 1, &bad, NULL, 0), EINVAL);
	T_ERR(futex(&word, FUTEX_WAIT, 1, &negative, NULL, 0), EINVAL);
	T_ERR(futex(&word, FUTEX_WAIT, 1, (void *)16, NULL, 0), EFAULT);
	T_ERR(futex(&word, 127, 1, NULL, NULL, 0), ENOSYS);
	T_ERR(futex(&word, FUTEX_FD, 0, NULL, NULL, 0), ENOSYS);
	T_ERR(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0), ENOSYS);
	T_ERR(futex(&word, FUTEX_WAIT_BITSET, 1, NULL, NULL, 0), EINVAL);
	T_ERR(futex(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0), EINVAL);
	T_ERR(futex((void *)0x1000, FUTEX_WAIT, 1, NULL, NULL, 0), EFAULT);
	T_ERR(futex((void *)0x1000, FUTEX_WAKE, 1, NULL, NULL, 0), EFAULT);
	T_ERR(futex((void *)0xffffffff81000000, FUTEX_WAIT, 1, NULL, NULL, 0), EFAULT);
	T_ERR(futex((void *)0xffffffff81000000, FUTEX_WAKE, 1, NULL, NULL, 0), EFAULT);
	T_ERR(futex(NULL, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0), EFAULT);
	/* Order: the address first, then the value, and only then the wait. */
	T_EQ(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	T_EQ(futex(&word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0), 0);
	T_ERR(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &word + 1, 2), EAGAIN);
	T_ERR(futex(&word, FUTEX_CMP_REQUEUE, (uint32_t)-1, (void *)1, &word + 1, 1), EINVAL);
}

static void test_timeouts(void)
{
	struct timespec ts = {0, 50000000}, now;
	uint32_t word = 1;
	long start = t_now_ms();

	T_ERR(futex(&word, FUTEX_WAIT, 1, &ts, NULL, 0), ETIMEDOUT);
	T_CMP(t_now_ms() - start, >=, 49);
	T_CMP(t_now_ms() - start, <, 3000);
	ts.tv_nsec = 0;
	T_ERR(futex(&word, FUTEX_WAIT_PRIVATE, 1, &ts, NULL, 0), ETIMEDOUT);
	/* The bitset forms take a point in time. */
	T_OK(clock_gettime(CLOCK_MONOTONIC, &now));
	T_ERR(futex(&word, FUTEX_WAIT_BITSET, 1, &now, NULL, -1U), ETIMEDOUT);
	now.tv_sec += 1;
	start = t_now_ms();
	T_ERR(futex(&word, FUTEX_WAIT_BITSET, 1, &now, NULL, -1U), ETIMEDOUT);
	T_CMP(t_now_ms() - start, >=, 900);
	T_OK(clock_gettime(CLOCK_REALTIME, &now));
	now.tv_nsec += 50000000;
	if (now.tv_nsec >= 1000000000) {
		now.tv_nsec -= 1000000000;
		now.tv_sec++;
	}
	start = t_now_ms();
	T_ERR(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 1, &now, NULL, -1U),
	      ETIMEDOUT);
	T_CMP(t_now_ms() - start, >=, 40);
}

static void test_wake(void)
{
	pid_t pids[4];

	shared[0] = 5;
	for (int i = 0; i < 4; i++)
		pids[i] = waiter(&shared[0], FUTEX_WAIT, 5, 0);
	settle();
	T_EQ(futex(&shared[0], FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	T_EQ(futex(&shared[0], FUTEX_WAKE, 2, NULL, NULL, 0), 2);
	T_EQ(futex(&shared[0], FUTEX_WAKE, INT_MAX, NULL, NULL, 0), 1);
	T_EQ(futex(&shared[0], FUTEX_WAKE, INT_MAX, NULL, NULL, 0), 0);
	for (int i = 0; i < 4; i++)
		T_WAIT(pids[i], 0);
	/* Another word of the page is another futex; private waiters are not found by shared
	 * wakers. */
	pids[0] = waiter(&shared[0], FUTEX_WAIT, 5, 0);
	settle();
	T_EQ(futex(&shared[1], FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	T_EQ(futex(&shared[0], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
	T_EQ(futex(&shared[0], FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	T_WAIT(pids[0], 0);
	/* Bits: those that have one in common. */
	pids[0] = waiter(&shared[0], FUTEX_WAIT_BITSET, 5, 1);
	pids[1] = waiter(&shared[0], FUTEX_WAIT_BITSET, 5, 2);
	pids[2] = waiter(&shared[0], FUTEX_WAIT_BITSET, 5, 3);
	settle();
	T_EQ(futex(&shared[0], FUTEX_WAKE_BITSET, INT_MAX, NULL, NULL, 4), 0);
	T_EQ(futex(&shared[0], FUTEX_WAKE_BITSET, INT_MAX, NULL, NULL, 2), 2);
	T_WAIT(pids[1], 0);
	T_WAIT(pids[2], 0);
	T_EQ(futex(&shared[0], FUTEX_WAKE, INT_MAX, NULL, NULL, 0), 1);
	T_WAIT(pids[0], 0);
}

static void test_requeue(void)
{
	pid_t pids[4];

	shared[0] = 5;
	shared[1] = 0;
	for (int i = 0; i < 4; i++)
		pids[i] = waiter(&shared[0], FUTEX_WAIT, 5, 0);
	settle();
	T_EQ(futex(&shared[0], FUTEX_CMP_REQUEUE, 1, (void *)2, &shared[1], 5), 3);
	T_EQ(futex(&shared[1], FUTEX_WAKE, INT_MAX, NULL, NULL, 0), 2);
	T_EQ(futex(&shared[0], FUTEX_WAKE, INT_MAX, NULL, NULL, 0), 1);
	for (int i = 0; i < 4; i++)
		T_WAIT(pids[i], 0);
	for (int i = 0; i < 2; i++)
		pids[i] = waiter(&shared[0], FUTEX_WAIT, 5, 0);
	settle();
	T_EQ(futex(&shared[0], FUTEX_REQUEUE, 0, (void *)(long)INT_MAX, &shared[1], 0), 2);
	T_EQ(futex(&shared[0], FUTEX_WAKE, INT_MAX, NULL, NULL, 0), 0);
	T_EQ(futex(&shared[1], FUTEX_WAKE, INT_MAX, NULL, NULL, 0), 2);
	for (int i = 0; i < 2; i++)
		T_WAIT(pids[i], 0);
}

static void test_wake_op(void)
{
	pid_t pids[2];

	shared[0] = 5;
	shared[1] = 7;
	pids[0] = waiter(&shared[0], FUTEX_WAIT, 5, 0);
	pids[1] = waiter(&shared[1], FUTEX_WAIT, 7, 0);
	settle();
	/* The old value is not 8: the second is left alone, the operation done all the same. */
	T_EQ(futex(&shared[0], FUTEX_WAKE_OP, 1, (void *)1, &shared[1],
		   FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 8)),
	     1);
	T_EQ(shared[1], 10);
	T_EQ(futex(&shared[0], FUTEX_WAKE_OP, 1, (void *)1, &shared[1],
		   FUTEX_OP(FUTEX_OP_SET, 4, FUTEX_OP_CMP_GE, 10)),
	     1);
	T_EQ(shared[1], 4);
	T_WAIT(pids[0], 0);
	T_WAIT(pids[1], 0);
	futex(&shared[0], FUTEX_WAKE_OP, 0, NULL, &shared[1],
	      FUTEX_OP(FUTEX_OP_OR, 3, FUTEX_OP_CMP_EQ, 0));
	T_EQ(shared[1], 7);
	futex(&shared[0], FUTEX_WAKE_OP, 0, NULL, &shared[1],
	      FUTEX_OP(FUTEX_OP_ANDN, 5, FUTEX_OP_CMP_EQ, 0));
	T_EQ(shared[1], 2);
	futex(&shared[0], FUTEX_WAKE_OP, 0, NULL, &shared[1],
	      FUTEX_OP(FUTEX_OP_XOR, 6, FUTEX_OP_CMP_EQ, 0));
	T_EQ(shared[1], 4);
	futex(&shared[0], FUTEX_WAKE_OP, 0, NULL, &shared[1],
	      FUTEX_OP((FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT), 5, FUTEX_OP_CMP_EQ, 0));
	T_EQ(shared[1], 36);
}

static void on_signal(int sig)
{
	(void)sig;
}

static void test_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal};
	struct timespec long_time = {10, 0};
	pid_t pid = getpid(), sender;

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	sender = T_NEED(fork());
	if (!sender) {
		settle();
		_exit(kill(pid, SIGUSR1));
	}
	T_ERR(futex(&shared[2], FUTEX_WAIT, 0, NULL, NULL, 0), EINTR);
	T_WAIT(sender, 0);
	/* With a timeout and SA_RESTART too. */
	sa.sa_flags = SA_RESTART;
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	sender = T_NEED(fork());
	if (!sender) {
		settle();
		_exit(kill(pid, SIGUSR1));
	}
	T_ERR(futex(&shared[2], FUTEX_WAIT, 0, &long_time, NULL, 0), EINTR);
	T_WAIT(sender, 0);
}

/* The same file page mapped at two places is one futex; a private copy is another. */
static void test_keys(void)
{
	uint32_t *other;
	pid_t pid;
	int fd;

	t_write_file("f", "", 0);
	fd = T_NEED(open("f", O_RDWR));
	T_OK(ftruncate(fd, 4096));
	other = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	pid = waiter(other + 3, FUTEX_WAIT, 0, 0);
	settle();
	other = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	T_EQ(futex(other + 3, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	T_WAIT(pid, 0);
}

static uint32_t word;
static volatile int passed;

static void *lock_and_count(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		uint32_t free_value = 0;

		/* A lock of three states, as the futex paper has it. */
		if (!__atomic_compare_exchange_n(&word, &free_value, 1, false, __ATOMIC_SEQ_CST,
						 __ATOMIC_SEQ_CST))
			while (__atomic_exchange_n(&word, 2, __ATOMIC_SEQ_CST))
				futex(&word, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
		passed++;
		if (__atomic_exchange_n(&word, 0, __ATOMIC_SEQ_CST) == 2)
			futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	}
	return arg;
}

TEST_MAIN
{
	pthread_t threads[4];

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	T_NEED((long)shared);
	test_errors();
	test_timeouts();
	test_wake();
	test_requeue();
	test_wake_op();
	test_signals();
	test_keys();
	for (int i = 0; i < 4; i++)
		T_EQ(pthread_create(&threads[i], NULL, lock_and_count, NULL), 0);
	for (int i = 0; i < 4; i++)
		T_EQ(pthread_join(threads[i], NULL), 0);
	T_EQ(passed, 8000);
}
