/* The VFS as the layers above use it: names to paths to files. Every function takes its context;
 * none knows `current`. */
#ifndef VFS_VFS_H
#define VFS_VFS_H

#include "vfs/file.h"
#include <linux/fcntl.h>

/* Root, current directory, umask of a task; shared with CLONE_FS. */
struct fs_struct {
	refcount_t ref;
	spinlock_t lock; /* RANK_FS */
	struct path root, cwd;
	struct mnt_ns *ns; /* the tree both are in; a reference */
	u32 umask;
};
struct fs_struct *fs_struct_new(const struct path *root);
struct fs_struct *fs_struct_clone(struct fs_struct *fs);
void fs_struct_put(struct fs_struct *fs);
void fs_get_root(struct fs_struct *fs, struct path *out); /* references taken */
void fs_get_cwd(struct fs_struct *fs, struct path *out);
void fs_set_root(struct fs_struct *fs, const struct path *p); /* takes its own references */
void fs_set_cwd(struct fs_struct *fs, const struct path *p);
/* Root and current directory that are *was become *now. is_own: `fs` is the caller's. */
void fs_replace(struct fs_struct *fs, const struct path *was, const struct path *now, bool is_own);

/* Mount namespaces (vfs/mount_ns.c). Nobody else uses `fs`. */
struct mnt_ns;
struct ns_common;
struct nsproxy;
struct mnt_ns *mnt_ns_get(struct mnt_ns *ns);
void mnt_ns_put(struct mnt_ns *ns);
/* CLONE_NEWNS: a copy of the tree; -ENOMEM, -ENOSPC. */
int fs_new_mounts(struct fs_struct *fs, const struct cred *maker);
/* setns(2); `ns` is of kind NS_MNT. -EINVAL: fs is shared. */
int fs_enter_mounts(struct fs_struct *fs, struct ns_common *ns);
struct ns_common *fs_mounts(struct fs_struct *fs); /* referenced */
bool fs_is_chrooted(struct fs_struct *fs);	   /* its root is not the namespace's */

/* What a walk or a write needs to know about the caller; lives in struct task. */
struct vfs_ctx {
	const struct cred *cred;
	struct fs_struct *fs;
	struct fdtable *files;
	struct nsproxy *ns; /* the other namespaces it is in; a reference */
	u64 limit_fsize;    /* RLIMIT_FSIZE */
	u64 limit_nofile;
	/* Called by a write that would pass limit_fsize (SIGXFSZ) and by a pipe without reader
	 * (SIGPIPE). */
	void (*send_signal)(int signo);
};

/* Path walks. dfd: AT_FDCWD or a descriptor. flags: LOOKUP_*. *out gets references. Errors as
 * path_resolution(7). */
#define LOOKUP_FOLLOW	     BIT(0) /* follow a symlink in the last component */
#define LOOKUP_DIRECTORY     BIT(1)
#define LOOKUP_EMPTY	     BIT(2) /* AT_EMPTY_PATH */
#define LOOKUP_NO_SYMLINKS   BIT(3)
#define LOOKUP_NO_MAGICLINKS BIT(4)
#define LOOKUP_NO_XDEV	     BIT(5)
#define LOOKUP_BENEATH	     BIT(6)
#define LOOKUP_IN_ROOT	     BIT(7)
#define LOOKUP_REAL_IDS \
	BIT(8) /* access(2): search permission by real ids -- the caller passes such a cred */
#define LOOKUP_CACHED BIT(9) /* -EAGAIN when a file system would have to be asked */
int vfs_lookup(const struct vfs_ctx *ctx, int dfd, const char *name, unsigned flags,
	       struct path *out);
int vfs_lookup_at(const struct vfs_ctx *ctx, const struct path *base, const char *name,
		  unsigned flags, struct path *out);

/* Open. how: O_* flags, mode with O_CREAT. ERR_PTR. VFS_O_EXEC (with O_RDONLY): for execve -- asks
 * execute instead of read permission, and -EACCES for what is not a regular file or is on a noexec
 * mount; kernel_read() works on the result. */
#define VFS_O_EXEC BIT(5)
/* What a file opened without O_LARGEFILE may hold, bytes. */
#define MAX_NON_LFS ((1UL << 31) - 1)
struct file *vfs_open(const struct vfs_ctx *ctx, int dfd, const char *name, u32 o_flags, u32 mode,
		      unsigned lookup_flags);
struct file *vfs_open_path(const struct vfs_ctx *ctx, const struct path *p,
			   u32 o_flags); /* no creation */

/* A file over a new inode of mode `mode` (S_IFREG: memory of its own) that has no directory entry:
 * eventfd, memfd and the like. NULL. */
struct inode *inode_new_anon(u32 mode);
extern int vfs_protected_symlinks, vfs_protected_hardlinks; /* the same: 0 1 */
extern int vfs_protected_regular; /* /proc/sys/fs/protected_regular and protected_fifos: 0 1 2 */
extern int vfs_protected_fifos;
int vfs_mknod(const struct vfs_ctx *ctx, int dfd, const char *name, u32 mode, u64 rdev);
/* As vfs_mknod(); *out: where the new node is, with references. */
int vfs_mknod_path(const struct vfs_ctx *ctx, int dfd, const char *name, u32 mode, u64 rdev,
		   struct path *out);
int vfs_mkdir(const struct vfs_ctx *ctx, int dfd, const char *name, u32 mode);
int vfs_symlink(const struct vfs_ctx *ctx, const char *target, int dfd, const char *name);
int vfs_link(const struct vfs_ctx *ctx, int odfd, const char *oname, int ndfd, const char *nname,
	     int at_flags);
int vfs_unlink(const struct vfs_ctx *ctx, int dfd, const char *name);
int vfs_rmdir(const struct vfs_ctx *ctx, int dfd, const char *name);
int vfs_rename(const struct vfs_ctx *ctx, int odfd, const char *oname, int ndfd, const char *nname,
	       unsigned flags);
int vfs_readlink(const struct path *p, char *buf, size_t size);
int vfs_getattr(const struct path *p, struct kstat *st);
int vfs_setattr(const struct vfs_ctx *ctx, const struct path *p,
		struct iattr *a); /* permission rules of chmod/chown/utimes/truncate */
int vfs_truncate(const struct vfs_ctx *ctx, struct inode *inode, u64 size);
int vfs_permission(const struct path *p, const struct cred *c,
		   unsigned mask); /* inode_permission + mount flags */
int vfs_statfs(const struct path *p, struct kstatfs *st);
int vfs_statfs_dev(u64 dev, struct kstatfs *st); /* of a mounted file system; -EINVAL */
/* Extended attributes, xattr(7): the rules of the name spaces, then the file system. get and list
 * return the size, with size 0 without copying; -ERANGE: the buffer is too small. */
long vfs_getxattr(const struct path *p, const struct cred *c, const char *name, void *buf,
		  size_t size);
long vfs_listxattr(const struct path *p, const struct cred *c, char *buf, size_t size);
/* value NULL: remove it, -ENODATA when there is none. flags: XATTR_*. */
int vfs_setxattr(const struct path *p, const struct cred *c, const char *name, const void *value,
		 size_t size, int flags);
/* ioctl_iflags(2): the flags, or -ENOTTY. Of set: -EPERM -EROFS -EOPNOTSUPP. */
int vfs_get_flags(const struct path *p, u32 *flags);
int vfs_set_flags(const struct path *p, const struct cred *c, u32 flags);
/* A handle of the file: name_to_handle_at(2). Bytes of it, or -EOPNOTSUPP. With only_id it need not
 * lead back to the file (AT_HANDLE_FID). */
#define HANDLE_BYTES 12
int vfs_encode_handle(const struct path *p, bool only_id, u32 handle[3], s32 *type);
/* The file of a handle in the file system of `at`; references taken. -ESTALE. */
int vfs_decode_handle(const struct vfs_ctx *ctx, const struct path *at, s32 type,
		      const u32 handle[3], struct path *out);
int vfs_want_write(const struct path *p); /* 0 or -EROFS: the mount's part of it */

/* Absolute name of `p` as seen from `root`, written at the end of buf; returns its start, "
 * (deleted)" appended when so. ERR_PTR(-ENAMETOOLONG). `*reachable` false: not below root
 * ("(unreachable)" rules). */
char *path_name(const struct path *p, const struct path *root, char *buf, size_t size,
		bool *reachable);

/* Mounts. */
bool vfs_may_mount(const struct vfs_ctx *ctx); /* has the caller CAP_SYS_ADMIN over his tree? */
/* May set-user-ID programs of `p` change the caller's ids? */
bool path_may_suid(const struct vfs_ctx *ctx, const struct path *p);
int vfs_mount(const struct vfs_ctx *ctx, const char *source, const char *target, const char *type,
	      unsigned long flags, const char *options);
int vfs_umount(const struct vfs_ctx *ctx, const char *target, int flags);
/* pivot_root(2). On success the caller changes roots and directories that are *was to *now, and
 * puts both. */
int vfs_pivot_root(const struct vfs_ctx *ctx, const char *new_root, const char *put_old,
		   struct path *was, struct path *now);
void vfs_init(void);	  /* caches */
int vfs_mount_root(void); /* rootfs: an empty tmpfs; init's first root */
extern struct path vfs_root;
/* /proc/PID/mounts and mountinfo, one line per mount below root: emit per line. */
void vfs_show_mounts(const struct path *root, bool mountinfo,
		     void (*emit)(void *arg, const char *line), void *arg);
void vfs_sync_all(void);
int vfs_sync_super(struct super_block *sb);

/* Device nodes: character and block drivers by number. */
int chrdev_register(u32 major, u32 minor_first, u32 nr, const struct file_ops *ops,
		    const char *name); /* -EBUSY */
const struct file_ops *chrdev_find(u64 rdev);
#define MKDEV(ma, mi)        \
	(((u64)(ma) << 32) | \
	 (mi)) /* kernel-internal device number; encoded for user space in sys/ */
#define DEV_MAJOR(d) ((u32)((d) >> 32))
#define DEV_MINOR(d) ((u32)(d))
const char *chrdev_name(u32 major); /* NULL */
/* /proc/devices and the like: call fn for each registered range. */
void chrdev_for_each(void (*fn)(void *arg, u32 major, const char *name), void *arg);
struct devnode {
	const char *name;
	u32 mode;
	u64 rdev;
	struct devnode *next;
};
/* devfs: be told of every node, also of those announced before. */
void devnode_listen(void (*fn)(const struct devnode *n));
/* devfs nodes: drivers announce, devfs shows. mode with S_IFCHR. Any time after vfs_init. */
int devnode_add(const char *name, u32 mode, u64 rdev);

/* Advisory locks (vfs/lock.c): fcntl and flock, OFD. */
struct flock64_k {
	int type, whence;
	s64 start, len;
	int pid;
};
int vfs_lock_posix(struct file *f, void *owner, int owner_pid, struct flock64_k *fl, bool wait,
		   bool is_get);			/* owner == f: OFD lock */
void vfs_unlock_posix_all(struct file *f, void *owner); /* at each close by `owner` */
int vfs_flock(struct file *f, int op);
/* Locks as /proc/locks shows them. */
void vfs_show_locks(void (*emit)(void *arg, const char *line), void *arg);

#endif
