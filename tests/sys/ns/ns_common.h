/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of namespaces share. Include test.h first. */
#ifndef TESTS_SYS_NS_COMMON_H
#define TESTS_SYS_NS_COMMON_H

#include <sched.h>
#include <sys/ioctl.h>
#include <linux/nsfs.h>

#define sys_setns(fd, type) ((int)syscall(SYS_setns, (long)(fd), (long)(type)))
#define sys_unshare(flags)  ((int)syscall(SYS_unshare, (unsigned long)(flags)))
/* As fork(2), into new namespaces. */
#define sys_clone(flags) ((int)syscall(SYS_clone, (unsigned long)(flags) | SIGCHLD, 0, 0, 0, 0))

/* A container may forbid what the test is about: then it says so and ends. */
#define T_NEED_UNSHARE(flags)                                                    \
	do {                                                                     \
		int t_pid_ = fork(), t_st_ = 0;                                  \
		if (!t_pid_)                                                     \
			_exit(sys_unshare(flags) ? errno : 0);                   \
		waitpid(t_pid_, &t_st_, 0);                                      \
		if (WEXITSTATUS(t_st_) == EPERM)                                 \
			T_SKIP("unshare(" #flags ") is forbidden here (EPERM)"); \
	} while (0)

/* The number of a namespace of /proc/self or another's, by its link; 0: there is none. */
static inline unsigned long ns_number(const char *who, const char *kind)
{
	char name[64], text[64] = "";
	const char *at;
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/%s/ns/%s", who, kind);
	n = readlink(name, text, sizeof(text) - 1);
	at = n > 0 ? strchr(text, '[') : NULL;
	return at ? strtoul(at + 1, NULL, 10) : 0;
}

static inline int ns_open(const char *who, const char *kind)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%s/ns/%s", who, kind);
	return open(name, O_RDONLY | O_CLOEXEC);
}

static inline unsigned long fd_number(int fd)
{
	struct stat st = {0};

	return fstat(fd, &st) ? 0 : st.st_ino;
}

/* One write of a whole text: 0 or -1 with errno. */
static inline int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), saved;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	saved = errno;
	close(fd);
	errno = saved;
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

static inline const char *read_text(const char *path)
{
	static char text[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

#endif
