/* SPDX-License-Identifier: Apache-2.0 */
#include "statmount_common.h"

TEST_MAIN
{
	union {
		struct statmount_t st;
		char room[4096];
	} b;
	struct mnt_id_req_t r = {.size = 24, .param = 0x3a};
	struct statx x;
	int got;

	need_mounts();
	T_NEED(sys_mount("some", "m", "tmpfs", MS_NODEV | MS_NOATIME, "size=64k"));
	r.mnt_id = id_of("m");
	got = sys_statmount(&r, &b, sizeof(b), 0);
	if (got < 0 && errno == ENOSYS)
		T_SKIP("a kernel before 6.8");
	T_EQ(got, 0);
	T_EQ(b.st.mask & 0x3a, 0x3a);
	T_EQ(b.st.mnt_id, r.mnt_id);
	T_EQ(b.st.mnt_parent_id, id_of("."));
	T_OK(syscall(SYS_statx, AT_FDCWD, "m", 0, STATX_MNT_ID, &x));
	T_EQ(b.st.mnt_id_old, x.stx_mnt_id);
	T_EQ(b.st.mnt_attr, 0x4 | 0x10);
	T_EQ(b.st.mnt_propagation, MS_PRIVATE);
	T_STR(b.st.str + b.st.fs_type, "tmpfs");
	T_STR(b.st.str + b.st.mnt_root, "/");
	T_TRUE(strlen(b.st.str + b.st.mnt_point) > 2);
	r.param = 1;
	T_EQ(sys_statmount(&r, &b, sizeof(b), 0), 0);
	T_EQ(b.st.sb_magic, 0x01021994);
	T_EQ(b.st.sb_dev_minor, x.stx_dev_minor);
	T_ERR(sys_statmount(&r, &b, sizeof(b), 1), EINVAL);
	r.param = 0x20;
	T_ERR(sys_statmount(&r, &b, sizeof(b.st), 0), EOVERFLOW);
	T_EFAULT_NULL(p, sys_statmount(p, &b, sizeof(b), 0));
	T_EFAULT_NULL(p, sys_statmount(&r, p, sizeof(b), 0));
	r.spare = 1;
	T_ERR(sys_statmount(&r, &b, sizeof(b), 0), EINVAL);
	r.spare = 0;
	r.size = 8;
	T_ERR(sys_statmount(&r, &b, sizeof(b), 0), EINVAL);
	r.size = 24;
	r.mnt_id += 100000;
	T_ERR(sys_statmount(&r, &b, sizeof(b), 0), ENOENT);
	T_OK(sys_umount2("m", 0));
	r.mnt_id -= 100000;
	T_ERR(sys_statmount(&r, &b, sizeof(b), 0), ENOENT);
	T_OK(rmdir("m"));
}
