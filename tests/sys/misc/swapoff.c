/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/swap.h>

TEST_MAIN
{
	t_write_file("f", "not swap", 8);
	T_AS_USER
	{
		T_ERR(swapoff("f"), EPERM);
		T_ERR(swapoff("none"), EPERM);
	}
	if (swapoff("none") < 0 && errno == EPERM) {
		T_SKIP_ONE("no right to swap here");
		return;
	}
	T_ERR(swapoff("none"), ENOENT);
	T_ERR(swapoff("f"), EINVAL);
	T_EFAULT_NULL(p, swapoff(p));
}
