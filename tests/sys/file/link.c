/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_link(from, to) ((int)syscall(SYS_link, from, to))

static nlink_t links_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_nlink;
}

static void as_user(void)
{
	t_write_file("plain", "x", 1);
	/* Readable and writable, lest the host protect it from being linked. */
	T_OK(chmod("plain", 0666));
	T_OK(mkdir("shut", 0555));
	T_OK(mkdir("wide", 0777));
	T_OK(chmod("wide", 0777));
	T_AS_USER
	{
		T_ERR(sys_link("plain", "shut/new"), EACCES);
		T_ERR(sys_link("none", "shut/new"), ENOENT);
	}
	T_OK(chmod("shut", 0755));
	t_touch("shut/f");
	T_OK(chmod("shut", 0));
	T_AS_USER
	{
		T_ERR(sys_link("shut/f", "wide/f"), EACCES);
		T_ERR(sys_link("plain", "shut/f2"), EACCES);
	}
}

static void other_kinds(void)
{
	/* A symlink is linked itself; one at the new name is in the way. */
	T_OK(symlink("f", "sym"));
	T_OK(sys_link("sym", "sym2"));
	T_TRUE(S_ISLNK(t_mode("sym2")));
	T_EQ(links_of("sym"), 2);
	T_EQ(links_of("f"), 1);
	T_OK(symlink("nowhere", "dangling"));
	T_OK(sys_link("dangling", "dangling2"));
	T_ERR(sys_link("f", "dangling"), EEXIST);
	T_ERR(sys_link("sym/", "x"), ENOTDIR);
	/* Other kinds. */
	T_OK(mkfifo("fifo", 0600));
	T_OK(sys_link("fifo", "fifo2"));
	T_EQ(links_of("fifo2"), 2);
	/* Another file system. */
	T_ERR(sys_link("/proc/self/stat", "x"), EXDEV);
}

TEST_MAIN
{
	struct stat a, b, before, after;
	char buf[8];
	int fd;

	t_write_file("f", "abc", 3);
	T_OK(mkdir("d", 0755));
	T_OK(stat("d", &before));
	T_OK(stat("f", &a));
	t_sleep_ms(30);
	T_OK(sys_link("f", "d/g"));
	T_OK(stat("d/g", &b));
	T_EQ(a.st_ino, b.st_ino);
	T_EQ(b.st_nlink, 2);
	T_EQ(a.st_mtim.tv_nsec, b.st_mtim.tv_nsec);
	T_NE(a.st_ctim.tv_nsec, b.st_ctim.tv_nsec);
	T_OK(stat("d", &after));
	T_NE(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	fd = T_OK(open("d/g", O_WRONLY | O_APPEND));
	T_EQ(write(fd, "def", 3), 3);
	close(fd);
	T_EQ(t_read_file("f", buf, 8), 6);
	T_OK(unlink("f"));
	T_EQ(links_of("d/g"), 1);
	T_EQ(t_read_file("d/g", buf, 8), 6);

	t_touch("f");
	T_ERR(sys_link("f", "d/g"), EEXIST);
	T_ERR(sys_link("f", "f"), EEXIST);
	T_ERR(sys_link("f", "d"), EEXIST);
	T_ERR(sys_link("f", "d/"), EEXIST);
	T_ERR(sys_link("f", "."), EEXIST);
	T_ERR(sys_link("f", "/"), EEXIST);
	T_ERR(sys_link("d", "d2"), EPERM);
	T_ERR(sys_link("d/", "d2"), EPERM);
	T_ERR(sys_link("none", "x"), ENOENT);
	T_ERR(sys_link("f", "none/x"), ENOENT);
	T_ERR(sys_link("f", "new/"), ENOENT);
	T_ERR(sys_link("f/", "x"), ENOTDIR);
	T_ERR(sys_link("f", "f/x"), ENOTDIR);
	T_EQ(links_of("f"), 1);

	other_kinds();
	as_user();
	T_PATH_ERRORS(p, sys_link(p, "x"));
	T_PATH_ERRORS(p, sys_link("f", p));
	T_TRUE(!t_exists("x"));
}
