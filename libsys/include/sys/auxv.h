/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_AUXV_H
#define LIBSYS_SYS_AUXV_H

#include <linux/auxvec.h>

/* 0 when there is no such entry. */
unsigned long getauxval(unsigned long type);

#endif /* LIBSYS_SYS_AUXV_H */
