/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_common.h"

TEST_MAIN
{
	char *p = map_anon(4);
	void *pages[3] = {p, p + PAGE, (void *)PAGE};
	int nodes[3] = {0, 0, 0}, status[3] = {99, 99, 99};

	p[0] = 1;
	/* Where are they? */
	T_EQ(move_pages_of(0, 3, pages, NULL, status, 0), 0);
	T_EQ(status[0], 0);
	T_EQ(status[1], -ENOENT);
	T_EQ(status[2], -EFAULT);
	T_EQ(move_pages_of(getpid(), 0, NULL, NULL, NULL, 0), 0);
	/* To where they are already. */
	p[PAGE] = 1;
	status[0] = status[1] = 99;
	T_EQ(move_pages_of(getpid(), 2, pages, nodes, status, MPOL_MF_MOVE), 0);
	T_EQ(status[0], 0);
	T_EQ(status[1], 0);
	T_EQ(p[0], 1);
	nodes[1] = 40;
	T_ERR(move_pages_of(0, 2, pages, nodes, status, MPOL_MF_MOVE), ENODEV);
	nodes[1] = -1;
	T_ERR(move_pages_of(0, 2, pages, nodes, status, MPOL_MF_MOVE), ENODEV);
	nodes[1] = 0;
	T_ERR(move_pages_of(0, 2, pages, nodes, status, 1), EINVAL);
	T_ERR(move_pages_of(0, 2, pages, nodes, status, 64), EINVAL);
	T_ERR(move_pages_of(0x7ffffff0, 2, pages, NULL, status, 0), ESRCH);
	T_EFAULT_NULL(bad, move_pages_of(0, 1, bad, NULL, status, 0));
	T_EFAULT_NULL(bad, move_pages_of(0, 1, pages, NULL, bad, 0));
	T_EFAULT(bad, move_pages_of(0, 1, pages, bad, status, MPOL_MF_MOVE));
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(move_pages_of(0, 1, pages, nodes, status, MPOL_MF_MOVE_ALL), EPERM);
			T_ERR(move_pages_of(1, 1, pages, NULL, status, 0), EPERM);
		}
}
