/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <dirent.h>

#define sys_getdents(fd, buf, size) syscall(SYS_getdents, fd, buf, (unsigned)(size))

/* The type of the file is the last byte of the record. */
struct entry {
	unsigned long ino;
	unsigned long off;
	unsigned short reclen;
	char name[];
};

static void contents(void)
{
	char buf[4096] __attribute__((aligned(8)));
	int fd = T_OK(open("d", O_RDONLY)), count = 0;
	bool has_file = false, has_dir = false, is_sound = true;
	struct stat file, dir;
	long n, pos;

	T_OK(stat("d/file", &file));
	T_OK(stat("d/dir", &dir));
	while ((n = sys_getdents(fd, buf, 100)) > 0) {
		for (pos = 0; pos < n; count++) {
			struct entry *e = (struct entry *)(buf + pos);
			char type = buf[pos + e->reclen - 1];

			is_sound = is_sound && e->reclen % 8 == 0 && pos + e->reclen <= n;
			if (!is_sound)
				break;
			if (!strcmp(e->name, "file")) {
				has_file = e->ino == file.st_ino &&
					   (type == DT_REG || type == DT_UNKNOWN);
			} else if (!strcmp(e->name, "dir")) {
				has_dir = e->ino == dir.st_ino &&
					  (type == DT_DIR || type == DT_UNKNOWN);
			}
			pos += e->reclen;
		}
	}
	T_EQ(n, 0);
	T_EQ(count, 4);
	T_TRUE(is_sound);
	T_TRUE(has_file);
	T_TRUE(has_dir);
	close(fd);
}

TEST_MAIN
{
	char buf[300] __attribute__((aligned(8)));
	int fd;

	T_OK(mkdir("d", 0755));
	T_OK(mkdir("d/dir", 0755));
	t_touch("d/file");
	contents();
	fd = T_OK(open("d", O_RDONLY));
	T_ERR(sys_getdents(fd, buf, 0), EINVAL);
	T_ERR(sys_getdents(fd, buf, 20), EINVAL);
	T_EFAULT_NULL(p, sys_getdents(fd, p, 300));
	T_CMP(sys_getdents(fd, buf, 300), >, 0);
	T_EQ(sys_getdents(fd, buf, 300), 0);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_CMP(sys_getdents(fd, buf, 24), >, 0);
	close(fd);
	T_ERR(sys_getdents(-1, buf, 300), EBADF);
	fd = T_OK(open("d/file", O_RDONLY));
	T_ERR(sys_getdents(fd, buf, 300), ENOTDIR);
	close(fd);
	T_OK(mkdir("gone", 0755));
	fd = T_OK(open("gone", O_RDONLY));
	T_OK(rmdir("gone"));
	T_ERR(sys_getdents(fd, buf, 300), ENOENT);
}
