/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_UIO_H
#define LIBSYS_SYS_UIO_H

#include <linux/fs.h>
#include <linux/uio.h>
#include <sys/calls.h>
#include <sys/types.h>

#endif /* LIBSYS_SYS_UIO_H */
