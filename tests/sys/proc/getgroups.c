/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

TEST_MAIN
{
	gid_t list[8] = {99, 99, 99, 99};

	T_CMP(syscall(SYS_getgroups, 0, NULL), >=, 0);
	T_ERR(syscall(SYS_getgroups, -1, NULL), EINVAL);
	T_NEED_ROOT();
	T_CHILD
	{
		gid_t set[3] = {30, 10, 20};

		T_OK(syscall(SYS_setgroups, 3, set));
		T_EQ(syscall(SYS_getgroups, 0, NULL), 3);
		T_EQ(syscall(SYS_getgroups, 0, 16), 3);
		T_EQ(syscall(SYS_getgroups, 8, list), 3);
		/* Linux keeps them sorted. */
		T_EQ(list[0], 10);
		T_EQ(list[1], 20);
		T_EQ(list[2], 30);
		T_EQ(list[3], 99);
		T_ERR(syscall(SYS_getgroups, 2, list), EINVAL);
		T_EQ(syscall(SYS_getgroups, 3, list), 3);
		T_EFAULT_NULL(p, syscall(SYS_getgroups, 3, p));
		T_CHILD
		{
			T_EQ(syscall(SYS_getgroups, 0, NULL), 3);
		}
		T_OK(syscall(SYS_setgroups, 0, NULL));
		T_EQ(syscall(SYS_getgroups, 8, list), 0);
		T_EQ(syscall(SYS_getgroups, 0, NULL), 0);
	}
}
