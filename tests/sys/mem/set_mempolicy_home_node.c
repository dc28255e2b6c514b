/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_common.h"

#ifndef SYS_set_mempolicy_home_node
#define SYS_set_mempolicy_home_node 450
#endif

static long set_home(void *p, unsigned long len, unsigned long node, unsigned long flags)
{
	return syscall(SYS_set_mempolicy_home_node, p, len, node, flags);
}

TEST_MAIN
{
	unsigned long first = 1;
	char *p = map_anon(8);
	int mode;

	if (set_home(p, 0, 0, 0) && errno == ENOSYS)
		T_SKIP("this kernel has no home nodes");
	T_ERR(set_home(p, PAGE, 0, 0), ENOENT); /* no policy */
	T_OK(bind_range(p, 4 * PAGE, MPOL_BIND, &first, BITS, 0));
	T_OK(set_home(p, 2 * PAGE, 0, 0));
	T_OK(get_policy(&mode, NULL, 0, p, MPOL_F_ADDR));
	T_EQ(mode, MPOL_BIND);
	T_OK(set_home(p, 8 * PAGE, 0, 0)); /* what has no policy is passed over */
	T_OK(bind_range(p, PAGE, MPOL_PREFERRED_MANY, &first, BITS, 0));
	T_OK(set_home(p, PAGE, 0, 0));
	T_OK(bind_range(p, PAGE, MPOL_INTERLEAVE, &first, BITS, 0));
	T_ERR(set_home(p, PAGE, 0, 0), EOPNOTSUPP);
	T_ERR(set_home(p + 1, PAGE, 0, 0), EINVAL);
	T_ERR(set_home(p, PAGE, 0, 1), EINVAL);
	T_ERR(set_home(p, PAGE, 1 << 20, 0), EINVAL);
	T_ERR(set_home(p, PAGE, 40, 0), EINVAL);
	T_ERR(set_home(p, -2 * PAGE, 0, 0), EINVAL);
}
