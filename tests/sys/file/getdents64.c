/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <dirent.h>

#define sys_getdents64(fd, buf, size) syscall(SYS_getdents64, fd, buf, (unsigned)(size))

struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
};

struct seen {
	char name[64];
	uint64_t ino;
	int type;
	int64_t off;
};

/* Reads everything with a buffer of this size; the count of entries, or -1. */
static int read_all(int fd, size_t size, struct seen *seen, int max)
{
	static char buf[65536] __attribute__((aligned(8)));
	int count = 0;
	long n, pos;

	while ((n = sys_getdents64(fd, buf, size)) > 0) {
		for (pos = 0; pos < n;) {
			struct entry *e = (struct entry *)(buf + pos);

			if (e->reclen % 8 || e->reclen < 24 || pos + e->reclen > n ||
			    strlen(e->name) + 20 > e->reclen || count >= max)
				return -1;
			snprintf(seen[count].name, sizeof(seen[count].name), "%s", e->name);
			seen[count].ino = e->ino;
			seen[count].type = e->type;
			seen[count].off = e->off;
			count++;
			pos += e->reclen;
		}
	}
	return n < 0 ? -1 : count;
}

static struct seen *find(struct seen *seen, int count, const char *name)
{
	struct seen *found = NULL;
	int i;

	for (i = 0; i < count; i++) {
		if (!strcmp(seen[i].name, name)) {
			if (found)
				return NULL;
			found = &seen[i];
		}
	}
	return found;
}

static void check_entry(struct seen *seen, int count, const char *name, int type)
{
	struct seen *s = find(seen, count, name);
	struct stat st;
	char path[100];

	snprintf(path, sizeof(path), "d/%s", name);
	T_TRUE(s != NULL);
	T_OK(lstat(path, &st));
	if (!s)
		return;
	T_TRUE(s->type == type || s->type == DT_UNKNOWN);
	T_EQ(s->ino, st.st_ino);
}

static struct seen all[300];

static void contents(void)
{
	char name[20];
	int fd, i, count;

	T_OK(mkdir("d", 0755));
	fd = T_OK(open("d", O_RDONLY));
	T_EQ(read_all(fd, 4096, all, 300), 2);
	check_entry(all, 2, ".", DT_DIR);
	check_entry(all, 2, "..", DT_DIR);
	close(fd);
	t_touch("d/reg");
	T_OK(mkdir("d/dir", 0755));
	T_OK(symlink("x", "d/lnk"));
	T_OK(mkfifo("d/fifo", 0600));
	T_OK(mknod("d/sock", S_IFSOCK | 0600, 0));
	fd = T_OK(open("d", O_RDONLY));
	count = read_all(fd, 4096, all, 300);
	T_EQ(count, 7);
	check_entry(all, count, "reg", DT_REG);
	check_entry(all, count, "dir", DT_DIR);
	check_entry(all, count, "lnk", DT_LNK);
	check_entry(all, count, "fifo", DT_FIFO);
	check_entry(all, count, "sock", DT_SOCK);
	close(fd);
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "d/file-%d", i);
		t_touch(name);
	}
	/* Every buffer size sees every name once. */
	for (size_t size = 32; size <= 32768; size *= 4) {
		fd = T_OK(open("d", O_RDONLY));
		count = read_all(fd, size, all, 300);
		T_EQ(count, 207);
		for (i = 0; i < 200; i++) {
			snprintf(name, sizeof(name), "file-%d", i);
			if (!find(all, count, name))
				T_STR(name, "in the directory once");
		}
		close(fd);
	}
}

static void positions(void)
{
	static struct seen again[300];
	char buf[64] __attribute__((aligned(8)));
	struct entry *e = (struct entry *)buf;
	int fd = T_OK(open("d", O_RDONLY)), count, rest;

	count = read_all(fd, 32768, all, 300);
	T_EQ(sys_getdents64(fd, buf, 64), 0);
	/* An entry's offset is where the next read goes on. */
	T_EQ(lseek(fd, all[99].off, SEEK_SET), all[99].off);
	rest = read_all(fd, 32768, again, 300);
	T_EQ(rest, count - 100);
	T_STR(again[0].name, all[100].name);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(read_all(fd, 32768, again, 300), count);
	T_STR(again[5].name, all[5].name);
	/* A duplicate shares the position. */
	int same = T_OK(dup(fd));
	T_EQ(sys_getdents64(same, buf, 64), 0);
	T_EQ(lseek(same, 0, SEEK_SET), 0);
	T_CMP(sys_getdents64(fd, buf, 32), >, 0);
	T_EQ(lseek(same, 0, SEEK_CUR), e->off);
	close(same);
	close(fd);
}

TEST_MAIN
{
	char buf[300] __attribute__((aligned(8))), *end = t_page_end();
	int fd;

	contents();
	positions();
	fd = T_OK(open("d", O_RDONLY));
	T_ERR(sys_getdents64(fd, buf, 0), EINVAL);
	T_ERR(sys_getdents64(fd, buf, 1), EINVAL);
	T_ERR(sys_getdents64(fd, buf, 23), EINVAL);
	T_CMP(sys_getdents64(fd, buf, 32), >, 0);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EFAULT_NULL(p, sys_getdents64(fd, p, 300));
	T_ERR(sys_getdents64(fd, end - 8, 300), EFAULT);
	T_CMP(sys_getdents64(fd, buf, 300), >, 0);
	close(fd);
	T_ERR(sys_getdents64(-1, buf, 300), EBADF);
	T_ERR(sys_getdents64(fd, buf, 300), EBADF);
	fd = T_OK(open("d/reg", O_RDONLY));
	T_ERR(sys_getdents64(fd, buf, 300), ENOTDIR);
	close(fd);
	fd = T_OK(open("d", O_PATH));
	T_ERR(sys_getdents64(fd, buf, 300), EBADF);
	close(fd);
	fd = T_OK(open("/dev/null", O_RDONLY));
	T_ERR(sys_getdents64(fd, buf, 300), ENOTDIR);
	close(fd);
	/* A removed directory has no entries at all. */
	T_OK(mkdir("gone", 0755));
	fd = T_OK(open("gone", O_RDONLY));
	T_OK(rmdir("gone"));
	T_ERR(sys_getdents64(fd, buf, 300), ENOENT);
	close(fd);
	/* Permission was checked at open. */
	fd = T_OK(open("d", O_RDONLY));
	T_OK(chmod("d", 0));
	T_AS_USER
	{
		T_CMP(sys_getdents64(fd, buf, 300), >, 0);
		T_ERR(open("d", O_RDONLY), EACCES);
	}
	T_OK(chmod("d", 0755));
}
