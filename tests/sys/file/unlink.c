/* SPDX-License-Identifier: Apache-2.0 */
#define do_unlink(path) ((int)syscall(SYS_unlink, path))
#include "unlink_common.h"

TEST_MAIN
{
	unlink_common();
}
