/* SPDX-License-Identifier: Apache-2.0 */
#include "statfs_common.h"

#define sys_statfs(path, sf) ((int)syscall(SYS_statfs, path, sf))

TEST_MAIN
{
	struct statfs sf, sf2;

	T_OK(sys_statfs(".", &sf));
	check_disk(&sf);
	/* A file in it gives the same. */
	t_touch("f");
	T_OK(symlink("f", "s"));
	T_OK(sys_statfs("s", &sf2));
	T_EQ(sf2.f_type, sf.f_type);
	T_EQ(sf2.f_blocks, sf.f_blocks);
	T_EQ(memcmp(&sf2.f_fsid, &sf.f_fsid, sizeof(sf.f_fsid)), 0);
	T_OK(chmod("f", 0));
	T_AS_USER
	{
		T_OK(sys_statfs("f", &sf));
	}
	T_OK(sys_statfs("/proc", &sf));
	T_EQ(sf.f_type, PROC_SUPER_MAGIC);
	T_EQ(sf.f_blocks, 0);
	T_OK(sys_statfs("/proc/self/stat", &sf));
	T_EQ(sf.f_type, PROC_SUPER_MAGIC);
	T_OK(sys_statfs("/", &sf));
	T_ERR(sys_statfs("none", &sf), ENOENT);
	T_ERR(sys_statfs("f/", &sf), ENOTDIR);
	T_EFAULT_NULL(p, sys_statfs(".", p));
	T_PATH_ERRORS(p, sys_statfs(p, &sf));
	T_ERR(sys_statfs("pf-loop1", &sf), ELOOP);
}
