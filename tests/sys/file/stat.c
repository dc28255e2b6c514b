/* SPDX-License-Identifier: Apache-2.0 */
#include "stat_common.h"

#define sys_stat(path, st) ((int)syscall(SYS_stat, path, st))

static void links_and_sizes(void)
{
	struct stat st, st2;
	int fd;

	T_OK(link("file", "hard"));
	T_OK(sys_stat("file", &st));
	T_OK(sys_stat("hard", &st2));
	T_EQ(st.st_nlink, 2);
	T_EQ(st2.st_nlink, 2);
	T_EQ(st.st_ino, st2.st_ino);
	T_EQ(st.st_dev, st2.st_dev);
	T_OK(unlink("hard"));
	T_OK(sys_stat("file", &st));
	T_EQ(st.st_nlink, 1);

	/* Directories count their subdirectories. */
	T_OK(sys_stat("dir", &st));
	T_EQ(st.st_nlink, 2);
	T_OK(mkdir("dir/sub", 0755));
	T_OK(sys_stat("dir", &st));
	T_EQ(st.st_nlink, 3);
	T_OK(rmdir("dir/sub"));
	T_OK(sys_stat("dir", &st));
	T_EQ(st.st_nlink, 2);
	T_OK(sys_stat("dir/.", &st));
	T_OK(sys_stat("dir/../dir", &st2));
	T_EQ(st.st_ino, st2.st_ino);

	/* Blocks of 512 bytes; a hole has none. */
	fd = T_OK(open("blocks", O_RDWR | O_CREAT, 0600));
	T_OK(sys_stat("blocks", &st));
	T_EQ(st.st_blocks, 0);
	T_OK(ftruncate(fd, 1 << 20));
	T_OK(sys_stat("blocks", &st));
	T_EQ(st.st_size, 1 << 20);
	T_EQ(st.st_blocks, 0);
	T_EQ(pwrite(fd, "x", 1, 0), 1);
	T_OK(fsync(fd));
	T_OK(sys_stat("blocks", &st));
	T_CMP(st.st_blocks, >=, 1);
	T_CMP(st.st_blocks, <=, 16);
	close(fd);
}

TEST_MAIN
{
	struct stat st;
	char *end = t_page_end();

	make_kinds();
	T_OK(sys_stat("file", &st));
	check_file(&st);
	/* Symlinks are followed. */
	T_OK(sys_stat("link", &st));
	check_file(&st);
	T_ERR(sys_stat("dangling", &st), ENOENT);
	T_OK(sys_stat("dir", &st));
	T_EQ(st.st_mode, S_IFDIR | 0751);
	T_OK(sys_stat("dir/", &st));
	T_OK(sys_stat("fifo", &st));
	T_EQ(st.st_mode, S_IFIFO | 0604);
	T_EQ(st.st_size, 0);
	T_OK(sys_stat("sock", &st));
	T_EQ(st.st_mode, S_IFSOCK | 0600);
	T_OK(sys_stat("/dev/null", &st));
	T_TRUE(S_ISCHR(st.st_mode));
	T_EQ(st.st_rdev, makedev(1, 3));
	T_OK(sys_stat("/", &st));
	T_TRUE(S_ISDIR(st.st_mode));
	links_and_sizes();

	T_ERR(sys_stat("none", &st), ENOENT);
	T_ERR(sys_stat("file/", &st), ENOTDIR);
	T_ERR(sys_stat("link/", &st), ENOTDIR);
	T_ERR(sys_stat("file/.", &st), ENOTDIR);
	T_EFAULT_NULL(p, sys_stat("file", p));
	T_ERR(sys_stat("file", end - 10), EFAULT);
	T_OK(sys_stat("file", end - sizeof(st)));
	T_PATH_ERRORS(p, sys_stat(p, &st));
	T_ERR(sys_stat("pf-loop1", &st), ELOOP);
	/* The file's own permissions do not matter. */
	T_OK(chmod("file", 0));
	T_AS_USER
	{
		T_OK(sys_stat("file", &st));
		T_OK(sys_stat("pf-locked", &st));
		T_ERR(sys_stat("pf-locked/.", &st), EACCES);
	}
}
