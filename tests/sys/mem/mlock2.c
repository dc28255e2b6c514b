/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

static long lock2(void *p, size_t len, int flags)
{
	return syscall(SYS_mlock2, p, len, flags);
}

TEST_MAIN
{
	char *p = map_anon(8);

	T_OK(lock2(p, 2 * PAGE, 0));
	T_EQ(resident(p, 8), 2);
	T_EQ(status_kb("VmLck"), 8);
	/* On fault: counted at once, there when touched. */
	T_OK(lock2(p + 4 * PAGE, 4 * PAGE, MLOCK_ONFAULT));
	T_EQ(status_kb("VmLck"), 24);
	T_EQ(resident(p, 8), 2);
	p[5 * PAGE] = 1;
	T_EQ(resident(p, 8), 3);
	T_ERR(madvise(p + 5 * PAGE, PAGE, MADV_DONTNEED), EINVAL);
	/* A plain lock takes the place of the other one. */
	T_OK(mlock(p + 4 * PAGE, 4 * PAGE));
	T_EQ(resident(p, 8), 6);
	T_EQ(status_kb("VmLck"), 24);
	T_OK(munlock(p, 8 * PAGE));
	T_EQ(status_kb("VmLck"), 0);
	T_ERR(lock2(p, PAGE, 2), EINVAL);
	T_ERR(lock2(p, PAGE, -1), EINVAL);
	T_OK(munmap(p + PAGE, PAGE));
	T_ERR(lock2(p, 3 * PAGE, MLOCK_ONFAULT), ENOMEM);
	T_OK(munlock(p, PAGE));
	limit_memlock(2 * PAGE);
	T_AS_USER
	{
		T_ERR(lock2(p + 4 * PAGE, 3 * PAGE, MLOCK_ONFAULT), ENOMEM);
		T_OK(lock2(p + 4 * PAGE, 2 * PAGE, MLOCK_ONFAULT));
	}
	limit_memlock(0);
	T_AS_USER
	{
		T_ERR(lock2(p, PAGE, 0), EPERM);
		T_ERR(lock2(p, PAGE, 8), EINVAL);
	}
}
