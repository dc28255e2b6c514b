/* fallocate(2). Next: file_ops.fallocate. */
#include "sys/syscall.h"
#include "vfs/notify.h"
#include <linux/falloc.h>
#include <linux/fcntl.h>
#include <linux/fs.h>

#define MAX_FILE_SIZE 0x7fffffffffffffffL

/* --- fallocate --- */

/* One operation at a time; KEEP_SIZE goes with some of them. */
static long check_mode(int mode)
{
	switch (mode & ~FALLOC_FL_KEEP_SIZE) {
	case 0:
	case FALLOC_FL_UNSHARE_RANGE:
	case FALLOC_FL_ZERO_RANGE:
		return 0;
	case FALLOC_FL_PUNCH_HOLE:
		return mode & FALLOC_FL_KEEP_SIZE ? 0 : -EOPNOTSUPP;
	case FALLOC_FL_COLLAPSE_RANGE:
	case FALLOC_FL_INSERT_RANGE:
		return mode & FALLOC_FL_KEEP_SIZE ? -EOPNOTSUPP : 0;
	}
	return -EOPNOTSUPP;
}

static long do_fallocate(struct file *f, int mode, s64 off, s64 len)
{
	const struct vfs_ctx *ctx = &current->vfs;
	struct inode *i = f->inode;
	long err;

	if (off < 0 || len <= 0)
		return -EINVAL;
	err = check_mode(mode);
	if (err)
		return err;
	if (!(f->mode & FMODE_WRITE))
		return -EBADF;
	if (((mode & ~FALLOC_FL_KEEP_SIZE) && (i->attr_flags & FS_APPEND_FL)) ||
	    (i->attr_flags & FS_IMMUTABLE_FL))
		return -EPERM;
	if (S_ISFIFO(i->mode))
		return -ESPIPE;
	if (S_ISDIR(i->mode))
		return -EISDIR;
	if (!S_ISREG(i->mode))
		return -ENODEV;
	if (off > MAX_FILE_SIZE - len)
		return -EFBIG;
	if (!f->ops->fallocate)
		return -EOPNOTSUPP;
	if (!(mode & FALLOC_FL_PUNCH_HOLE) && (u64)(off + len) > i->obj.size_bytes &&
	    (u64)(off + len) > ctx->limit_fsize) {
		ctx->send_signal(SIGXFSZ);
		return -EFBIG;
	}
	return f->ops->fallocate(f, mode, off, len);
}

long sys_fallocate(int fd, int mode, s64 offset, s64 len)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long err;

	if (!r.file)
		return -EBADF;
	err = do_fallocate(r.file, mode, offset, len);
	if (!err)
		notify_file(r.file, IN_MODIFY);
	fd_put(r);
	return err;
}
