/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "futex2.h"

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
}
