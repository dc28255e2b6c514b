/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_FCNTL_H
#define LIBSYS_FCNTL_H

#include <linux/fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/calls.h>
#include <sys/types.h>

/* The error itself, not -1. */
int posix_fadvise(int fd, off_t offset, off_t length, int advice);
int fcntl(int fd, int cmd, ...);
int open(const char *path, int flags, ...);

#endif /* LIBSYS_FCNTL_H */
