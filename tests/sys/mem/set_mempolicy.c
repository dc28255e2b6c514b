/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_common.h"

/* The policy must be this one, with these nodes. */
static void expect(int mode, unsigned long nodes)
{
	unsigned long mask[2] = {~0UL, ~0UL};
	int got = -1;

	T_OK(get_policy(&got, mask, 128, NULL, 0));
	T_EQ(got, mode);
	T_EQ(mask[0], nodes);
	T_EQ(mask[1], 0);
}

TEST_MAIN
{
	unsigned long first = 1, none = 0, absent = 1UL << 40;

	expect(MPOL_DEFAULT, 0);
	T_OK(set_policy(MPOL_DEFAULT, NULL, 0));
	T_OK(set_policy(MPOL_BIND, &first, BITS));
	expect(MPOL_BIND, 1);
	T_OK(set_policy(MPOL_INTERLEAVE, &first, BITS));
	expect(MPOL_INTERLEAVE, 1);
	T_OK(set_policy(MPOL_PREFERRED, &first, BITS));
	expect(MPOL_PREFERRED, 1);
	T_OK(set_policy(MPOL_PREFERRED, NULL, 0));
	expect(MPOL_LOCAL, 0);
	T_OK(set_policy(MPOL_LOCAL, NULL, 0));
	expect(MPOL_LOCAL, 0);
	T_OK(set_policy(MPOL_BIND | MPOL_F_STATIC_NODES, &first, BITS));
	expect(MPOL_BIND | MPOL_F_STATIC_NODES, 1);
	T_OK(set_policy(MPOL_BIND | MPOL_F_RELATIVE_NODES, &first, BITS));
	expect(MPOL_BIND | MPOL_F_RELATIVE_NODES, 1);
	/* Inherited, kept. */
	T_CHILD
	{
		expect(MPOL_BIND | MPOL_F_RELATIVE_NODES, 1);
		T_OK(set_policy(MPOL_DEFAULT, &none, BITS));
		expect(MPOL_DEFAULT, 0);
	}
	expect(MPOL_BIND | MPOL_F_RELATIVE_NODES, 1);
	T_ERR(set_policy(-1, &first, BITS), EINVAL);
	T_ERR(set_policy(99, &first, BITS), EINVAL);
	T_ERR(set_policy(MPOL_BIND | MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES, &first, BITS),
	      EINVAL);
	T_ERR(set_policy(MPOL_DEFAULT, &first, BITS), EINVAL);
	T_ERR(set_policy(MPOL_LOCAL, &first, BITS), EINVAL);
	T_ERR(set_policy(MPOL_BIND, &none, BITS), EINVAL);
	T_ERR(set_policy(MPOL_BIND, NULL, 0), EINVAL);
	T_ERR(set_policy(MPOL_INTERLEAVE, NULL, 0), EINVAL);
	T_ERR(set_policy(MPOL_PREFERRED | MPOL_F_STATIC_NODES, NULL, 0), EINVAL);
	T_ERR(set_policy(MPOL_BIND, &absent, BITS), EINVAL);
	T_ERR(set_policy(MPOL_BIND, &first, PAGE * 8 + 2), EINVAL);
	T_EFAULT(bad, set_policy(MPOL_BIND, bad, BITS));
	expect(MPOL_BIND | MPOL_F_RELATIVE_NODES, 1);
}
