/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#ifndef GRND_NONBLOCK
#define GRND_NONBLOCK 1
#define GRND_RANDOM   2
#endif
#ifndef GRND_INSECURE
#define GRND_INSECURE 4
#endif

static long get(void *buf, size_t len, unsigned flags)
{
	return syscall(SYS_getrandom, buf, len, flags);
}

TEST_MAIN
{
	static unsigned char a[1 << 16], b[1 << 16];
	int counts[256] = {0}, ones = 0;

	T_EQ(get(a, 16, 0), 16);
	T_EQ(get(b, 16, 0), 16);
	T_NE(memcmp(a, b, 16), 0);
	T_EQ(get(a, 16, GRND_NONBLOCK), 16);
	T_EQ(get(a, 16, GRND_RANDOM), 16);
	T_EQ(get(a, 16, GRND_INSECURE), 16);
	T_EQ(get(a, 16, GRND_RANDOM | GRND_NONBLOCK), 16);
	T_EQ(get(a, 0, 0), 0);
	T_EQ(get(NULL, 0, 0), 0);
	T_ERR(get(a, 16, 8), EINVAL);
	T_ERR(get(a, 16, -1U), EINVAL);
	T_ERR(get(a, 16, GRND_RANDOM | GRND_INSECURE), EINVAL);
	T_EFAULT_NULL(p, get(p, 16, 0));
	T_EQ(get(a, sizeof(a), 0), sizeof(a));
	for (size_t i = 0; i < sizeof(a); i++) {
		counts[a[i]]++;
		ones += __builtin_popcount(a[i]);
	}
	for (int i = 0; i < 256; i++)
		if (counts[i] < 100 || counts[i] > 500) /* 256 on average */
			T_EQ(counts[i], 256);
	T_CMP(ones, >, 260000); /* 262144 */
	T_CMP(ones, <, 264500);
	/* Parent and child do not share a sequence. */
	{
		unsigned char *shared =
			mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		T_CHILD
		{
			T_EQ(get(shared, 32, 0), 32);
		}
		T_EQ(get(shared + 32, 32, 0), 32);
		T_NE(memcmp(shared, shared + 32, 32), 0);
	}
}
