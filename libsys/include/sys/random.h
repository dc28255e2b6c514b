/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_RANDOM_H
#define LIBSYS_SYS_RANDOM_H

#include <linux/random.h>
#include <sys/calls.h>
#include <unistd.h>

#endif /* LIBSYS_SYS_RANDOM_H */
