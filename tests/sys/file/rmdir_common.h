/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rmdir and unlinkat(AT_REMOVEDIR) share. The including file defines do_rmdir(path) as the
 * call under test before it includes this.
 */
#include "test.h"

static void rmdir_permissions(void)
{
	T_OK(mkdir("ro2", 0755));
	T_OK(mkdir("ro2/d", 0755));
	T_OK(chmod("ro2", 0555));
	T_OK(mkdir("rw2", 0755));
	T_OK(chmod("rw2", 0777));
	T_OK(mkdir("rw2/d", 0));
	T_AS_USER
	{
		T_ERR(do_rmdir("ro2/d"), EACCES);
		T_OK(do_rmdir("rw2/d"));
	}
	T_OK(chmod("ro2", 0755));
	if (!t_is_root())
		return;
	T_OK(chmod("rw2", 01777));
	T_OK(mkdir("rw2/root", 0755));
	T_AS_USER
	{
		T_ERR(do_rmdir("rw2/root"), EPERM);
	}
}

static void rmdir_common(void)
{
	struct stat st;
	int fd;

	t_touch("file");
	T_OK(mkdir("e", 0755));
	T_OK(mkdir("e/sub", 0755));
	T_ERR2(do_rmdir("e"), ENOTEMPTY, EEXIST);
	T_OK(do_rmdir("e/sub"));
	T_OK(stat("e", &st));
	T_EQ(st.st_nlink, 2);
	t_touch("e/f");
	T_ERR2(do_rmdir("e"), ENOTEMPTY, EEXIST);
	T_OK(unlink("e/f"));
	T_OK(do_rmdir("e/"));
	T_TRUE(!t_exists("e"));
	T_ERR(do_rmdir("e"), ENOENT);
	T_ERR(do_rmdir("file"), ENOTDIR);
	T_ERR(do_rmdir("file/"), ENOTDIR);
	T_OK(mkdir("e", 0));
	T_OK(symlink("e", "to-e"));
	T_ERR(do_rmdir("to-e"), ENOTDIR);
	T_ERR(do_rmdir("to-e/"), ENOTDIR);
	T_OK(do_rmdir("e"));
	T_ERR(do_rmdir("."), EINVAL);
	T_OK(mkdir("e", 0755));
	T_ERR(do_rmdir("e/."), EINVAL);
	T_ERR2(do_rmdir("e/.."), ENOTEMPTY, EEXIST);
	T_ERR2(do_rmdir(".."), ENOTEMPTY, EEXIST);
	T_ERR(do_rmdir("/"), EBUSY);
	T_ERR(do_rmdir("none/x"), ENOENT);

	/* Removed while in use: nothing can be made in it any more. */
	fd = T_OK(open("e", O_RDONLY));
	T_CHILD
	{
		char buf[100];

		T_OK(chdir("e"));
		T_OK(do_rmdir("../e"));
		T_ERR(open("x", O_RDWR | O_CREAT, 0600), ENOENT);
		T_ERR(mkdir("x", 0700), ENOENT);
		T_OK(stat(".", &st));
		T_EQ(st.st_nlink, 0);
		T_OK(chdir(".."));
		T_ERR(syscall(SYS_getcwd, buf, 1), ERANGE);
	}
	T_ERR(openat(fd, "x", O_RDWR | O_CREAT, 0600), ENOENT);
	close(fd);
	rmdir_permissions();
	T_PATH_ERRORS(p, do_rmdir(p));
}
