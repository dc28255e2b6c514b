/*
 * memfd_create(2): files in memory that have no directory entry, and their seals. The data is as a
 * memory file system's; the seals are the inode's private word, changed with i_rwsem held
 * exclusively. Called by sys/memfd.c, sys/fcntl.c and through file_ops.
 */
#include "vfs/memfd.h"
#include "mm/mm.h"
#include "vfs/internal.h"
#include "vfs/memfs_impl.h"
#include <linux/falloc.h>

#define SEALS_ALL                                                              \
	((unsigned)(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | \
		    F_SEAL_FUTURE_WRITE) |                                     \
	 F_SEAL_EXEC_K)
#define SEALS_WRITE ((unsigned)(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))

static const struct file_ops memfd_ops;

static bool is_memfd(const struct inode *i)
{
	return i->fops == &memfd_ops;
}
static unsigned seals_of(const struct inode *i)
{
	return (unsigned)(unsigned long)READ_ONCE(i->private);
}

/* --- what the seals forbid --- */

static long memfd_write(struct file *f, struct iter *it, s64 *pos)
{
	struct inode *i = f->inode;
	unsigned seals = seals_of(i);
	u64 at = file_appends(f, it) ? i->obj.size_bytes : (u64)*pos;

	if (!it->count)
		return 0;
	if (seals & SEALS_WRITE)
		return -EPERM;
	if ((seals & F_SEAL_GROW) && at + it->count > i->obj.size_bytes) {
		u64 room = i->obj.size_bytes & ~(PAGE_SIZE - 1);

		/* Linux refuses page by page: whole pages below the last one are still written. */
		if (at >= room)
			return -EPERM;
		size_t cut = it->count - (room - at);
		long n;

		it->count -= cut;
		n = generic_file_write(f, it, pos);
		it->count += cut;
		return n;
	}
	return generic_file_write(f, it, pos);
}

static int memfd_setattr(struct inode *i, const struct iattr *a)
{
	unsigned seals = seals_of(i);

	if ((a->valid & ATTR_MODE) && (seals & F_SEAL_EXEC_K) && ((i->mode ^ a->mode) & 0111))
		return -EPERM;
	if (a->valid & ATTR_SIZE) {
		if (a->size < i->obj.size_bytes && (seals & F_SEAL_SHRINK))
			return -EPERM;
		if (a->size > i->obj.size_bytes && (seals & F_SEAL_GROW))
			return -EPERM;
	}
	return inode_setattr_simple(i, a);
}

static int memfd_mmap(struct file *f, struct map_request *req)
{
	if ((req->vm_flags & VM_SHARED) && (seals_of(f->inode) & SEALS_WRITE)) {
		if (req->vm_flags & VM_WRITE)
			return -EPERM;
		req->vm_flags &= ~(u64)VM_MAYWRITE;
	}
	return generic_mmap(f, req);
}

int memfd_may_allocate(const struct inode *i, int mode, u64 end)
{
	unsigned seals;

	if (!is_memfd(i))
		return 0;
	seals = seals_of(i);
	if ((mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) && (seals & SEALS_WRITE))
		return -EPERM;
	if (!(mode & FALLOC_FL_KEEP_SIZE) && (seals & F_SEAL_GROW) && end > i->obj.size_bytes)
		return -EPERM;
	return 0;
}

/* --- setting them --- */

static bool is_mapped_writable(struct vmobj *o)
{
	struct vma *v;
	bool found = false;

	spin_lock(&o->lock);
	list_for_each_entry (v, &o->vmas, obj_node) {
		if ((v->flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE)) {
			found = true;
			break;
		}
	}
	spin_unlock(&o->lock);
	return found;
}

long memfd_get_seals(struct file *f)
{
	if (is_memfd(f->inode))
		return seals_of(f->inode);
	/* Files of a tmpfs are sealed against seals. */
	return f->inode->fops == &memfs_file_ops ? F_SEAL_SEAL : -EINVAL;
}

long memfd_add_seals(struct file *f, unsigned seals)
{
	struct inode *i = f->inode;
	long err = 0;
	unsigned old;

	if (!(f->mode & FMODE_WRITE))
		return -EPERM;
	if (seals & ~SEALS_ALL)
		return -EINVAL;
	if (!is_memfd(i))
		return memfd_get_seals(f) < 0 ? -EINVAL : -EPERM;
	down_write(&i->rwsem);
	old = seals_of(i);
	if (old & F_SEAL_SEAL)
		err = -EPERM;
	/* F_SEAL_EXEC of a program seals its contents too. */
	if ((seals & F_SEAL_EXEC_K) && (i->mode & 0111))
		seals |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
	if (!err && (seals & F_SEAL_WRITE) && !(old & F_SEAL_WRITE) && is_mapped_writable(&i->obj))
		err = -EBUSY;
	if (!err)
		WRITE_ONCE(i->private, (void *)(unsigned long)(old | seals));
	up_write(&i->rwsem);
	return err;
}

/* --- the file --- */

static int nothing_to_sync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

static const struct file_ops memfd_ops = {
	.read = generic_file_read,
	.write = memfd_write,
	.llseek = generic_llseek,
	.mmap = memfd_mmap,
	.fsync = nothing_to_sync,
	.fallocate = memfs_fallocate,
};
static const struct inode_ops memfd_iops = {.setattr = memfd_setattr};

struct file *memfd_file(const char *name, u32 permissions, u32 seals)
{
	struct inode *i = inode_new_anon(S_IFREG | permissions);
	char path[NAME_MAX_LEN + 32];

	if (!i)
		return ERR_PTR(-ENOMEM);
	i->nlink = 0;
	i->fops = &memfd_ops;
	i->ops = &memfd_iops;
	i->private = (void *)(unsigned long)seals;
	scnprintf(path, sizeof(path), "/memfd:%s (deleted)", name);
	return file_anon(i, &memfd_ops, O_RDWR | O_LARGEFILE, path);
}

/* --- memfd_secret(2) --- */

static int secret_mmap(struct file *f, struct map_request *req)
{
	if (!(req->vm_flags & VM_SHARED))
		return fail(EINVAL, "secret memory is shared");
	req->vm_flags |= VM_LOCKED | VM_DONTDUMP | VM_SECRET;
	req->obj = &f->inode->obj;
	return 0;
}

/* Its size is set once. */
static int secret_setattr(struct inode *i, const struct iattr *a)
{
	if ((a->valid & ATTR_SIZE) && i->obj.size_bytes)
		return -EINVAL;
	return inode_setattr_simple(i, a);
}

static const struct file_ops secret_ops = {.mmap = secret_mmap};
static const struct inode_ops secret_iops = {.setattr = secret_setattr};

struct file *memfd_secret_file(void)
{
	struct inode *i = inode_new_anon(S_IFREG | 0600);

	if (!i)
		return ERR_PTR(-ENOMEM);
	i->nlink = 0;
	i->fops = &secret_ops;
	i->ops = &secret_iops;
	return file_anon(i, &secret_ops, O_RDWR, "/secretmem (deleted)");
}
