/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What mkdir and mkdirat share. The including file defines do_mkdir(path, mode) as the call under
 * test before it includes this.
 */
#include "test.h"

static void mkdir_modes(void)
{
	struct stat st;

	T_OK(do_mkdir("d", 0777));
	T_EQ(t_mode("d"), S_IFDIR | 0755);
	T_OK(stat("d", &st));
	T_EQ(st.st_nlink, 2);
	T_EQ(st.st_uid, geteuid());
	T_EQ(st.st_gid, getegid());
	T_OK(stat("d/..", &st));
	/* The sticky bit is kept, set-ID bits are not. */
	T_OK(do_mkdir("sticky", 01777));
	T_EQ(t_mode("sticky") & 07777, 01755);
	T_OK(do_mkdir("suid", 06777));
	T_EQ(t_mode("suid") & 07777, 0755);
	T_OK(do_mkdir("zero", 0));
	T_EQ(t_mode("zero") & 07777, 0);
	T_OK(do_mkdir("typed", S_IFREG | 0700));
	T_EQ(t_mode("typed"), S_IFDIR | 0700);
	umask(0);
	T_OK(do_mkdir("open", 0777));
	T_EQ(t_mode("open") & 07777, 0777);
	umask(0777);
	T_OK(do_mkdir("shut", 0777));
	T_EQ(t_mode("shut") & 07777, 0);
	umask(022);
	if (!t_is_root())
		return;
	/* A set-group-ID directory hands on its group and the bit. */
	T_OK(chown("d", 0, 4321));
	T_OK(chmod("d", 02755));
	T_OK(do_mkdir("d/in", 0755));
	T_OK(stat("d/in", &st));
	T_EQ(st.st_gid, 4321);
	T_EQ(st.st_mode & 07777, 02755);
}

static void mkdir_common(void)
{
	struct stat before, after;

	mkdir_modes();
	t_touch("f");
	T_OK(stat("d", &before));
	t_sleep_ms(30);
	T_OK(do_mkdir("d/sub/", 0755));
	T_OK(stat("d", &after));
	T_EQ(after.st_nlink, before.st_nlink + 1);
	T_NE(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	T_OK(do_mkdir("d/sub//deep///", 0755));
	T_OK(do_mkdir(t_long_name(255), 0755));

	T_ERR(do_mkdir("d", 0755), EEXIST);
	T_ERR(do_mkdir("d/", 0755), EEXIST);
	T_ERR(do_mkdir("f", 0755), EEXIST);
	T_ERR(do_mkdir("f/", 0755), EEXIST);
	T_ERR(do_mkdir(".", 0755), EEXIST);
	T_ERR(do_mkdir("..", 0755), EEXIST);
	T_ERR(do_mkdir("/", 0755), EEXIST);
	T_ERR(do_mkdir("d/.", 0755), EEXIST);
	T_OK(symlink("nowhere", "dangling"));
	T_ERR(do_mkdir("dangling", 0755), EEXIST);
	T_ERR(do_mkdir("dangling/", 0755), EEXIST);
	T_ERR(do_mkdir("none/x", 0755), ENOENT);
	T_ERR(do_mkdir("none/.", 0755), ENOENT);
	T_ERR(do_mkdir("f/x", 0755), ENOTDIR);
	T_OK(chmod("d", 0555));
	T_AS_USER
	{
		T_ERR(do_mkdir("d/new", 0755), EACCES);
		T_ERR(do_mkdir("d/sub", 0755), EEXIST);
	}
	T_PATH_ERRORS(p, do_mkdir(p, 0755));
	T_ERR(do_mkdir("pf-loop1", 0755), EEXIST);
}
