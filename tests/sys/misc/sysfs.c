/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sysfs(option, a, b) ((int)syscall(SYS_sysfs, option, a, b))

TEST_MAIN
{
	int count = sysfs(3, 0, 0), i;
	char name[100];

	if (count < 0 && errno == ENOSYS)
		T_SKIP("a kernel without sysfs(2)");
	T_CMP(count, >, 2);
	i = T_OK(sysfs(1, "proc", 0));
	T_EQ(sysfs(2, i, name), 0);
	T_STR(name, "proc");
	T_ERR(sysfs(2, count, name), EINVAL);
	T_ERR(sysfs(2, -1, name), EINVAL);
	T_ERR(sysfs(1, "no-such-type", 0), EINVAL);
	T_ERR(sysfs(0, 0, 0), EINVAL);
	T_ERR(sysfs(4, 0, 0), EINVAL);
	T_EFAULT_NULL(p, sysfs(1, p, 0));
	T_EFAULT_NULL(p, sysfs(2, i, p));
}
