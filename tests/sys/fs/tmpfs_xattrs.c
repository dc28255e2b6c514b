/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes of a memory file system: xattr(7), tmpfs(5). */
#include "mount_common.h"
#include <linux/capability.h>
#include <sys/xattr.h>

static void limits(void)
{
	static char big[65537];
	char buf[300];

	T_OK(setxattr("m/f", "user.a", "abc", 3, 0));
	T_EQ(getxattr("m/f", "user.a", NULL, 0), 3);
	T_ERR(getxattr("m/f", "user.a", buf, 2), ERANGE);
	T_EQ(getxattr("m/f", "user.a", buf, sizeof(buf)), 3);
	T_MEM(buf, "abc", 3);
	T_OK(setxattr("m/f", "user.a", "", 0, XATTR_REPLACE));
	T_EQ(getxattr("m/f", "user.a", buf, sizeof(buf)), 0);
	T_OK(setxattr("m/f", "user.big", big, 65536, 0));
	T_EQ(getxattr("m/f", "user.big", big, sizeof(big)), 65536);
	T_ERR(setxattr("m/f", "user.big", big, 65537, 0), E2BIG);
	T_OK(removexattr("m/f", "user.big"));
	T_ERR(removexattr("m/f", "user.big"), ENODATA);
	T_ERR(setxattr("m/f", "user.", "1", 1, 0), EINVAL);
	T_ERR(setxattr("m/f", "os2.a", "1", 1, 0), EOPNOTSUPP);
	T_ERR(getxattr("m/f", "os2.a", buf, sizeof(buf)), EOPNOTSUPP);
	memset(buf, 'x', sizeof(buf));
	memcpy(buf, "user.", 5);
	buf[255] = 0;
	T_OK(setxattr("m/f", buf, "1", 1, 0));
	T_OK(removexattr("m/f", buf));
}

/* When nothing more fits, a value may still be replaced by one that is not longer. */
static void full(void)
{
	static char big[60000];
	char name[32];
	int nr = 0;

	t_touch("m/full");
	for (; nr < 4; nr++) {
		sprintf(name, "user.%d", nr);
		if (setxattr("m/full", name, big, sizeof(big), XATTR_CREATE))
			break;
	}
	T_CMP(nr, >=, 2);
	while (--nr >= 0) {
		sprintf(name, "user.%d", nr);
		T_OK(setxattr("m/full", name, big, sizeof(big), XATTR_REPLACE));
		T_OK(setxattr("m/full", name, big, 10, XATTR_REPLACE));
	}
}

/* xattr(7): user.* are for regular files and directories. */
static void name_spaces(void)
{
	char list[128];

	T_OK(mknod("m/fifo", S_IFIFO | 0666, 0));
	T_ERR(setxattr("m/fifo", "user.a", "1", 1, 0), EPERM);
	T_ERR(getxattr("m/fifo", "user.a", list, 1), ENODATA);
	T_OK(setxattr("m/fifo", "trusted.a", "1", 1, 0));
	T_OK(symlink("f", "m/link"));
	T_ERR(lsetxattr("m/link", "user.a", "1", 1, 0), EPERM);
	T_OK(lsetxattr("m/link", "trusted.a", "1", 1, 0));
	T_EQ(llistxattr("m/link", list, sizeof(list)), sizeof("trusted.a"));
	T_STR(list, "trusted.a");
	T_OK(mkdir("m/d", 0777));
	T_OK(setxattr("m/d", "user.a", "1", 1, 0));
	T_OK(setxattr("m/d", "security.a", "1", 1, 0));
	T_OK(chmod("m/d", 01777));
	T_OK(chmod("m/f", 0644));
	T_AS_USER
	{
		T_ERR(setxattr("m/d", "user.b", "1", 1, 0), EPERM);
		T_ERR(setxattr("m/f", "user.b", "1", 1, 0), EACCES);
		T_ERR(setxattr("m/d", "security.b", "1", 1, 0), EPERM);
		T_ERR(setxattr("m/d", "trusted.b", "1", 1, 0), EPERM);
		T_ERR(getxattr("m/fifo", "trusted.a", list, 1), ENODATA);
		T_EQ(listxattr("m/fifo", list, sizeof(list)), 0);
		T_EQ(getxattr("m/d", "security.a", list, 1), 1);
	}
}

static void capabilities(void)
{
	struct vfs_cap_data caps = {.magic_etc = VFS_CAP_REVISION_2};
	int fd;

	t_touch("m/prog");
	T_ERR(setxattr("m/prog", "security.capability", &caps, 5, 0), EINVAL);
	T_OK(setxattr("m/prog", "security.capability", &caps, sizeof(caps), 0));
	T_AS_USER
	{
		T_ERR(setxattr("m/prog", "security.capability", &caps, sizeof(caps), 0), EPERM);
		T_ERR(removexattr("m/prog", "security.capability"), EPERM);
	}
	/* Writing takes them away, whoever writes. */
	fd = T_OK(open("m/prog", O_WRONLY));
	T_EQ(write(fd, "x", 1), 1);
	close(fd);
	T_ERR(getxattr("m/prog", "security.capability", NULL, 0), ENODATA);
	T_OK(setxattr("m/prog", "security.capability", &caps, sizeof(caps), 0));
	T_OK(truncate("m/prog", 0));
	T_ERR(getxattr("m/prog", "security.capability", NULL, 0), ENODATA);
}

TEST_MAIN
{
	need_mounts();
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	t_touch("m/f");
	if (setxattr("m/f", "user.a", "1", 1, 0) && errno == EOPNOTSUPP)
		T_SKIP("a kernel before 6.6");
	limits();
	full();
	name_spaces();
	capabilities();
	T_OK(sys_mount("none", "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	T_ERR(setxattr("m/f", "user.a", "1", 1, 0), EROFS);
	T_ERR(removexattr("m/f", "user.a"), EROFS);
	T_OK(sys_umount2("m", 0));
}
