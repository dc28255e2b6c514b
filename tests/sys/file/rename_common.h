/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rename, renameat and renameat2 share. The including file defines do_rename(from, to) as the
 * call under test before it includes this.
 */
#include "test.h"

static ino_t inode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_ino;
}

static void rename_files(void)
{
	struct stat before, after, st;
	ino_t ino;
	int fd;

	t_write_file("a", "A", 1);
	t_write_file("b", "BB", 2);
	ino = inode_of("a");
	T_OK(do_rename("a", "c"));
	T_TRUE(!t_exists("a"));
	T_EQ(inode_of("c"), ino);
	/* Over an existing file: the old one goes, an open descriptor keeps it. */
	fd = T_OK(open("b", O_RDONLY));
	T_OK(do_rename("c", "b"));
	T_TRUE(!t_exists("c"));
	T_EQ(inode_of("b"), ino);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_nlink, 0);
	T_EQ(st.st_size, 2);
	close(fd);
	/* To itself, or to another name of the same file: nothing happens. */
	T_OK(do_rename("b", "b"));
	T_OK(link("b", "b2"));
	T_OK(do_rename("b", "b2"));
	T_TRUE(t_exists("b") && t_exists("b2"));
	T_OK(unlink("b2"));
	/* Into another directory; directory times and the file's change time move. */
	T_OK(mkdir("d", 0755));
	T_OK(stat("d", &before));
	t_sleep_ms(30);
	T_OK(do_rename("b", "d/b"));
	T_OK(stat("d", &after));
	T_NE(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	T_EQ(inode_of("d/b"), ino);
	/* A symlink is moved, not followed, and replaced, not followed. */
	T_OK(symlink("d/b", "s"));
	T_OK(do_rename("s", "s2"));
	T_TRUE(S_ISLNK(t_mode("s2")));
	t_touch("over");
	T_OK(do_rename("over", "s2"));
	T_TRUE(S_ISREG(t_mode("s2")));
	T_EQ(inode_of("d/b"), ino);
	T_OK(mkfifo("fifo", 0600));
	T_OK(do_rename("fifo", "s2"));
	T_TRUE(S_ISFIFO(t_mode("s2")));
}

static void rename_directories(void)
{
	struct stat st;
	ino_t ino;

	T_OK(mkdir("p", 0755));
	T_OK(mkdir("q", 0755));
	T_OK(mkdir("p/x", 0755));
	t_touch("p/x/f");
	ino = inode_of("p/x");
	T_OK(do_rename("p/x", "q/y"));
	T_EQ(inode_of("q/y"), ino);
	T_TRUE(t_exists("q/y/f"));
	/* ".." goes along, and so do the link counts of both parents. */
	T_OK(stat("q/y/..", &st));
	T_EQ(st.st_ino, inode_of("q"));
	T_OK(stat("p", &st));
	T_EQ(st.st_nlink, 2);
	T_OK(stat("q", &st));
	T_EQ(st.st_nlink, 3);
	/* Over an empty directory, not over a full one. */
	T_OK(mkdir("empty", 0755));
	T_OK(do_rename("q/y", "empty"));
	T_TRUE(t_exists("empty/f"));
	T_OK(mkdir("other", 0755));
	T_ERR2(do_rename("other", "empty"), ENOTEMPTY, EEXIST);
	T_OK(do_rename("other/", "other2/"));
	T_OK(do_rename("other2", "other"));
	/* Not into itself. */
	T_OK(mkdir("empty/in", 0755));
	T_ERR(do_rename("empty", "empty/in/deep"), EINVAL);
	T_ERR(do_rename("empty", "empty/in"), EINVAL);
	T_ERR2(do_rename("empty/in", "empty"), ENOTEMPTY, EEXIST);
	/* Kinds must agree. */
	T_ERR(do_rename("empty", "d/b"), ENOTDIR);
	T_ERR(do_rename("d/b", "other"), EISDIR);
	T_ERR(do_rename("d/b", "empty"), EISDIR);
	/* Last components that are no names. */
	T_ERR(do_rename(".", "x"), EBUSY);
	T_ERR(do_rename("other/.", "x"), EBUSY);
	T_ERR(do_rename("other/..", "x"), EBUSY);
	T_ERR(do_rename("other", "."), EBUSY);
	T_ERR(do_rename("other", "empty/.."), EBUSY);
	T_ERR2(do_rename("/", "x"), EBUSY, EXDEV);
	T_ERR2(do_rename("other", "/"), EBUSY, EXDEV);
	/* Trailing slashes ask for directories. */
	T_ERR(do_rename("d/b", "new/"), ENOTDIR);
	T_ERR(do_rename("d/b/", "new"), ENOTDIR);
	T_TRUE(!t_exists("new"));
}

static void rename_permissions(void)
{
	T_OK(mkdir("ro", 0755));
	t_touch("ro/f");
	T_OK(mkdir("rw", 0777));
	T_OK(chmod("rw", 0777));
	t_touch("rw/f");
	T_OK(chmod("ro", 0555));
	T_AS_USER
	{
		T_ERR(do_rename("ro/f", "rw/g"), EACCES);
		T_ERR(do_rename("rw/f", "ro/g"), EACCES);
		T_ERR(do_rename("ro/f", "ro/g"), EACCES);
		T_ERR(do_rename("rw/none", "ro/g"), ENOENT);
		T_OK(do_rename("rw/f", "rw/g"));
	}
	T_OK(chmod("ro", 0755));
	if (!t_is_root())
		return;
	/* A sticky directory: the owner of the file or of the directory. */
	T_OK(chmod("rw", 01777));
	t_touch("rw/root");
	t_touch("rw/user");
	T_OK(chown("rw/user", T_UID, T_GID));
	T_OK(mkdir("rw/rootdir", 0755));
	T_OK(mkdir("pub", 0777));
	T_OK(chmod("pub", 0777));
	T_OK(chown("pub", T_UID, T_GID));
	T_AS_USER
	{
		T_ERR(do_rename("rw/root", "rw/x"), EPERM);
		T_ERR(do_rename("rw/user", "rw/root"), EPERM);
		T_OK(do_rename("rw/user", "rw/mine"));
	}
	T_OK(chmod("rw", 0777));
	T_AS_USER
	{
		/* A directory that changes parents must be writable for its "..". */
		T_ERR(do_rename("rw/rootdir", "pub/dir"), EACCES);
		T_OK(do_rename("rw/rootdir", "rw/dir2"));
		T_OK(do_rename("rw/root", "pub/root"));
	}
}

static void rename_common(void)
{
	rename_files();
	rename_directories();
	rename_permissions();
	T_ERR(do_rename("none", "x"), ENOENT);
	T_ERR(do_rename("none", "d/b"), ENOENT);
	T_ERR(do_rename("d/b", "none/x"), ENOENT);
	T_ERR(do_rename("d/b/x", "y"), ENOTDIR);
	T_ERR(do_rename("/proc/self/stat", "x"), EXDEV);
	T_PATH_ERRORS(p, do_rename(p, "x"));
	T_PATH_ERRORS(p, do_rename("d/b", p));
	T_TRUE(t_exists("d/b"));
}
