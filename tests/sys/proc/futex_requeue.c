/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "futex2.h"

static long requeue(void *waiters, unsigned flags, int nr_wake, int nr_requeue)
{
	return syscall(456, waiters, flags, nr_wake, nr_requeue);
}

TEST_MAIN
{
	uint32_t *word =
		T_NEED(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	struct futex_waitv w[2] = {{.uaddr = (uintptr_t)&word[0], .flags = U32},
				   {.uaddr = (uintptr_t)&word[1], .flags = U32}};
	pid_t child[3];

	T_ERR(requeue(w, 1, 1, 1), EINVAL);
	T_ERR(requeue(NULL, 0, 1, 1), EINVAL);
	T_ERR(requeue((void *)16, 0, 1, 1), EFAULT);
	T_ERR(requeue(w, 0, -1, 1), EINVAL);
	T_ERR(requeue(w, 0, 1, -1), EINVAL);
	w[1].__reserved = 1;
	T_ERR(requeue(w, 0, 1, 1), EINVAL);
	w[1].__reserved = 0;
	w[0].val = 9;
	T_ERR(requeue(w, 0, 1, 1), EAGAIN);
	w[0].val = 0;
	T_EQ(requeue(w, 0, 1, 1), 0);
	for (int i = 0; i < 3; i++) {
		child[i] = T_NEED(fork());
		if (!child[i])
			_exit(syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0) ? 1 : 0);
	}
	t_sleep_ms(100);
	T_EQ(requeue(w, 0, 1, 1), 2);
	T_EQ(futex2_wake(&word[1], -1U, 5, U32), 1);
	T_EQ(futex2_wake(&word[0], -1U, 5, U32), 1);
	for (int i = 0; i < 3; i++)
		T_WAIT(child[i], T_EXITED(0));
}
