/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_TIME_H
#define LIBSYS_SYS_TIME_H

#include <linux/time.h>
#include <sys/calls.h>
#include <sys/types.h>

int gettimeofday(struct timeval *now, void *zone);
int futimes(int fd, const struct timeval tv[2]);
int lutimes(const char *path, const struct timeval tv[2]);

#endif /* LIBSYS_SYS_TIME_H */
