/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that only the i386 table has: the first stat, uname and readdir, and calls nobody serves.
 */
#include "../../sys/test.h"
#include <dirent.h>
#include <sys/personality.h>
#include <sys/utsname.h>

struct oldstat {
	uint16_t dev, ino, mode, nlink, uid, gid, rdev, pad;
	uint32_t size, atime, mtime, ctime;
};

struct old_dirent {
	uint32_t ino, offset;
	uint16_t namlen;
	char name[256];
};

/* Inode numbers of 16 bits are all there is room for: a file that has one, or EOVERFLOW. */
static void check_oldstat(void)
{
	struct oldstat old;
	struct stat st;
	int fd;

	T_OK(stat("/dev/null", &st));
	if (st.st_ino > 0xffff) {
		T_ERR(syscall(SYS_oldstat, "/dev/null", &old), EOVERFLOW);
	} else {
		T_OK(syscall(SYS_oldstat, "/dev/null", &old));
		T_EQ(old.ino, st.st_ino);
		T_EQ(old.mode, st.st_mode);
		T_EQ(old.nlink, st.st_nlink);
		T_EQ(old.rdev, 0x103);
		T_EQ(old.mtime, (uint32_t)st.st_mtime);
		T_EQ(old.size, 0u);
		T_OK(syscall(SYS_oldlstat, "/dev/null", &old));
		T_EQ(old.mode, st.st_mode);
		T_ERR(syscall(SYS_oldstat, "/dev/null", 8), EFAULT);
		fd = open("/dev/null", O_RDONLY);
		T_OK(syscall(SYS_oldfstat, fd, &old));
		T_EQ(old.ino, st.st_ino);
		close(fd);
	}
	/* A pipe's number is small on a young machine only. */
	T_OK(symlink("nowhere", "dangling"));
	T_ERR(syscall(SYS_oldstat, "dangling", &old), ENOENT);
	T_OK(lstat("dangling", &st));
	if (st.st_ino > 0xffff) {
		T_ERR(syscall(SYS_oldlstat, "dangling", &old), EOVERFLOW);
	} else {
		T_OK(syscall(SYS_oldlstat, "dangling", &old));
		T_EQ(old.mode & S_IFMT, (uint16_t)S_IFLNK);
		T_EQ(old.size, 7u);
	}
	T_ERR(syscall(SYS_oldstat, "/none", &old), ENOENT);
	T_ERR(syscall(SYS_oldfstat, 99, &old), EBADF);
}

static void check_uname(void)
{
	char names[5][65] = {{0}}, shorts[5][9];
	struct utsname u;

	T_OK(uname(&u));
	T_OK(syscall(SYS_olduname, names));
	T_STR(names[0], u.sysname);
	T_STR(names[1], u.nodename);
	T_STR(names[2], u.release);
	T_STR(names[3], u.version);
	T_STR(names[4], u.machine);
	memset(shorts, 'x', sizeof(shorts));
	T_OK(syscall(SYS_oldolduname, shorts));
	T_TRUE(!strncmp(shorts[0], u.sysname, 8) && !shorts[0][8]);
	T_TRUE(!strncmp(shorts[2], u.release, 8) && !shorts[2][8]);
	T_TRUE(!strncmp(shorts[4], u.machine, 8) && !shorts[4][8]);
	T_ERR(syscall(SYS_olduname, 8), EFAULT);
	T_ERR(syscall(SYS_oldolduname, 8), EFAULT);

	personality(PER_LINUX32);
	T_OK(uname(&u));
	T_STR(u.machine, "i686");
	T_OK(syscall(SYS_olduname, names));
	T_STR(names[4], "i686");
	T_OK(syscall(SYS_oldolduname, shorts));
	T_STR(shorts[4], "i686");
	personality(PER_LINUX);
	T_OK(uname(&u));
	T_STR(u.machine, "x86_64");
}

static void check_readdir(void)
{
	struct old_dirent d;
	int fd, found = 0, entries = 0, dots = 0;
	long n;

	T_OK(mkdir("dir", 0755));
	t_touch("dir/one");
	t_touch("dir/twotwo");
	fd = open("dir", O_RDONLY | O_DIRECTORY);
	T_ERR(syscall(SYS_readdir, fd, 8, 1), EFAULT);
	lseek(fd, 0, SEEK_SET);
	while ((n = syscall(SYS_readdir, fd, &d, 1)) == 1 && entries < 10) {
		entries++;
		T_EQ(d.namlen, strlen(d.name));
		found += !strcmp(d.name, "one") || !strcmp(d.name, "twotwo");
		dots += !strcmp(d.name, ".") || !strcmp(d.name, "..");
	}
	T_EQ(n, 0);
	T_EQ(entries, 4);
	T_EQ(found, 2);
	T_EQ(dots, 2);
	T_EQ(syscall(SYS_readdir, fd, &d, 1), 0);
	close(fd);
	T_ERR(syscall(SYS_readdir, fd, &d, 1), EBADF);
	fd = open("dir/one", O_RDONLY);
	T_ERR(syscall(SYS_readdir, fd, &d, 1), ENOTDIR);
	close(fd);
}

TEST_MAIN
{
	static const int none[] = {17,	31,  32,  35,  44,  53,	 56,  58,  86,
				   98,	112, 113, 127, 130, 134, 137, 149, 166,
				   167, 169, 188, 189, 222, 223, 251, 273, 285};

	check_oldstat();
	check_uname();
	check_readdir();
	for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		T_ERR(syscall(none[i], 1, 2, 3), ENOSYS);
}
