/* SPDX-License-Identifier: Apache-2.0 */
#define do_rename(from, to) ((int)syscall(SYS_rename, from, to))
#include "rename_common.h"

TEST_MAIN
{
	rename_common();
}
