/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_FCNTL_H
#define LIBSYS_FCNTL_H

#include <linux/fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/calls.h>
#include <sys/types.h>

#define posix_fadvise fadvise64

int open(const char *path, int flags, ...);

#endif /* LIBSYS_FCNTL_H */
