/*
 * For file systems that stand on others: what they do to the files below, by entry, without asking
 * whether the caller may. The locks of the file systems below are taken here; those above may be
 * held. Returned entries are referenced; errors are ERR_PTR or negative errno.
 */
#ifndef VFS_STACK_H
#define VFS_STACK_H

#include "vfs/vfs.h"

/* `name` in `dir`: positive, or NULL when there is none. */
struct dentry *stack_lookup(struct dentry *dir, const char *name, u32 len);
/* A new file of any kind; `target` of a symbolic link. -EEXIST. */
struct dentry *stack_create(struct dentry *dir, const char *name, u32 len, const struct new_node *n,
			    const char *target);
/* A regular file without a name, for stack_link(). -EOPNOTSUPP. */
struct dentry *stack_tmpfile(struct dentry *dir, const struct new_node *n);
/* Another name for `old`. -EEXIST. */
struct dentry *stack_link(struct dentry *old, struct dentry *dir, const char *name, u32 len);
/* unlink or rmdir, as it needs. -ENOENT: it is not in `dir` any more. */
int stack_remove(struct dentry *dir, struct dentry *victim);
/* The caller holds the super block's rename_lock when the directories differ. flags: RENAME_*. */
int stack_rename(struct dentry *odir, struct dentry *ode, struct dentry *ndir, const char *name,
		 u32 len, unsigned flags);
int stack_setattr(struct inode *i, const struct iattr *a);
int stack_getattr(struct inode *i, struct kstat *st);
long stack_getxattr(struct inode *i, const char *name, void *buf, size_t size);
int stack_setxattr(struct inode *i, const char *name, const void *value, size_t size, int flags);
/* An open file on `p`, no permission asked. */
struct file *stack_open(const struct path *p, u32 o_flags);
/* The names of a directory, appended by emit: opens and closes it. */
int stack_readdir(const struct path *dir, struct dir_context *ctx);
/* A mount of `p` that is in no tree; put with path_put(). */
int mount_private(const struct path *p, struct path *out);

#endif
