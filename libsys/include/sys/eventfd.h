/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_EVENTFD_H
#define LIBSYS_SYS_EVENTFD_H

#include <abi/linux/missing.h>
#include <sys/calls.h>

int eventfd(unsigned int count, int flags);

#endif /* LIBSYS_SYS_EVENTFD_H */
