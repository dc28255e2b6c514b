/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

static void test_limits(void)
{
	char *p = map_anon(20);

	/* The limit counts what is locked already; the same again costs nothing. */
	limit_memlock(8 * PAGE);
	T_AS_USER
	{
		T_ERR(mlock(p, 9 * PAGE), ENOMEM);
		T_OK(mlock(p, 8 * PAGE));
		T_EQ(status_kb("VmLck"), 32);
		T_OK(mlock(p, 8 * PAGE));
		T_OK(mlock(p + 2 * PAGE, 2 * PAGE));
		T_EQ(status_kb("VmLck"), 32);
		T_ERR(mlock(p + 8 * PAGE, PAGE), ENOMEM);
		T_ERR(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0), EAGAIN);
		T_OK(munlock(p, PAGE));
		T_OK(mlock(p + 8 * PAGE, PAGE));
		/* Growing a locked area is locking. */
		T_ERR(mremap(p + 8 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EAGAIN);
	}
	limit_memlock(0);
	T_AS_USER
	{
		T_ERR(mlock(p, PAGE), EPERM);
		T_ERR(mlock(p, 0), EPERM);
		T_ERR(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0), EPERM);
		T_OK(munlock(p, PAGE));
	}
	if (t_is_root()) {
		/* CAP_IPC_LOCK: no limit. */
		T_OK(mlock(p, 20 * PAGE));
		T_OK(munlock(p, 20 * PAGE));
	}
}

TEST_MAIN
{
	char *p = map_anon(16), *q;
	long before = status_kb("VmLck");

	T_EQ(before, 0);
	T_OK(mlock(p + PAGE + 1, PAGE)); /* parts of two pages are two pages */
	T_EQ(resident(p, 16), 2);
	T_EQ(status_kb("VmLck"), 8);
	T_ERR(madvise(p + PAGE, PAGE, MADV_DONTNEED), EINVAL);
	T_ERR(msync(p + PAGE, PAGE, MS_INVALIDATE), EBUSY);
	T_OK(mlock(p, 16 * PAGE));
	T_EQ(resident(p, 16), 16);
	T_EQ(status_kb("VmLck"), 64);
	/* Locks do not nest, are not inherited, and go with the mapping. */
	T_CHILD
	{
		T_EQ(status_kb("VmLck"), 0);
		T_OK(madvise(p, PAGE, MADV_DONTNEED));
	}
	T_OK(munlock(p, 8 * PAGE));
	T_EQ(status_kb("VmLck"), 32);
	T_OK(munmap(p + 8 * PAGE, 8 * PAGE));
	T_EQ(status_kb("VmLck"), 0);
	/* Holes: what comes before is locked. */
	q = map_anon(4);
	T_OK(munmap(q + 2 * PAGE, PAGE));
	T_ERR(mlock(q, 4 * PAGE), ENOMEM);
	T_EQ(status_kb("VmLck"), 8);
	T_ERR(munlock(q, 4 * PAGE), ENOMEM);
	T_EQ(status_kb("VmLck"), 0);
	T_ERR(mlock(q + 2 * PAGE, PAGE), ENOMEM);
	T_ERR(mlock((void *)(-2 * PAGE), 4 * PAGE), EINVAL);
	T_OK(mlock(q, 0));
	T_OK(mlock((void *)(2 * PAGE), 0));
	/* What cannot be had. */
	T_OK(mprotect(q, PAGE, PROT_NONE));
	T_ERR(mlock(q, PAGE), ENOMEM);
	T_OK(munlock(q, PAGE));
	/* MAP_LOCKED is a lock. */
	p = T_OK(mmap(NULL, 4 * PAGE, RW, ANON | MAP_LOCKED, -1, 0));
	T_EQ(resident(p, 4), 4);
	T_EQ(status_kb("VmLck"), 16);
	T_OK(munmap(p, 4 * PAGE));
	test_limits();
}
