/* Open files and descriptor tables. */
#ifndef VFS_FILE_H
#define VFS_FILE_H

#include "lib/err.h"
#include "vfs/inode.h"
#include <linux/fcntl.h>

#define FMODE_READ  BIT(0)
#define FMODE_WRITE BIT(1)
#define FMODE_STREAM                                                                \
	BIT(2) /* no position: pipes, ttys, sockets; pread/pwrite/lseek give ESPIPE \
		*/
#define FMODE_PATH	 BIT(3) /* O_PATH */
#define FMODE_EXEC	 BIT(4)
#define FMODE_NOPOLL	 BIT(5)
#define FMODE_ATOMIC_POS BIT(6)	 /* regular files and directories: pos_lock around use of pos */
#define FMODE_WRITER	 BIT(7)	 /* counted in inode->write_count */
#define FMODE_READER	 BIT(10) /* counted in inode->read_count */
#define FMODE_OPENED	 BIT(8)	 /* ops->open succeeded: release is due */
#define FMODE_NOSIGPIPE	 BIT(13) /* -EPIPE comes without SIGPIPE: datagram sockets */
#define FMODE_LOOSE	 BIT(11) /* path.mnt may be a loose tree: mount_dissolve() is due */
#define FMODE_CREATED	 BIT(12) /* open(2) made the file: F_CREATED_QUERY */
#define FMODE_DENYWRITE	 BIT(9)	 /* being executed: inode_allow_write() is due */

struct file {
	refcount_t ref;
	u32 mode;  /* FMODE_* */
	u32 flags; /* O_*: O_APPEND, O_NONBLOCK and the like may change by fcntl */
	const struct file_ops *ops;
	struct inode *inode;	   /* == path.dentry->inode (reference of its own) */
	struct path path;	   /* {NULL, NULL} only for files without a name; use file_path() */
	s64 pos;		   /* pos_lock when the file is shared */
	struct mutex pos_lock;	   /* RANK_FILEPOS */
	int owner_pid, owner_sig;  /* F_SETOWN, F_SETSIG */
	int owner_type;		   /* F_OWNER_*: of owner_pid */
	u32 owner_uid, owner_euid; /* of who set it */
	int async_fd;		   /* where O_ASYNC was set: si_fd */
	struct epoll_item *watchers; /* vfs/epoll.c */
	void *private;
};

struct file *file_alloc(void); /* ref 1; NULL */
/* What the open file says, or the transfer otherwise (RWF_APPEND, RWF_NOAPPEND, RWF_NOWAIT). */
static inline bool file_appends(const struct file *f, const struct iter *it)
{
	if (likely(!it->how))
		return f->flags & O_APPEND;
	return (it->how & ITER_APPEND) || ((f->flags & O_APPEND) && !(it->how & ITER_NOAPPEND));
}
static inline bool file_nonblock(const struct file *f, const struct iter *it)
{
	return (f->flags & O_NONBLOCK) || (it->how & ITER_NOWAIT);
}
static inline struct file *file_get(struct file *f)
{
	ref_get(&f->ref);
	return f;
}
void file_put(struct file *f);
/* An anonymous file (pipe end, eventfd ...) over `inode` (reference consumed); name like
 * "pipe:[12]". ERR_PTR. */
struct file *file_anon(struct inode *inode, const struct file_ops *ops, u32 o_flags,
		       const char *name);

#define FD_CLOEXEC_BIT 1
struct fdtable {
	refcount_t ref;	 /* tasks sharing it (CLONE_FILES) */
	spinlock_t lock; /* RANK_FDTABLE; readers of a slot use fd_get() */
	unsigned size;	 /* slots */
	unsigned next_hint;
	struct file **files;
	unsigned long *open_bits, *cloexec_bits;
};
#define FDS_MAX (1u << 20)
extern unsigned fd_nr_open; /* slots a table may have, 64 to FDS_MAX: /proc/sys/fs/nr_open */
struct fdtable *fdtable_new(void);
/* ERR_PTR: -ENOMEM; -EMFILE when what is open does not fit into fd_nr_open. */
struct fdtable *fdtable_clone(struct fdtable *t);
void fdtable_put(struct fdtable *t);
void fdtable_close_on_exec(struct fdtable *t);
/* Referenced file, or NULL. When the table is not shared the reference is borrowed: always pair
 * with fd_put(). */
struct fdref {
	struct file *file; /* NULL = bad descriptor */
	bool must_put;
};
struct fdref fd_get_shared(struct fdtable *t, unsigned fd, u32 refused_mode);
/* Refuses O_PATH files. The table of a single user cannot change under the call: nothing is locked
 * or counted. */
static inline struct fdref fd_get(struct fdtable *t, unsigned fd)
{
	struct file *f;

	if (unlikely(ref_read(&t->ref) != 1))
		return fd_get_shared(t, fd, FMODE_PATH);
	if (unlikely(fd >= t->size))
		return (struct fdref){NULL, false};
	f = t->files[array_index_nospec(fd, t->size)];
	if (unlikely(f && (f->mode & FMODE_PATH)))
		f = NULL;
	return (struct fdref){f, false};
}
/* The file when the table has one user, also an O_PATH file. NULL: ask fd_get(). */
static inline struct file *fd_peek(const struct fdtable *t, unsigned fd)
{
	if (unlikely(ref_read(&t->ref) != 1) || unlikely(fd >= t->size))
		return NULL;
	return t->files[array_index_nospec(fd, t->size)];
}
static inline struct fdref fd_get_any(struct fdtable *t, unsigned fd) /* O_PATH files too */
{
	if (unlikely(ref_read(&t->ref) != 1))
		return fd_get_shared(t, fd, 0);
	if (unlikely(fd >= t->size))
		return (struct fdref){NULL, false};
	return (struct fdref){t->files[array_index_nospec(fd, t->size)], false};
}
static inline void fd_put(struct fdref r)
{
	if (r.must_put)
		file_put(r.file);
}
/* Lowest free descriptor >= min and < limit (RLIMIT_NOFILE), reserved; -EMFILE -EINVAL -ENOMEM. */
int fd_alloc(struct fdtable *t, unsigned min, u64 limit, bool cloexec);
void fd_install(struct fdtable *t, unsigned fd, struct file *f); /* consumes the reference */
void fd_cancel(struct fdtable *t, unsigned fd);			 /* undo fd_alloc */
int fd_close(struct fdtable *t, unsigned fd);			 /* -EBADF or flush's error */
int fd_replace(struct fdtable *t, unsigned fd, struct file *f, u64 limit,
	       bool cloexec); /* dup2; takes its own reference */

/* close_range(2): close, or mark close-on-exec, first..last. */
void fd_close_range(struct fdtable *t, unsigned first, unsigned last);
void fd_cloexec_range(struct fdtable *t, unsigned first, unsigned last);
/* Bit i: descriptor 64 * word + i is open, or being opened. */
unsigned long fd_open_bits(struct fdtable *t, unsigned word);
bool fd_is_cloexec(struct fdtable *t, unsigned fd);
int fd_set_cloexec(struct fdtable *t, unsigned fd, bool on); /* -EBADF */

/* vfs/rw.c: checks of mode, position, limits; then the operation. `pos` NULL = the file's own
 * position. */
struct vfs_ctx;
extern u32 notify_users; /* vfs/notify.h */
long vfs_read_full(struct file *f, struct iter *it, s64 *pos);
long vfs_write_full(const struct vfs_ctx *ctx, struct file *f, struct iter *it, s64 *pos);
long vfs_broken_pipe(const struct vfs_ctx *ctx, struct file *f); /* SIGPIPE; -EPIPE */
/* What has no position to guard -- devices, pipes -- goes straight to its operation. */
static inline long vfs_read(struct file *f, struct iter *it, s64 *pos)
{
	if (unlikely((f->mode & (FMODE_READ | FMODE_ATOMIC_POS)) != FMODE_READ || pos ||
		     !f->ops->read || READ_ONCE(notify_users)))
		return vfs_read_full(f, it, pos);
	return f->ops->read(f, it, &f->pos);
}
/* At a place of the caller's. pos[0] is not negative. */
static inline long vfs_read_at(struct file *f, struct iter *it, s64 *pos)
{
	if (unlikely(!(f->mode & FMODE_READ) || !f->ops->read || READ_ONCE(notify_users) ||
		     (s64)((u64)*pos + it->count) < 0))
		return vfs_read_full(f, it, pos);
	return f->ops->read(f, it, pos);
}
static inline long vfs_write(const struct vfs_ctx *ctx, struct file *f, struct iter *it, s64 *pos)
{
	long n;

	if (unlikely((f->mode & (FMODE_WRITE | FMODE_ATOMIC_POS)) != FMODE_WRITE || pos ||
		     !f->ops->write || READ_ONCE(notify_users)))
		return vfs_write_full(ctx, f, it, pos);
	n = f->ops->write(f, it, &f->pos);
	return unlikely(n == -EPIPE) ? vfs_broken_pipe(ctx, f) : n;
}
static inline struct vmobj *file_object(struct file *f)
{
	return f->ops->object ? f->ops->object(f) : &f->inode->obj;
}
/* Through the page cache; for file systems' file_ops. */
long generic_file_read(struct file *f, struct iter *it, s64 *pos);
long generic_file_write(struct file *f, struct iter *it,
			s64 *pos); /* tmpfs-like: vmobj is the store */
s64 generic_llseek(struct file *f, s64 off, int whence);
int generic_mmap(struct file *f, struct map_request *req);
/* Read up to n bytes at pos into a kernel buffer; for exec. */
long kernel_read(struct file *f, void *buf, size_t n, s64 pos);

/* As kernel_read, for writing; advances nothing. */
long kernel_write(const struct vfs_ctx *ctx, struct file *f, const void *buf, size_t n, s64 pos);
/* The same for files whose data is in `o`. */
long file_read_object(struct file *f, struct vmobj *o, struct iter *it, s64 *pos);
s64 llseek_object(struct file *f, const struct vmobj *o, s64 off, int whence);
s64 vfs_llseek(struct file *f, s64 off, int whence);
/* lseek(2) on something of a known size; also SEEK_DATA and SEEK_HOLE without holes. */
s64 llseek_size(struct file *f, s64 off, int whence, u64 size_bytes);
int vfs_fsync(struct file *f, bool data_only);
void file_accessed(struct file *f); /* atime, by the mount's and file's rules */

/* getdents(2) and other readers of directories: entries from ctx->pos on. -ENOTDIR -ENOENT. */
int vfs_readdir(struct file *f, struct dir_context *ctx);

/* vfs/pipe.c */
#define PIPE_DEFAULT_BYTES 65536u
int pipe_create(struct file *ends[2], u32 o_flags);
/* F_GETPIPE_SZ, F_SETPIPE_SZ: bytes, -EBADF (no pipe), -EBUSY, -EINVAL, -EPERM. */
long pipe_get_size(struct file *f);
long pipe_set_size(struct file *f, unsigned long size_bytes, bool may_exceed);
/* O_ASYNC of one end was set or taken away. Nothing to do for other files. */
void pipe_set_async(struct file *f, bool on);
/* The same for any file: file_ops.set_async. */
void file_set_async(struct file *f, bool on, int pid, const struct cred *c);
extern unsigned pipe_max_size_bytes; /* /proc/sys/fs/pipe-max-size */

/* vfs/poll.h has poll_wait(). */

#endif
