/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

TEST_MAIN
{
	long key;

	T_ERR(syscall(SYS_pkey_alloc, 1, 0), EINVAL);
	T_ERR(syscall(SYS_pkey_alloc, 0, 4), EINVAL);
	T_ERR(syscall(SYS_pkey_alloc, 0, -1), EINVAL);
	key = syscall(SYS_pkey_alloc, 0, 0);
	if (key < 0) { /* a processor without keys */
		T_ERR(syscall(SYS_pkey_alloc, 0, 0), ENOSPC);
		T_ERR(syscall(SYS_pkey_alloc, 0, PKEY_DISABLE_WRITE), ENOSPC);
		return;
	}
	T_CMP(key, >, 0);
	T_OK(syscall(SYS_pkey_free, key));
	T_OK(syscall(SYS_pkey_alloc, 0, PKEY_DISABLE_ACCESS));
}
