/* SPDX-License-Identifier: Apache-2.0 */
#include "statmount_common.h"

static bool is_in(const uint64_t *ids, int n, uint64_t id)
{
	for (int i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

TEST_MAIN
{
	struct mnt_id_req_t r = {.size = 24, .mnt_id = ~0ull};
	uint64_t ids[64], m, in;
	int n;

	need_mounts();
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	T_OK(mkdir("m/in", 0755));
	T_NEED(sys_mount("none", "m/in", "tmpfs", 0, NULL));
	m = id_of("m");
	in = id_of("m/in");
	n = sys_listmount(&r, ids, 64, 0);
	if (n < 0 && errno == ENOSYS)
		T_SKIP("a kernel before 6.8");
	T_CMP(n, >=, 2);
	T_TRUE(is_in(ids, n, m));
	T_TRUE(is_in(ids, n, in));
	for (int i = 1; i < n; i++)
		T_TRUE(ids[i] > ids[i - 1]);
	r.mnt_id = m;
	T_EQ(sys_listmount(&r, ids, 64, 0), 1);
	T_EQ(ids[0], in);
	r.param = in;
	T_EQ(sys_listmount(&r, ids, 64, 0), 0);
	r = (struct mnt_id_req_t){.size = 24, .mnt_id = ~0ull};
	T_EQ(sys_listmount(&r, ids, 1, 0), 1);
	T_ERR(sys_listmount(&r, ids, 64, 2), EINVAL);
	T_ERR(sys_listmount(&r, ids, 1000001, 0), EOVERFLOW);
	T_EFAULT_NULL(p, sys_listmount(p, ids, 64, 0));
	r.mnt_id = in + 100000;
	T_ERR(sys_listmount(&r, ids, 64, 0), ENOENT);
	r.size = 4;
	T_ERR(sys_listmount(&r, ids, 64, 0), EINVAL);
	T_OK(sys_umount2("m", MNT_DETACH));
	T_OK(rmdir("m"));
}
