/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_STAT_H
#define LIBSYS_SYS_STAT_H

#include <asm/stat.h>
#include <linux/stat.h>
#include <linux/time.h>
#include <sys/calls.h>
#include <sys/types.h>

int stat(const char *path, struct stat *st);
int lstat(const char *path, struct stat *st);
int fstatat(int dirfd, const char *path, struct stat *st, int flags);
int mkfifo(const char *path, mode_t mode);
int futimens(int fd, const struct timespec times[2]);
int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags);

int fchmodat(int dirfd, const char *path, mode_t mode, int flags);

#endif /* LIBSYS_SYS_STAT_H */
