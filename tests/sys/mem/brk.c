/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "fault.h"

static uintptr_t k_brk(uintptr_t to)
{
	return (uintptr_t)syscall(SYS_brk, to);
}

TEST_MAIN
{
	uintptr_t start, now;
	char *p;

	/* The answer is always the break, also when the wish was not granted. */
	start = k_brk(0);
	T_NE(start, 0);
	T_EQ(k_brk(0), start);
	T_EQ(k_brk(1), start);
	T_EQ(k_brk(0x7fffffffffff), start);
	T_EQ(k_brk(-1UL), start);
	T_EQ(k_brk(0xffffffff81000000), start);

	now = k_brk(start + 100000);
	T_EQ(now, start + 100000);
	p = (char *)start;
	T_EQ(p[0], 0);
	memset(p, 1, 100000);
	T_EQ(p[99999], 1);
	/* Not aligned; the rest of the last page is there too. */
	T_EQ(k_brk(start + 12345), start + 12345);
	T_EQ(fault_read((char *)((start + 12345 + 4095) & ~4095UL)), SIGSEGV);
	T_EQ(p[12344], 1);
	/* What comes back is zero again in whole pages. */
	T_EQ(k_brk(start + 100000), start + 100000);
	T_EQ(p[20480 - (start & 4095)], 0);
	T_EQ(p[12344], 1);
	T_CHILD
	{
		T_EQ(k_brk(0), start + 100000);
		T_EQ(p[12344], 1);
		T_EQ(k_brk(start), start);
	}
	T_EQ(k_brk(0), start + 100000);
	T_EQ(p[12344], 1);
	/* Not across another mapping. */
	now = (start + 200000) & ~4095UL;
	T_EQ((uintptr_t)mmap((void *)now, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
			     -1, 0),
	     now);
	T_EQ(k_brk(now + 1), start + 100000);
	T_EQ(k_brk(now + 100000), start + 100000);
	T_OK(munmap((void *)now, 4096));
	/* Limited by RLIMIT_DATA. */
	T_CHILD
	{
		struct rlimit limit = {1 << 20, 1 << 20};

		T_OK(setrlimit(RLIMIT_DATA, &limit));
		T_EQ(k_brk(start + (8 << 20)), start + 100000);
		T_EQ(k_brk(start), start);
	}
	/* No execution there. */
	p[0] = (char)0xc3;
	T_EQ(fault_call(p), SIGSEGV);
	T_EQ(k_brk(start), start);
	if ((start & 4095) == 0)
		T_EQ(fault_read(p), SIGSEGV);
}
