/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

TEST_MAIN
{
	long key = syscall(SYS_pkey_alloc, 0, 0);

	T_ERR(syscall(SYS_pkey_free, -1), EINVAL);
	T_ERR(syscall(SYS_pkey_free, 99), EINVAL);
	if (key < 0) {
		T_ERR(syscall(SYS_pkey_free, 0), EINVAL);
		T_ERR(syscall(SYS_pkey_free, 1), EINVAL);
		return;
	}
	T_OK(syscall(SYS_pkey_free, key));
	T_ERR(syscall(SYS_pkey_free, key), EINVAL);
}
