/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_RESOURCE_H
#define LIBSYS_SYS_RESOURCE_H

#include <linux/resource.h>
#include <sys/calls.h>
#include <sys/types.h>

int prlimit(int pid, int resource, const struct rlimit *limit, struct rlimit *old);
/* The nice value; -1 may be one, so set errno to 0 before. */
int getpriority(int which, int who);

#endif /* LIBSYS_SYS_RESOURCE_H */
