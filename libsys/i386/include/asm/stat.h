/* SPDX-License-Identifier: Apache-2.0 */
/* libsys fills its own structure from statx(2), times and sizes of 64 bits; the old calls' is
 * __old_stat. */
#ifndef LIBSYS_I386_ASM_STAT_H
#define LIBSYS_I386_ASM_STAT_H

#define stat __old_stat
#include_next <asm/stat.h>
#undef stat

struct stat {
	__UINT64_TYPE__ st_dev, st_ino;
	unsigned long st_nlink;
	unsigned int st_mode, st_uid, st_gid;
	__UINT64_TYPE__ st_rdev;
	__INT64_TYPE__ st_size;
	long st_blksize;
	__INT64_TYPE__ st_blocks;
	__INT64_TYPE__ st_atime, st_mtime, st_ctime;
	unsigned long st_atime_nsec, st_mtime_nsec, st_ctime_nsec;
};

#endif /* LIBSYS_I386_ASM_STAT_H */
