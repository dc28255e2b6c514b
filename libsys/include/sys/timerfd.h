/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_TIMERFD_H
#define LIBSYS_SYS_TIMERFD_H

#include <linux/timerfd.h>
#include <sys/calls.h>

#endif /* LIBSYS_SYS_TIMERFD_H */
