/* What the calls of the newer mount interface take from the VFS: vfs/mount_api.c. Names have been
 * looked up and privileges checked by the caller. Files are ERR_PTR on failure. */
#ifndef VFS_MOUNT_API_H
#define VFS_MOUNT_API_H

#include "vfs/vfs.h"

#define FSCONFIG_CMD_CREATE_EXCL_K 8

/* A copy of what `p` shows, behind a descriptor. */
struct file *vfs_open_tree(const struct vfs_ctx *ctx, const struct path *p, bool is_recursive);
int vfs_move_mount(const struct vfs_ctx *ctx, const struct path *from, struct path *to,
		   bool beneath);
int vfs_mount_set_group(const struct vfs_ctx *ctx, const struct path *from, const struct path *to);

struct mount_change {
	u64 set, clear;		   /* MOUNT_ATTR_* */
	unsigned long propagation; /* MS_SHARED and the like, or 0 */
};
int vfs_mount_setattr(const struct vfs_ctx *ctx, const struct path *p, const struct mount_change *c,
		      bool is_recursive);
unsigned long mount_flags_of_attr(u64 attr); /* MOUNT_ATTR_* as MS_* */
u64 mount_attr_of_flags(unsigned long flags);

struct file *vfs_fsopen(const char *type); /* -ENODEV */
struct file *vfs_fspick(const struct vfs_ctx *ctx, const struct path *p);
bool file_is_context(const struct file *f);
/* cmd: FSCONFIG_*; key and value as it wants them. */
int vfs_fsconfig(const struct vfs_ctx *ctx, struct file *f, unsigned cmd, const char *key,
		 const char *value);
struct file *vfs_fsmount(struct file *context, u64 attr);

/* What statmount(2) tells. The texts are in `text`, a buffer of the caller. */
struct mount_info {
	u64 dev, magic, id, parent_id, attr, propagation, ns_id;
	u32 id_old, parent_id_old, peer_group, master, propagate_from, super_flags;
	const char *type;
	char *root, *point, *options;
	char *text;
	size_t text_size;
};
int vfs_statmount(const struct vfs_ctx *ctx, u64 id, struct mount_info *out);
/* Ids of the mounts below mount `id` (~0: the root's) that come after `last`. How many. */
long vfs_listmount(const struct vfs_ctx *ctx, u64 id, u64 last, u64 *ids, size_t nr,
		   bool is_reverse);

#endif
