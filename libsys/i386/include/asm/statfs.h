/* SPDX-License-Identifier: Apache-2.0 */
/* struct statfs is that of statfs64(2); the old calls' is __old_statfs. */
#ifndef LIBSYS_I386_ASM_STATFS_H
#define LIBSYS_I386_ASM_STATFS_H

#define statfs __old_statfs
#include_next <asm/statfs.h>
#undef statfs

struct statfs {
	unsigned int f_type, f_bsize;
	__UINT64_TYPE__ f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	__kernel_fsid_t f_fsid;
	unsigned int f_namelen, f_frsize, f_flags, f_spare[4];
};

_Static_assert(sizeof(struct statfs) == sizeof(struct statfs64), "statfs64(2)");

#endif /* LIBSYS_I386_ASM_STATFS_H */
