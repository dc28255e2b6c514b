/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_common.h"

static int mode_at(void *p)
{
	int mode = -1;

	T_OK(get_policy(&mode, NULL, 0, p, MPOL_F_ADDR));
	return mode;
}

TEST_MAIN
{
	unsigned long first = 1, none = 0, absent = 1UL << 40;
	char *p = map_anon(8);

	p[0] = 1;
	T_OK(bind_range(p + PAGE, 2 * PAGE, MPOL_BIND, &first, BITS, 0));
	T_EQ(mode_at(p), MPOL_DEFAULT);
	T_EQ(mode_at(p + PAGE), MPOL_BIND);
	T_EQ(mode_at(p + 2 * PAGE), MPOL_BIND);
	T_EQ(mode_at(p + 3 * PAGE), MPOL_DEFAULT);
	T_OK(bind_range(p, 4 * PAGE, MPOL_PREFERRED, &first, BITS, MPOL_MF_MOVE | MPOL_MF_STRICT));
	T_EQ(mode_at(p), MPOL_PREFERRED);
	T_OK(bind_range(p, 8 * PAGE, MPOL_INTERLEAVE | MPOL_F_STATIC_NODES, &first, BITS, 0));
	T_EQ(mode_at(p), MPOL_INTERLEAVE | MPOL_F_STATIC_NODES);
	T_OK(bind_range(p, PAGE, MPOL_PREFERRED, NULL, 0, 0));
	T_EQ(mode_at(p), MPOL_LOCAL);
	T_CHILD
	{
		T_EQ(mode_at(p), MPOL_LOCAL);
	}
	T_OK(bind_range(p, 8 * PAGE, MPOL_DEFAULT, NULL, 0, 0));
	T_EQ(mode_at(p), MPOL_DEFAULT);
	T_OK(bind_range(p, 0, MPOL_BIND, &first, BITS, 0));
	T_OK(bind_range(p, 1, MPOL_BIND, &first, BITS, 0)); /* rounded up */
	T_EQ(p[0], 1);

	T_ERR(bind_range(p + 1, PAGE, MPOL_BIND, &first, BITS, 0), EINVAL);
	T_ERR(bind_range(p, PAGE, 99, &first, BITS, 0), EINVAL);
	T_ERR(bind_range(p, PAGE, MPOL_BIND, &first, BITS, 64), EINVAL);
	T_ERR(bind_range(p, PAGE, MPOL_BIND, &none, BITS, 0), EINVAL);
	T_ERR(bind_range(p, PAGE, MPOL_BIND, &absent, BITS, 0), EINVAL);
	T_ERR(bind_range(p, PAGE, MPOL_DEFAULT, &first, BITS, 0), EINVAL);
	T_ERR(bind_range(p, PAGE, MPOL_LOCAL, &first, BITS, 0), EINVAL);
	T_ERR(bind_range(p, -2 * PAGE, MPOL_BIND, &first, BITS, 0), EINVAL);
	T_ERR(bind_range(p, PAGE, MPOL_BIND, &first, PAGE * 8 + 2, 0), EINVAL);
	T_EFAULT(bad, bind_range(p, PAGE, MPOL_BIND, bad, BITS, 0));
	T_OK(munmap(p + 4 * PAGE, PAGE));
	T_ERR(bind_range(p + 3 * PAGE, 3 * PAGE, MPOL_BIND, &first, BITS, 0), EFAULT);
	T_ERR(bind_range(p + 4 * PAGE, PAGE, MPOL_BIND, &first, BITS, 0), EFAULT);
	T_AS_USER
	{
		T_ERR(bind_range(p, PAGE, MPOL_BIND, &first, BITS, MPOL_MF_MOVE_ALL), EPERM);
		T_OK(bind_range(p, PAGE, MPOL_BIND, &first, BITS, MPOL_MF_MOVE));
	}
}
