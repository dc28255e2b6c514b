/* SPDX-License-Identifier: Apache-2.0 */
/* fork(2) with much memory while other threads write it, unmap and protect parts of it, and while
 * several processes write what they still share. */
#include "mem_common.h"

#include <pthread.h>
#include <sys/uio.h>

#define TABLE	   (512 * PAGE)
#define NR_WRITERS 2
#define NR	   1024UL /* pages of each writer */
#define BUDGET_MS  2500

static char *region;
static volatile bool is_over;

static volatile unsigned *word(unsigned writer, size_t page)
{
	return (volatile unsigned *)(region + (writer * NR + page) * PAGE);
}

/* One page after the other gets the next number: at any moment there are two numbers, the greater
 * one below. */
static void *count_up(void *arg)
{
	unsigned writer = (unsigned)(uintptr_t)arg;

	for (unsigned round = 1; !is_over; round++)
		for (size_t i = 0; i < NR && !is_over; i++) {
			if (*word(writer, i) != round - 1)
				T_EQ(*word(writer, i), round - 1);
			*word(writer, i) = round;
		}
	return NULL;
}

/* Is it what the threads left at one moment? */
static bool is_moment(void)
{
	for (unsigned w = 0; w < NR_WRITERS; w++) {
		unsigned first = *word(w, 0), steps = 0;

		for (size_t i = 1; i < NR; i++) {
			unsigned before = *word(w, i - 1), now = *word(w, i);

			steps += now != before;
			if (now > before || now + 1 < first)
				return false;
		}
		if (steps > 1)
			return false;
	}
	return true;
}

/* Parts of a neighbour of the writers' memory come and go. */
static void *change(void *arg)
{
	char *own = region + NR_WRITERS * NR * PAGE;

	for (unsigned i = 0; !is_over; i++) {
		char *part = own + (i * 37 % 900) * PAGE;

		part[0] = (char)i;
		switch (i % 5) {
		case 0:
			madvise(part, 60 * PAGE, MADV_DONTNEED);
			if (part[0])
				T_EQ(part[0], 0);
			break;
		case 1:
			mprotect(part, 60 * PAGE, PROT_READ);
			mprotect(own, 1024 * PAGE, RW);
			if (part[0] != (char)i)
				T_EQ(part[0], (char)i);
			break;
		case 2:
			mmap(part, 20 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
			break;
		case 3:
			if (mremap(part, 40 * PAGE, 40 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
				   own + 1100 * PAGE) != own + 1100 * PAGE ||
			    own[1100 * PAGE] != (char)i)
				T_TRUE(!"moved");
			mmap(part, 40 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
			break;
		case 4:
			memset(part, (int)i, 100 * PAGE);
		}
	}
	return arg;
}

static void make_region(void)
{
	size_t len = (NR_WRITERS * NR + 2048) * PAGE + TABLE;
	char *all = T_NEED((char *)mmap(NULL, len, RW, ANON, -1, 0));

	region = (char *)(((uintptr_t)all + TABLE - 1) & ~(TABLE - 1));
	madvise(all, len, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < NR_WRITERS * NR + 1024; i++)
		region[i * PAGE] = 0;
}

/* A child looks, writes and looks again; a grandchild has the child's memory. */
static int child(unsigned k)
{
	pid_t pid;
	int status;

	if (!is_moment())
		return 1;
	for (size_t i = k % 7; i < NR; i += 3)
		*word(0, i) = 5000 + k;
	pid = fork();
	if (pid < 0)
		return 2;
	for (size_t i = 0; i < NR; i++)
		*word(1, i) = 6000 + (pid ? 1 : 0);
	for (size_t i = k % 7; i < NR; i += 3)
		if (*word(0, i) != 5000 + k)
			return 3;
	for (size_t i = 0; i < NR; i++)
		if (*word(1, i) != 6000u + (pid ? 1 : 0))
			return 4;
	if (!pid)
		return 0;
	if (waitpid(pid, &status, 0) != pid || status)
		return 5;
	return 0;
}

static void fork_beside_threads(void)
{
	long end = t_now_ms() + BUDGET_MS;
	pthread_t thread[NR_WRITERS + 1];
	unsigned forks = 0, k;

	make_region();
	for (k = 0; k < NR_WRITERS; k++)
		T_EQ(pthread_create(&thread[k], NULL, count_up, (void *)(uintptr_t)k), 0);
	T_EQ(pthread_create(&thread[k], NULL, change, NULL), 0);
	for (; t_now_ms() < end; forks++) {
		pid_t pid[3];

		for (k = 0; k < 3; k++) {
			pid[k] = fork();
			if (pid[k] < 0)
				T_OK(pid[k]);
			if (!pid[k])
				_exit(child(k));
		}
		for (k = 0; k < 3; k++) {
			int status = -1;

			if (waitpid(pid[k], &status, 0) != pid[k] || status)
				T_EQ(status, 0);
		}
	}
	is_over = true;
	for (k = 0; k < NR_WRITERS + 1; k++)
		T_EQ(pthread_join(thread[k], NULL), 0);
	T_CMP(forks, >, 0);
	t_note("%u times three children", forks);
}

/* Memory that several processes have from one fork, written by all at once, and from outside. */
static void write_at_once(void)
{
	long end = t_now_ms() + BUDGET_MS;

	for (unsigned round = 0; t_now_ms() < end; round++) {
		pid_t pid[4];

		for (size_t i = 0; i < NR; i++)
			*word(0, i) = round;
		for (unsigned k = 0; k < 4; k++) {
			pid[k] = fork();
			if (pid[k] < 0)
				T_OK(pid[k]);
			if (pid[k])
				continue;
			for (size_t i = k * 100; i < NR; i++)
				*word(0, i) = round + 10 + k;
			for (size_t i = 0; i < NR; i++)
				if (*word(0, i) != (i < k * 100 ? round : round + 10 + k) &&
				    i != 50)
					_exit(1);
			_exit(0);
		}
		for (unsigned k = 0; k < 4; k++) {
			unsigned value = 99;
			struct iovec from = {&value, sizeof(value)};
			struct iovec to = {(void *)word(0, 50), sizeof(value)};

			/* It may have ended. */
			process_vm_writev(pid[k], &from, 1, &to, 1, 0);
		}
		for (size_t i = 0; i < NR; i += 2)
			*word(0, i) = round + 1;
		for (unsigned k = 0; k < 4; k++) {
			int status = -1;

			if (waitpid(pid[k], &status, 0) != pid[k] || status)
				T_EQ(status, 0);
		}
		for (size_t i = 0; i < NR; i++)
			if (*word(0, i) != round + (i % 2 ? 0 : 1))
				T_EQ(*word(0, i), round + (i % 2 ? 0 : 1));
	}
}

TEST_MAIN
{
	fork_beside_threads();
	write_at_once();
}
