/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that dies with locks leaves them marked, and wakes one waiter of each. */
#include "test.h"

#include <linux/futex.h>
#include <pthread.h>

struct lock {
	struct robust_list list;
	uint32_t word;
};

struct shared {
	struct robust_list_head head;
	struct lock locks[3];
	struct lock pending;
};

static struct shared *sh;

static long set_list(void *head, size_t len)
{
	return syscall(SYS_set_robust_list, head, len);
}

static void link_up(int count)
{
	struct robust_list *at = &sh->head.list;

	for (int i = 0; i < count; i++) {
		at->next = &sh->locks[i].list;
		at = at->next;
	}
	at->next = &sh->head.list;
	sh->head.futex_offset = offsetof(struct lock, word);
	sh->head.list_op_pending = NULL;
}

TEST_MAIN
{
	struct timespec limit = {5, 0};
	pid_t pid;

	sh = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	T_ERR(set_list(sh, 0), EINVAL);
	T_ERR(set_list(sh, sizeof(struct robust_list_head) - 1), EINVAL);
	T_ERR(set_list(sh, sizeof(struct robust_list_head) + 1), EINVAL);
	T_CHILD
	{
		T_OK(set_list((void *)16, sizeof(struct robust_list_head))); /* no look at it now */
		T_OK(set_list(NULL, sizeof(struct robust_list_head)));
	}

	pid = T_NEED(fork());
	if (!pid) {
		T_OK(set_list(&sh->head, sizeof(sh->head)));
		sh->locks[0].word = (uint32_t)gettid();
		sh->locks[1].word = (uint32_t)gettid() | FUTEX_WAITERS;
		sh->locks[2].word = 12345; /* someone else's */
		sh->pending.word = (uint32_t)gettid();
		link_up(3);
		sh->head.list_op_pending = &sh->pending.list;
		t_sleep_ms(100);
		_exit(0);
	}
	/* Waits until the second lock is given up. */
	while (!(sh->locks[1].word & FUTEX_WAITERS))
		t_sleep_ms(1);
	while (sh->locks[1].word == ((uint32_t)pid | FUTEX_WAITERS))
		if (syscall(SYS_futex, &sh->locks[1].word, FUTEX_WAIT, pid | (int)FUTEX_WAITERS,
			    &limit) &&
		    errno == ETIMEDOUT)
			break;
	T_EQ(sh->locks[1].word, FUTEX_OWNER_DIED | FUTEX_WAITERS);
	T_WAIT(pid, 0);
	T_EQ(sh->locks[0].word, FUTEX_OWNER_DIED);
	T_EQ(sh->locks[2].word, 12345);
	T_EQ(sh->pending.word, FUTEX_OWNER_DIED);
	/* The same when a signal ends it. */
	pid = T_NEED(fork());
	if (!pid) {
		set_list(&sh->head, sizeof(sh->head));
		sh->locks[0].word = (uint32_t)gettid();
		link_up(1);
		kill(getpid(), SIGKILL);
	}
	T_WAIT(pid, SIGKILL);
	T_EQ(sh->locks[0].word, FUTEX_OWNER_DIED);
	/* Lists that are broken or endless do no harm. */
	T_CHILD
	{
		link_up(2);
		sh->locks[1].list.next = &sh->locks[0].list;
		T_OK(set_list(&sh->head, sizeof(sh->head)));
	}
	T_CHILD
	{
		link_up(1);
		sh->locks[0].list.next = (void *)0xffffffff81000000UL;
		T_OK(set_list(&sh->head, sizeof(sh->head)));
	}
	T_CHILD
	{
		link_up(1);
		sh->head.futex_offset = 0x7fffffffffff;
		T_OK(set_list(&sh->head, sizeof(sh->head)));
	}
	T_CHILD
	{
		T_OK(set_list((void *)0xffffffff81000000UL, sizeof(sh->head)));
	}
}
