/* Between memfs.c and memfs_file.c. */
#ifndef VFS_MEMFS_IMPL_H
#define VFS_MEMFS_IMPL_H

#include "vfs/memfs.h"

extern const struct inode_ops memfs_dir_iops, memfs_link_iops, memfs_other_iops;
extern const struct file_ops memfs_dir_ops;
struct inode *memfs_inode(struct super_block *sb, const struct new_node *n); /* ERR_PTR(-ENOSPC) */
long memfs_fallocate(struct file *f, int mode, s64 off, s64 len);

#endif
