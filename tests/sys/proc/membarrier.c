/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/membarrier.h>
#include <pthread.h>

#ifndef MEMBARRIER_CMD_GET_REGISTRATIONS
#define MEMBARRIER_CMD_GET_REGISTRATIONS (1 << 9)
#endif

static long membarrier(int cmd, unsigned flags, int cpu)
{
	return syscall(SYS_membarrier, cmd, flags, cpu);
}

static void test_private(int cmd, int reg)
{
	T_ERR(membarrier(cmd, 0, 0), EPERM);
	T_EQ(membarrier(reg, 0, 0), 0);
	T_EQ(membarrier(reg, 0, 0), 0);
	T_EQ(membarrier(cmd, 0, 0), 0);
	T_ERR(membarrier(reg, 1, 0), EINVAL);
}

struct round {
	volatile int mine, other, saw_mine, saw_other;
};
#define ROUNDS 20000
static struct round rounds[ROUNDS];
static volatile int at;

/* Dekker's game, this side with a compiler barrier only: without the other side's calls both could
 * miss what the other wrote. */
static void *light_side(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		rounds[i].mine = 1;
		__asm__ volatile("" ::: "memory");
		rounds[i].saw_other = rounds[i].other;
		at = i;
	}
	return NULL;
}

static void test_ordering(void)
{
	pthread_t thread;
	int missed = 0, i = 0;

	T_NEED(-pthread_create(&thread, NULL, light_side, NULL));
	while ((i = at + 3) < ROUNDS) {
		rounds[i].other = 1;
		membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
		rounds[i].saw_mine = rounds[i].mine;
		rounds[i].other = 2; /* played */
	}
	pthread_join(thread, NULL);
	for (i = 0; i < ROUNDS; i++)
		missed += rounds[i].other == 2 && !rounds[i].saw_mine && !rounds[i].saw_other;
	T_EQ(missed, 0);
}

TEST_MAIN
{
	long all = T_OK(membarrier(MEMBARRIER_CMD_QUERY, 0, 0));
	long want = MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED |
		    MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED |
		    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED |
		    MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE |
		    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE |
		    MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ |
		    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ;

	T_EQ(all & want, want);
	T_ERR(membarrier(MEMBARRIER_CMD_QUERY, 1, 0), EINVAL);
	T_ERR(membarrier(-1, 0, 0), EINVAL);
	T_ERR(membarrier(1 << 20, 0, 0), EINVAL);
	T_ERR(membarrier(MEMBARRIER_CMD_GLOBAL, 1, 0), EINVAL);
	T_EQ(membarrier(MEMBARRIER_CMD_GLOBAL, 0, 0), 0);
	T_EQ(membarrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0), 0);
	T_EQ(membarrier(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0), 0);
	test_private(MEMBARRIER_CMD_PRIVATE_EXPEDITED, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
	test_private(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE,
		     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE);
	test_private(MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ,
		     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ);
	T_EQ(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, MEMBARRIER_CMD_FLAG_CPU, 0), 0);
	T_ERR(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, 2, 0), EINVAL);
	if (all & MEMBARRIER_CMD_GET_REGISTRATIONS)
		T_EQ(membarrier(MEMBARRIER_CMD_GET_REGISTRATIONS, 0, 0),
		     want & (MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED |
			     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED |
			     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE |
			     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ));
	test_ordering();
}
