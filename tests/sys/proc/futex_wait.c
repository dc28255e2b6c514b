/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "futex2.h"

TEST_MAIN
{
	uint32_t *word =
		T_NEED(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	struct timespec ts = {0, 1000000000};
	long start = t_now_ms();
	pid_t child;

	T_ERR(futex2_wait(word, 0, -1U, 0, NULL, 0), EINVAL);
	T_ERR(futex2_wait(word, 0, -1U, 0x100 | U32, NULL, 0), EINVAL);
	T_ERR(futex2_wait(word, 1UL << 32, -1U, U32, NULL, 0), EINVAL);
	T_ERR(futex2_wait(word, 0, 1UL << 32, U32, NULL, 0), EINVAL);
	T_ERR(futex2_wait(word, 0, 0, U32, NULL, 0), EINVAL);
	T_ERR(futex2_wait(word, 1, -1U, U32, NULL, 0), EAGAIN);
	T_ERR(futex2_wait((char *)word + 2, 0, -1U, U32, NULL, 0), EINVAL);
	T_ERR(futex2_wait((void *)0x1000, 0, -1U, U32, NULL, 0), EFAULT);
	T_ERR(futex2_wait(word, 0, -1U, U32, (void *)16, CLOCK_MONOTONIC), EFAULT);
	T_ERR(futex2_wait(word, 0, -1U, U32, &ts, CLOCK_MONOTONIC), EINVAL);
	ts.tv_nsec = 0;
	T_ERR(futex2_wait(word, 0, -1U, U32, &ts, CLOCK_TAI), EINVAL);
	T_ERR(futex2_wait(word, 0, -1U, U32, &ts, CLOCK_MONOTONIC), ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec++;
	T_ERR(futex2_wait(word, 0, -1U, U32 | PRIVATE, &ts, CLOCK_MONOTONIC), ETIMEDOUT);
	T_CMP(t_now_ms() - start, >=, 990);
	child = T_NEED(fork());
	if (!child)
		_exit(futex2_wait(word, 0, 2, U32, NULL, 0) ? 1 : 0);
	t_sleep_ms(80);
	T_EQ(futex2_wake(word, 1, 1, U32), 0);
	T_EQ(futex2_wake(word, 3, 1, U32), 1);
	T_WAIT(child, T_EXITED(0));
}
