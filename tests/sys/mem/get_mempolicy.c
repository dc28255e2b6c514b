/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_common.h"

TEST_MAIN
{
	unsigned long first = 1, mask[4] = {7, 7, 7, 7};
	char *p = map_anon(4);
	int mode = -1;

	T_OK(get_policy(&mode, NULL, 0, NULL, 0));
	T_EQ(mode, MPOL_DEFAULT);
	T_OK(get_policy(NULL, NULL, 0, NULL, 0));
	/* What may be used: node 0 at least. */
	T_OK(get_policy(&mode, mask, 128, NULL, MPOL_F_MEMS_ALLOWED));
	T_EQ(mask[0] & 1, 1);
	T_EQ(mask[1], 0);
	T_EQ(mask[2], 7);
	/* Of an address. */
	T_OK(get_policy(&mode, NULL, 0, p, MPOL_F_ADDR));
	T_EQ(mode, MPOL_DEFAULT);
	T_OK(bind_range(p, PAGE, MPOL_BIND, &first, BITS, 0));
	T_OK(get_policy(&mode, mask, BITS, p, MPOL_F_ADDR));
	T_EQ(mode, MPOL_BIND);
	T_EQ(mask[0], 1);
	T_OK(get_policy(&mode, NULL, 0, p + PAGE, MPOL_F_ADDR));
	T_EQ(mode, MPOL_DEFAULT);
	/* On which node is it? The page comes for the question. */
	T_OK(get_policy(&mode, NULL, 0, p, MPOL_F_ADDR | MPOL_F_NODE));
	T_EQ(mode, 0);
	/* Which one is next? Only of interleaving. */
	T_ERR(get_policy(&mode, NULL, 0, NULL, MPOL_F_NODE), EINVAL);
	T_OK(set_policy(MPOL_INTERLEAVE, &first, BITS));
	T_OK(get_policy(&mode, NULL, 0, NULL, MPOL_F_NODE));
	T_EQ(mode, 0);

	T_ERR(get_policy(&mode, NULL, 0, NULL, 8), EINVAL);
	T_ERR(get_policy(&mode, NULL, 0, p, 0), EINVAL);
	T_ERR(get_policy(&mode, mask, 0, NULL, 0), EINVAL);
	T_ERR(get_policy(&mode, NULL, 0, NULL, MPOL_F_MEMS_ALLOWED | MPOL_F_NODE), EINVAL);
	T_ERR(get_policy(&mode, NULL, 0, p, MPOL_F_MEMS_ALLOWED | MPOL_F_ADDR), EINVAL);
	T_ERR(get_policy(&mode, NULL, 0, (void *)PAGE, MPOL_F_ADDR), EFAULT);
	T_ERR(get_policy(&mode, NULL, 0, NULL, MPOL_F_ADDR), EFAULT);
	T_EFAULT(bad, get_policy(bad, NULL, 0, NULL, 0));
	T_EFAULT(bad, get_policy(&mode, bad, BITS, NULL, 0));
}
