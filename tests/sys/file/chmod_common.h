/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What chmod, fchmod, fchmodat and fchmodat2 share. The including file defines
 * change_mode(path, mode) as the call under test before it includes this.
 */
#include "test.h"

static void mode_values(void)
{
	struct stat before, after;
	int mode;

	t_touch("f");
	T_OK(mkdir("d", 0755));
	for (mode = 0; mode <= 07777; mode += 0333)
		if (change_mode("f", (mode_t)mode) || (t_mode("f") & 07777) != (mode_t)mode)
			T_EQ(t_mode("f") & 07777, mode);
	T_OK(change_mode("f", 07777));
	T_EQ(t_mode("f"), S_IFREG | 07777);
	/* The umask does not matter, nor do bits beyond 07777. */
	T_OK(change_mode("f", S_IFDIR | 0x10000 | 0666));
	T_EQ(t_mode("f"), S_IFREG | 0666);
	T_OK(change_mode("d", 01777));
	T_EQ(t_mode("d"), S_IFDIR | 01777);
	T_OK(change_mode("d", 02755));
	T_EQ(t_mode("d"), S_IFDIR | 02755);
	T_OK(change_mode("d", 0755));

	/* The change time moves, the modification time does not. */
	T_OK(stat("f", &before));
	t_sleep_ms(30);
	T_OK(change_mode("f", 0600));
	T_OK(stat("f", &after));
	T_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
	T_TRUE(after.st_ctim.tv_sec > before.st_ctim.tv_sec ||
	       after.st_ctim.tv_nsec > before.st_ctim.tv_nsec);
}

static void mode_ownership(void)
{
	if (!t_is_root()) {
		T_SKIP_ONE("needs root");
		return;
	}
	t_touch("rooted");
	t_touch("users");
	T_OK(chown("users", T_UID, T_GID));
	t_touch("alien");
	T_OK(chown("alien", T_UID, 4321));
	T_AS_USER
	{
		T_ERR(change_mode("rooted", 0666), EPERM);
		T_OK(change_mode("users", 06755));
		T_EQ(t_mode("users") & 07777, 06755);
		/* Set-group-ID is lost when the file's group is not one of ours. */
		T_OK(change_mode("alien", 02755));
		T_EQ(t_mode("alien") & 07777, 0755);
	}
	T_EQ(t_mode("rooted") & 07777, 0644);
	T_OK(change_mode("alien", 02755));
	T_EQ(t_mode("alien") & 07777, 02755);
}
