/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

TEST_MAIN
{
	char *p = map_anon(8);

	T_OK(munlock(p, 8 * PAGE)); /* nothing was locked */
	T_OK(mlock(p, 8 * PAGE));
	T_OK(munlock(p + 2 * PAGE + 5, PAGE));
	T_EQ(status_kb("VmLck"), 24);
	T_OK(madvise(p + 2 * PAGE, 2 * PAGE, MADV_DONTNEED));
	T_ERR(madvise(p + 4 * PAGE, PAGE, MADV_DONTNEED), EINVAL);
	T_OK(munlock(p, 8 * PAGE));
	T_EQ(status_kb("VmLck"), 0);
	T_OK(munlock(p, 0));
	T_ERR(munlock((void *)(-2 * PAGE), 4 * PAGE), EINVAL);
	T_OK(munmap(p + 4 * PAGE, PAGE));
	T_OK(mlock(p, 4 * PAGE));
	T_OK(mlock(p + 5 * PAGE, PAGE));
	T_ERR(munlock(p, 6 * PAGE), ENOMEM);
	T_EQ(status_kb("VmLck"), 4); /* up to the hole */
	T_ERR(munlock(p + 4 * PAGE, PAGE), ENOMEM);
	limit_memlock(0);
	T_AS_USER
	{
		T_OK(munlock(p, PAGE));
	}
}
