/* SPDX-License-Identifier: Apache-2.0 */
/* Path names: dots, slashes, symlinks and their limits. */
#include "test.h"

static bool is_same(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

static void dots_and_slashes(void)
{
	T_TRUE(is_same("d", "./d"));
	T_TRUE(is_same("d", "d/."));
	T_TRUE(is_same("d", "d/./././"));
	T_TRUE(is_same("d", "d//"));
	T_TRUE(is_same("d/e", "d////e"));
	T_TRUE(is_same("d/e", ".///d/./e/../e//."));
	T_TRUE(is_same(".", "d/.."));
	T_TRUE(is_same(".", "d/e/../.."));
	T_TRUE(is_same("/", "/.."));
	T_TRUE(is_same("/", "/../../../.."));
	T_TRUE(is_same("/", "//"));
	T_TRUE(is_same("/", "/./."));
	T_TRUE(is_same("f", "d/../f"));
	T_ERR(open("f/..", O_RDONLY), ENOTDIR);
	T_ERR(open("f/.", O_RDONLY), ENOTDIR);
	T_ERR(open("none/..", O_RDONLY), ENOENT);
	T_ERR(open("d/none/../e", O_RDONLY), ENOENT);
	/* Names that only look special. */
	t_touch("...");
	t_touch("..x");
	t_touch(".hidden");
	t_touch(" ");
	t_touch("new\nline");
	t_touch("\x01\xff\x80");
	T_TRUE(t_exists("...") && t_exists("..x") && t_exists(".hidden") && t_exists(" "));
	T_TRUE(t_exists("new\nline") && t_exists("\x01\xff\x80"));
	/* Case matters. */
	T_ERR(open("F", O_RDONLY), ENOENT);
}

static void symlinks(void)
{
	char cwd[PATH_MAX], target[PATH_MAX + 8];

	T_OK(symlink("d", "to-d"));
	T_OK(symlink("to-d", "to-to-d"));
	T_OK(symlink("e", "d/to-e"));
	T_OK(symlink("../f", "d/up"));
	T_OK(symlink("./d/", "slash-d"));
	T_OK(symlink("f/", "slash-f"));
	T_OK(symlink(".", "self"));
	T_OK(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	snprintf(target, sizeof(target), "%s/d", cwd);
	T_OK(symlink(target, "abs"));
	T_TRUE(is_same("to-to-d/e", "d/e"));
	T_TRUE(is_same("to-d/to-e", "d/e"));
	T_TRUE(is_same("to-d/to-e/..", "d"));
	T_TRUE(is_same("to-d/..", "."));
	T_TRUE(is_same("to-d/up", "f"));
	T_TRUE(is_same("abs/e", "d/e"));
	T_TRUE(is_same("slash-d/e", "d/e"));
	T_TRUE(is_same("self/self/self/d", "d"));
	T_ERR(open("slash-f", O_RDONLY), ENOTDIR);
	/* A symlink whose target has a slash at its end is followed even where links are not. */
	T_TRUE(S_ISLNK(t_mode("slash-d")));
	T_TRUE(S_ISDIR(t_mode("slash-d/")));
	/* Creating through "dangling/" makes no file. */
	T_OK(symlink("nothing", "dangling"));
	T_ERR(mkdir("dangling/x", 0755), ENOENT);
	T_ERR(open("dangling/", O_RDWR | O_CREAT, 0600), EISDIR);
	/* Deleting and making directories under a link. */
	T_OK(mkdir("to-d/made", 0755));
	T_TRUE(t_exists("d/made"));
	T_OK(rmdir("abs/made"));
	T_TRUE(!t_exists("d/made"));
	/* Forty links are the limit over the whole path. */
	char path[600] = "";
	for (int i = 0; i < 40; i++)
		strcat(path, "self/");
	strcat(path, "f");
	T_EQ(close(T_OK(open(path, O_RDONLY))), 0);
	memmove(path + 5, path, strlen(path) + 1);
	memcpy(path, "self/", 5);
	T_ERR(open(path, O_RDONLY), ELOOP);
	/* A long target put together with a long rest. */
	memset(target, '/', 4000);
	target[0] = '.';
	memcpy(target + 4000, "d", 2);
	T_OK(symlink(target, "long"));
	T_TRUE(is_same("long/e", "d/e"));
	memset(target, '/', 3000);
	memcpy(target, "long", 4);
	memcpy(target + 3000, "e", 2);
	T_TRUE(is_same(target, "d/e"));
}

static void lengths(void)
{
	char path[PATH_MAX + 10];

	T_OK(mkdir(t_long_name(255), 0755));
	snprintf(path, sizeof(path), "%s/%s", t_long_name(255), t_long_name(255));
	T_OK(mkdir(path, 0755));
	T_ERR(mkdir(t_long_name(256), 0755), ENAMETOOLONG);
	T_ERR(stat(t_long_name(256), &(struct stat){0}), ENAMETOOLONG);
	/* 4095 bytes are a path, 4096 are not. */
	memset(path, '/', sizeof(path));
	memcpy(path, "./", 2);
	memcpy(path + 4094, "f", 2);
	T_EQ(strlen(path), 4095);
	T_EQ(close(T_OK(open(path, O_RDONLY))), 0);
	path[4094] = '/';
	memcpy(path + 4095, "f", 2);
	T_ERR(open(path, O_RDONLY), ENAMETOOLONG);
	/* A path that runs into an unmapped page. */
	char *end = t_page_end();
	memcpy(end - 2, "f", 2);
	T_EQ(close(T_OK(open(end - 2, O_RDONLY))), 0);
	memcpy(end - 3, "/tm", 3);
	T_ERR(open(end - 3, O_RDONLY), EFAULT);
}

TEST_MAIN
{
	T_OK(mkdir("d", 0755));
	T_OK(mkdir("d/e", 0755));
	t_touch("f");
	dots_and_slashes();
	symlinks();
	lengths();
}
