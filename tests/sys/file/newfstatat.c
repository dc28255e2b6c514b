/* SPDX-License-Identifier: Apache-2.0 */
#include "stat_common.h"

#define sys_newfstatat(fd, path, st, flags) \
	((int)syscall(SYS_newfstatat, fd, path, st, (long)(flags)))

TEST_MAIN
{
	struct stat st, st2;
	int d, f, p[2];

	make_kinds();
	d = T_OK(open("dir", O_RDONLY));
	f = T_OK(open("file", O_RDONLY));
	T_OK(sys_newfstatat(AT_FDCWD, "file", &st, 0));
	check_file(&st);
	T_OK(sys_newfstatat(d, "../link", &st, 0));
	check_file(&st);
	T_OK(sys_newfstatat(d, "../link", &st, AT_SYMLINK_NOFOLLOW));
	T_EQ(st.st_mode, S_IFLNK | 0777);
	T_OK(sys_newfstatat(d, ".", &st, 0));
	T_OK(fstat(d, &st2));
	T_EQ(st.st_ino, st2.st_ino);
	T_OK(sys_newfstatat(-1, "/", &st, 0));

	/* AT_EMPTY_PATH: the descriptor itself. */
	T_OK(sys_newfstatat(f, "", &st, AT_EMPTY_PATH));
	check_file(&st);
	T_OK(sys_newfstatat(d, "", &st, AT_EMPTY_PATH));
	T_EQ(st.st_mode, S_IFDIR | 0751);
	T_OK(sys_newfstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
	T_OK(stat(".", &st2));
	T_EQ(st.st_ino, st2.st_ino);
	T_OK(sys_newfstatat(d, "../file", &st, AT_EMPTY_PATH));
	check_file(&st);
	T_OK(pipe(p));
	T_OK(sys_newfstatat(p[0], "", &st, AT_EMPTY_PATH));
	T_TRUE(S_ISFIFO(st.st_mode));
	int link_fd = T_OK(open("link", O_PATH | O_NOFOLLOW));
	T_OK(sys_newfstatat(link_fd, "", &st, AT_EMPTY_PATH));
	T_EQ(st.st_mode, S_IFLNK | 0777);
	T_OK(sys_newfstatat(AT_FDCWD, "file", &st, AT_NO_AUTOMOUNT));

	T_ERR(sys_newfstatat(f, "", &st, 0), ENOENT);
	T_ERR(sys_newfstatat(-1, "", &st, AT_EMPTY_PATH), EBADF);
	T_ERR(sys_newfstatat(-1, "file", &st, 0), EBADF);
	T_ERR(sys_newfstatat(9999, "file", &st, 0), EBADF);
	T_ERR(sys_newfstatat(f, "x", &st, 0), ENOTDIR);
	T_ERR(sys_newfstatat(d, "none", &st, 0), ENOENT);
	T_ERR(sys_newfstatat(AT_FDCWD, "file", &st, 0x40000000), EINVAL);
	T_ERR(sys_newfstatat(AT_FDCWD, "file", &st, AT_SYMLINK_FOLLOW), EINVAL);
	T_ERR(sys_newfstatat(-1, "none", &st, 0x40000000), EINVAL);
	T_EFAULT_NULL(q, sys_newfstatat(AT_FDCWD, "file", q, 0));
	T_EFAULT_NULL(q, sys_newfstatat(f, "", q, AT_EMPTY_PATH));
	T_PATH_ERRORS(q, sys_newfstatat(AT_FDCWD, q, &st, 0));
	T_PATH_ERRORS(q, sys_newfstatat(AT_FDCWD, q, &st, AT_SYMLINK_NOFOLLOW));
}
