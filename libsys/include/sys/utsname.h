/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_UTSNAME_H
#define LIBSYS_SYS_UTSNAME_H

#include <linux/utsname.h>
#include <sys/calls.h>

#define utsname new_utsname

#endif /* LIBSYS_SYS_UTSNAME_H */
