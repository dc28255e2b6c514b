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

/* CPU time of a child that has ended well, microseconds. */
static long cpu_time(pid_t pid)
{
	struct rusage u;
	int status = -1;

	memset(&u, 0, sizeof(u));
	T_EQ(wait4(pid, &status, 0, &u), pid);
	T_EQ(status, 0);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
	       u.ru_stime.tv_usec;
}

/* The share of the second of two in per mille, measured over `ms`. */
static long share(struct kind a, struct kind b, long ms)
{
	pid_t first, second;
	long time_1, time_2;

	memset((void *)sh, 0, sizeof(*sh));
	first = spinner(0, a);
	second = spinner(1, b);
	t_sleep_ms(50);
	sh->go = 1;
	t_sleep_ms(ms);
	sh->stop = 1;
	time_1 = cpu_time(first);
	time_2 = cpu_time(second);
	return time_2 * 1000 / (time_1 + time_2 + 1);
}

/* Two sessions: one with three busy processes, one with one. */
static void test_sessions(void)
{
	const char *name = "/proc/sys/kernel/sched_autogroup_enabled";
	char enabled[8] = {0};
	pid_t pid[2];
	long n, time_1;

	if (t_exists(name))
		t_read_file(name, enabled, sizeof(enabled));
	if (enabled[0] != '1') {
		T_SKIP_ONE("sessions are not scheduled as groups");
		return;
	}
	memset((void *)sh, 0, sizeof(*sh));
	for (int i = 0; i < 2; i++) {
		pid[i] = T_NEED(fork());
		if (!pid[i]) {
			static const struct kind normal = {SCHED_OTHER, 0, 0};
			pid_t inner[3];

			setsid();
			for (int k = 0; k < (i ? 3 : 1); k++)
				inner[k] = spinner(i ? 1 + k : 0, normal);
			for (int k = 0; k < (i ? 3 : 1); k++)
				waitpid(inner[k], NULL, 0);
			_exit(0);
		}
	}
	t_sleep_ms(100);
	sh->go = 1;
	t_sleep_ms(1200);
	sh->stop = 1;
	time_1 = cpu_time(pid[0]);
	n = time_1 * 1000 / (time_1 + cpu_time(pid[1]) + 1);
	t_note("one against three of another session: %ld of 1000", n);
	T_CMP(n, >=, 380);
	T_CMP(n, <=, 620);
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
	test_sessions();
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
