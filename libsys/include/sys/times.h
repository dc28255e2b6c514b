/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_TIMES_H
#define LIBSYS_SYS_TIMES_H

#include <linux/times.h>
#include <sys/calls.h>

#endif /* LIBSYS_SYS_TIMES_H */
