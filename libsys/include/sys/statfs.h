/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_STATFS_H
#define LIBSYS_SYS_STATFS_H

#include <asm/statfs.h>
#include <sys/calls.h>

#endif /* LIBSYS_SYS_STATFS_H */
