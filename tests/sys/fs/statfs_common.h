/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SYS_FS_STATFS_COMMON_H
#define TESTS_SYS_FS_STATFS_COMMON_H

#include "test.h"
#include <linux/magic.h>
#include <sys/vfs.h>

static inline void check_disk(const struct statfs *sf)
{
	T_NE(sf->f_type, 0);
	T_CMP(sf->f_bsize, >=, 512);
	T_CMP(sf->f_frsize, >=, 512);
	T_CMP(sf->f_blocks, >=, sf->f_bfree);
	T_CMP(sf->f_bfree, >=, sf->f_bavail);
	T_CMP(sf->f_files, >=, sf->f_ffree);
	T_EQ(sf->f_namelen, 255);
}

#endif
