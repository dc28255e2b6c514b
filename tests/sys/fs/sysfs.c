/* SPDX-License-Identifier: Apache-2.0 */
/* /sys: what C libraries, lscpu and Python read, and how its files and directories behave. */
#include "test.h"
#include <dirent.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/statfs.h>

#define CPU "/sys/devices/system/cpu/"

static long read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	long n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n < 0 ? 0 : n] = 0;
	if (fd >= 0)
		close(fd);
	return n;
}

/* Entries of a directory; each is found by lstat() with the type and number that it was listed
 * with. */
static unsigned count_entries(const char *path, unsigned *directories)
{
	DIR *d = opendir(path);
	struct dirent *e;
	struct stat st, dir = {0};
	unsigned n = 0;

	*directories = 0;
	T_EQ(stat(path, &dir), 0);
	while (d && (e = readdir(d))) {
		T_OK(fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW));
		T_EQ(e->d_type, st.st_mode >> 12 & 15);
		if (strcmp(e->d_name, "..") && st.st_dev == dir.st_dev) /* not a mount */
			T_EQ(e->d_ino, st.st_ino);
		*directories += S_ISDIR(st.st_mode);
		n++;
	}
	if (d)
		closedir(d);
	return n;
}

static void check_kinds(void)
{
	struct statfs fs;
	struct stat st;
	char link[256];
	unsigned directories;

	T_EQ(statfs("/sys/devices/system/cpu/online", &fs), 0);
	T_EQ(fs.f_type, SYSFS_MAGIC);
	T_EQ(fs.f_blocks, 0);
	T_EQ(stat("/sys/devices/system/cpu/online", &st), 0);
	T_EQ(st.st_mode, S_IFREG | 0444);
	T_EQ(st.st_size, 4096);
	T_EQ(st.st_uid, 0);
	T_EQ(stat("/sys/devices/system/cpu", &st), 0);
	T_EQ(st.st_mode, S_IFDIR | 0755);
	T_EQ(st.st_size, 0);
	T_CMP(count_entries("/sys/devices/system/cpu", &directories), >, 5);
	T_EQ(st.st_nlink, directories);
	T_CMP(count_entries("/sys", &directories), >, 10);
	T_CMP(count_entries("/sys/fs/cgroup/..", &directories), >=, 3);
	T_EQ(lstat("/sys/bus/cpu/devices/cpu0", &st), 0);
	T_EQ(st.st_mode, S_IFLNK | 0777);
	T_EQ(readlink("/sys/bus/cpu/devices/cpu0", link, sizeof(link)), 32);
	T_EQ(memcmp(link, "../../../devices/system/cpu/cpu0", 32), 0);
	T_EQ(stat("/sys/bus/cpu/devices/cpu0/topology/core_id", &st), 0);
}

static void check_errors(void)
{
	T_ERR(open(CPU "nothing", O_RDONLY), ENOENT);
	T_ERR(open(CPU "cpu00", O_RDONLY), ENOENT);
	T_ERR(open(CPU "cpu", O_RDONLY), ENOENT);
	T_ERR(open(CPU "cpu99999", O_RDONLY), ENOENT);
	T_ERR(open(CPU "cpu4294967296", O_RDONLY), ENOENT);
	T_ERR(open(CPU "online/x", O_RDONLY), ENOTDIR);
	T_ERR(open(CPU "online", O_WRONLY), EACCES);
	T_ERR(open(CPU "online", O_RDONLY | O_DIRECTORY), ENOTDIR);
	T_ERR(mkdir("/sys/kernel/mine", 0755), EPERM);
	T_ERR(unlink(CPU "online"), EPERM);
	T_ERR(rmdir("/sys/kernel"), EPERM);
	T_ERR(open("/sys/kernel/mine", O_CREAT | O_WRONLY, 0644), EACCES);
	T_ERR(symlink("x", "/sys/kernel/mine"), EPERM);
}

static void check_texts(void)
{
	char text[4096], range[64];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int fd;

	snprintf(range, sizeof(range), cpus > 1 ? "0-%ld\n" : "0\n", cpus - 1);
	T_EQ(read_text(CPU "online", text, sizeof(text)), strlen(range));
	T_EQ(strcmp(text, range), 0);
	T_EQ(read_text(CPU "offline", text, sizeof(text)), 1);
	T_EQ(read_text("/sys/devices/system/node/online", text, sizeof(text)), 2);
	T_CMP(read_text(CPU "cpu0/topology/core_id", text, sizeof(text)), >, 1);
	T_CMP(read_text(CPU "kernel_max", text, sizeof(text)), >, 1);
	T_TRUE(atol(text) + 1 >= cpus);

	/* In pieces, again from the start, and beyond the end. */
	fd = T_OK(open(CPU "online", O_RDONLY));
	T_EQ(read(fd, text, 1), 1);
	T_EQ(text[0], '0');
	T_EQ(read(fd, text, sizeof(text)), (long)strlen(range) - 1);
	T_EQ(read(fd, text, sizeof(text)), 0);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(read(fd, text, sizeof(text)), strlen(range));
	T_EQ(pread(fd, text, sizeof(text), 4096), 0);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_ERR(read(fd, (void *)8, 1), EFAULT);
	T_EQ(close(fd), 0);
}

TEST_MAIN
{
	struct stat st;

	/* Not mounted in every container. */
	if (stat(CPU "online", &st)) {
		T_SKIP("there is no /sys");
		return;
	}
	check_kinds();
	check_errors();
	check_texts();
}
