/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_MOUNT_H
#define LIBSYS_SYS_MOUNT_H

#include <abi/linux/missing.h>
#include <linux/mount.h>
#include <sys/calls.h>

#endif /* LIBSYS_SYS_MOUNT_H */
