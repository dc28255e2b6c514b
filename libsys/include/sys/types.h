/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_TYPES_H
#define LIBSYS_SYS_TYPES_H

#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;
typedef __INT64_TYPE__ off_t;
typedef __INT64_TYPE__ time_t;
typedef __INT64_TYPE__ suseconds_t;
typedef long clock_t;
typedef int pid_t;
typedef int clockid_t;
typedef unsigned int id_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int mode_t;
typedef __UINT64_TYPE__ dev_t;
typedef __UINT64_TYPE__ ino_t;
typedef unsigned long nlink_t;

#endif /* LIBSYS_SYS_TYPES_H */
