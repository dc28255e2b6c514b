/*
 * The contract between the VFS and file systems, devices and other kinds of open files.
 *
 * Locking: i_rwsem (inode->rwsem) of a directory is held exclusively around create, mkdir, symlink,
 * link, unlink, rmdir, rename and shared around lookup and readdir; of a file exclusively around
 * setattr, write of regular files and truncate. i_rwsem is taken before mm->lock (a user copy under
 * it may fault), so a fault path (vmobj fill) must never take i_rwsem. get/put of inodes never
 * sleeps on it. All return 0 or a negative errno unless said otherwise. A NULL operation means
 * -EPERM/-EINVAL/-ENOTDIR as the VFS documents at the caller.
 */
#ifndef VFS_OPS_H
#define VFS_OPS_H

#include "core/wait.h"
#include "mm/iter.h"
#include "mm/vmobj.h"
#include "vfs/cred.h"
#include <linux/stat.h>

struct inode;
struct dentry;
struct file;
struct path;
struct super_block;
struct mount;
struct poll_table;
struct vma;
struct map_request;
struct vfs_ctx;

struct ktime_ts {
	s64 sec;
	u32 nsec;
};

/* What stat(2) and statx(2) want. */
struct kstat {
	u64 dev, rdev, ino, size, blocks;
	u32 mode, nlink, uid, gid, blksize;
	struct ktime_ts atime, mtime, ctime, btime;
	bool has_btime;
	u64 mnt_id, mnt_id_unique;
	u64 attributes, attributes_mask; /* STATX_ATTR_* */
};

/* What chmod, chown, utimens, truncate change; `valid` says which. */
#define ATTR_MODE      BIT(0)
#define ATTR_UID       BIT(1)
#define ATTR_GID       BIT(2)
#define ATTR_SIZE      BIT(3)
#define ATTR_ATIME     BIT(4)
#define ATTR_MTIME     BIT(5)
#define ATTR_CTIME     BIT(6)
#define ATTR_ATIME_NOW BIT(7)
#define ATTR_MTIME_NOW BIT(8)
struct iattr {
	u32 valid, mode, uid, gid;
	u64 size;
	struct ktime_ts atime, mtime, ctime;
};

struct kstatfs {
	u64 type, bsize, blocks, bfree, bavail, files, ffree, fsid, namelen, frsize, flags;
};

/* Directory reading: emit returns false when the buffer is full (then stop and do not advance
 * ctx->pos). */
struct dir_context {
	bool (*emit)(struct dir_context *ctx, const char *name, size_t len, u64 ino, unsigned dtype,
		     s64 next_pos);
	s64 pos;
};

struct new_node {
	u32 mode; /* with S_IFMT, umask applied */
	u32 uid, gid;
	u64 rdev;
};

struct inode_ops {
	/* Find `de->name` in dir; call dentry_set_inode(de, inode) (takes over the reference; NULL
	 * = negative entry). Not calling it and returning 0 makes a negative entry too; -ENOENT:
	 * there is none, and do not remember that. */
	int (*lookup)(struct inode *dir, struct dentry *de);
	int (*create)(struct inode *dir, struct dentry *de,
		      const struct new_node *n); /* regular, fifo, socket, device */
	int (*mkdir)(struct inode *dir, struct dentry *de, const struct new_node *n);
	int (*symlink)(struct inode *dir, struct dentry *de, const char *target,
		       const struct new_node *n);
	int (*link)(struct inode *inode, struct inode *dir, struct dentry *de);
	int (*unlink)(struct inode *dir, struct dentry *de);
	int (*rmdir)(struct inode *dir, struct dentry *de);
	/* flags: RENAME_NOREPLACE (nde is negative then), RENAME_EXCHANGE; -EINVAL for others. The
	 * VFS moves the entries afterwards. */
	int (*rename)(struct inode *odir, struct dentry *ode, struct inode *ndir,
		      struct dentry *nde, unsigned flags);
	int (*tmpfile)(struct inode *dir, struct inode **out,
		       const struct new_node *n); /* O_TMPFILE */
	/* Symbolic links: the target into buf (size > 0), NUL-terminated; length or error. */
	int (*readlink)(struct inode *inode, char *buf, size_t size);
	/* procfs's magic links: where following leads (references taken). Used instead of
	 * readlink's text when present. */
	int (*follow)(struct inode *inode, struct path *out);
	int (*getattr)(struct inode *inode, struct kstat *st); /* NULL: from the inode's fields */
	int (*setattr)(struct inode *inode,
		       const struct iattr *attr); /* NULL: inode_setattr_simple() */
	int (*permission)(struct inode *inode, const struct cred *c,
			  unsigned mask); /* NULL: mode bits; mask MAY_* */
	/* Extended attributes, xattr(7); the rules of their name spaces are checked before. NULL:
	 * -EOPNOTSUPP. size 0 asks for the size; -ERANGE: the buffer is too small. setxattr without
	 * a value removes; flags XATTR_*. listxattr leaves trusted.* out unless asked for. */
	long (*getxattr)(struct inode *inode, const char *name, void *buf, size_t size);
	int (*setxattr)(struct inode *inode, const char *name, const void *value, size_t size,
			int flags);
	long (*listxattr)(struct inode *inode, char *buf, size_t size, bool with_trusted);
	/* Of the directory the entry is in; called before a cached entry (also a negative one) is
	 * used; false = drop it and look up again. NULL: always good. */
	bool (*revalidate)(struct dentry *de);
};

struct file_ops {
	/* May replace f->ops; NULL: nothing to do. f->flags has O_TRUNC here, and only here. */
	int (*open)(struct inode *inode, struct file *f);
	void (*release)(struct file *f); /* last reference gone */
	int (*flush)(struct file *f);	 /* each close(2); its error is close's */
	/* Move data at *pos and advance it. Streams ignore pos. Short counts and -EAGAIN
	 * (O_NONBLOCK) as read(2) says. */
	long (*read)(struct file *f, struct iter *it, s64 *pos);
	long (*write)(struct file *f, struct iter *it,
		      s64 *pos); /* `*pos` already set for O_APPEND by the operation itself */
	s64 (*llseek)(struct file *f, s64 off, int whence); /* NULL: -ESPIPE */
	int (*readdir)(struct file *f, struct dir_context *ctx);
	unsigned (*poll)(
		struct file *f,
		struct poll_table *pt); /* EPOLL* events; NULL: always readable and writable */
	/* arg: kernel copy of the argument structure (its size is in sys/ioctl.c's table), or for
	 * unlisted commands NULL with the raw value in `value`. -ENOTTY when the command is not
	 * ours. */
	long (*ioctl)(struct file *f, unsigned cmd, void *arg, unsigned long value);
	/* O_ASYNC was set, by process `pid`, or taken away; also before release. NULL: pipes, and
	 * files that look at the flag themselves. */
	void (*set_async)(struct file *f, bool on, int pid, const struct cred *c);
	/* Prepare a mapping: set req->obj (and adjust vm_flags), or refuse. NULL: -ENODEV. */
	int (*mmap)(struct file *f, struct map_request *req);
	/* Where the data is, for files read by pages; NULL: the inode's own. */
	struct vmobj *(*object)(struct file *f);
	int (*fsync)(struct file *f, bool data_only);
	long (*fallocate)(struct file *f, int mode, s64 off, s64 len);
	/* An area that mapped the file is gone. NULL: nobody asks. */
	void (*unmapped)(struct file *f);
	/* Lines of /proc/PID/fdinfo that files of this kind have besides; emit may sleep. */
	void (*show_fdinfo)(struct file *f, void (*emit)(void *arg, const char *line), void *arg);
};

struct super_ops {
	int (*statfs)(struct super_block *sb, struct kstatfs *st); /* NULL: nothing to count */
	int (*sync)(struct super_block *sb);
	void (*evict_inode)(struct inode *inode); /* the last reference is gone and nlink is 0 or
						     the cache lets go: free fs data */
	void (*put_super)(struct super_block *sb);
	/* Of a file system that stands on others: the entry below that its own entry `d` stands for
	 * (borrowed); with `copy` the one of the layer that takes changes, made first if need be.
	 * ERR_PTR. And where that layer begins (dentry NULL: there is none). */
	struct dentry *(*real)(struct dentry *d, bool copy);
	const struct path *(*upper_root)(struct super_block *sb);
	/* mount(2) with MS_REMOUNT: new options; NULL: only the flags may change. */
	int (*remount)(struct super_block *sb, const char *options);
	/* Options of /proc/mounts beyond the flags, e.g. ",size=1024k"; may be NULL. */
	int (*show_options)(struct super_block *sb, char *buf, size_t size);
};

struct fs_type {
	const char *name;
	bool needs_device; /* for /proc/filesystems: no "nodev" */
	bool is_for_users; /* also the root of another user namespace may mount it */
	/* It shows things that an administrator may have covered: not where none is to be seen. */
	bool must_be_visible;
	/* Make a super block for `source` with the option string (comma separated, never NULL);
	 * ERR_PTR. */
	struct super_block *(*mount)(struct fs_type *t, const char *source, unsigned long flags,
				     const char *options);
	/* The same for a type whose options name files; used instead when it is there. */
	struct super_block *(*mount_at)(const struct vfs_ctx *ctx, struct fs_type *t,
					unsigned long flags, const char *options);
	/* fsconfig(2): is this an option? -EINVAL. NULL: mount() will say. */
	int (*check_option)(const char *key, const char *value);
	struct fs_type *next;
};
void fs_register(struct fs_type *t);
struct fs_type *fs_find(const char *name);
void fs_for_each_type(void (*fn)(void *arg, const struct fs_type *t), void *arg);

#endif
