/* SPDX-License-Identifier: Apache-2.0 */
#define make_pipe(fds) ((int)syscall(SYS_pipe, fds))
#include "pipe_common.h"

TEST_MAIN
{
	pipe_common();
}
