/* SPDX-License-Identifier: Apache-2.0 */
#define make_eventfd(count) ((int)syscall(SYS_eventfd, count))
#include "eventfd_common.h"

TEST_MAIN
{
	counter();
	blocking();
	T_EQ(take(T_OK(make_eventfd(UINT_MAX))), UINT_MAX);
}
