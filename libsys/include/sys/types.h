/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_TYPES_H
#define LIBSYS_SYS_TYPES_H

#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;
typedef long off_t;
typedef long time_t;
typedef long suseconds_t;
typedef long clock_t;
typedef int pid_t;
typedef int clockid_t;
typedef unsigned int id_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int mode_t;
typedef unsigned long dev_t;
typedef unsigned long ino_t;
typedef unsigned long nlink_t;

#endif /* LIBSYS_SYS_TYPES_H */
