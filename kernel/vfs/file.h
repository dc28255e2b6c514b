/* Open files and descriptor tables. */
#ifndef VFS_FILE_H
#define VFS_FILE_H

#include "vfs/inode.h"

#define FMODE_READ   BIT(0)
#define FMODE_WRITE  BIT(1)
#define FMODE_STREAM BIT(2) /* no position: pipes, ttys, sockets; pread/pwrite/lseek give ESPIPE \
			     */
#define FMODE_PATH   BIT(3) /* O_PATH */
#define FMODE_EXEC   BIT(4)
#define FMODE_NOPOLL BIT(5)

struct file {
	refcount_t ref;
	u32 mode;  /* FMODE_* */
	u32 flags; /* O_*: O_APPEND, O_NONBLOCK and the like may change by fcntl */
	const struct file_ops *ops;
	struct inode *inode;	  /* == path.dentry->inode (reference of its own) */
	struct path path;	  /* {NULL, NULL} only for files without a name; use file_path() */
	s64 pos;		  /* pos_lock when the file is shared */
	struct mutex pos_lock;	  /* RANK_FILEPOS */
	int owner_pid, owner_sig; /* F_SETOWN, F_SETSIG */
	struct waitq *poll_hint;
	void *private;
};

struct file *file_alloc(void); /* ref 1; NULL */
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
struct fdtable *fdtable_new(void);
struct fdtable *fdtable_clone(struct fdtable *t); /* ERR_PTR */
void fdtable_put(struct fdtable *t);
void fdtable_close_on_exec(struct fdtable *t);
/* Referenced file, or NULL. When the table is not shared the reference is borrowed: always pair
 * with fd_put(). */
struct fdref {
	struct file *file; /* NULL = bad descriptor */
	bool must_put;
};
struct fdref fd_get(struct fdtable *t, unsigned fd);	 /* refuses O_PATH files */
struct fdref fd_get_any(struct fdtable *t, unsigned fd); /* O_PATH files too */
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

/* vfs/rw.c: checks of mode, position, limits; then the operation. `pos` NULL = the file's own
 * position. */
long vfs_read(struct file *f, struct iter *it, s64 *pos);
struct vfs_ctx;
long vfs_write(const struct vfs_ctx *ctx, struct file *f, struct iter *it, s64 *pos);
/* Through the page cache; for file systems' file_ops. */
long generic_file_read(struct file *f, struct iter *it, s64 *pos);
long generic_file_write(struct file *f, struct iter *it,
			s64 *pos); /* tmpfs-like: vmobj is the store */
s64 generic_llseek(struct file *f, s64 off, int whence);
int generic_mmap(struct file *f, struct map_request *req);
/* Read up to n bytes at pos into a kernel buffer; for exec. */
long kernel_read(struct file *f, void *buf, size_t n, s64 pos);

/* vfs/pipe.c */
int pipe_create(struct file *ends[2], u32 o_flags);

/* vfs/poll.h has poll_wait(). */

#endif
