/* SPDX-License-Identifier: Apache-2.0 */
#include "stat_common.h"

#define sys_lstat(path, st) ((int)syscall(SYS_lstat, path, st))

TEST_MAIN
{
	struct stat st;

	make_kinds();
	T_OK(sys_lstat("file", &st));
	check_file(&st);
	T_OK(sys_lstat("link", &st));
	T_EQ(st.st_mode, S_IFLNK | 0777);
	T_EQ(st.st_size, 4);
	T_EQ(st.st_nlink, 1);
	T_EQ(st.st_uid, geteuid());
	T_OK(sys_lstat("dangling", &st));
	T_EQ(st.st_mode, S_IFLNK | 0777);
	T_EQ(st.st_size, 7);
	T_OK(sys_lstat("dir", &st));
	T_EQ(st.st_mode, S_IFDIR | 0751);

	/* Symlinks on the way are followed, and one with a slash behind it. */
	T_OK(symlink("dir", "to-dir"));
	t_touch("dir/x");
	T_OK(sys_lstat("to-dir/x", &st));
	T_TRUE(S_ISREG(st.st_mode));
	T_OK(sys_lstat("to-dir", &st));
	T_TRUE(S_ISLNK(st.st_mode));
	T_OK(sys_lstat("to-dir/", &st));
	T_TRUE(S_ISDIR(st.st_mode));
	T_OK(sys_lstat("to-dir/.", &st));
	T_TRUE(S_ISDIR(st.st_mode));
	T_ERR(sys_lstat("link/", &st), ENOTDIR);
	T_ERR(sys_lstat("dangling/", &st), ENOENT);
	T_ERR(sys_lstat("none", &st), ENOENT);
	T_EFAULT_NULL(p, sys_lstat("file", p));
	T_PATH_ERRORS(p, sys_lstat(p, &st));
	T_OK(sys_lstat("pf-loop1", &st));
	T_ERR(sys_lstat("pf-loop1/", &st), ELOOP);
}
