/* Memory file systems: operations of open files, and the super block. */
#include "vfs/internal.h"
#include "vfs/memfd.h"
#include "vfs/memfs_impl.h"
#include <linux/falloc.h>

static int nothing_to_sync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

/* fallocate(2): room for [off, off + len), made now so that later writes cannot fail. */
static long allocate(struct inode *i, u64 off, u64 len, bool keep_size)
{
	u64 end = off + len, last = (end - 1) >> PAGE_SHIFT;
	u64 first = off >> PAGE_SHIFT, index;
	long err = 0;

	for (index = first; index <= last; index++) {
		struct page *p = vmobj_get_page(&i->obj, index);

		if (IS_ERR(p)) {
			err = PTR_ERR(p);
			break;
		}
		vmobj_mark_dirty(&i->obj, p);
		page_put(p);
	}
	if (err) {
		u64 keep = ALIGN_UP(i->obj.size_bytes, PAGE_SIZE);

		if (index << PAGE_SHIFT > keep) /* nothing beyond the end stays behind */
			vmobj_invalidate(&i->obj, MAX(keep, first << PAGE_SHIFT),
					 index << PAGE_SHIFT, true);
		return err;
	}
	if (!keep_size && end > i->obj.size_bytes)
		vmobj_truncate(&i->obj, end);
	return 0;
}

static void zero_in_page(struct vmobj *o, u64 start, u64 end)
{
	struct page *p = start < end ? vmobj_find_page(o, start >> PAGE_SHIFT) : NULL;

	if (!p)
		return;
	memset((char *)page_to_virt(p) + (start & (PAGE_SIZE - 1)), 0, end - start);
	page_put(p);
}

static void punch_hole(struct vmobj *o, u64 start, u64 end)
{
	u64 first = ALIGN_UP(start, PAGE_SIZE), last = ALIGN_DOWN(end, PAGE_SIZE);

	if (first > last) { /* within one page */
		zero_in_page(o, start, end);
		return;
	}
	zero_in_page(o, start, first);
	if (first < last)
		vmobj_invalidate(o, first, last, true);
	zero_in_page(o, last, end);
}

long memfs_fallocate(struct file *f, int mode, s64 off, s64 len)
{
	struct inode *i = f->inode;
	long err = 0;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
		return -EOPNOTSUPP;
	down_write(&i->rwsem);
	err = memfd_may_allocate(i, mode, (u64)(off + len));
	if (!err && (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)))
		punch_hole(&i->obj, (u64)off, (u64)(off + len));
	if (!err && !(mode & FALLOC_FL_PUNCH_HOLE))
		err = allocate(i, (u64)off, (u64)len, mode & FALLOC_FL_KEEP_SIZE);
	if (!err)
		inode_touch(i, ATTR_MTIME | ATTR_CTIME);
	up_write(&i->rwsem);
	return err;
}

const struct file_ops memfs_file_ops = {
	.read = generic_file_read,
	.write = generic_file_write,
	.llseek = generic_llseek,
	.mmap = generic_mmap,
	.fsync = nothing_to_sync,
	.fallocate = memfs_fallocate,
};

/* A directory's position is dcache_readdir's, any value of which is good. */
static s64 dir_llseek(struct file *f, s64 off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (off < 0)
		return -EINVAL;
	f->pos = off;
	return off;
}

const struct file_ops memfs_dir_ops = {
	.llseek = dir_llseek,
	.readdir = dcache_readdir,
	.fsync = nothing_to_sync,
};

/* --- super block --- */

int memfs_statfs(struct super_block *sb, struct kstatfs *st)
{
	struct memfs *m = sb->private;
	struct mem_stats mem;

	st->bsize = PAGE_SIZE;
	if (m->opt.max_pages) {
		u64 used = MIN(m->used_pages, m->opt.max_pages);

		st->blocks = m->opt.max_pages;
		st->bfree = st->bavail = m->opt.max_pages - used;
	} else {
		mem_stats(&mem);
		st->blocks = mem.total_pages;
		st->bfree = st->bavail = mem.free_pages;
	}
	if (m->opt.max_inodes) {
		st->files = m->opt.max_inodes;
		st->ffree = m->opt.max_inodes - MIN(m->used_inodes, m->opt.max_inodes);
	}
	return 0;
}

void memfs_put_super(struct super_block *sb)
{
	kfree(sb->private);
}

/* Inodes carry the page limit with them. */
int memfs_set_limits(struct super_block *sb, u64 max_pages, u64 max_inodes)
{
	struct memfs *m = sb->private;
	struct inode *i;

	if ((max_pages && m->used_pages > max_pages) || (max_inodes && m->used_inodes > max_inodes))
		return -EINVAL;
	m->opt.max_pages = max_pages;
	m->opt.max_inodes = max_inodes;
	spin_lock(&sb->lock);
	list_for_each_entry (i, &sb->inodes, sb_node) {
		i->obj.max_pages = max_pages;
	}
	spin_unlock(&sb->lock);
	return 0;
}

static const struct super_ops plain_super_ops = {
	.statfs = memfs_statfs,
	.evict_inode = memfs_evict_inode,
	.put_super = memfs_put_super,
};

struct super_block *memfs_super(struct fs_type *t, u64 magic, unsigned long flags,
				const struct memfs_options *opt)
{
	struct new_node n = {.mode = S_IFDIR | opt->mode, .uid = opt->uid, .gid = opt->gid};
	struct super_block *sb = super_new(t, &plain_super_ops, magic, flags);
	struct memfs *m = kzalloc(sizeof(*m), GFP_KERNEL);
	struct inode *root;

	if (!sb || !m) {
		kfree(m);
		if (sb)
			super_put(sb); /* put_super finds no private */
		return ERR_PTR(-ENOMEM);
	}
	m->opt = *opt;
	sb->private = m;
	sb->is_in_memory = true;
	root = memfs_inode(sb, &n);
	if (IS_ERR(root)) {
		super_put(sb);
		return ERR_PTR(PTR_ERR(root));
	}
	sb->root = dentry_make_root(sb, root);
	if (!sb->root) {
		super_put(sb);
		return ERR_PTR(-ENOMEM);
	}
	return sb;
}
