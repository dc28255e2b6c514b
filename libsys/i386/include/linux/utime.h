/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_I386_LINUX_UTIME_H
#define LIBSYS_I386_LINUX_UTIME_H

#define utimbuf __old_utimbuf
#include_next <linux/utime.h>
#undef utimbuf

struct utimbuf {
	__INT64_TYPE__ actime, modtime;
};

#endif /* LIBSYS_I386_LINUX_UTIME_H */
