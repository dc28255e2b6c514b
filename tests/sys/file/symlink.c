/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_symlink(target, path) ((int)syscall(SYS_symlink, target, path))

static void following(void)
{
	struct stat st, root;
	int fd;

	/* Through a loop. */
	T_OK(sys_symlink("l2", "l1"));
	T_OK(sys_symlink("l1", "l2"));
	T_ERR(open("l1", O_RDONLY), ELOOP);
	T_OK(lstat("l1", &st));
	/* A relative link in the middle of a path, and an absolute one. */
	T_OK(chmod("d", 0755));
	T_OK(mkdir("d/e", 0755));
	t_touch("d/e/f");
	T_OK(sys_symlink("d/e", "mid"));
	T_EQ(close(T_OK(open("mid/f", O_RDONLY))), 0);
	T_EQ(close(T_OK(open("mid/../e/f", O_RDONLY))), 0);
	T_ERR(open("mid/../f", O_RDONLY | O_NOFOLLOW), ENOENT);
	T_OK(sys_symlink("/", "rooted"));
	fd = T_OK(open("rooted", O_RDONLY | O_DIRECTORY));
	T_OK(fstat(fd, &st));
	T_OK(stat("/", &root));
	T_EQ(st.st_ino, root.st_ino);
}

TEST_MAIN
{
	struct stat st;
	char buf[PATH_MAX + 1];

	t_write_file("f", "abc", 3);
	T_OK(mkdir("d", 0755));
	T_OK(sys_symlink("f", "s"));
	T_OK(lstat("s", &st));
	T_EQ(st.st_mode, S_IFLNK | 0777);
	T_EQ(st.st_size, 1);
	T_EQ(readlink("s", buf, sizeof(buf)), 1);
	T_EQ(t_read_file("s", buf, 8), 3);
	/* The target is any text, relative to the link's directory. */
	T_OK(sys_symlink("../f", "d/up"));
	T_EQ(t_read_file("d/up", buf, 8), 3);
	T_OK(sys_symlink("no such thing", "d/dangling"));
	T_OK(sys_symlink("///", "d/slashes"));
	T_EQ(readlink("d/slashes", buf, sizeof(buf)), 3);
	T_OK(sys_symlink("d/slashes", "d/loop"));
	/* Short targets and long ones are kept differently. */
	for (size_t len = 1; len < 4096; len = len * 2 + 3) {
		T_OK(sys_symlink(t_long_name(len), "long"));
		T_EQ(readlink("long", buf, sizeof(buf)), len);
		T_MEM(buf, t_long_name(len), len);
		T_EQ(t_size("long"), len);
		T_OK(unlink("long"));
	}
	T_OK(sys_symlink(t_long_name(4095), "long"));
	T_EQ(t_size("long"), 4095);
	T_ERR(sys_symlink(t_long_name(4096), "longer"), ENAMETOOLONG);
	T_ERR(open("long", O_RDONLY), ENAMETOOLONG);

	T_ERR(sys_symlink("", "x"), ENOENT);
	T_ERR(sys_symlink("f", "s"), EEXIST);
	T_ERR(sys_symlink("f", "d"), EEXIST);
	T_ERR(sys_symlink("f", "d/"), EEXIST);
	T_ERR(sys_symlink("f", "."), EEXIST);
	T_ERR(sys_symlink("f", "d/dangling"), EEXIST);
	T_ERR(sys_symlink("f", "new/"), ENOENT);
	T_ERR(sys_symlink("f", "f/x"), ENOTDIR);
	T_EFAULT_NULL(p, sys_symlink(p, "x"));
	T_OK(chmod("d", 0555));
	T_AS_USER
	{
		T_ERR(sys_symlink("f", "d/new"), EACCES);
	}
	T_PATH_ERRORS(p, sys_symlink("f", p));
	following();
}
