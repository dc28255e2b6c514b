/* SPDX-License-Identifier: Apache-2.0 */
/* What openat adds to open: the directory descriptor. */
#include "test.h"

static void relative(void)
{
	int d, path_fd, fd;
	char buf[8], cwd[PATH_MAX], abs_path[PATH_MAX + 16];

	T_OK(mkdir("d", 0755));
	T_OK(mkdir("d/e", 0755));
	t_write_file("f", "outer", 5);
	d = T_OK(openat(AT_FDCWD, "d", O_RDONLY | O_DIRECTORY));
	path_fd = T_OK(openat(AT_FDCWD, "d", O_PATH));
	fd = T_OK(openat(d, "f", O_RDWR | O_CREAT | O_EXCL, 0600));
	T_EQ(write(fd, "in", 2), 2);
	close(fd);
	T_EQ(t_size("d/f"), 2);
	fd = T_OK(openat(path_fd, "f", O_RDONLY));
	T_EQ(read(fd, buf, 8), 2);
	close(fd);
	fd = T_OK(openat(d, "../f", O_RDONLY));
	T_EQ(read(fd, buf, 8), 5);
	close(fd);
	fd = T_OK(openat(d, "e/../f", O_RDONLY));
	T_EQ(read(fd, buf, 8), 2);
	close(fd);
	T_EQ(close(T_OK(openat(d, ".", O_RDONLY))), 0);

	/* An absolute path does not look at the descriptor. */
	T_OK(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	snprintf(abs_path, sizeof(abs_path), "%s/f", cwd);
	T_EQ(close(T_OK(openat(d, abs_path, O_RDONLY))), 0);
	T_EQ(close(T_OK(openat(-1, abs_path, O_RDONLY))), 0);
	T_EQ(close(T_OK(openat(9999, abs_path, O_RDONLY))), 0);

	/* The descriptor follows a rename of its directory. */
	T_OK(rename("d", "renamed"));
	T_EQ(close(T_OK(openat(d, "f", O_RDONLY))), 0);
	T_OK(chdir("renamed/e"));
	T_EQ(close(T_OK(openat(AT_FDCWD, "../f", O_RDONLY))), 0);
	T_EQ(close(T_OK(openat(d, "e", O_RDONLY))), 0);
	T_OK(chdir("../.."));
	close(d);
	close(path_fd);
}

static void errors(void)
{
	int d, f, p;

	f = T_OK(openat(AT_FDCWD, "f", O_RDONLY));
	p = T_OK(openat(AT_FDCWD, "f", O_PATH));
	T_ERR(openat(-1, "f", O_RDONLY), EBADF);
	T_ERR(openat(9999, "f", O_RDONLY), EBADF);
	T_ERR(openat(f, "f", O_RDONLY), ENOTDIR);
	T_ERR(openat(p, "f", O_RDONLY), ENOTDIR);
	T_ERR(openat(f, "", O_RDONLY), ENOENT);
	T_ERR(openat(-1, "", O_RDONLY), ENOENT);
	T_ERR(openat(-1, NULL, O_RDONLY), EFAULT);
	T_ERR(openat(f, ".", O_RDONLY), ENOTDIR);

	/* A removed directory. */
	T_OK(mkdir("gone", 0755));
	d = T_OK(openat(AT_FDCWD, "gone", O_RDONLY));
	T_OK(rmdir("gone"));
	T_ERR(openat(d, "x", O_RDWR | O_CREAT, 0600), ENOENT);
	T_ERR(openat(d, "x", O_RDONLY), ENOENT);
	T_EQ(close(T_OK(openat(d, ".", O_RDONLY))), 0);
	close(d);

	/* Search permission on the directory is checked at the call. */
	T_OK(mkdir("locked", 0755));
	t_touch("locked/f");
	d = T_OK(openat(AT_FDCWD, "locked", O_RDONLY));
	T_OK(chmod("locked", 0));
	T_AS_USER
	{
		T_ERR(openat(d, "f", O_RDONLY), EACCES);
	}
	T_OK(chmod("locked", 0755));
	T_AS_USER
	{
		T_EQ(close(T_OK(openat(d, "f", O_RDONLY))), 0);
	}
	close(d);
	close(f);
	close(p);
}

TEST_MAIN
{
	relative();
	errors();
	T_PATH_ERRORS(p, openat(AT_FDCWD, p, O_RDONLY));
	int d = T_OK(open(".", O_RDONLY));
	T_PATH_ERRORS(p, openat(d, p, O_RDWR | O_CREAT, 0600));
}
