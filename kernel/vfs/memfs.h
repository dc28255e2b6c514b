/*
 * A file system that lives in memory: directories are their pinned dentries, file data is the
 * inode's vmobj. tmpfs and devfs are made of it.
 */
#ifndef VFS_MEMFS_H
#define VFS_MEMFS_H

#include "vfs/inode.h"

struct memfs_options {
	u64 max_pages;	    /* 0 = no limit */
	u64 max_inodes;	    /* 0 = no limit */
	u32 mode, uid, gid; /* of the root */
};

/* sb->private */
struct memfs {
	struct memfs_options opt;
	u64 used_pages;	 /* atomic; counted by mm */
	u64 used_inodes; /* atomic */
};

struct super_block *memfs_super(struct fs_type *t, u64 magic, unsigned long flags,
				const struct memfs_options *opt); /* ERR_PTR */
int memfs_statfs(struct super_block *sb, struct kstatfs *st);
void memfs_evict_inode(struct inode *i);
void memfs_put_super(struct super_block *sb);
/* The limits change; -EINVAL when more is in use already. */
int memfs_set_limits(struct super_block *sb, u64 max_pages, u64 max_inodes);
/* Make `name` in `dir` from inside the kernel (initramfs, devices); the path's directories exist.
 * S_IFLNK: `target`. -EEXIST. */
int memfs_add(struct dentry *dir, const char *name, const struct new_node *n, const char *target);
/* Take a name that is no directory away, whatever the directory's own operations allow. */
void memfs_remove(struct dentry *dir, const char *name);
/* The existing entry, referenced; ERR_PTR(-ENOENT). */
struct dentry *memfs_find(struct dentry *dir, const char *name);
/* Data of a memory file: its quota and operations, for inodes made elsewhere (memfd). */
extern const struct file_ops memfs_file_ops;

#endif
