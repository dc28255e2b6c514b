/*
 * overlay: directories merged from layers, as Linux's overlayfs lays them out. The upper layer, if
 * there is one, takes all changes: a file below it is copied up before it changes; what is removed
 * leaves a whiteout, a character device 0/0; a directory that hides those below it has the
 * attribute trusted.overlay.opaque.
 *
 * An inode here stands for the topmost file of its name ("real"). Its mode, owner, times and size
 * are copies of the real one's. Pages are the real one's alone: read() and mappings go there.
 *
 * Locks: those of this file system before those of the layers; copy_lock between them.
 */
#ifndef FS_OVERLAY_OVERLAY_H
#define FS_OVERLAY_OVERLAY_H

#include "vfs/stack.h"
#include <linux/fs.h>

#define OVL_OPAQUE    "trusted.overlay.opaque"
#define OVL_ORIGIN    "trusted.overlay.origin" /* here: the inode number before the copy */
#define OVL_PRIVATE   "trusted.overlay."
#define OVL_ESCAPE    "trusted.overlay.overlay."
#define OVL_LOWER_MAX 64
#define OVL_HASH      64

struct ovl_layer {
	struct path path;
	u64 ino_bias; /* added to inode numbers, so that those of two file systems differ */
};

struct ovl_fs {
	struct ovl_layer upper; /* path.dentry NULL: read-only */
	struct path work;
	unsigned nr_lower;
	struct ovl_layer *lower; /* topmost first */
	struct mutex copy_lock;	 /* RANK_INODE: one copy at a time */
	spinlock_t hash_lock;	 /* RANK_ICACHE */
	struct list_head hash[OVL_HASH];
	u32 last_temp; /* atomic */
	char *options;
};

/* What is below in layer `layer`. */
struct ovl_lower {
	struct dentry *dentry;
	unsigned layer;
};

struct ovl_inode {
	struct inode *inode;
	struct dentry *upper; /* set once, under copy_lock; real when there is one */
	/* The entry here. Good as long as there is no upper: until then the file has one name. */
	struct dentry *alias;
	struct list_head hash_node; /* by upper inode: names of one file share an inode */
	unsigned nr_lower;
	struct ovl_lower lower[]; /* topmost first; of a file at most one */
};

static inline struct ovl_inode *ovl_i(const struct inode *i)
{
	return i->private;
}
static inline struct ovl_fs *ovl_fs(const struct super_block *sb)
{
	return sb->private;
}
static inline struct dentry *ovl_upper(const struct inode *i)
{
	return __atomic_load_n(&ovl_i(i)->upper, __ATOMIC_ACQUIRE);
}
static inline struct dentry *ovl_real_dentry(const struct inode *i)
{
	struct dentry *upper = ovl_upper(i);

	return upper ? upper : ovl_i(i)->lower[0].dentry;
}
static inline struct inode *ovl_real(const struct inode *i)
{
	return ovl_real_dentry(i)->inode;
}
static inline bool ovl_is_whiteout(const struct inode *i)
{
	return S_ISCHR(i->mode) && !i->rdev;
}

/* inode.c */
/* An inode over `upper` (reference consumed, may be NULL) and the lowers (likewise). ERR_PTR. */
struct inode *ovl_new_inode(struct super_block *sb, struct dentry *upper,
			    const struct ovl_lower *lower, unsigned nr_lower);
void ovl_evict(struct inode *i);
/* Attributes from the real inode. */
void ovl_copy_attributes(struct inode *i);
/* The inode has an upper now. */
void ovl_hash_upper(struct inode *i);
u64 ovl_upper_ino(const struct ovl_fs *o, struct dentry *upper);
bool ovl_is_opaque(struct dentry *d);
int ovl_lookup(struct inode *dir, struct dentry *de);
/* Is there a file of this name in the directories below `dir`? 1, 0 or an error. */
int ovl_lower_has(struct inode *dir, const char *name, u32 len);
extern const struct inode_ops ovl_dir_iops, ovl_file_iops, ovl_link_iops;
int ovl_getattr(struct inode *i, struct kstat *st);
int ovl_setattr(struct inode *i, const struct iattr *a);
long ovl_getxattr(struct inode *i, const char *name, void *buf, size_t size);
int ovl_setxattr(struct inode *i, const char *name, const void *value, size_t size, int flags);
long ovl_listxattr(struct inode *i, char *buf, size_t size, bool with_trusted);

/* copy_up.c: make `de`'s file one of the upper layer, with the directories that lead to it.
 * without_data: its content is about to be cut off. -EROFS without an upper layer. */
int ovl_copy_up(struct dentry *de, bool without_data);
static inline int ovl_copy_up_inode(struct inode *i)
{
	return ovl_upper(i) ? 0 : ovl_copy_up(ovl_i(i)->alias, false);
}

/* dir.c */
int ovl_create(struct inode *dir, struct dentry *de, const struct new_node *n);
int ovl_symlink(struct inode *dir, struct dentry *de, const char *target, const struct new_node *n);
int ovl_link(struct inode *i, struct inode *dir, struct dentry *de);
int ovl_unlink(struct inode *dir, struct dentry *de);
int ovl_rmdir(struct inode *dir, struct dentry *de);
int ovl_tmpfile(struct inode *dir, struct inode **out, const struct new_node *n);
/* rename.c */
int ovl_rename(struct inode *odir, struct dentry *ode, struct inode *ndir, struct dentry *nde,
	       unsigned flags);
/* Of dir.c, for rename.c. */
struct dentry *ovl_put_temp_whiteout(struct super_block *sb, struct dentry *updir);
int ovl_clear_whiteouts(struct super_block *sb, struct dentry *dir);
int ovl_set_opaque(struct dentry *upper);

/* readdir.c */
extern const struct file_ops ovl_dir_fops;
/* 0, -ENOTEMPTY: are there names in it besides whiteouts? */
int ovl_check_empty(struct inode *dir);

/* file.c */
extern const struct file_ops ovl_file_fops;

#endif
