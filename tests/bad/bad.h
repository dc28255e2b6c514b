/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs of this directory feed the kernel with bad input and print what it answers, one line
 * per case, the same lines on every run: tests/bad/run.sh compares Linux's with Lstar's.
 */
#ifndef TESTS_BAD_BAD_H
#define TESTS_BAD_BAD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	char line[400];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (len > 0 && write(STDOUT_FILENO, line, (size_t)len) != len)
		_exit(2);
}

static inline void must(bool ok, const char *what)
{
	if (ok)
		return;
	say("cannot %s: %s\n", what, strerror(errno));
	_exit(2);
}

static inline const char *errno_text(long err)
{
	const char *name = strerrorname_np((int)err);

	return name ? name : "unknown errno";
}

/* A fresh working directory; remove_dir at the end. */
static char bad_dir[64];
static inline void make_dir(void)
{
	snprintf(bad_dir, sizeof(bad_dir), "/tmp/lstar-bad-%d", (int)getpid());
	must(mkdir(bad_dir, 0755) == 0 && chdir(bad_dir) == 0, "make a directory below /tmp");
}

static inline void write_file(const char *path, const void *data, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	must(fd >= 0 && write(fd, data, len) == (ssize_t)len, "write a file");
	must(fchmod(fd, mode) == 0, "set a mode");
	close(fd);
}

#endif
