/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_SIGNALFD_H
#define LIBSYS_SYS_SIGNALFD_H

#include <linux/signalfd.h>
#include <signal.h>
#include <sys/calls.h>

int signalfd(int fd, const sigset_t *mask, int flags);

#endif /* LIBSYS_SYS_SIGNALFD_H */
