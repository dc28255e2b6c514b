/* SPDX-License-Identifier: Apache-2.0 */
#define do_mkdir(path, mode) ((int)syscall(SYS_mkdir, path, (long)(mode)))
#include "mkdir_common.h"

TEST_MAIN
{
	mkdir_common();
}
