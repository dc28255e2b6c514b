/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_UIO_H
#define LIBSYS_SYS_UIO_H

#include <linux/fs.h>
#include <linux/uio.h>
#include <sys/calls.h>
#include <sys/types.h>

ssize_t preadv(int fd, const struct iovec *iov, int count, off_t offset);
ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t offset);
ssize_t preadv2(int fd, const struct iovec *iov, int count, off_t offset, int flags);
ssize_t pwritev2(int fd, const struct iovec *iov, int count, off_t offset, int flags);

#endif /* LIBSYS_SYS_UIO_H */
