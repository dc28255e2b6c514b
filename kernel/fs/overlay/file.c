/*
 * overlay: open files. Reads and mappings go to the pages of the real file as it is at that moment,
 * so that a file opened before it was copied up shows what is written afterwards. Who opens for
 * writing has an open file of the upper layer.
 */
#include "fs/overlay/overlay.h"
#include "lib/err.h"
#include "mm/kmalloc.h"
#include "mm/mm.h"

static struct path real_path(const struct inode *i)
{
	struct ovl_fs *o = ovl_fs(i->sb);
	struct dentry *upper = ovl_upper(i);
	const struct ovl_lower *l = &ovl_i(i)->lower[0];

	if (upper)
		return (struct path){o->upper.path.mnt, upper};
	return (struct path){o->lower[l->layer].path.mnt, l->dentry};
}

/* Files read from their pages need no open file of their own below, only to be asked. */
static bool is_in_pages(const struct inode *real)
{
	return real->fops &&
	       (real->fops->read == generic_file_read || real->fops == &ovl_file_fops);
}

static int ovl_open(struct inode *i, struct file *f)
{
	const u32 kept =
		O_ACCMODE | O_APPEND | O_DIRECT | O_LARGEFILE | O_NOATIME | O_DSYNC | __O_SYNC;
	struct file *real;
	struct inode *ri;
	struct path p;
	int err = 0;

	/* Who opens for writing is counted as a writer by now, so that the cutting cannot fail. */
	if (f->mode & FMODE_WRITE) {
		err = ovl_copy_up(f->path.dentry, f->flags & O_TRUNC);
		if (err)
			return err;
	}
	p = real_path(i);
	ri = p.dentry->inode;
	if (!(f->mode & FMODE_WRITE) && is_in_pages(ri) && ri->fops != &ovl_file_fops) {
		if (ri->fops->open)
			err = ri->fops->open(ri, f);
		if (!err && !ovl_upper(i))
			ovl_copy_attributes(i); /* opening may have looked again */
		return err;
	}
	real = stack_open(&p, f->flags & kept);
	if (IS_ERR(real))
		return (int)PTR_ERR(real);
	f->private = real;
	return 0;
}

static void ovl_release(struct file *f)
{
	if (f->private)
		file_put(f->private);
}

static int ovl_flush(struct file *f)
{
	struct file *real = f->private;

	return real && real->ops->flush ? real->ops->flush(real) : 0;
}

/* The object that has the data: through as many layers of overlay as there are. */
static struct vmobj *data_of(const struct inode *i)
{
	while (i->fops == &ovl_file_fops)
		i = ovl_real(i);
	return (struct vmobj *)&i->obj;
}

/* A file of the upper layer shares the access time that was noted here. */
static void pass_atime(struct inode *i)
{
	struct dentry *upper = ovl_upper(i);

	if (upper &&
	    (i->atime.sec != upper->inode->atime.sec || i->atime.nsec != upper->inode->atime.nsec))
		upper->inode->atime = i->atime;
}

static struct vmobj *ovl_object(struct file *f)
{
	return data_of(f->inode);
}

static long ovl_read(struct file *f, struct iter *it, s64 *pos)
{
	struct file *real = f->private;
	struct inode *ri = ovl_real(f->inode);
	long n;

	if (unlikely(!is_in_pages(ri)))
		return real && real->ops->read ? real->ops->read(real, it, pos) : -EINVAL;
	n = file_read_object(f, data_of(f->inode), it, pos);
	pass_atime(f->inode);
	return n;
}

static long ovl_write(struct file *f, struct iter *it, s64 *pos)
{
	struct file *real = f->private;
	struct inode *i = f->inode;
	long n;

	if (!real->ops->write)
		return -EINVAL;
	real->flags = (real->flags & ~(u32)O_APPEND) | (f->flags & O_APPEND);
	n = real->ops->write(real, it, pos);
	if (n > 0) {
		WRITE_ONCE(i->obj.size_bytes, real->inode->obj.size_bytes);
		i->mtime = real->inode->mtime;
		i->ctime = real->inode->ctime;
	}
	return n;
}

static s64 ovl_llseek(struct file *f, s64 off, int whence)
{
	return llseek_object(f, data_of(f->inode), off, whence);
}

static int ovl_mmap(struct file *f, struct map_request *req)
{
	const struct inode *ri = ovl_real(f->inode);

	if (!is_in_pages(ri))
		return -ENODEV;
	req->obj = data_of(f->inode);
	file_accessed(f);
	pass_atime(f->inode);
	return 0;
}

static int ovl_fsync(struct file *f, bool data_only)
{
	struct file *real = f->private;

	return real && real->ops->fsync ? real->ops->fsync(real, data_only) : 0;
}

static long ovl_fallocate(struct file *f, int mode, s64 off, s64 len)
{
	struct file *real = f->private;
	long err;

	if (!real || !real->ops->fallocate)
		return -EOPNOTSUPP;
	err = real->ops->fallocate(real, mode, off, len);
	ovl_copy_attributes(f->inode);
	return err;
}

const struct file_ops ovl_file_fops = {
	.open = ovl_open,
	.release = ovl_release,
	.flush = ovl_flush,
	.read = ovl_read,
	.write = ovl_write,
	.llseek = ovl_llseek,
	.mmap = ovl_mmap,
	.object = ovl_object,
	.fsync = ovl_fsync,
	.fallocate = ovl_fallocate,
};
