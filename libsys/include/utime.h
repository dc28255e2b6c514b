/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_UTIME_H
#define LIBSYS_UTIME_H

#include <linux/utime.h>
#include <sys/calls.h>

#endif /* LIBSYS_UTIME_H */
