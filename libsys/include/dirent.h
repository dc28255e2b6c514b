/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_DIRENT_H
#define LIBSYS_DIRENT_H

#include <stddef.h>
#include <sys/calls.h>

/* What getdents64() fills its buffer with. */
struct linux_dirent64 {
	__UINT64_TYPE__ d_ino;
	__INT64_TYPE__ d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

#define DT_UNKNOWN 0
#define DT_FIFO	   1
#define DT_CHR	   2
#define DT_DIR	   4
#define DT_BLK	   6
#define DT_REG	   8
#define DT_LNK	   10
#define DT_SOCK	   12

#endif /* LIBSYS_DIRENT_H */
