/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>
#include <time.h>

/* Who gets how much of one CPU: nice values, policies. sched(7). */
static struct shared {
	volatile int go, stop;
	volatile long count[8];
} * sh;

struct kind {
	int policy, priority, nice;
};

static void pin(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

static pid_t spinner(int i, struct kind k)
{
	struct sched_param p = {.sched_priority = k.priority};
	pid_t pid = T_NEED(fork());

	if (pid)
		return pid;
	pin();
	if (sched_setscheduler(0, k.policy, &p) || (k.nice && setpriority(PRIO_PROCESS, 0, k.nice)))
		_exit(9);
	while (!sh->go)
		usleep(1000);
	while (!sh->stop)
		for (int n = 0; n < 1000; n++)
			sh->count[i]++;
	_exit(0);
}

/* The share of the second of two in per mille, measured over `ms`. */
static long share(struct kind a, struct kind b, long ms)
{
	pid_t first, second;

	memset((void *)sh, 0, sizeof(*sh));
	first = spinner(0, a);
	second = spinner(1, b);
	t_sleep_ms(50);
	sh->go = 1;
	t_sleep_ms(ms);
	sh->stop = 1;
	T_WAIT(first, T_EXITED(0));
	T_WAIT(second, T_EXITED(0));
	return sh->count[1] * 1000 / (sh->count[0] + sh->count[1] + 1);
}

TEST_MAIN
{
	static const struct kind normal = {SCHED_OTHER, 0, 0}, nice5 = {SCHED_OTHER, 0, 5},
				 nice10 = {SCHED_OTHER, 0, 10}, idle = {SCHED_IDLE, 0, 0},
				 batch = {SCHED_BATCH, 0, 0}, fifo = {SCHED_FIFO, 10, 0},
				 high = {SCHED_FIFO, 20, 0};
	struct sched_param p = {.sched_priority = 50};
	long n;

	sh = T_NEED(
		mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	n = share(normal, normal, 800);
	t_note("equals: %ld of 1000", n);
	T_CMP(n, >=, 380);
	T_CMP(n, <=, 620);
	/* 335 against 1024. */
	n = share(normal, nice5, 1000);
	t_note("nice 5: %ld of 1000", n);
	T_CMP(n, >=, 170);
	T_CMP(n, <=, 330);
	/* 110 against 1024. */
	n = share(normal, nice10, 1500);
	t_note("nice 10: %ld of 1000", n);
	T_CMP(n, >=, 50);
	T_CMP(n, <=, 170);
	n = share(normal, batch, 800);
	t_note("batch: %ld of 1000", n);
	T_CMP(n, >=, 350);
	T_CMP(n, <=, 650);
	n = share(normal, idle, 1000);
	t_note("idle: %ld of 1000", n);
	T_CMP(n, <=, 60);
	if (!t_is_root())
		return;
	/* We must be able to end it. */
	T_OK(sched_setscheduler(0, SCHED_FIFO, &p));
	n = share(fifo, normal, 500);
	t_note("under SCHED_FIFO: %ld of 1000", n);
	T_CMP(n, <=, 100);
	n = share(fifo, high, 500);
	t_note("the higher priority: %ld of 1000", n);
	T_CMP(n, >=, 900);
}
