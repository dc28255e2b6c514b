/* Open files: struct file from its birth in open, pipe and the like to the last file_put(). */
#include "vfs/internal.h"
#include "mm/mm.h"
#include "vfs/epoll.h"
#include "vfs/lease.h"
#include "vfs/notify.h"

static struct kmem_cache *file_cache;

static void vma_file_get(struct file *f)
{
	ref_get(&f->ref);
}
static void vma_file_put(struct file *f)
{
	if (unlikely(f->ops->unmapped))
		f->ops->unmapped(f);
	file_put(f);
}
static const struct vma_file_ops file_vma_ops = {.get = vma_file_get, .put = vma_file_put};

void file_cache_init(void)
{
	file_cache = kmem_cache_create("file", sizeof(struct file), 0);
	BUG_ON(!file_cache);
	vma_file_ops = &file_vma_ops;
}

struct file *file_alloc(void)
{
	struct file *f = kmem_cache_alloc(file_cache, GFP_KERNEL);

	if (!f)
		return NULL;
	*f = (struct file){.ref = {1}};
	mutex_init(&f->pos_lock, RANK_FILEPOS, "f_pos");
	return f;
}

static void file_free(struct file *f)
{
	struct inode *i = f->inode;

	if (f->mode & FMODE_OPENED)
		notify_file(f, f->mode & FMODE_WRITE ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
	if (unlikely(READ_ONCE(f->watchers)))
		epoll_release_watched(f);
	if (i && unlikely(i->locks))
		locks_release_file(f);
	if ((f->mode & FMODE_OPENED) && f->ops->release)
		f->ops->release(f);
	if (i && unlikely(i->leases))
		lease_release_file(f);
	if (i && (f->mode & FMODE_READER))
		atomic_sub(&i->read_count, 1);
	if (i && (f->mode & FMODE_WRITER))
		inode_put_write(i);
	if (i && unlikely(f->mode & FMODE_DENYWRITE))
		inode_allow_write(i);
	if (unlikely(f->mode & FMODE_LOOSE))
		mount_dissolve(f->path.mnt);
	/* The path last: its mount may hold the file system the inode lives in. */
	if (i)
		inode_put(i);
	path_put(&f->path);
	kmem_cache_free(file_cache, f);
}

void file_put(struct file *f)
{
	if (ref_put(&f->ref))
		file_free(f);
}

struct file *file_anon(struct inode *inode, const struct file_ops *ops, u32 o_flags,
		       const char *name)
{
	struct file *f = file_alloc();
	struct dentry *d = dentry_alloc_anon(inode->sb, name);

	if (!f || !d) {
		if (f)
			file_put(f);
		if (d)
			dentry_put(d);
		inode_put(inode);
		return ERR_PTR(-ENOMEM);
	}
	d->inode = inode; /* takes over the reference */
	f->inode = inode_get(inode);
	f->path = (struct path){mount_get(S_ISREG(inode->mode) ? memfd_mount : anon_mount), d};
	f->ops = ops;
	f->flags = o_flags & ~(u32)O_CLOEXEC;
	f->mode = ((o_flags + 1) & O_ACCMODE) | FMODE_OPENED;
	if (S_ISREG(inode->mode))
		f->mode |= FMODE_ATOMIC_POS;
	return f;
}

void file_set_async(struct file *f, bool on, int pid, const struct cred *c)
{
	if (f->ops->set_async)
		f->ops->set_async(f, on, pid, c);
	else
		pipe_set_async(f, on);
}
