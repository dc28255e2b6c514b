/* SPDX-License-Identifier: Apache-2.0 */
#define sys_renameat2(fd, from, fd2, to, flags) \
	((int)syscall(SYS_renameat2, fd, from, fd2, to, (unsigned)(flags)))
#define do_rename(from, to)	   sys_renameat2(AT_FDCWD, from, AT_FDCWD, to, 0)
#define exchange(from, to)	   sys_renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE)
#define rename_noreplace(from, to) sys_renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE)
#include "rename_common.h"

static void no_replace(void)
{
	t_write_file("n1", "1", 1);
	t_write_file("n2", "22", 2);
	T_OK(mkdir("nd", 0755));
	T_ERR(rename_noreplace("n1", "n2"), EEXIST);
	T_ERR(rename_noreplace("n1", "nd"), EEXIST);
	T_ERR(rename_noreplace("n1", "n1"), EEXIST);
	T_ERR(rename_noreplace("nd", "."), EEXIST);
	T_ERR(rename_noreplace("none", "n3"), ENOENT);
	T_OK(symlink("nowhere", "nl"));
	T_ERR(rename_noreplace("n1", "nl"), EEXIST);
	T_OK(rename_noreplace("n1", "n3"));
	T_TRUE(!t_exists("n1") && t_exists("n3"));
	T_OK(rename_noreplace("nd", "nd2"));
	T_EQ(t_size("n2"), 2);
}

static void exchanging(void)
{
	struct stat st;
	ino_t i1, i2;

	t_write_file("e1", "1", 1);
	t_write_file("e2", "22", 2);
	T_OK(mkdir("ed", 0755));
	T_OK(mkdir("ed/sub", 0755));
	T_OK(exchange("e1", "e2"));
	T_EQ(t_size("e1"), 2);
	T_EQ(t_size("e2"), 1);
	/* Different kinds, full directories, different parents. */
	i1 = inode_of("e1");
	i2 = inode_of("ed");
	T_OK(exchange("e1", "ed"));
	T_EQ(inode_of("ed"), i1);
	T_EQ(inode_of("e1"), i2);
	T_TRUE(t_exists("e1/sub"));
	i1 = inode_of("e1/sub");
	T_OK(exchange("e1/sub", "e2"));
	T_TRUE(S_ISREG(t_mode("e1/sub")));
	T_EQ(inode_of("e2"), i1);
	T_OK(stat("e2/..", &st));
	T_EQ(st.st_ino, inode_of("."));
	T_OK(stat("e1", &st));
	T_EQ(st.st_nlink, 2);
	T_OK(exchange("e1", "e1"));
	T_ERR(exchange("e1", "none"), ENOENT);
	T_ERR(exchange("none", "e1"), ENOENT);
	T_OK(mkdir("e2/child", 0755));
	T_ERR(exchange("e2", "e2/child"), EINVAL);
	T_ERR(exchange("e2/child", "e2"), EINVAL);
	T_ERR(exchange(".", "e1"), EBUSY);
}

TEST_MAIN
{
	int a, f;

	rename_common();
	no_replace();
	exchanging();
	T_OK(mkdir("A", 0755));
	t_touch("A/f");
	a = T_OK(open("A", O_RDONLY));
	f = T_OK(open("A/f", O_RDONLY));
	T_OK(sys_renameat2(a, "f", AT_FDCWD, "moved", RENAME_NOREPLACE));
	T_OK(sys_renameat2(AT_FDCWD, "moved", a, "f", 0));
	T_ERR(sys_renameat2(a, "f", a, "x", RENAME_EXCHANGE | RENAME_NOREPLACE), EINVAL);
	T_ERR(sys_renameat2(a, "f", a, "x", RENAME_EXCHANGE | RENAME_WHITEOUT), EINVAL);
	T_ERR(sys_renameat2(a, "f", a, "x", 8), EINVAL);
	T_ERR(sys_renameat2(a, "f", a, "x", 0x80000000U), EINVAL);
	T_ERR(sys_renameat2(-1, "none", -1, "x", 0x80000000U), EINVAL);
	T_ERR(sys_renameat2(-1, "f", a, "x", 0), EBADF);
	T_ERR(sys_renameat2(a, "f", -1, "x", 0), EBADF);
	T_ERR(sys_renameat2(f, "f", a, "x", 0), ENOTDIR);
}
