/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "futex2.h"

#include <sched.h>

static pid_t wait_as(uint32_t *word, int prio, int *turn)
{
	struct sched_param p = {.sched_priority = prio};
	pid_t child = T_NEED(fork());

	if (child)
		return child;
	if (prio && sched_setscheduler(0, SCHED_FIFO, &p))
		_exit(9);
	if (syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0))
		_exit(1);
	*turn = __atomic_add_fetch((int *)word + 1, 1, __ATOMIC_SEQ_CST);
	_exit(0);
}

/* Real-time threads first, the highest priority before the others; the rest in turn. */
static void test_order(uint32_t *word)
{
	static const int prio[4] = {0, 5, 20, 0};
	int *turn = (int *)word + 2;
	pid_t child[4];

	for (int i = 0; i < 4; i++) {
		child[i] = wait_as(word, prio[i], &turn[i]);
		t_sleep_ms(60);
	}
	for (int i = 0; i < 4; i++) {
		T_EQ(futex2_wake(word, -1U, 1, U32), 1);
		t_sleep_ms(60);
	}
	for (int i = 0; i < 4; i++)
		T_WAIT(child[i], T_EXITED(0));
	T_EQ(turn[2], 1);
	T_EQ(turn[1], 2);
	T_EQ(turn[0], 3);
	T_EQ(turn[3], 4);
}

TEST_MAIN
{
	uint32_t *word =
		T_NEED(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid_t child[3];

	T_ERR(futex2_wake(word, -1U, 1, 0), EINVAL);
	T_ERR(futex2_wake(word, -1U, 1, U32 | 0x40), EINVAL);
	T_ERR(futex2_wake(word, 1UL << 32, 1, U32), EINVAL);
	T_ERR(futex2_wake(word, 0, 1, U32), EINVAL);
	T_ERR(futex2_wake((char *)word + 1, -1U, 1, U32), EINVAL);
	T_ERR(futex2_wake((void *)0x1000, -1U, 1, U32), EFAULT);
	T_EQ(futex2_wake(word, -1U, 1, U32), 0);
	T_EQ(futex2_wake(word, -1U, 1, U32 | PRIVATE), 0);
	for (int i = 0; i < 3; i++) {
		child[i] = T_NEED(fork());
		if (!child[i])
			_exit(syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0) ? 1 : 0);
	}
	t_sleep_ms(100);
	T_EQ(futex2_wake(word, -1U, 0, U32), 0);
	T_EQ(futex2_wake(word, -1U, 1, U32 | PRIVATE), 0);
	T_EQ(futex2_wake(word, -1U, 1, U32), 1);
	T_EQ(futex2_wake(word, -1U, 10, U32), 2);
	for (int i = 0; i < 3; i++)
		T_WAIT(child[i], T_EXITED(0));
	if (t_is_root())
		test_order(word);
	else
		T_SKIP_ONE("real-time classes need root");
}
