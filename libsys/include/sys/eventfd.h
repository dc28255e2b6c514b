/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_EVENTFD_H
#define LIBSYS_SYS_EVENTFD_H

#include <linux/fcntl.h>
#include <sys/calls.h>

#define EFD_SEMAPHORE 1
#define EFD_CLOEXEC   O_CLOEXEC
#define EFD_NONBLOCK  O_NONBLOCK

int eventfd(unsigned int count, int flags);

#endif /* LIBSYS_SYS_EVENTFD_H */
