/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What chown, fchown, lchown and fchownat share. The including file defines
 * change_owner(path, uid, gid) as the call under test before it includes this.
 */
#include "test.h"
#include <grp.h>

static void expect_owner(const char *path, uid_t uid, gid_t gid)
{
	struct stat st;

	T_OK(lstat(path, &st));
	T_EQ(st.st_uid, uid);
	T_EQ(st.st_gid, gid);
}

static void owner_as_root(void)
{
	if (!t_is_root()) {
		T_SKIP_ONE("needs root");
		return;
	}
	t_touch("f");
	T_OK(mkdir("d", 0755));
	T_OK(change_owner("f", 1000, 2000));
	expect_owner("f", 1000, 2000);
	T_OK(change_owner("f", -1, 2001));
	expect_owner("f", 1000, 2001);
	T_OK(change_owner("f", 1001, -1));
	expect_owner("f", 1001, 2001);
	T_OK(change_owner("f", -1, -1));
	expect_owner("f", 1001, 2001);
	T_OK(change_owner("f", 0xfffffffeU, 0x7fffffff));
	expect_owner("f", 0xfffffffeU, 0x7fffffff);
	T_OK(change_owner("d", 1000, 2000));
	expect_owner("d", 1000, 2000);

	/* Set-ID bits of executables go, for root too; a mark without group execute stays. */
	T_OK(chmod("f", 06755));
	T_OK(change_owner("f", 5, 5));
	T_EQ(t_mode("f") & 07777, 0755);
	T_OK(chmod("f", 06655));
	T_OK(change_owner("f", 6, 6));
	T_EQ(t_mode("f") & 04777, 0655);
	T_OK(chmod("f", 02645));
	T_OK(change_owner("f", 7, 7));
	T_EQ(t_mode("f") & 07777, 02645);
	T_OK(chmod("d", 07755));
	T_OK(change_owner("d", 8, 8));
	T_EQ(t_mode("d") & 07777, 07755);
	T_OK(change_owner("f", 0, 0));
}

static void owner_as_user(void)
{
	struct stat before, after;

	t_touch("mine");
	if (!t_is_root()) {
		T_OK(change_owner("mine", getuid(), getgid()));
		T_ERR(change_owner("mine", getuid() + 1, -1), EPERM);
		T_ERR(change_owner("mine", -1, 4321), EPERM);
		return;
	}
	t_touch("roots");
	T_OK(chown("mine", T_UID, T_GID));
	T_OK(chmod("mine", 06777));
	T_CHILD
	{
		gid_t groups[] = {1111, 2222};

		T_OK(setgroups(2, groups));
		T_OK(setresgid(T_GID, T_GID, T_GID));
		T_OK(setresuid(T_UID, T_UID, T_UID));
		/* The owner may give the file to a group of his, and to nobody else. */
		T_OK(change_owner("mine", -1, 1111));
		expect_owner("mine", T_UID, 1111);
		T_EQ(t_mode("mine") & 07777, 0777);
		T_OK(change_owner("mine", T_UID, 2222));
		T_OK(change_owner("mine", T_UID, T_GID));
		T_ERR(change_owner("mine", -1, 3333), EPERM);
		T_ERR(change_owner("mine", 0, -1), EPERM);
		T_ERR(change_owner("mine", T_UID - 1, T_GID), EPERM);
		T_ERR(change_owner("roots", -1, T_GID), EPERM);
		T_ERR(change_owner("roots", T_UID, -1), EPERM);
	}
	expect_owner("mine", T_UID, T_GID);
	expect_owner("roots", 0, 0);
	T_OK(stat("mine", &before));
	t_sleep_ms(30);
	T_OK(change_owner("mine", T_UID, 1));
	T_OK(stat("mine", &after));
	T_TRUE(after.st_ctim.tv_sec > before.st_ctim.tv_sec ||
	       after.st_ctim.tv_nsec > before.st_ctim.tv_nsec);
	T_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
}
