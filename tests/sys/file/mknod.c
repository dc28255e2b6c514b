/* SPDX-License-Identifier: Apache-2.0 */
#define do_mknod(path, mode, dev) ((int)syscall(SYS_mknod, path, (long)(mode), (unsigned)(dev)))
#include "mknod_common.h"

TEST_MAIN
{
	mknod_common();
}
