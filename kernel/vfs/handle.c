/* Handles of files (name_to_handle_at(2)) and their flags (ioctl_iflags(2)): of file systems that
 * live in memory, whose entries are all in the dentry cache. */
#include "vfs/internal.h"

#define KEPT_FLAGS (FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL)

/* --- handles: the layout of Linux's tmpfs, a generation and the number --- */

static u32 generation(const struct inode *i)
{
	return (u32)i->btime.nsec ^ (u32)i->btime.sec;
}

int vfs_encode_handle(const struct path *p, u32 handle[3])
{
	const struct inode *i = p->dentry->inode;

	if (!i->sb->is_in_memory)
		return -EOPNOTSUPP;
	handle[0] = generation(i);
	handle[1] = (u32)i->ino;
	handle[2] = (u32)(i->ino >> 32);
	return HANDLE_BYTES;
}

static struct dentry *after(struct dentry *d, struct dentry *root)
{
	if (!list_empty(&d->children))
		return list_first_entry(&d->children, struct dentry, sibling);
	while (d != root) {
		if (d->sibling.next != &d->parent->children)
			return list_entry(d->sibling.next, struct dentry, sibling);
		d = d->parent;
	}
	return NULL;
}

int vfs_decode_handle(const struct path *at, const u32 handle[3], struct path *out)
{
	struct super_block *sb = at->dentry->sb;
	u64 ino = handle[1] | (u64)handle[2] << 32;
	struct dentry *d, *found = NULL;

	if (!sb->is_in_memory)
		return -ESTALE;
	spin_lock(&dcache_lock);
	for (d = sb->root; d && !found; d = after(d, sb->root))
		if (d->inode && d->inode->ino == ino && generation(d->inode) == handle[0])
			found = dentry_get(d);
	spin_unlock(&dcache_lock);
	if (!found)
		return -ESTALE;
	*out = (struct path){mount_get(at->mnt), found};
	return 0;
}

/* --- flags --- */

int vfs_get_flags(const struct path *p, u32 *flags)
{
	const struct inode *i = p->dentry->inode;

	if (!i->sb->is_in_memory || (!S_ISREG(i->mode) && !S_ISDIR(i->mode)))
		return -ENOTTY;
	*flags = i->attr_flags;
	return 0;
}

int vfs_set_flags(const struct path *p, const struct cred *c, u32 flags)
{
	struct inode *i = p->dentry->inode;
	const u32 guarded = FS_IMMUTABLE_FL | FS_APPEND_FL;
	int err = mount_want_write(p->mnt);

	if (!i->sb->is_in_memory || (!S_ISREG(i->mode) && !S_ISDIR(i->mode)))
		return -ENOTTY;
	if (err)
		return err;
	if (!inode_is_owner(i, c))
		return -EPERM;
	if (flags & ~(u32)KEPT_FLAGS)
		return -EOPNOTSUPP;
	down_write(&i->rwsem);
	if (((i->attr_flags ^ flags) & guarded) && !cred_has_cap(c, CAP_LINUX_IMMUTABLE)) {
		err = -EPERM;
	} else {
		i->attr_flags = flags;
		inode_touch(i, ATTR_CTIME);
	}
	up_write(&i->rwsem);
	return err;
}
