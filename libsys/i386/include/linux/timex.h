/* SPDX-License-Identifier: Apache-2.0 */
/* struct timex is that of adjtimex(2) on i386: its times have 32 bits. */
#ifndef LIBSYS_I386_LINUX_TIMEX_H
#define LIBSYS_I386_LINUX_TIMEX_H

#include <linux/time.h>

#define timeval __old_timeval
#include_next <linux/timex.h>
#undef timeval

#endif /* LIBSYS_I386_LINUX_TIMEX_H */
