/* Memory file systems: inodes and directories. File data and super blocks: memfs_file.c. */
#include "vfs/internal.h"
#include "vfs/memfs.h"
#include "vfs/memfs_impl.h"

#define DIR_ENTRY_BYTES 20 /* what tmpfs adds to a directory's size per entry */

static struct memfs *memfs_of(struct super_block *sb)
{
	return sb->private;
}

/* --- inodes --- */

static bool charge_inode(struct memfs *m)
{
	u64 n = atomic_add(&m->used_inodes, 1);

	if (!m->opt.max_inodes || n <= m->opt.max_inodes)
		return true;
	atomic_sub(&m->used_inodes, 1);
	return false;
}

struct inode *memfs_inode(struct super_block *sb, const struct new_node *n)
{
	struct memfs *m = memfs_of(sb);
	struct inode *i;

	if (!charge_inode(m))
		return ERR_PTR(-ENOSPC);
	i = inode_new(sb, n->mode, next_ino(sb));
	if (!i) {
		atomic_sub(&m->used_inodes, 1);
		return ERR_PTR(-ENOMEM);
	}
	i->uid = n->uid;
	i->gid = n->gid;
	i->rdev = n->rdev;
	i->obj.quota_used = &m->used_pages;
	i->obj.max_pages = m->opt.max_pages;
	i->ops = &memfs_other_iops;
	switch (n->mode & S_IFMT) {
	case S_IFREG:
		i->fops = &memfs_file_ops;
		break;
	case S_IFDIR:
		i->ops = &memfs_dir_iops;
		i->fops = &memfs_dir_ops;
		i->nlink = 2;
		break;
	case S_IFLNK:
		i->ops = &memfs_link_iops;
		break;
	}
	return i;
}

void memfs_evict_inode(struct inode *i)
{
	if (S_ISLNK(i->mode))
		kfree(i->private);
	atomic_sub(&memfs_of(i->sb)->used_inodes, 1);
}

/* --- directories; the i_rwsem of those that change is held exclusively --- */

static void dir_changed(struct inode *dir, int entries)
{
	dir->version++;
	dir->obj.size_bytes += (u64)(s64)(entries * DIR_ENTRY_BYTES);
	inode_touch(dir, ATTR_MTIME | ATTR_CTIME);
}

/* All that exists is in the dentry cache: what is not there does not exist. */
static int memfs_lookup(struct inode *dir, struct dentry *de)
{
	(void)dir;
	(void)de;
	return 0;
}

static void enter(struct inode *dir, struct dentry *de, struct inode *i)
{
	dentry_set_inode(de, i);
	dentry_pin(de);
	dir_changed(dir, 1);
}

static int memfs_create(struct inode *dir, struct dentry *de, const struct new_node *n)
{
	struct inode *i = memfs_inode(dir->sb, n);

	if (IS_ERR(i))
		return (int)PTR_ERR(i);
	enter(dir, de, i);
	return 0;
}

static int memfs_mkdir(struct inode *dir, struct dentry *de, const struct new_node *n)
{
	int err = memfs_create(dir, de, n);

	if (!err)
		dir->nlink++;
	return err;
}

static int memfs_symlink(struct inode *dir, struct dentry *de, const char *target,
			 const struct new_node *n)
{
	struct inode *i;
	char *copy = kstrdup(target, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	i = memfs_inode(dir->sb, n);
	if (IS_ERR(i)) {
		kfree(copy);
		return (int)PTR_ERR(i);
	}
	i->private = copy;
	i->obj.size_bytes = strlen(copy);
	enter(dir, de, i);
	return 0;
}

static int memfs_link(struct inode *i, struct inode *dir, struct dentry *de)
{
	i->nlink++;
	inode_touch(i, ATTR_CTIME);
	enter(dir, de, inode_get(i));
	return 0;
}

static int memfs_unlink(struct inode *dir, struct dentry *de)
{
	de->inode->nlink--;
	inode_touch(de->inode, ATTR_CTIME);
	dentry_unpin(de);
	dir_changed(dir, -1);
	return 0;
}

static bool is_empty_dir(struct dentry *d)
{
	struct dentry *c;
	bool empty = true;

	spin_lock(&dcache_lock);
	list_for_each_entry (c, &d->children, sibling) {
		if (c->inode && (c->flags & DE_HASHED)) {
			empty = false;
			break;
		}
	}
	spin_unlock(&dcache_lock);
	return empty;
}

static int memfs_rmdir(struct inode *dir, struct dentry *de)
{
	if (!is_empty_dir(de))
		return -ENOTEMPTY;
	de->inode->nlink = 1;
	dir->nlink--;
	return memfs_unlink(dir, de);
}

/* The VFS has checked that kinds fit: a directory replaces a directory only. */
static int memfs_rename(struct inode *odir, struct dentry *ode, struct inode *ndir,
			struct dentry *nde, unsigned flags)
{
	bool is_dir = S_ISDIR(ode->inode->mode);

	if (flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE) {
		int moved = is_dir - S_ISDIR(nde->inode->mode); /* directories that leave odir */

		if (odir != ndir) {
			odir->nlink -= (u32)moved;
			ndir->nlink += (u32)moved;
		}
		inode_touch(nde->inode, ATTR_CTIME);
		dir_changed(odir, 0);
		dir_changed(ndir, 0);
		inode_touch(ode->inode, ATTR_CTIME);
		return 0;
	}
	if (nde->inode) {
		int err = is_dir ? memfs_rmdir(ndir, nde) : memfs_unlink(ndir, nde);

		if (err)
			return err;
	}
	if (is_dir) {
		odir->nlink--;
		ndir->nlink++;
	}
	dir_changed(odir, -1);
	dir_changed(ndir, 1);
	inode_touch(ode->inode, ATTR_CTIME);
	return 0;
}

static int memfs_tmpfile(struct inode *dir, struct inode **out, const struct new_node *n)
{
	struct inode *i = memfs_inode(dir->sb, n);

	if (IS_ERR(i))
		return (int)PTR_ERR(i);
	i->nlink = 0;
	*out = i;
	return 0;
}

static int memfs_readlink(struct inode *i, char *buf, size_t size)
{
	size_t n = str_copy(buf, i->private, size);

	return (int)MIN(n, size - 1);
}

const struct inode_ops memfs_dir_iops = {
	.lookup = memfs_lookup,
	.create = memfs_create,
	.mkdir = memfs_mkdir,
	.symlink = memfs_symlink,
	.link = memfs_link,
	.unlink = memfs_unlink,
	.rmdir = memfs_rmdir,
	.rename = memfs_rename,
	.tmpfile = memfs_tmpfile,
	.getxattr = memory_getxattr,
	.setxattr = memory_setxattr,
	.listxattr = memory_listxattr,
};
const struct inode_ops memfs_link_iops = {
	.readlink = memfs_readlink,
	.getxattr = memory_getxattr,
	.setxattr = memory_setxattr,
	.listxattr = memory_listxattr,
};
const struct inode_ops memfs_other_iops = {
	.getxattr = memory_getxattr,
	.setxattr = memory_setxattr,
	.listxattr = memory_listxattr,
};

/* --- from inside the kernel --- */

static struct qname qname_of(const char *name)
{
	struct qname q = {name, (u32)strlen(name), 0};

	for (const char *p = name; *p; p++)
		q.hash = name_hash_step(q.hash, (unsigned char)*p);
	return q;
}

struct dentry *memfs_find(struct dentry *dir, const char *name)
{
	struct qname q = qname_of(name);
	struct dentry *d = dentry_lookup(dir, &q);

	if (d && !d->inode) {
		dentry_put(d);
		d = NULL;
	}
	return d ? d : ERR_PTR(-ENOENT);
}

int memfs_add(struct dentry *dir, const char *name, const struct new_node *n, const char *target)
{
	struct inode *d = dir->inode;
	struct qname q = qname_of(name);
	struct dentry *de;
	int err;

	down_write(&d->rwsem);
	de = lookup_locked(dir, &q);
	if (IS_ERR(de)) {
		up_write(&d->rwsem);
		return (int)PTR_ERR(de);
	}
	if (de->inode)
		err = -EEXIST;
	else if (S_ISDIR(n->mode))
		err = memfs_mkdir(d, de, n);
	else if (S_ISLNK(n->mode))
		err = memfs_symlink(d, de, target, n);
	else
		err = memfs_create(d, de, n);
	if (!err)
		de = dentry_hash_in(de);
	up_write(&d->rwsem);
	dentry_put(de);
	return err;
}

void memfs_remove(struct dentry *dir, const char *name)
{
	struct inode *d = dir->inode;
	struct dentry *de;

	down_write(&d->rwsem);
	de = memfs_find(dir, name);
	if (!IS_ERR(de)) {
		memfs_unlink(d, de);
		dentry_removed(de);
		dentry_put(de);
	}
	up_write(&d->rwsem);
}
