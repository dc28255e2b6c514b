/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_common.h"

TEST_MAIN
{
	unsigned long first = 1, none = 0, other = 1UL << 9;

	T_EQ(migrate(0, BITS, &first, &first), 0);
	T_EQ(migrate(getpid(), BITS, &other, &first), 0);
	T_CHILD
	{
		T_EQ(migrate(getppid(), BITS, &first, &first), 0);
	}
	T_ERR(migrate(0, BITS, &first, &none), EINVAL);
	T_ERR(migrate(0, BITS, &first, &other), EINVAL);
	T_ERR(migrate(0, PAGE * 8 + 2, &first, &first), EINVAL);
	T_ERR(migrate(0x7ffffff0, BITS, &first, &first), ESRCH);
	T_EFAULT(bad, migrate(0, BITS, bad, &first));
	T_EFAULT(bad, migrate(0, BITS, &first, bad));
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(migrate(1, BITS, &first, &first), EPERM);
		}
}
