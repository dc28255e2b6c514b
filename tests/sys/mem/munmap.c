/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "fault.h"

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)

TEST_MAIN
{
	char *p = T_NEED(mmap(NULL, 10 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char *q;

	memset(p, 1, 10 * PAGE);
	T_ERR(munmap(p, 0), EINVAL);
	T_ERR(munmap(p + 1, PAGE), EINVAL);
	T_ERR(munmap(p, -1UL), EINVAL);
	T_ERR(munmap((void *)0x7ffffffff000, PAGE), EINVAL);
	T_ERR(munmap((void *)0x7fffffffe000, 2 * PAGE), EINVAL);
	T_ERR(munmap((void *)0xffffffff81000000, PAGE), EINVAL);
	T_ERR(munmap((void *)PAGE, 1UL << 47), EINVAL);
	/* A hole in the middle, then both ends. */
	T_OK(munmap(p + 4 * PAGE, 2 * PAGE));
	T_EQ(fault_read(p + 4 * PAGE), SIGSEGV);
	T_EQ(fault_read(p + 5 * PAGE), SIGSEGV);
	T_EQ(p[4 * PAGE - 1], 1);
	T_EQ(p[6 * PAGE], 1);
	T_OK(munmap(p, PAGE));
	T_OK(munmap(p + 9 * PAGE, 1)); /* rounded up */
	T_EQ(fault_read(p), SIGSEGV);
	T_EQ(fault_read(p + 9 * PAGE), SIGSEGV);
	T_EQ(p[PAGE], 1);
	T_EQ(p[9 * PAGE - 1], 1);
	/* Over holes, and where nothing is: no error. */
	T_OK(munmap(p, 10 * PAGE));
	T_OK(munmap(p, 10 * PAGE));
	T_EQ(fault_read(p + PAGE), SIGSEGV);
	T_EQ(fault_read(p + 8 * PAGE), SIGSEGV);
	/* New memory in the same place is zero. */
	q = T_OK(mmap(p, 10 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	T_EQ(q[PAGE], 0);
	T_EQ(q[8 * PAGE], 0);
	/* Two neighbours at once. */
	T_OK(mprotect(q + 5 * PAGE, PAGE, PROT_READ));
	T_OK(munmap(q + 3 * PAGE, 4 * PAGE));
	T_EQ(fault_read(q + 5 * PAGE), SIGSEGV);
	T_EQ(fault_write(q + 2 * PAGE), 0);
	T_EQ(fault_write(q + 7 * PAGE), 0);
	/* A child's unmapping is its own. */
	T_CHILD
	{
		T_OK(munmap(q, PAGE));
		T_EQ(fault_read(q), SIGSEGV);
	}
	T_EQ(fault_read(q), 0);
	T_OK(munmap(q, 10 * PAGE));
	/* Again and again: nothing leaks and nothing is left over. */
	for (int i = 0; i < 2000; i++) {
		q = mmap(NULL, 16 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (q == MAP_FAILED || q[0] || q[15 * PAGE]) {
			T_TRUE(false);
			break;
		}
		q[0] = q[15 * PAGE] = 1;
		munmap(q, 16 * PAGE);
	}
}
