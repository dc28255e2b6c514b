/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_INOTIFY_H
#define LIBSYS_SYS_INOTIFY_H

#include <linux/inotify.h>
#include <sys/calls.h>

#endif /* LIBSYS_SYS_INOTIFY_H */
