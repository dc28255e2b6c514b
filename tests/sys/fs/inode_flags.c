/* SPDX-License-Identifier: Apache-2.0 */
/* Immutable and append-only files of a memory file system: ioctl_iflags(2). */
#include "mount_common.h"
#include <sys/ioctl.h>
#include <sys/xattr.h>

#define GETFLAGS     _IOR('f', 1, long)
#define SETFLAGS     _IOW('f', 2, long)
#define IMMUTABLE_FL 0x10
#define APPEND_FL    0x20

static void set_flags(const char *path, int flags)
{
	int fd = T_OK(open(path, O_RDONLY)), got = -1;

	T_OK(ioctl(fd, SETFLAGS, &flags));
	T_OK(ioctl(fd, GETFLAGS, &got));
	T_EQ(got, flags);
	close(fd);
}

static void immutable(void)
{
	struct statx x;

	set_flags("m/f", IMMUTABLE_FL);
	T_ERR(open("m/f", O_WRONLY), EPERM);
	T_ERR(open("m/f", O_RDWR | O_APPEND), EPERM);
	T_ERR(truncate("m/f", 0), EPERM);
	T_ERR(chmod("m/f", 0600), EPERM);
	T_ERR(chown("m/f", 1, 1), EPERM);
	T_ERR(utimensat(AT_FDCWD, "m/f", NULL, 0), EPERM);
	T_ERR(unlink("m/f"), EPERM);
	T_ERR(rename("m/f", "m/g"), EPERM);
	T_ERR(link("m/f", "m/g"), EPERM);
	T_ERR(setxattr("m/f", "user.a", "1", 1, 0), EPERM);
	T_ERR(access("m/f", W_OK), EPERM);
	T_OK(syscall(SYS_statx, AT_FDCWD, "m/f", 0, STATX_BASIC_STATS, &x));
	T_TRUE(x.stx_attributes & IMMUTABLE_FL);
	set_flags("m/f", 0);
	T_OK(chmod("m/f", 0600));
	set_flags("m/d", IMMUTABLE_FL);
	T_ERR(open("m/d/new", O_WRONLY | O_CREAT, 0644), EPERM);
	T_ERR(mkdir("m/d/new", 0755), EPERM);
	T_ERR(unlink("m/d/in"), EPERM);
	set_flags("m/d", 0);
}

static void append_only(void)
{
	int fd;

	set_flags("m/f", APPEND_FL);
	T_ERR(open("m/f", O_WRONLY), EPERM);
	T_ERR(open("m/f", O_WRONLY | O_APPEND | O_TRUNC), EPERM);
	fd = T_OK(open("m/f", O_WRONLY | O_APPEND));
	T_EQ(write(fd, "x", 1), 1);
	close(fd);
	T_ERR(truncate("m/f", 0), EPERM);
	T_ERR(unlink("m/f"), EPERM);
	T_ERR(chmod("m/f", 0600), EPERM);
	T_OK(utimensat(AT_FDCWD, "m/f", NULL, 0));
	set_flags("m/f", 0);
	set_flags("m/d", APPEND_FL);
	t_touch("m/d/new");
	T_ERR(unlink("m/d/new"), EPERM);
	set_flags("m/d", 0);
	T_OK(unlink("m/d/new"));
}

TEST_MAIN
{
	int fd, flags = IMMUTABLE_FL;

	need_mounts();
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	t_write_file("m/f", "abc", 3);
	T_OK(mkdir("m/d", 0755));
	t_touch("m/d/in");
	fd = T_OK(open("m/f", O_RDONLY));
	if (ioctl(fd, SETFLAGS, &flags) < 0 && errno == ENOTTY)
		T_SKIP("a kernel before 6.6");
	immutable();
	append_only();
	T_EFAULT(p, ioctl(fd, GETFLAGS, p));
	flags = 0x80000;
	T_ERR(ioctl(fd, SETFLAGS, &flags), EOPNOTSUPP);
	flags = IMMUTABLE_FL;
	T_OK(chown("m/f", T_UID, T_GID));
	T_AS_USER
	{
		T_ERR(ioctl(fd, SETFLAGS, &flags), EPERM);
	}
	close(fd);
	T_OK(sys_umount2("m", 0));
	T_OK(rmdir("m"));
}
