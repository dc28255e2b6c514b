/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/self/fd: the open files as symlinks. */
#include "test.h"
#include <dirent.h>

static char *link_of(int fd)
{
	static char buf[PATH_MAX];
	char path[40];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, buf, sizeof(buf) - 1);
	buf[n < 0 ? 0 : n] = '\0';
	return buf;
}

TEST_MAIN
{
	char cwd[PATH_MAX], want[PATH_MAX + 40], path[40];
	bool has_f = false, has_high = false;
	int f, p[2], again;
	struct dirent *e;
	struct stat st, st2;
	DIR *dir;

	T_OK(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	t_write_file("f", "0123456789", 10);
	f = T_OK(open("f", O_RDONLY));
	T_EQ(dup2(f, 500), 500);
	snprintf(want, sizeof(want), "%s/f", cwd);
	T_STR(link_of(f), want);
	T_OK(rename("f", "g"));
	snprintf(want, sizeof(want), "%s/g", cwd);
	T_STR(link_of(500), want);
	T_OK(pipe(p));
	T_OK(fstat(p[0], &st));
	snprintf(want, sizeof(want), "pipe:[%lu]", (unsigned long)st.st_ino);
	T_STR(link_of(p[0]), want);
	T_STR(link_of(p[1]), want);
	/* Following gives the file, whatever the text says. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	T_OK(stat(path, &st2));
	T_EQ(st2.st_ino, st.st_ino);
	T_TRUE(S_ISFIFO(st2.st_mode));
	T_OK(lstat(path, &st2));
	T_TRUE(S_ISLNK(st2.st_mode));
	/* Opening makes a new open file. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", f);
	T_EQ(lseek(f, 5, SEEK_SET), 5);
	again = T_OK(open(path, O_RDWR));
	T_EQ(lseek(again, 0, SEEK_CUR), 0);
	T_EQ(write(again, "x", 1), 1);
	close(again);
	T_ERR(open("/proc/self/fd/499", O_RDONLY), ENOENT);
	T_ERR(open("/proc/self/fd/x", O_RDONLY), ENOENT);
	dir = opendir("/proc/self/fd");
	T_TRUE(dir != NULL);
	while (dir && (e = readdir(dir))) {
		has_f = has_f || atoi(e->d_name) == f;
		has_high = has_high || !strcmp(e->d_name, "500");
	}
	T_TRUE(has_f);
	T_TRUE(has_high);
	if (dir)
		closedir(dir);
	/* The other links of a process. */
	char buf[PATH_MAX];
	ssize_t n = T_OK(readlink("/proc/self/cwd", buf, sizeof(buf) - 1));
	buf[n < 0 ? 0 : n] = '\0';
	T_STR(buf, cwd);
	n = T_OK(readlink("/proc/self/root", buf, sizeof(buf) - 1));
	buf[n < 0 ? 0 : n] = '\0';
	T_STR(buf, "/");
	T_EQ(close(T_OK(open("/proc/self/cwd/g", O_RDONLY))), 0);
	n = T_OK(readlink("/proc/self/exe", buf, sizeof(buf) - 1));
	T_CMP(n, >, 0);
	/* A pipe of pipe(2) opens at once by its name, also when the other end is closed. */
	T_OK(pipe(p));
	close(p[1]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	again = T_OK(open(path, O_RDONLY));
	T_EQ(read(again, path, 1), 0);
	T_OK(lstat("/proc/self/fd/0", &st));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	T_OK(lstat(path, &st));
	T_EQ(st.st_mode & 0700, 0500);
}
