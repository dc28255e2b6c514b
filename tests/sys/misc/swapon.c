/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/swap.h>

TEST_MAIN
{
	t_write_file("f", "not swap", 8);
	T_AS_USER
	{
		T_ERR(swapon("f", 0), EPERM);
		T_ERR(swapon("none", 0), EPERM);
	}
	T_ERR(swapon("f", 0x1000000), EINVAL);
	if (swapon("none", 0) < 0 && errno == EPERM) {
		T_SKIP_ONE("no right to swap here");
		return;
	}
	T_ERR(swapon("none", 0), ENOENT);
	T_ERR(swapon("f", 0), EINVAL);
	T_EFAULT_NULL(p, swapon(p, 0));
}
