/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#define WAITERS	   FUTEX_WAITERS
#define OWNER_DIED FUTEX_OWNER_DIED

/* Locks whose owner inherits priority: FUTEX_LOCK_PI and its family. */
static struct shared {
	uint32_t lock, cond, stage, stop;
	volatile int result, order[4], n;
} * sh;

static long futex(void *word, int op, uint32_t val, const void *timeout, void *word2, uint32_t val3)
{
	return syscall(SYS_futex, word, op, val, timeout, word2, val3);
}

static uint32_t tid(void)
{
	return (uint32_t)syscall(SYS_gettid);
}

static void in_ms(clockid_t clock, long ms, struct timespec *ts)
{
	clock_gettime(clock, ts);
	ts->tv_nsec += ms * 1000000;
	ts->tv_sec += ts->tv_nsec / 1000000000;
	ts->tv_nsec %= 1000000000;
}

static bool wait_until(volatile uint32_t *word, uint32_t bits)
{
	for (int i = 0; i < 3000; i++) {
		if (*word & bits)
			return true;
		t_sleep_ms(1);
	}
	return false;
}

static void test_alone(void)
{
	sh->lock = 0;
	T_EQ(futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
	T_EQ(sh->lock, tid());
	T_ERR(futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), EDEADLK);
	T_ERR(futex(&sh->lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), EDEADLK);
	T_EQ(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
	T_EQ(sh->lock, 0);
	T_ERR(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), EPERM);
	T_EQ(futex(&sh->lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), 0);
	T_EQ(sh->lock, tid());
	T_EQ(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
	T_EQ(futex(&sh->lock, FUTEX_LOCK_PI2, 0, NULL, NULL, 0), 0);
	T_EQ(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
	/* A dead owner's mark stays for the next one to see. */
	sh->lock = OWNER_DIED;
	T_EQ(futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
	T_EQ(sh->lock, OWNER_DIED | tid());
	T_EQ(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
	sh->lock = 0;
}

static void test_errors(void)
{
	struct timespec bad = {0, 1000000000}, past = {1, 0};
	uint32_t other = 1;
	pid_t child;

	T_ERR(futex((char *)&sh->lock + 1, FUTEX_LOCK_PI, 0, NULL, NULL, 0), EINVAL);
	T_ERR(futex((void *)0x1000, FUTEX_LOCK_PI, 0, NULL, NULL, 0), EFAULT);
	T_ERR(futex((void *)0x1000, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), EFAULT);
	T_ERR(futex(&sh->lock, FUTEX_LOCK_PI, 0, &bad, NULL, 0), EINVAL);
	T_ERR(futex(&sh->lock, FUTEX_LOCK_PI | FUTEX_CLOCK_REALTIME, 0, NULL, NULL, 0), ENOSYS);
	sh->lock = 0x3ffffff0; /* no task has this number */
	T_ERR(futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), ESRCH);
	T_ERR(futex(&sh->lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), ESRCH);
	child = T_NEED(fork());
	if (!child) {
		pause();
		_exit(0);
	}
	sh->lock = (uint32_t)child;
	T_ERR(futex(&sh->lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), EAGAIN);
	T_ERR(futex(&sh->lock, FUTEX_LOCK_PI, 0, &past, NULL, 0), ETIMEDOUT);
	T_EQ(sh->lock, WAITERS | (uint32_t)child);
	in_ms(CLOCK_REALTIME, 30, &past);
	T_ERR(futex(&sh->lock, FUTEX_LOCK_PI, 0, &past, NULL, 0), ETIMEDOUT);
	in_ms(CLOCK_MONOTONIC, 30, &past);
	T_ERR(futex(&sh->lock, FUTEX_LOCK_PI2, 0, &past, NULL, 0), ETIMEDOUT);
	in_ms(CLOCK_REALTIME, 30, &past);
	T_ERR(futex(&sh->lock, FUTEX_LOCK_PI2 | FUTEX_CLOCK_REALTIME, 0, &past, NULL, 0),
	      ETIMEDOUT);
	t_end(child);
	T_ERR(futex(&sh->cond, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &sh->cond, 0), EINVAL);
	T_ERR(futex(&sh->cond, FUTEX_WAIT_REQUEUE_PI, 1, NULL, &sh->lock, 0), EAGAIN);
	T_ERR(futex(&sh->cond, FUTEX_CMP_REQUEUE_PI, 2, NULL, &sh->lock, 0), EINVAL);
	T_ERR(futex(&sh->cond, FUTEX_CMP_REQUEUE_PI, 1, NULL, &sh->lock, 7), EAGAIN);
	T_ERR(futex(&other, FUTEX_CMP_REQUEUE_PI, 1, NULL, &other, 1), EINVAL);
	T_EQ(futex(&sh->cond, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, &sh->lock, 0), 0);
	sh->lock = 0;
}

/* The lock passes from the holder to the one that waits. */
static void test_hand_over(void)
{
	pid_t child;

	T_EQ(futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
	child = T_NEED(fork());
	if (!child) {
		if (futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0))
			_exit(1);
		if ((sh->lock & FUTEX_TID_MASK) != tid())
			_exit(2);
		_exit(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0) ? 3 : 0);
	}
	T_TRUE(wait_until(&sh->lock, WAITERS));
	T_EQ(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
	T_WAIT(child, T_EXITED(0));
	T_EQ(sh->lock, 0);
}

static uint32_t second;

static void *lock_crosswise(void *arg)
{
	futex(&second, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
	__atomic_store_n(&sh->stage, 1, __ATOMIC_SEQ_CST);
	*(long *)arg = futex(&sh->lock, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
	futex(&sh->lock, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
	futex(&second, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
	return NULL;
}

static void test_deadlock(void)
{
	pthread_t thread;
	long got = -1;

	sh->stage = 0;
	T_EQ(futex(&sh->lock, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
	T_NEED(-pthread_create(&thread, NULL, lock_crosswise, &got));
	T_TRUE(wait_until(&sh->stage, 1));
	T_TRUE(wait_until(&sh->lock, WAITERS));
	T_ERR(futex(&second, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0), EDEADLK);
	T_EQ(futex(&sh->lock, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
	pthread_join(thread, NULL);
	T_EQ(got, 0);
}

static void become_fifo(int prio)
{
	struct sched_param p = {.sched_priority = prio};

	if (sched_setscheduler(0, prio ? SCHED_FIFO : SCHED_OTHER, &p))
		_exit(9);
}

static pid_t lock_as(int prio, int who)
{
	pid_t child = T_NEED(fork());

	if (child)
		return child;
	become_fifo(prio);
	if (futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0))
		_exit(1);
	sh->order[sh->n++] = who;
	_exit(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0) ? 2 : 0);
}

/* Whoever has the highest priority gets it first. */
static void test_order(void)
{
	pid_t c[3];

	sh->n = 0;
	T_EQ(futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
	c[0] = lock_as(5, 5);
	t_sleep_ms(60);
	c[1] = lock_as(20, 20);
	t_sleep_ms(60);
	c[2] = lock_as(10, 10);
	t_sleep_ms(60);
	T_EQ(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
	for (int i = 0; i < 3; i++)
		T_WAIT(c[i], T_EXITED(0));
	T_EQ(sh->order[0], 20);
	T_EQ(sh->order[1], 10);
	T_EQ(sh->order[2], 5);
}

/*
 * A low-priority owner would not run while a middle one spins, all on one CPU; with the high one
 * waiting for its lock it does.
 */
static void test_inheritance(void)
{
	pid_t high, middle, low = T_NEED(fork());
	cpu_set_t one;

	if (!low) {
		CPU_ZERO(&one);
		CPU_SET(0, &one);
		sched_setaffinity(0, sizeof(one), &one);
		sh->stage = sh->stop = 0;
		if (futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0))
			_exit(1);
		high = fork();
		if (!high) {
			become_fifo(30);
			if (futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0))
				_exit(1);
			sh->stop = 1;
			_exit(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0) ? 2 : 0);
		}
		wait_until(&sh->lock, WAITERS);
		middle = fork();
		if (!middle) {
			long end;

			become_fifo(20);
			sh->stage = 1;
			for (end = t_now_ms() + 3000; !*(volatile uint32_t *)&sh->stop;)
				if (t_now_ms() > end)
					_exit(3);
			_exit(0);
		}
		wait_until(&sh->stage, 1);
		if (futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0))
			_exit(4);
		T_WAIT(high, T_EXITED(0));
		T_WAIT(middle, T_EXITED(0));
		_exit(0);
	}
	T_WAIT(low, T_EXITED(0));
}

/* The owner dies: its robust list says so, and the waiter has the lock. */
static void test_owner_dies(void)
{
	struct robust_list_head head;
	struct node {
		struct robust_list list;
		uint32_t *word;
	} node;
	pid_t owner, waiter;

	sh->lock = 0;
	owner = T_NEED(fork());
	if (!owner) {
		node.list.next = &head.list;
		head.list.next = (void *)((uintptr_t)&node.list | 1);
		head.futex_offset = (char *)&sh->lock - (char *)&node.list;
		head.list_op_pending = NULL;
		syscall(SYS_set_robust_list, &head, sizeof(head));
		futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
		wait_until(&sh->lock, WAITERS);
		_exit(0);
	}
	T_TRUE(wait_until(&sh->lock, ~0U));
	waiter = T_NEED(fork());
	if (!waiter) {
		if (futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0))
			_exit(1);
		if ((sh->lock & ~WAITERS) != (OWNER_DIED | tid()))
			_exit(2);
		_exit(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0) ? 3 : 0);
	}
	T_WAIT(owner, T_EXITED(0));
	T_WAIT(waiter, T_EXITED(0));
	sh->lock = 0;
}

static pid_t requeue_waiter(void)
{
	pid_t child = T_NEED(fork());

	if (child)
		return child;
	if (futex(&sh->cond, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &sh->lock, 0))
		_exit(1);
	if ((sh->lock & FUTEX_TID_MASK) != tid())
		_exit(2);
	_exit(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0) ? 3 : 0);
}

static void test_requeue(void)
{
	struct timespec soon;
	pid_t a, b;

	sh->cond = sh->lock = 0;
	in_ms(CLOCK_MONOTONIC, 40, &soon);
	T_ERR(futex(&sh->cond, FUTEX_WAIT_REQUEUE_PI, 0, &soon, &sh->lock, 0), ETIMEDOUT);
	T_EQ(futex(&sh->lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
	a = requeue_waiter();
	b = requeue_waiter();
	t_sleep_ms(100);
	T_ERR(futex(&sh->cond, FUTEX_WAKE, 1, NULL, NULL, 0), EINVAL);
	T_ERR(futex(&sh->cond, FUTEX_CMP_REQUEUE, 1, (void *)1, &sh->stage, 0), EINVAL);
	T_EQ(futex(&sh->cond, FUTEX_CMP_REQUEUE_PI, 1, (void *)10, &sh->lock, 0), 2);
	T_EQ(sh->lock, WAITERS | tid());
	T_EQ(futex(&sh->lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
	T_WAIT(a, T_EXITED(0));
	T_WAIT(b, T_EXITED(0));
	/* A lock that is free goes to the first at once. */
	sh->lock = 0;
	a = requeue_waiter();
	t_sleep_ms(60);
	T_EQ(futex(&sh->cond, FUTEX_CMP_REQUEUE_PI, 1, (void *)0, &sh->lock, 0), 1);
	T_WAIT(a, T_EXITED(0));
}

static pthread_mutex_t mutex;
static long counter;

static void *count(void *arg)
{
	(void)arg;
	for (int i = 0; i < 2000; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		if (i % 100 == 0)
			sched_yield();
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

/* The C library's locks of this kind. */
static void test_mutex(void)
{
	pthread_mutexattr_t attr;
	pthread_t t[4];

	pthread_mutexattr_init(&attr);
	T_EQ(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT), 0);
	T_EQ(pthread_mutex_init(&mutex, &attr), 0);
	for (int i = 0; i < 4; i++)
		T_EQ(pthread_create(&t[i], NULL, count, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	T_EQ(counter, 8000);
}

TEST_MAIN
{
	sh = T_NEED(
		mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	test_alone();
	test_errors();
	test_hand_over();
	test_deadlock();
	test_owner_dies();
	test_requeue();
	test_mutex();
	if (!t_is_root())
		return;
	test_order();
	test_inheritance();
}
