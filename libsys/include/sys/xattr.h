/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_XATTR_H
#define LIBSYS_SYS_XATTR_H

#include <linux/xattr.h>
#include <sys/calls.h>

#endif /* LIBSYS_SYS_XATTR_H */
