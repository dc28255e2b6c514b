/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_LIMITS_H
#define LIBSYS_LIMITS_H

#include <linux/limits.h>

#define CHAR_BIT  8
#define INT_MAX	  __INT_MAX__
#define INT_MIN	  (-INT_MAX - 1)
#define UINT_MAX  (2u * INT_MAX + 1u)
#define LONG_MAX  __LONG_MAX__
#define LONG_MIN  (-LONG_MAX - 1)
#define ULONG_MAX (2ul * LONG_MAX + 1ul)

#endif /* LIBSYS_LIMITS_H */
