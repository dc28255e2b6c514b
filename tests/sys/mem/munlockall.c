/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

TEST_MAIN
{
	char *p = map_anon(8);

	T_OK(munlockall());
	T_OK(mlock(p, 8 * PAGE));
	T_EQ(status_kb("VmLck"), 32);
	T_OK(munlockall());
	T_EQ(status_kb("VmLck"), 0);
	T_OK(madvise(p, PAGE, MADV_DONTNEED));
	/* It ends MCL_FUTURE too. */
	T_OK(mlockall(MCL_FUTURE));
	T_OK(munlockall());
	p = map_anon(4);
	T_EQ(resident(p, 4), 0);
	T_EQ(status_kb("VmLck"), 0);
}
