/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_ERRNO_H
#define LIBSYS_ERRNO_H

#include <asm/errno.h>

/* One per thread, when the thread was given an area by __libsys_tls_init(). */
int *__errno_location(void);
#define errno	(*__errno_location())
#define ENOTSUP EOPNOTSUPP

#endif /* LIBSYS_ERRNO_H */
