/* SPDX-License-Identifier: Apache-2.0 */
/* statmount(2) and listmount(2): Linux 6.8. */
#include "mount_common.h"
#include <linux/stat.h>

struct mnt_id_req_t {
	uint32_t size, spare;
	uint64_t mnt_id, param;
};

struct statmount_t {
	uint32_t size, mnt_opts;
	uint64_t mask;
	uint32_t sb_dev_major, sb_dev_minor;
	uint64_t sb_magic;
	uint32_t sb_flags, fs_type;
	uint64_t mnt_id, mnt_parent_id;
	uint32_t mnt_id_old, mnt_parent_id_old;
	uint64_t mnt_attr, mnt_propagation, mnt_peer_group, mnt_master, propagate_from;
	uint32_t mnt_root, mnt_point;
	uint64_t spare[50];
	char str[];
};

#define sys_statmount(req, buf, size, flags) \
	((int)syscall(457, req, buf, (size_t)(size), (unsigned long)(flags)))
#define sys_listmount(req, ids, nr, flags) \
	((int)syscall(458, req, ids, (size_t)(nr), (unsigned long)(flags)))

/* STATX_MNT_ID_UNIQUE */
static inline uint64_t id_of(const char *path)
{
	struct statx x = {.stx_mnt_id = 0};

	T_EQ(syscall(SYS_statx, AT_FDCWD, path, 0, 0x4000, &x), 0);
	return x.stx_mnt_id;
}
