/*
 * ioctl(2): the commands that the VFS answers for files of file systems. Called by sys/ioctl.c.
 */
#include "sys/syscall.h"
#include <asm/ioctls.h>
#include <linux/capability.h>
#include <linux/fiemap.h>
#include <linux/fs.h>

static bool is_tree_file(const struct inode *i)
{
	return S_ISREG(i->mode) || S_ISDIR(i->mode) || S_ISLNK(i->mode);
}

/* FIONREAD on a file: what is left to its end. */
static long bytes_left(struct file *f, uaddr_t arg)
{
	int n = (int)((s64)f->inode->obj.size_bytes - f->pos);

	return copy_to_user(arg, &n, sizeof(n));
}

static long block_size(uaddr_t arg)
{
	int n = (int)PAGE_SIZE;

	return copy_to_user(arg, &n, sizeof(n));
}

/* FIOQSIZE: what it takes on its store. */
static long bytes_taken(struct file *f, uaddr_t arg)
{
	struct kstat st;
	s64 bytes;
	int err;

	if (!is_tree_file(f->inode) || !f->path.mnt)
		return -ENOTTY;
	err = vfs_getattr(&f->path, &st);
	if (err)
		return err;
	bytes = (s64)st.blocks * 512;
	return copy_to_user(arg, &bytes, sizeof(bytes));
}

/* ioctl_iflags(2) */
static long flags_ioctl(struct file *f, unsigned cmd, uaddr_t arg)
{
	u32 flags;
	long err;

	if (!S_ISREG(f->inode->mode) && !S_ISDIR(f->inode->mode))
		return -ENOTTY;
	err = vfs_get_flags(&f->path, &flags);
	if (cmd == FS_IOC_GETFLAGS)
		return err ? err : copy_to_user(arg, &flags, sizeof(flags));
	if (!err)
		err = copy_from_user(&flags, arg, sizeof(flags));
	return err ? err : vfs_set_flags(&f->path, current->vfs.cred, flags);
}

/* FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR: the same flags, numbered otherwise. */
static long xflags_ioctl(struct file *f, unsigned cmd, uaddr_t arg)
{
	struct fsxattr x = {0};
	u32 flags;
	long err;

	if (!S_ISREG(f->inode->mode) && !S_ISDIR(f->inode->mode))
		return -ENOTTY;
	err = vfs_get_flags(&f->path, &flags);
	if (err)
		return err;
	if (cmd == FS_IOC_FSGETXATTR) {
		x.fsx_xflags = (u32)xflags_of(flags);
		return copy_to_user(arg, &x, sizeof(x));
	}
	if (copy_from_user(&x, arg, sizeof(x)))
		return -EFAULT;
	if (!flags_of_xflags(x.fsx_xflags, &flags) || x.fsx_extsize || x.fsx_projid ||
	    x.fsx_cowextsize)
		return -EOPNOTSUPP;
	return vfs_set_flags(&f->path, current->vfs.cred, flags);
}

/* ioctl_ficlonerange(2): no file system here shares blocks of files. */
static long clone_range(struct file *out, s64 fd)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct file *in = r.file;
	long err = -EOPNOTSUPP;

	if (!in)
		return -EBADF;
	if (in->inode->sb != out->inode->sb)
		err = -EXDEV;
	else if (S_ISDIR(in->inode->mode) || S_ISDIR(out->inode->mode))
		err = -EISDIR;
	else if (!S_ISREG(in->inode->mode) || !S_ISREG(out->inode->mode))
		err = -EINVAL;
	else if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE) || (out->flags & O_APPEND))
		err = -EBADF;
	fd_put(r);
	return err;
}

static long clone_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	struct file_clone_range c;

	if (cmd == FICLONE)
		return clone_range(f, (int)arg);
	return copy_from_user(&c, uaddr(arg), sizeof(c)) ? -EFAULT : clone_range(f, c.src_fd);
}

/* ioctl_fideduperange(2) */
static long dedupe_ioctl(struct file *f, uaddr_t arg)
{
	struct file_dedupe_range head;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	if (sizeof(head) + head.dest_count * sizeof(struct file_dedupe_range_info) > PAGE_SIZE)
		return -ENOMEM;
	if (!(f->mode & FMODE_READ) || head.reserved1 || head.reserved2)
		return -EINVAL;
	if (S_ISDIR(f->inode->mode))
		return -EISDIR;
	return S_ISREG(f->inode->mode) ? -EOPNOTSUPP : -EINVAL;
}

/* FIBMAP: no file system here has blocks of a device. */
static long map_block(uaddr_t arg)
{
	int block;

	if (!task_capable(CAP_SYS_RAWIO))
		return -EPERM;
	return copy_from_user(&block, arg, sizeof(block)) ? -EFAULT : -EINVAL;
}

long file_ioctl(struct file *f, unsigned cmd, unsigned long arg, bool *done)
{
	bool is_regular = S_ISREG(f->inode->mode) && !f->ops->ioctl;

	*done = true;
	switch (cmd) {
	case FIGETBSZ:
		if (is_tree_file(f->inode))
			return block_size(uaddr(arg));
		break;
	case FIOQSIZE:
		return bytes_taken(f, uaddr(arg));
	case FS_IOC_GETFLAGS:
	case FS_IOC_SETFLAGS:
		return flags_ioctl(f, cmd, uaddr(arg));
	case FS_IOC_FSGETXATTR:
	case FS_IOC_FSSETXATTR:
		return xflags_ioctl(f, cmd, uaddr(arg));
	case FIFREEZE:
		return task_capable(CAP_SYS_ADMIN) ? -EOPNOTSUPP : -EPERM;
	case FITHAW:
		return task_capable(CAP_SYS_ADMIN) ? -EINVAL : -EPERM;
	case FS_IOC_FIEMAP:
		return -EOPNOTSUPP;
	case FICLONE:
	case FICLONERANGE:
		return clone_ioctl(f, cmd, arg);
	case FIDEDUPERANGE:
		return dedupe_ioctl(f, uaddr(arg));
	case FIONREAD:
		if (is_regular)
			return bytes_left(f, uaddr(arg));
		break;
	case FIBMAP:
		if (is_regular)
			return map_block(uaddr(arg));
		break;
	}
	*done = false;
	return 0;
}
