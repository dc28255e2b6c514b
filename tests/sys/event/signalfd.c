/* SPDX-License-Identifier: Apache-2.0 */
#define make(fd, mask, size) ((int)syscall(SYS_signalfd, fd, mask, (long)(size)))
#include "signalfd_common.h"

TEST_MAIN
{
	common_errors();
	records();
	waiting();
}
