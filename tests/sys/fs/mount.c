/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_common.h"
#include <sys/sysmacros.h>

static void tmpfs_mounts(void)
{
	struct stat above, root;
	char buf[4096];
	bool is_listed = false;
	FILE *f;

	t_touch("m/hidden");
	T_OK(stat(".", &above));
	T_OK(sys_mount("some source", "m", "tmpfs", 0, NULL));
	T_OK(stat("m", &root));
	T_NE(above.st_dev, root.st_dev);
	T_EQ(root.st_mode, S_IFDIR | 01777);
	T_EQ(root.st_nlink, 2);
	T_TRUE(!t_exists("m/hidden"));
	t_write_file("m/f", "abc", 3);
	T_OK(mkdir("m/d", 0755));
	/* The way up leads out of it. */
	T_OK(stat("m/..", &root));
	T_EQ(root.st_ino, above.st_ino);
	T_OK(stat("m/d/../..", &root));
	T_EQ(root.st_ino, above.st_ino);
	f = fopen("/proc/self/mounts", "r");
	while (f && fgets(buf, sizeof(buf), f)) {
		char *end = strstr(buf, "/m tmpfs rw");

		if (end && !strncmp(buf, "some\\040source ", 15))
			is_listed = true;
	}
	T_TRUE(is_listed);
	if (f)
		fclose(f);
	/* A mount point is in use. */
	T_ERR(rmdir("m"), EBUSY);
	T_ERR(rename("m", "n"), EBUSY);
	T_OK(mkdir("n", 0755));
	T_ERR(rename("n", "m"), EBUSY);
	t_touch("outside");
	T_ERR(rename("outside", "m/outside"), EXDEV);
	T_ERR(rename("m/f", "f"), EXDEV);
	T_ERR(link("outside", "m/outside"), EXDEV);
	/* Stacked. */
	T_OK(sys_mount("two", "m", "tmpfs", 0, NULL));
	T_TRUE(!t_exists("m/f"));
	T_OK(sys_umount2("m", 0));
	T_EQ(t_read_file("m/f", buf, 10), 3);
	T_OK(sys_umount2("m", 0));
	T_TRUE(t_exists("m/hidden"));
	T_TRUE(!t_exists("m/f"));
	T_OK(unlink("m/hidden"));
}

static void tmpfs_options(void)
{
	struct stat st;
	struct statvfs sv;

	T_OK(sys_mount("none", "m", "tmpfs", 0, "mode=0710,uid=12,gid=34,size=64k"));
	T_OK(stat("m", &st));
	T_EQ(st.st_mode & 07777, 0710);
	T_EQ(st.st_uid, 12);
	T_EQ(st.st_gid, 34);
	T_OK(statvfs("m", &sv));
	T_EQ(sv.f_blocks * sv.f_frsize, 65536);
	T_OK(sys_umount2("m", 0));
	T_ERR(sys_mount("none", "m", "tmpfs", 0, "nonsense=1"), EINVAL);
	T_ERR(sys_mount("none", "m", "tmpfs", 0, "size=abc"), EINVAL);
	T_OK(sys_mount("none", "m", "tmpfs", 0, ""));
	T_OK(sys_umount2("m", 0));
}

static void mount_flags(void)
{
	struct statvfs sv;
	int fd;

	T_OK(sys_mount("none", "m", "tmpfs", MS_NODEV | MS_NOSUID | MS_NOEXEC, NULL));
	T_OK(statvfs("m", &sv));
	T_EQ(sv.f_flag & (ST_NODEV | ST_NOSUID | ST_NOEXEC | ST_RDONLY),
	     ST_NODEV | ST_NOSUID | ST_NOEXEC);
	T_OK(mknod("m/null", S_IFCHR | 0666, makedev(1, 3)));
	T_ERR(open("m/null", O_RDWR), EACCES);
	fd = T_OK(open("m/prog", O_RDWR | O_CREAT, 0755));
	T_EQ(write(fd, "#!/bin/sh\n", 10), 10);
	T_ERR(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0), EPERM);
	close(fd);
	T_CHILD
	{
		T_ERR(execl("m/prog", "m/prog", (char *)NULL), EACCES);
	}
	T_ERR(access("m/prog", X_OK), EACCES);
	/* Flags change by remounting; the contents stay. */
	T_OK(sys_mount("none", "m", NULL, MS_REMOUNT, NULL));
	fd = T_OK(open("m/null", O_RDWR));
	close(fd);
	T_OK(access("m/prog", X_OK));
	T_OK(sys_mount("none", "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	T_ERR(open("m/prog", O_WRONLY), EROFS);
	T_OK(statvfs("m", &sv));
	T_TRUE(sv.f_flag & ST_RDONLY);
	T_OK(sys_mount("none", "m", NULL, MS_REMOUNT, NULL));
	/* Not while a file is open for writing. */
	fd = T_OK(open("m/prog", O_WRONLY));
	T_ERR(sys_mount("none", "m", NULL, MS_REMOUNT | MS_RDONLY, NULL), EBUSY);
	close(fd);
	T_OK(sys_umount2("m", 0));
	T_ERR(sys_mount("none", "m", NULL, MS_REMOUNT, NULL), EINVAL);
}

static void bind_and_move(void)
{
	struct stat a, b;

	T_OK(mkdir("src", 0755));
	T_OK(mkdir("src/sub", 0755));
	t_write_file("src/f", "abc", 3);
	T_OK(sys_mount("src", "m", NULL, MS_BIND, NULL));
	T_OK(stat("src/f", &a));
	T_OK(stat("m/f", &b));
	T_EQ(a.st_ino, b.st_ino);
	T_EQ(a.st_dev, b.st_dev);
	/* One file system, and yet two mounts. */
	T_ERR(rename("src/f", "m/g"), EXDEV);
	T_ERR(link("src/f", "m/g"), EXDEV);
	t_touch("m/new");
	T_TRUE(t_exists("src/new"));
	T_OK(sys_mount(NULL, "m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	T_ERR(open("m/new", O_WRONLY), EROFS);
	T_EQ(close(T_OK(open("src/new", O_WRONLY))), 0);
	T_OK(sys_umount2("m", 0));
	T_TRUE(!t_exists("m/f"));
	/* A file over a file. */
	t_touch("target");
	T_OK(sys_mount("src/f", "target", NULL, MS_BIND, NULL));
	T_EQ(t_size("target"), 3);
	T_ERR(unlink("target"), EBUSY);
	T_OK(sys_umount2("target", 0));
	T_EQ(t_size("target"), 0);
	T_ERR(sys_mount("src", "target", NULL, MS_BIND, NULL), ENOTDIR);
	T_ERR(sys_mount("src/f", "m", NULL, MS_BIND, NULL), ENOTDIR);
	T_ERR(sys_mount("nothing", "m", NULL, MS_BIND, NULL), ENOENT);
	T_ERR(sys_mount(NULL, "m", NULL, MS_BIND, NULL), EINVAL);
	T_ERR(sys_mount("", "m", NULL, MS_BIND, NULL), EINVAL);
	/* Without MS_REC what is mounted below does not come along. */
	T_OK(sys_mount("none", "src/sub", "tmpfs", 0, NULL));
	t_touch("src/sub/deep");
	T_OK(sys_mount("src", "m", NULL, MS_BIND, NULL));
	T_TRUE(!t_exists("m/sub/deep"));
	T_OK(sys_umount2("m", 0));
	T_OK(sys_mount("src", "m", NULL, MS_BIND | MS_REC, NULL));
	T_TRUE(t_exists("m/sub/deep"));
	T_OK(sys_umount2("m/sub", 0));
	T_OK(sys_umount2("m", 0));
	/* Moving. */
	T_OK(sys_mount("src/sub", "m", NULL, MS_MOVE, NULL));
	T_TRUE(t_exists("m/deep"));
	T_TRUE(!t_exists("src/sub/deep"));
	T_ERR(sys_mount("src/sub", "m", NULL, MS_MOVE, NULL), EINVAL);
	T_OK(mkdir("m/under", 0755));
	T_ERR(sys_mount("m", "m/under", NULL, MS_MOVE, NULL), ELOOP);
	T_OK(sys_umount2("m", 0));
}

/* A page of options is read, as far as it can be. */
static void options_at_end_of_page(void)
{
	char *p = T_NEED(
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	struct stat st;

	T_OK(mprotect(p + 4096, 4096, PROT_NONE));
	memset(p, 'x', 4096);
	memcpy(p + 4087, "mode=0711", 9);
	T_OK(sys_mount("none", "m", "tmpfs", 0, p + 4087));
	T_OK(stat("m", &st));
	T_EQ(st.st_mode & 07777, 0711);
	T_OK(sys_umount2("m", 0));
	T_ERR(sys_mount("none", "m", "tmpfs", 0, p + 4096), EFAULT);
	memset(p, 'x', 4096);
	T_ERR(sys_mount("none", "m", p + 1, 0, NULL), EFAULT);
	munmap(p, 8192);
}

static void errors(void)
{
	static char long_name[5000];

	t_touch("file");
	memset(long_name, 'n', sizeof(long_name) - 1);
	T_ERR(sys_mount("none", "m", long_name, 0, NULL), EINVAL);
	T_ERR(sys_mount(long_name, "m", "tmpfs", 0, NULL), EINVAL);
	T_ERR(sys_mount("none", "m", "no such type", 0, NULL), ENODEV);
	T_ERR(sys_mount("none", "m", NULL, 0, NULL), EINVAL);
	T_ERR(sys_mount("none", "none", "tmpfs", 0, NULL), ENOENT);
	T_ERR(sys_mount("none", "file", "tmpfs", 0, NULL), ENOTDIR);
	T_EFAULT(p, sys_mount(p, "m", "tmpfs", 0, NULL));
	T_EFAULT(p, sys_mount("none", "m", p, 0, NULL));
	T_EFAULT(p, sys_mount("none", "m", "tmpfs", 0, p));
	T_AS_USER
	{
		T_ERR(sys_mount("none", "m", "tmpfs", 0, NULL), EPERM);
		T_ERR(sys_mount("src", "m", NULL, MS_BIND, NULL), EPERM);
		T_ERR(sys_mount(NULL, "m", NULL, MS_REMOUNT, NULL), EPERM);
	}
	T_PATH_ERRORS(p, sys_mount("none", p, "tmpfs", 0, NULL));
}

TEST_MAIN
{
	need_mounts();
	tmpfs_mounts();
	tmpfs_options();
	mount_flags();
	bind_and_move();
	options_at_end_of_page();
	errors();
}
