/* SPDX-License-Identifier: Apache-2.0 */
/* renameat2(2), RENAME_WHITEOUT, on a memory file system. */
#include "mount_common.h"
#include <sys/sysmacros.h>

#define whiteout(from, to, flags)                                  \
	((int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, \
		      (unsigned long)((flags) | RENAME_WHITEOUT)))

static bool is_whiteout(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISCHR(st.st_mode) && st.st_rdev == 0;
}

TEST_MAIN
{
	char buf[8];

	need_mounts();
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	T_OK(mkdir("m/d", 0777));
	T_OK(chmod("m/d", 0777));
	t_write_file("m/f", "abc", 3);
	T_OK(whiteout("m/f", "m/g", 0));
	T_TRUE(is_whiteout("m/f"));
	T_EQ(t_read_file("m/g", buf, sizeof(buf)), 3);
	T_OK(whiteout("m/g", "m/d/h", RENAME_NOREPLACE));
	T_TRUE(is_whiteout("m/g"));
	T_EQ(t_read_file("m/d/h", buf, sizeof(buf)), 3);
	t_touch("m/x");
	T_ERR(whiteout("m/d/h", "m/x", RENAME_NOREPLACE), EEXIST);
	T_TRUE(!is_whiteout("m/d/h"));
	T_OK(whiteout("m/d/h", "m/x", 0));
	T_TRUE(is_whiteout("m/d/h"));
	T_ERR(whiteout("m/x", "m/y", RENAME_EXCHANGE), EINVAL);
	T_ERR(whiteout("m/none", "m/y", 0), ENOENT);
	T_AS_USER
	{
		t_touch("m/d/mine");
		T_OK(whiteout("m/d/mine", "m/d/y", 0));
		T_TRUE(is_whiteout("m/d/mine"));
		T_OK(mknod("m/d/made", S_IFCHR | 0600, 0));
	}
	T_OK(sys_umount2("m", 0));
	T_OK(rmdir("m"));
}
