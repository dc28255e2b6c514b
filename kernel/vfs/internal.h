/* What the files of vfs/ share with each other and with nobody else. */
#ifndef VFS_INTERNAL_H
#define VFS_INTERNAL_H

#include "core/log.h"
#include "core/time.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/vfs.h"
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mount.h>

#define NAME_MAX_LEN  255
#define PATH_MAX_LEN  4096
#define MAX_FILE_SIZE 0x7fffffffffffffffUL
#define MAX_RW_BYTES  0x7ffff000UL

/* inode.c */
void inode_cache_init(void);
void inode_sync_all(struct super_block *sb);

/* dcache.c */
void dcache_init(void);
extern spinlock_t dcache_lock;
static inline u32 name_hash_step(u32 h, unsigned char c)
{
	return (h ^ c) * 0x01000193u; /* FNV */
}
struct qname {
	const char *name;
	u32 len, hash;
};
static inline struct qname qname_make(const char *name, u32 len)
{
	struct qname q = {name, len, 0};

	for (u32 i = 0; i < len; i++)
		q.hash = name_hash_step(q.hash, (unsigned char)name[i]);
	return q;
}
/* Referenced cached entry, possibly negative, or NULL. */
struct dentry *dentry_lookup(struct dentry *parent, const struct qname *n);
struct dentry *dentry_find(struct dentry *parent, const struct qname *n); /* borrowed; lock held */
/* A negative entry outside the cache, ref 1. NULL when out of memory. */
struct dentry *dentry_alloc(struct dentry *parent, const struct qname *n);
struct dentry *dentry_alloc_anon(struct super_block *sb, const char *name);
/* Make `d` findable. Somebody else may have been first: then `d` is put and theirs returned. */
struct dentry *dentry_hash_in(struct dentry *d);
/* The file is gone: unhash, mark. */
void dentry_removed(struct dentry *d);
/* rename: `d` takes the place and name of `target`; -ENOMEM is asked for before by
 * dentry_name_copy(). */
char *dentry_name_copy(const struct dentry *d); /* NULL: it fits inline; ERR_PTR(-ENOMEM) */
void dentry_move(struct dentry *d, struct dentry *target, char *name_copy);
void dentry_exchange(struct dentry *a, struct dentry *b);
bool dentry_is_ancestor(struct dentry *a, struct dentry *d); /* a == d or above it */
void dcache_drop_tree(struct dentry *root);		     /* of a dying super block */

/* namei.c */
#define MAX_SYMLINKS 40
enum last_type { LAST_NORM, LAST_DOT, LAST_DOTDOT, LAST_ROOT };
struct walk {
	const struct vfs_ctx *ctx;
	struct path path; /* where we are; with references when path_held, else the start, which
			     cannot go away during the call */
	struct path root; /* likewise, root_held */
	bool path_held, root_held;
	struct fdref start_ref; /* the descriptor we started from */
	unsigned flags, nr_links;
	const char *rest; /* not yet walked */
	char *link_buf;	  /* `rest` is in here */
	struct qname last;
	enum last_type last_type;
	bool has_trailing_slash;
};
int walk_start(struct walk *w, const struct vfs_ctx *ctx, int dfd, const struct path *base,
	       const char *name, unsigned flags);
/* References on w->path. */
void walk_hold(struct walk *w);
/* As far as it goes through cached entries with nothing special about them. `whole`: the last
 * component too. -ENOENT when that is certain. */
int walk_cached(struct walk *w, bool whole, bool follow);
/* All components but the last, which is in w->last then. */
int walk_to_last(struct walk *w);
/* Step into the last one. 0, an error, or 1: it was a symlink, go on with walk_to_last(). */
int walk_last(struct walk *w, bool follow);
/* Step into `d` (reference consumed) with i_rwsem not held; as walk_last(). */
int walk_step(struct walk *w, struct dentry *d, bool follow);
void walk_end(struct walk *w);
/* Walk to the directory of the last component. */
int walk_parent(struct walk *w, const struct vfs_ctx *ctx, int dfd, const char *name,
		unsigned flags);
/* Find w->last in w->path, i_rwsem of which the caller holds. Referenced, possibly negative. */
struct dentry *lookup_locked(struct dentry *parent, const struct qname *n);

/* namei_ops.c */
int may_create(struct dentry *dir, const struct cred *c);
int may_delete(struct dentry *dir, struct dentry *victim, const struct cred *c, bool is_dir);
/* Owner and mode of a new node in `dir`. */
void new_node_init(struct new_node *n, const struct vfs_ctx *ctx, const struct inode *dir, u32 mode,
		   u64 rdev);

/* mount.c */
extern struct mutex mount_mutex;
extern struct list_head all_mounts;
struct mount *mount_lookup(struct mount *m, struct dentry *d); /* referenced or NULL */
struct mount *mount_find(struct mount *m, struct dentry *d);   /* borrowed; dcache_lock held */
static inline struct mount *mount_get(struct mount *m)
{
	ref_get(&m->ref);
	return m;
}
void mount_put(struct mount *m);
void mount_dissolve(struct mount *m); /* mount_api.c: its descriptor is closed */
/* 0 or -EROFS. */
static inline int mount_want_write(const struct mount *m)
{
	return (m->flags & MS_RDONLY) || (m->sb->flags & MS_RDONLY) ? -EROFS : 0;
}
extern struct mount *anon_mount, *memfd_mount, *ns_mount;
extern struct super_block *pipe_sb; /* of pipe(2), not of FIFOs */
void mount_init(void);

/* A mount of sb, whose reference it takes over, that is not in the tree. NULL. */
struct mount *mount_internal(struct super_block *sb, unsigned long flags);

/* open.c: a file on `p`, whose references it takes over, also on failure; permission has been
 * checked. ERR_PTR. */
struct file *file_from_path(const struct path *p, u32 o_flags);

/* mqueue.c */
void mqueue_fs_init(void);

/* file.c */
void file_cache_init(void);

/* epoll.c */
void epoll_init(void);

/* xattr.c: attributes in memory, inode_ops of the file systems that keep them there */
long memory_getxattr(struct inode *i, const char *name, void *buf, size_t size);
int memory_setxattr(struct inode *i, const char *name, const void *value, size_t size, int flags);
long memory_listxattr(struct inode *i, char *buf, size_t size, bool with_trusted);
void xattrs_free_inode(struct inode *i);

/* rw.c */
int file_remove_privs(const struct vfs_ctx *ctx, struct inode *i);

/* lock.c */
void locks_release_file(struct file *f); /* last close: OFD and flock */
void locks_free_inode(struct inode *i);

/* pipe.c */
extern const struct file_ops fifo_ops;
void pipe_inode_free(struct inode *i);

/* dev.c */
extern const struct file_ops chr_ops, no_device_ops;

/* attr.c */
int setattr_locked(struct inode *i, const struct iattr *a);

#endif
