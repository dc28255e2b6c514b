/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

TEST_MAIN
{
	char *p = map_anon(8), *q;
	void *heap;

	T_ERR(mlockall(0), EINVAL);
	T_ERR(mlockall(8), EINVAL);
	T_ERR(mlockall(-1), EINVAL);
	T_ERR(mlockall(MCL_ONFAULT), EINVAL);
	T_OK(munlockall());
	T_OK(mlockall(MCL_CURRENT));
	T_EQ(resident(p, 8), 8);
	T_CMP(status_kb("VmLck"), >=, 32);
	q = map_anon(4); /* not what comes later */
	T_EQ(resident(q, 4), 0);
	T_CHILD
	{
		T_EQ(status_kb("VmLck"), 0);
	}
	T_OK(munlockall());
	T_EQ(status_kb("VmLck"), 0);
	/* What comes later, and that alone. */
	T_OK(mlockall(MCL_FUTURE));
	T_EQ(resident(q, 4), 0);
	p = map_anon(4);
	T_EQ(resident(p, 4), 4);
	T_EQ(status_kb("VmLck"), 16);
	heap = sbrk(0);
	T_NE((long)sbrk(8 * PAGE), -1);
	T_CMP(status_kb("VmLck"), >=, 16 + 28);
	T_OK(brk(heap));
	T_CHILD
	{
		T_EQ(status_kb("VmLck"), 0);
		q = map_anon(4);
		T_EQ(resident(q, 4), 0);
	}
	T_OK(munlockall());
	T_OK(mlockall(MCL_FUTURE | MCL_ONFAULT));
	p = map_anon(4);
	T_EQ(resident(p, 4), 0);
	T_EQ(status_kb("VmLck"), 16);
	p[0] = 1;
	T_EQ(resident(p, 4), 1);
	T_OK(munlockall());
	p = map_anon(4);
	T_OK(mlockall(MCL_CURRENT | MCL_ONFAULT));
	T_EQ(resident(p, 4), 0);
	T_ERR(madvise(p, PAGE, MADV_DONTNEED), EINVAL);
	T_OK(munlockall());
	/* Limits: of all that is mapped, and of what comes. */
	limit_memlock(4 * PAGE);
	T_AS_USER
	{
		T_ERR(mlockall(MCL_CURRENT), ENOMEM);
		T_OK(mlockall(MCL_FUTURE));
		T_ERR(mmap(NULL, 5 * PAGE, RW, ANON, -1, 0), EAGAIN);
		T_OK(mmap(NULL, 4 * PAGE, RW, ANON, -1, 0));
		heap = sbrk(0);
		T_ERR(brk((char *)heap + 8 * PAGE), ENOMEM);
	}
	limit_memlock(0);
	T_AS_USER
	{
		T_ERR(mlockall(MCL_CURRENT), EPERM);
		T_ERR(mlockall(MCL_FUTURE), EPERM);
		T_ERR(mlockall(0), EINVAL);
		T_OK(munlockall());
	}
}
