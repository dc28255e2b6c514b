/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_STAT_H
#define LIBSYS_SYS_STAT_H

#include <asm/stat.h>
#include <linux/stat.h>
#include <sys/calls.h>
#include <sys/types.h>

#define fstatat newfstatat

int fchmodat(int dirfd, const char *path, mode_t mode, int flags);

#endif /* LIBSYS_SYS_STAT_H */
