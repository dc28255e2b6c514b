/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_TIME_H
#define LIBSYS_TIME_H

#include <linux/time.h>
#include <sys/calls.h>
#include <sys/types.h>

#endif /* LIBSYS_TIME_H */
