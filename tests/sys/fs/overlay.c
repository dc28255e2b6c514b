/* SPDX-License-Identifier: Apache-2.0 */
/* Overlay mounts: what is copied up, what is hidden, what is merged. */
#include "mount_common.h"
#include <dirent.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define LAYERS "lowerdir=m/l,upperdir=m/u,workdir=m/w"

/* A memory file system on m with the layers, and a merged directory m/o. */
static void make_layers(void)
{
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	T_NEED(mkdir("m/l", 0755));
	T_NEED(mkdir("m/l2", 0755));
	T_NEED(mkdir("m/u", 0755));
	T_NEED(mkdir("m/w", 0755));
	T_NEED(mkdir("m/o", 0755));
	t_write_file("m/l/file", "lower", 5);
	T_OK(chmod("m/l/file", 0640));
	T_OK(mkdir("m/l/dir", 0750));
	t_write_file("m/l/dir/a", "a", 1);
	t_write_file("m/l/dir/b", "b", 1);
	T_OK(symlink("file", "m/l/link"));
	T_OK(mkdir("m/l/deep", 0755));
	T_OK(mkdir("m/l/deep/er", 0700));
	t_write_file("m/l/deep/er/x", "x", 1);
}

static bool is_whiteout(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISCHR(st.st_mode) && st.st_rdev == 0;
}

/* The names of a directory in order, with a blank behind each. */
static const char *names(const char *path)
{
	static char text[512];
	char *list[32];
	struct dirent *e;
	int n = 0;
	DIR *d = opendir(path);

	text[0] = 0;
	while (d && (e = readdir(d)) && n < 32)
		if (e->d_name[0] != '.')
			list[n++] = strdup(e->d_name);
	if (d)
		closedir(d);
	for (int i = 0; i < n; i++) {
		int least = i;

		for (int k = i + 1; k < n; k++)
			if (strcmp(list[k], list[least]) < 0)
				least = k;
		strcat(strcat(text, list[least]), " ");
		list[least] = list[i];
	}
	return text;
}

static void files(void)
{
	struct stat before, after;
	char buf[32];
	char *map;
	int rd, wr;

	T_EQ(t_read_file("m/o/file", buf, sizeof(buf)), 5);
	T_MEM(buf, "lower", 5);
	T_OK(stat("m/o/file", &before));
	T_EQ(before.st_mode, S_IFREG | 0640);
	T_TRUE(!t_exists("m/u/file"));
	rd = T_OK(open("m/o/file", O_RDONLY));
	map = T_OK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, rd, 0));
	T_MEM(map, "lower", 5);
	wr = T_OK(open("m/o/file", O_WRONLY | O_APPEND));
	T_TRUE(t_exists("m/u/file"));
	T_EQ(write(wr, " upper", 6), 6);
	/* A descriptor from before shows what came after. */
	T_EQ(pread(rd, buf, sizeof(buf), 0), 11);
	T_MEM(buf, "lower upper", 11);
	T_EQ(t_read_file("m/l/file", buf, sizeof(buf)), 5);
	T_OK(stat("m/o/file", &after));
	T_EQ(after.st_ino, before.st_ino);
	T_EQ(after.st_dev, before.st_dev);
	T_EQ(after.st_size, 11);
	T_EQ(after.st_mode, S_IFREG | 0640);
	T_OK(fstat(rd, &before));
	T_EQ(before.st_size, 11);
	munmap(map, 4096);
	close(rd);
	close(wr);
	/* Attributes copy up, too, and the directories on the way. */
	T_TRUE(!t_exists("m/u/deep"));
	T_OK(chmod("m/o/deep/er/x", 0600));
	T_TRUE(t_exists("m/u/deep/er/x"));
	T_OK(stat("m/u/deep/er", &after));
	T_EQ(after.st_mode, S_IFDIR | 0700);
	T_EQ(t_read_file("m/u/deep/er/x", buf, sizeof(buf)), 1);
	/* O_TRUNC leaves nothing of what was below. */
	wr = T_OK(open("m/o/dir/a", O_WRONLY | O_TRUNC));
	T_EQ(write(wr, "new", 3), 3);
	close(wr);
	T_EQ(t_read_file("m/o/dir/a", buf, sizeof(buf)), 3);
	T_EQ(t_read_file("m/l/dir/a", buf, sizeof(buf)), 1);
	T_STR(names("m/u/dir"), "a ");
	T_STR(names("m/o/dir"), "a b ");
	T_EQ(readlink("m/o/link", buf, sizeof(buf)), 4);
}

static void removals(void)
{
	struct stat st;
	char y = 0;

	T_OK(unlink("m/o/dir/b"));
	T_TRUE(is_whiteout("m/u/dir/b"));
	T_STR(names("m/o/dir"), "a ");
	T_ERR(stat("m/o/dir/b", &st), ENOENT);
	T_ERR(open("m/o/dir/b", O_RDONLY), ENOENT);
	T_ERR(rmdir("m/o/dir"), ENOTEMPTY);
	/* Both above and below. */
	T_OK(unlink("m/o/dir/a"));
	T_TRUE(is_whiteout("m/u/dir/a"));
	T_STR(names("m/o/dir"), "");
	t_touch("m/o/dir/c");
	T_OK(unlink("m/o/dir/c"));
	T_TRUE(!t_exists("m/u/dir/c"));
	T_OK(rmdir("m/o/dir"));
	T_TRUE(is_whiteout("m/u/dir"));
	T_ERR(rmdir("m/o/dir"), ENOENT);
	/* A new one does not show what was below. */
	T_OK(mkdir("m/o/dir", 0755));
	T_STR(names("m/o/dir"), "");
	T_EQ(getxattr("m/u/dir", "trusted.overlay.opaque", &y, 1), 1);
	T_EQ(y, 'y');
	T_ERR(getxattr("m/o/dir", "trusted.overlay.opaque", &y, 1), ENODATA);
	/* Names of its own are those of an overlay above. */
	T_OK(setxattr("m/o/dir", "trusted.overlay.opaque", "n", 1, 0));
	T_EQ(getxattr("m/o/dir", "trusted.overlay.opaque", &y, 1), 1);
	T_EQ(y, 'n');
	T_EQ(getxattr("m/u/dir", "trusted.overlay.opaque", &y, 1), 1);
	T_EQ(y, 'y');
	t_touch("m/o/dir/new");
	T_STR(names("m/o/dir"), "new ");
	T_OK(unlink("m/o/link"));
	T_OK(symlink("elsewhere", "m/o/link"));
	T_TRUE(S_ISLNK((lstat("m/u/link", &st), st.st_mode)));
	/* A file that is open lives on. */
	T_OK(unlink("m/o/file"));
	T_TRUE(is_whiteout("m/u/file"));
	t_write_file("m/o/file", "again", 5);
	T_TRUE(!is_whiteout("m/u/file"));
}

static void unlinked_while_open(void)
{
	char buf[8];
	int fd = T_OK(open("m/o/file", O_RDONLY));
	struct stat st;

	T_OK(unlink("m/o/file"));
	T_EQ(read(fd, buf, sizeof(buf)), 5);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_mode, S_IFREG | 0640);
	T_ERR(stat("m/o/file", &st), ENOENT);
	close(fd);
}

static void renames(void)
{
	char buf[8];
	struct stat before, after;

	T_OK(stat("m/o/deep/er/x", &before));
	T_OK(rename("m/o/deep/er/x", "m/o/x"));
	T_OK(stat("m/o/x", &after));
	T_EQ(before.st_ino, after.st_ino);
	T_TRUE(is_whiteout("m/u/deep/er/x"));
	T_STR(names("m/o/deep/er"), "");
	/* A directory that is below stays where it is. */
	T_ERR(rename("m/o/deep", "m/o/moved"), EXDEV);
	T_OK(mkdir("m/o/pure", 0755));
	t_touch("m/o/pure/f");
	T_OK(rename("m/o/pure", "m/o/moved"));
	T_STR(names("m/o/moved"), "f ");
	T_TRUE(!t_exists("m/u/pure"));
	/* Over an empty directory that is below. */
	T_ERR(rename("m/o/moved", "m/o/deep"), ENOTEMPTY);
	T_OK(rename("m/o/moved", "m/o/deep/er"));
	T_STR(names("m/o/deep/er"), "f ");
	/* Over a file that is below, and exchanged. */
	t_write_file("m/o/y", "why", 3);
	T_OK(rename("m/o/y", "m/o/dir/a"));
	T_EQ(t_read_file("m/o/dir/a", buf, sizeof(buf)), 3);
	T_OK(syscall(SYS_renameat2, AT_FDCWD, "m/o/x", AT_FDCWD, "m/o/dir/b", RENAME_EXCHANGE));
	T_EQ(t_read_file("m/o/x", buf, sizeof(buf)), 1);
	T_EQ(buf[0], 'b');
	T_ERR(syscall(SYS_renameat2, AT_FDCWD, "m/o/x", AT_FDCWD, "m/o/dir/b", RENAME_NOREPLACE),
	      EEXIST);
}

static void links(void)
{
	struct stat a, b;

	T_OK(link("m/o/file", "m/o/file2"));
	T_OK(stat("m/o/file", &a));
	T_OK(stat("m/o/file2", &b));
	T_EQ(a.st_ino, b.st_ino);
	T_EQ(a.st_nlink, 2);
	T_EQ(b.st_nlink, 2);
	T_OK(chmod("m/o/file2", 0604));
	T_OK(stat("m/o/file", &a));
	T_EQ(a.st_mode, S_IFREG | 0604);
	T_OK(unlink("m/o/file"));
	T_OK(stat("m/o/file2", &b));
	T_EQ(b.st_nlink, 1);
	T_ERR(stat("m/o/file", &a), ENOENT);
	T_ERR(mknod("m/o/c", S_IFCHR | 0600, makedev(0, 0)), EPERM);
	T_OK(mknod("m/o/fifo", S_IFIFO | 0600, 0));
}

static void several_layers(void)
{
	char buf[8];

	t_write_file("m/l2/file", "two", 3);
	t_write_file("m/l2/only2", "2", 1);
	T_OK(mkdir("m/l2/dir", 0755));
	t_touch("m/l2/dir/z");
	T_OK(mkdir("m/l2/link", 0755));
	T_OK(sys_mount("ov", "m/o", "overlay", 0, "lowerdir=m/l2:m/l"));
	T_EQ(t_read_file("m/o/file", buf, sizeof(buf)), 3);
	T_STR(names("m/o/dir"), "a b z ");
	T_STR(names("m/o"), "deep dir file link only2 ");
	T_STR(names("m/o/link"), "");
	/* Without an upper layer nothing changes. */
	T_ERR(open("m/o/file", O_WRONLY), EROFS);
	T_ERR(unlink("m/o/file"), EROFS);
	T_ERR(mkdir("m/o/new", 0755), EROFS);
	T_ERR(chmod("m/o/file", 0600), EROFS);
	T_OK(sys_umount2("m/o", 0));
}

static void attributes(void)
{
	struct stat st;
	char list[64];

	T_OK(setxattr("m/l/file", "user.a", "1", 1, 0));
	T_OK(chown("m/l/file", 12, 34));
	T_EQ(getxattr("m/o/file", "user.a", list, sizeof(list)), 1);
	T_OK(setxattr("m/o/file", "user.b", "2", 1, 0));
	T_EQ(getxattr("m/u/file", "user.a", list, sizeof(list)), 1);
	T_EQ(listxattr("m/o/file", list, sizeof(list)), sizeof("user.a") + sizeof("user.b"));
	T_OK(removexattr("m/o/file", "user.a"));
	T_ERR(getxattr("m/o/file", "user.a", list, sizeof(list)), ENODATA);
	T_OK(stat("m/u/file", &st));
	T_EQ(st.st_uid, 12);
	T_EQ(st.st_gid, 34);
}

static void refused(void)
{
	T_ERR(sys_mount("ov", "m/o", "overlay", 0, NULL), EINVAL);
	T_ERR(sys_mount("ov", "m/o", "overlay", 0, "lowerdir=m/none"), ENOENT);
	T_ERR(sys_mount("ov", "m/o", "overlay", 0, "lowerdir=m/l,upperdir=m/u"), EINVAL);
	T_ERR(sys_mount("ov", "m/o", "overlay", 0, "lowerdir=m/l,upperdir=m/u,workdir=m/u"),
	      EINVAL);
	T_OK(mkdir("m/u/in", 0755));
	T_ERR(sys_mount("ov", "m/o", "overlay", 0, "lowerdir=m/l,upperdir=m/u,workdir=m/u/in"),
	      EINVAL);
	T_OK(rmdir("m/u/in"));
	T_ERR(sys_mount("ov", "m/o", "overlay", 0, LAYERS ",nonsense=1"), EINVAL);
}

static void each(void (*test)(void))
{
	make_layers();
	T_NEED(sys_mount("ov", "m/o", "overlay", 0, LAYERS));
	test();
	T_OK(sys_umount2("m/o", 0));
	T_OK(sys_umount2("m", 0));
}

TEST_MAIN
{
	need_mounts();
	make_layers();
	if (sys_mount("ov", "m/o", "overlay", 0, "lowerdir=m/l:m/l2") && errno == ENODEV)
		T_SKIP("this kernel has no overlay");
	T_OK(sys_umount2("m/o", 0));
	refused();
	several_layers();
	T_OK(sys_umount2("m", 0));
	each(files);
	each(removals);
	each(unlinked_while_open);
	each(renames);
	each(links);
	each(attributes);
}
