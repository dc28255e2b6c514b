/* SPDX-License-Identifier: Apache-2.0 */
/* The word is cleared, and its futex woken, when the thread ends and the memory is still in use. */
#include "test.h"

#include <linux/futex.h>
#include <sched.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile int word;

static int body(void *arg)
{
	T_EQ(syscall(SYS_set_tid_address, arg), gettid());
	t_sleep_ms(50);
	return 0;
}

TEST_MAIN
{
	pid_t pid;

	T_EQ(syscall(SYS_set_tid_address, NULL), gettid());
	T_EQ(syscall(SYS_set_tid_address, 16), gettid()); /* no look at it now */
	T_EQ(syscall(SYS_set_tid_address, &word), gettid());
	word = 77;
	pid = T_NEED(clone(body, stack + sizeof(stack), CLONE_VM | SIGCHLD, (void *)&word));
	while (word == 77)
		syscall(SYS_futex, &word, FUTEX_WAIT, 77, NULL);
	T_EQ(word, 0);
	T_WAIT(pid, 0);
	/* The last user of the memory: not touched. */
	T_CHILD
	{
		T_OK(syscall(SYS_set_tid_address, 0xffffffff81000000UL));
	}
}
