/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_PRCTL_H
#define LIBSYS_SYS_PRCTL_H

#include <linux/prctl.h>
#include <sys/calls.h>

#endif /* LIBSYS_SYS_PRCTL_H */
