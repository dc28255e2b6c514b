/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_SOCKET_H
#define LIBSYS_SYS_SOCKET_H

#include <linux/socket.h>
#include <sys/calls.h>
#include <sys/types.h>

ssize_t send(int fd, const void *buf, size_t length, int flags);
ssize_t recv(int fd, void *buf, size_t length, int flags);

#endif /* LIBSYS_SYS_SOCKET_H */
