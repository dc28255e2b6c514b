/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_MMAN_H
#define LIBSYS_SYS_MMAN_H

#include <linux/memfd.h>
#include <linux/mman.h>
#include <sys/calls.h>
#include <sys/types.h>

#define MAP_FAILED ((void *)-1)

#endif /* LIBSYS_SYS_MMAN_H */
