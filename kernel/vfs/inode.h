/* Inodes, dentries, super blocks, mounts and paths. */
#ifndef VFS_INODE_H
#define VFS_INODE_H

#include "vfs/ops.h"

struct super_block {
	struct fs_type *type;
	const struct super_ops *ops;
	u64 dev;	     /* st_dev: anonymous, major 0 */
	struct dentry *root; /* reference held */
	unsigned long flags; /* MS_RDONLY */
	u64 magic;
	u32 nr_marks;		      /* vfs/notify.c: marks on its inodes; atomic */
	refcount_t ref;		      /* mounts */
	struct mutex own_rename_lock; /* RANK_RENAME */
	/* Held over renames between two directories; a stacked file system's is the one below. */
	struct mutex *rename_lock;
	bool is_in_memory;    /* what the dentry cache does not have is not there */
	unsigned stack_depth; /* how many file systems are below this one */
	spinlock_t lock;
	struct list_head inodes; /* lock */
	char source[64];
	/* Whose root may change its settings, and whose users its set-user-ID programs and devices
	 * are good for; a reference. NULL: the first one. */
	struct user_ns *user_ns;
	void *private;
};

struct inode {
	struct super_block *sb;
	const struct inode_ops *ops;
	const struct file_ops *fops;
	refcount_t ref;
	u32 mode; /* type and permissions */
	u32 uid, gid, nlink;
	u64 ino, rdev;
	u64 version; /* counts changes of a directory */
	struct ktime_ts atime, mtime, ctime, btime;
	struct rwsem rwsem;	   /* RANK_INODE */
	struct vmobj obj;	   /* page cache; obj.size_bytes is i_size */
	u64 blocks;		   /* 512-byte units; 0: computed from obj.nr_pages */
	struct pipe *pipe;	   /* FIFOs while open */
	void *locks;		   /* vfs/lock.c: advisory locks */
	struct notify_mark *marks; /* vfs/notify.c: who watches it; notify_lock */
	u32 notify_mask;	   /* the union of their masks; notify_lock */
	void *leases;		   /* vfs/lease.c */
	int read_count;		   /* files open for reading only; atomic */
	int write_count; /* > 0: open for writing; < 0: being executed (ETXTBSY); atomic */
	struct list_head sb_node;
	struct xattr *xattrs; /* of file systems that keep them in memory; rwsem */
	bool has_caps;	      /* security.capability is among them */
	u8 write_hint;	      /* F_SET_RW_HINT; nothing here makes use of it */
	u32 attr_flags;	      /* FS_IMMUTABLE_FL and the like, ioctl_iflags(2) */
	void *private;
};

static inline bool inode_is_dir(const struct inode *i)
{
	return S_ISDIR(i->mode);
}
/* A fresh inode of sb with ref 1, times = now. NULL when out of memory. */
struct inode *inode_new(struct super_block *sb, u32 mode, u64 ino);
u64 next_ino(struct super_block *sb);
static inline struct inode *inode_get(struct inode *i)
{
	ref_get(&i->ref);
	return i;
}
void inode_put(struct inode *i);
void inode_touch(struct inode *i, unsigned which); /* ATTR_ATIME|ATTR_MTIME|ATTR_CTIME = now */
struct ktime_ts ktime_now(void);
int inode_setattr_simple(struct inode *i, const struct iattr *a);
void inode_stat_simple(struct inode *i, struct kstat *st);
/* The same in place: what is not looked at is not computed. */
static inline void inode_stat_fields(const struct inode *i, struct kstat *st)
{
	st->dev = i->sb->dev;
	st->rdev = i->rdev;
	st->ino = i->ino;
	st->size = i->obj.size_bytes;
	st->blocks = i->blocks ? i->blocks : i->obj.nr_pages * (PAGE_SIZE / 512);
	st->mode = i->mode;
	st->nlink = i->nlink;
	st->uid = i->uid;
	st->gid = i->gid;
	st->blksize = PAGE_SIZE;
	st->atime = i->atime;
	st->mtime = i->mtime;
	st->ctime = i->ctime;
	st->btime = i->btime;
	st->has_btime = true;
}
#define MAY_EXEC  1u
#define MAY_WRITE 2u
#define MAY_READ  4u
/* Mode bits, CAP_DAC_OVERRIDE/READ_SEARCH, read-only file system, or the file system's own rule:
 * 0 -EACCES -EROFS. */
int inode_permission(struct inode *i, const struct cred *c, unsigned mask);
/* Mode bits and capabilities only: what inode_ops.permission falls back on. */
int inode_permission_mode(const struct inode *i, const struct cred *c, unsigned mask);
/* chmod's and utimes's "owner": the fsuid owns it, or CAP_FOWNER. */
bool inode_is_owner(const struct inode *i, const struct cred *c);
/* ETXTBSY (execve(2), open(2)): writers and executions exclude each other. -ETXTBSY. */
int inode_get_write(struct inode *i);
void inode_put_write(struct inode *i);
int inode_deny_write(struct inode *i); /* exec: no writer may come while the program runs */
void inode_allow_write(struct inode *i);

struct dentry {
	refcount_t
		ref; /* 0 = cached only (a file system of memory pins with one extra reference) */
	struct dentry *parent; /* itself at a root */
	struct inode *inode;   /* NULL = negative; RANK_DCACHE */
	struct super_block *sb;
	struct list_head hash_node, children, sibling, lru; /* RANK_DCACHE */
	u32 name_hash, name_len;
	u32 flags;   /* DE_* */
	u64 dir_pos; /* readdir position among the siblings, in ascending order; RANK_DCACHE */
	struct dentry *dir_hint; /* a child, or NULL: where a reader of the directory was;
				    RANK_DCACHE */
	char *name;		 /* == inline_name when short */
	char inline_name[32];
	void *private;
};
#define DE_HASHED   BIT(0)
#define DE_MOUNTED  BIT(1) /* some mount sits here */
#define DE_UNLINKED BIT(2) /* removed: " (deleted)" */
#define DE_PINNED   BIT(3) /* memory file system: stays while linked */
#define DE_ANON	    BIT(4) /* file without a place: the name is all of its path ("pipe:[7]") */

#define DE_TMPFILE BIT(5) /* O_TMPFILE without O_EXCL: link(2) may name it */
#define DE_NOCACHE BIT(6) /* goes with its last user, as what it shows may be gone */

void dentry_set_inode(struct dentry *de, struct inode *inode);
static inline struct dentry *dentry_get(struct dentry *d)
{
	ref_get(&d->ref);
	return d;
}
void dentry_put(struct dentry *d);
struct dentry *dentry_get_parent(struct dentry *d); /* referenced; itself at a root */
/* Free up to nr unused entries, oldest first; returns how many. */
size_t dcache_shrink(size_t nr);
struct dentry *dentry_make_root(struct super_block *sb,
				struct inode *inode); /* consumes the inode reference; NULL */
/* Memory file systems: keep this entry in the cache (it is the directory's storage), and let it go
 * on unlink. */
void dentry_pin(struct dentry *d);
void dentry_unpin(struct dentry *d);
/* The first pinned entry of `dir` at or after a position (dir_pos), referenced, or NULL. */
struct dentry *dentry_next_pinned(struct dentry *dir, u64 pos);
/* Of what a file system learns without being asked. Is there an entry of this name, also a negative
 * one? Make one, unless there is: it, referenced, or NULL; the inode's reference is consumed. */
bool dentry_is_known(struct dentry *dir, const char *name, u32 len);
struct dentry *dentry_add(struct dentry *dir, const char *name, u32 len, struct inode *inode);
void dentry_drop(struct dentry *d); /* unhash: the next lookup asks the file system */
/* readdir for file systems whose directories are their pinned dentries. */
int dcache_readdir(struct file *f, struct dir_context *ctx);

struct mnt_ns;
struct mount {
	refcount_t ref;
	int id;
	u64 unique_id;
	bool expires;		   /* MNT_EXPIRE was asked once and nobody used it since */
	struct list_head all_node; /* mount_mutex: every mount of every tree */
	unsigned long
		flags; /* MS_RDONLY MS_NOSUID MS_NODEV MS_NOEXEC MS_NOATIME ... of this mount */
	struct super_block *sb;
	struct dentry *root;	   /* of this mount (bind mounts: any directory) */
	struct mount *parent;	   /* NULL at the top */
	struct dentry *mountpoint; /* in parent */
	struct list_head hash_node, children, sibling; /* RANK_DCACHE */
	struct mnt_ns *ns; /* NULL: in no namespace's tree; mount_mutex */
	/* mount_namespaces(7), "Restrictions on mount namespaces"; mount_mutex */
	bool is_locked;		    /* to what it is on: got with a tree of more privileged users */
	unsigned long locked_flags; /* those of flags that stay; MS_RELATIME: the access times' */

	/* Propagation (mount_namespaces(7)); mount_mutex. */
	int group_id;		/* 0: not shared */
	struct list_head peers; /* ring of the group */
	struct mount *master;	/* whom it is a slave of */
	struct list_head slaves, slave_node;
	bool is_unbindable;
	bool is_loose; /* the top of a tree that goes with a descriptor */
	/* For the walk over those that an event reaches, and for copies of trees. */
	u64 walk_mark;
	struct mount *walk_next, *walk_from, *walk_copy, *copy;
	bool walk_as_slave, has_copy;
};

struct path {
	struct mount *mnt;
	struct dentry *dentry;
};
void path_get(const struct path *p);
void path_put(const struct path *p);

/* ref 1, for the mount that will be made of it; root is still to be set. NULL when out of memory.
 */
struct super_block *super_new(struct fs_type *t, const struct super_ops *ops, u64 magic,
			      unsigned long flags);
static inline struct super_block *super_get(struct super_block *sb)
{
	ref_get(&sb->ref);
	return sb;
}
/* super_ops->evict_inode where i->private is one allocation. */
void inode_free_private(struct inode *i);
void super_put(struct super_block *sb); /* the last one frees all entries and inodes */

#endif
