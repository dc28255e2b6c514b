/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What unlink and unlinkat(0) share. The including file defines do_unlink(path) as the call under
 * test before it includes this.
 */
#include "test.h"

static void unlink_permissions(void)
{
	T_OK(mkdir("ro", 0755));
	t_touch("ro/f");
	T_OK(chmod("ro", 0555));
	T_OK(mkdir("rw", 0755));
	T_OK(chmod("rw", 0777));
	t_touch("rw/f");
	T_OK(chmod("rw/f", 0));
	T_AS_USER
	{
		T_ERR(do_unlink("ro/f"), EACCES);
		T_ERR(do_unlink("ro/none"), ENOENT);
		/* The file's own mode does not matter. */
		T_OK(do_unlink("rw/f"));
	}
	T_OK(chmod("ro", 0755));
	if (!t_is_root())
		return;
	T_OK(chmod("rw", 01777));
	t_touch("rw/root");
	t_touch("rw/user");
	T_OK(chown("rw/user", T_UID, T_GID));
	T_AS_USER
	{
		T_ERR(do_unlink("rw/root"), EPERM);
		T_OK(do_unlink("rw/user"));
	}
	T_OK(chown("rw", T_UID, T_GID));
	T_AS_USER
	{
		T_OK(do_unlink("rw/root"));
	}
}

static void unlink_common(void)
{
	struct stat before, after;
	char buf[8];
	int fd;

	t_write_file("f", "abc", 3);
	T_OK(link("f", "g"));
	T_OK(stat("g", &before));
	fd = T_OK(open("g", O_RDWR));
	t_sleep_ms(30);
	T_OK(do_unlink("f"));
	T_TRUE(!t_exists("f"));
	T_OK(fstat(fd, &after));
	T_EQ(after.st_nlink, 1);
	T_NE(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
	T_OK(do_unlink("g"));
	/* The open file lives on. */
	T_OK(fstat(fd, &after));
	T_EQ(after.st_nlink, 0);
	T_EQ(read(fd, buf, 8), 3);
	T_EQ(write(fd, "def", 3), 3);
	T_EQ(pread(fd, buf, 8, 0), 6);
	close(fd);
	T_ERR(do_unlink("f"), ENOENT);

	t_touch("kept");
	T_OK(symlink("kept", "s"));
	T_OK(do_unlink("s"));
	T_TRUE(t_exists("kept") && !t_exists("s"));
	T_OK(symlink("nowhere", "dangling"));
	T_OK(do_unlink("dangling"));
	T_OK(mkfifo("fifo", 0600));
	T_OK(do_unlink("fifo"));

	T_OK(mkdir("d", 0755));
	T_ERR(do_unlink("d"), EISDIR);
	T_ERR2(do_unlink("d/"), EISDIR, ENOTDIR);
	T_ERR(do_unlink("."), EISDIR);
	T_ERR(do_unlink(".."), EISDIR);
	T_ERR(do_unlink("/"), EISDIR);
	T_ERR(do_unlink("kept/"), ENOTDIR);
	T_ERR(do_unlink("none/"), ENOENT);
	T_ERR(do_unlink("kept/x"), ENOTDIR);
	T_OK(symlink("d", "to-d"));
	T_ERR2(do_unlink("to-d/"), ENOTDIR, EISDIR);
	T_OK(do_unlink("to-d"));
	unlink_permissions();
	T_PATH_ERRORS(p, do_unlink(p));
	T_OK(do_unlink("pf-loop1"));
	T_OK(symlink("pf-loop2", "pf-loop1"));
}
