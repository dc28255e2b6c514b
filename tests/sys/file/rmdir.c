/* SPDX-License-Identifier: Apache-2.0 */
#define do_rmdir(path) ((int)syscall(SYS_rmdir, path))
#include "rmdir_common.h"

TEST_MAIN
{
	rmdir_common();
}
