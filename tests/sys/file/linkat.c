/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_linkat(fd, from, fd2, to, flags) \
	((int)syscall(SYS_linkat, fd, from, fd2, to, (long)(flags)))

static ino_t inode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_ino;
}

TEST_MAIN
{
	char path[64];
	int a, b, f;

	T_OK(mkdir("a", 0755));
	T_OK(mkdir("b", 0755));
	t_write_file("a/f", "abc", 3);
	t_touch("f");
	T_OK(symlink("f", "a/sym"));
	a = T_OK(open("a", O_RDONLY));
	b = T_OK(open("b", O_PATH));
	f = T_OK(open("a/f", O_RDONLY));
	T_OK(sys_linkat(a, "f", b, "g", 0));
	T_EQ(inode_of("a/f"), inode_of("b/g"));
	T_OK(sys_linkat(AT_FDCWD, "f", a, "../h", 0));
	T_EQ(inode_of("f"), inode_of("h"));
	T_OK(sys_linkat(a, "sym", b, "sym-itself", 0));
	T_TRUE(S_ISLNK(t_mode("b/sym-itself")));
	T_OK(sys_linkat(a, "sym", b, "sym-followed", AT_SYMLINK_FOLLOW));
	T_EQ(inode_of("b/sym-followed"), inode_of("a/f"));
	/* An open file by its descriptor. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", f);
	T_OK(sys_linkat(AT_FDCWD, path, b, "by-proc", AT_SYMLINK_FOLLOW));
	T_EQ(inode_of("b/by-proc"), inode_of("a/f"));
	T_ERR(sys_linkat(AT_FDCWD, path, b, "by-proc2", 0), EXDEV);
	if (t_is_root()) {
		T_OK(sys_linkat(f, "", b, "by-fd", AT_EMPTY_PATH));
		T_EQ(inode_of("b/by-fd"), inode_of("a/f"));
	}
	T_ERR(sys_linkat(f, "", b, "x", 0), ENOENT);
	/* A file without names cannot be given one again. */
	t_touch("lost");
	int lost = T_OK(open("lost", O_RDONLY));
	T_OK(unlink("lost"));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", lost);
	T_ERR(sys_linkat(AT_FDCWD, path, b, "x", AT_SYMLINK_FOLLOW), ENOENT);

	T_ERR(sys_linkat(a, "f", b, "g", 0), EEXIST);
	T_ERR(sys_linkat(a, "none", b, "x", 0), ENOENT);
	T_ERR(sys_linkat(a, "", b, "x", 0), ENOENT);
	T_ERR(sys_linkat(a, "f", b, "", 0), ENOENT);
	T_ERR(sys_linkat(-1, "f", b, "x", 0), EBADF);
	T_ERR(sys_linkat(a, "f", -1, "x", 0), EBADF);
	T_ERR(sys_linkat(f, "f", b, "x", 0), ENOTDIR);
	T_ERR(sys_linkat(a, "f", f, "x", 0), ENOTDIR);
	T_ERR(sys_linkat(AT_FDCWD, "a", b, "x", 0), EPERM);
	T_ERR(sys_linkat(a, "f", b, "x", 0x40000000), EINVAL);
	T_ERR(sys_linkat(a, "f", b, "x", AT_SYMLINK_NOFOLLOW), EINVAL);
	T_ERR(sys_linkat(-1, NULL, -1, NULL, 0x40000000), EINVAL);
	T_PATH_ERRORS(p, sys_linkat(AT_FDCWD, p, b, "x", 0));
	T_PATH_ERRORS(p, sys_linkat(AT_FDCWD, p, b, "x", AT_SYMLINK_FOLLOW));
	T_PATH_ERRORS(p, sys_linkat(a, "f", AT_FDCWD, p, 0));
	T_TRUE(!t_exists("b/x"));
}
