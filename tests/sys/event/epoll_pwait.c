/* SPDX-License-Identifier: Apache-2.0 */
#define do_pwait(ep, e, max, ms, mask, size) \
	((int)syscall(SYS_epoll_pwait, ep, e, (long)(max), (long)(ms), mask, (long)(size)))
#define do_wait(ep, e, max, ms) do_pwait(ep, e, max, ms, NULL, 8)
#include "epoll_wait_common.h"
#include "epoll_mask.h"

TEST_MAIN
{
	wait_common();
	signal_mask();
}
