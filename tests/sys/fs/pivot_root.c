/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_common.h"

#define sys_pivot_root(new, old) ((int)syscall(SYS_pivot_root, new, old))

static void turns(void)
{
	T_CHILD
	{
		char buf[64];

		T_NEED(unshare(CLONE_NEWNS));
		T_NEED(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		T_NEED(sys_mount("new", "m", "tmpfs", 0, NULL));
		T_OK(mkdir("m/old", 0755));
		t_touch("m/here");
		T_OK(chdir("m"));
		T_OK(sys_pivot_root(".", "old"));
		T_TRUE(t_exists("/here"));
		T_TRUE(t_exists("/old/proc"));
		T_OK(chdir("/"));
		T_CMP(syscall(SYS_getcwd, buf, sizeof(buf)), >, 0);
		T_STR(buf, "/");
		T_OK(umount2("/old", MNT_DETACH));
		T_TRUE(!t_exists("/old/proc"));
	}
}

/* "." and "." is the way of containers: the old root is on top of the new one, and taken off. */
static void in_place(void)
{
	T_CHILD
	{
		T_NEED(unshare(CLONE_NEWNS));
		T_NEED(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		T_NEED(sys_mount("new", "m", "tmpfs", 0, NULL));
		t_touch("m/here");
		T_OK(chdir("m"));
		T_OK(sys_pivot_root(".", "."));
		T_OK(umount2(".", MNT_DETACH));
		T_OK(chdir("/"));
		T_TRUE(t_exists("/here"));
		T_TRUE(!t_exists("/proc"));
	}
}

TEST_MAIN
{
	need_mounts();
	T_NEED(sys_mount("a", "m", "tmpfs", 0, NULL));
	T_OK(mkdir("m/old", 0755));
	T_OK(mkdir("m/dir", 0755));
	t_touch("m/file");
	T_OK(mkdir("plain", 0755));
	T_ERR(sys_pivot_root("m", "missing"), ENOENT);
	T_ERR(sys_pivot_root("missing", "m/old"), ENOENT);
	T_ERR(sys_pivot_root("m/file", "m/old"), ENOTDIR);
	T_ERR(sys_pivot_root("m", "m/file"), ENOTDIR);
	/* Not the root of a mount; old not below new; the root's own mount. */
	T_ERR(sys_pivot_root("m/dir", "m/dir"), EINVAL);
	T_ERR(sys_pivot_root("/", "m/old"), EBUSY);
	T_ERR(sys_pivot_root("m", "/"), EBUSY);
	T_EFAULT_NULL(p, sys_pivot_root(p, "m/old"));
	T_EFAULT_NULL(p, sys_pivot_root("m", p));
	T_AS_USER
	{
		T_ERR(sys_pivot_root("m", "m/old"), EPERM);
	}
	T_OK(sys_umount2("m", 0));
	turns();
	in_place();
}
