/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_SYSINFO_H
#define LIBSYS_SYS_SYSINFO_H

#include <linux/sysinfo.h>
#include <sys/calls.h>

#endif /* LIBSYS_SYS_SYSINFO_H */
