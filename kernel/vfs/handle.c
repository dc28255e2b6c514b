/* Handles of files (name_to_handle_at(2)) and their flags (ioctl_iflags(2)): of file systems that
 * live in memory, whose entries are all in the dentry cache, and of those that stand on one. */
#include "vfs/internal.h"

#define KEPT_FLAGS (FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL)

/* The entry in memory that has the file's flags: its own, or the one it stands for. NULL: none.
 * ERR_PTR. */
static struct dentry *store_of(struct dentry *d, bool copy)
{
	if (!d->sb->is_in_memory && d->sb->ops->real)
		d = d->sb->ops->real(d, copy);
	return IS_ERR(d) || d->sb->is_in_memory ? d : NULL;
}

/* The entry that has the file's handle: its own, or the one it stands for in the upper layer. */
static struct dentry *handle_store(struct dentry *d)
{
	struct super_block *sb = d->sb;
	const struct path *root = sb->ops->upper_root ? sb->ops->upper_root(sb) : NULL;
	struct dentry *real = store_of(d, false);

	if (!root || !real)
		return real;
	return root->dentry && dentry_is_ancestor(root->dentry, real) ? real : NULL;
}

/* --- handles: the layout of Linux's tmpfs, a generation and the number --- */

#define TYPE_MEMORY  1
#define TYPE_UPPER   0xf8
#define TYPE_ONLY_ID 0x81 /* Linux's FILEID_INO64_GEN: the number comes first */

static u32 generation(const struct inode *i)
{
	return (u32)i->btime.nsec ^ (u32)i->btime.sec;
}

int vfs_encode_handle(const struct path *p, bool only_id, u32 handle[3], s32 *type)
{
	const struct dentry *d = handle_store(p->dentry);
	const struct inode *i = d ? d->inode : p->dentry->inode;
	bool is_first = !d;

	if (!d && !only_id)
		return -EOPNOTSUPP;
	*type = !d ? TYPE_ONLY_ID : d == p->dentry ? TYPE_MEMORY : TYPE_UPPER;
	handle[is_first ? 2 : 0] = generation(i);
	handle[is_first ? 0 : 1] = (u32)i->ino;
	handle[is_first ? 1 : 2] = (u32)(i->ino >> 32);
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

/* The entry below `root` that has this handle, referenced. */
static struct dentry *find(struct dentry *root, const u32 handle[3])
{
	u64 ino = handle[1] | (u64)handle[2] << 32;
	struct dentry *d, *found = NULL;

	spin_lock(&dcache_lock);
	for (d = root; d && !found; d = after(d, root))
		if (d->inode && d->inode->ino == ino && generation(d->inode) == handle[0])
			found = dentry_get(d);
	spin_unlock(&dcache_lock);
	return found;
}

/* What is found in the layer below has the same name here. */
static int find_above(const struct vfs_ctx *ctx, const struct path *at, const u32 handle[3],
		      struct path *out)
{
	struct super_block *sb = at->dentry->sb;
	const struct path *root = sb->ops->upper_root(sb);
	struct path base = {at->mnt, sb->root}, p = {root->mnt, NULL};
	char *buf, *name;
	bool reachable;
	int err = -ESTALE;

	p.dentry = root->dentry ? find(root->dentry, handle) : NULL;
	if (!p.dentry)
		return -ESTALE;
	buf = kmalloc(PATH_MAX_LEN, GFP_KERNEL);
	name = buf ? path_name(&p, root, buf, PATH_MAX_LEN, &reachable) : ERR_PTR(-ENOMEM);
	if (IS_ERR(name))
		err = (int)PTR_ERR(name);
	else if (reachable && !(p.dentry->flags & DE_UNLINKED))
		err = vfs_lookup_at(ctx, &base, name + 1, LOOKUP_EMPTY | LOOKUP_NO_XDEV, out);
	if (!err && store_of(out->dentry, false) != p.dentry) {
		path_put(out);
		err = -ESTALE;
	}
	kfree(buf);
	dentry_put(p.dentry);
	return err == -ENOENT || err == -EXDEV || err == -ENOTDIR ? -ESTALE : err;
}

int vfs_decode_handle(const struct vfs_ctx *ctx, const struct path *at, s32 type,
		      const u32 handle[3], struct path *out)
{
	struct super_block *sb = at->dentry->sb;
	struct dentry *found;

	if (type == TYPE_UPPER && sb->ops->upper_root)
		return find_above(ctx, at, handle, out);
	found = type == TYPE_MEMORY && sb->is_in_memory ? find(sb->root, handle) : NULL;
	if (!found)
		return -ESTALE;
	*out = (struct path){mount_get(at->mnt), found};
	return 0;
}

/* --- flags --- */

int vfs_get_flags(const struct path *p, u32 *flags)
{
	const struct dentry *d = store_of(p->dentry, false);

	if (!d || (!S_ISREG(d->inode->mode) && !S_ISDIR(d->inode->mode)))
		return -ENOTTY;
	*flags = d->inode->attr_flags;
	return 0;
}

/* Its upper file, if it has one of its own, is changed with it. */
static int apply_flags(struct inode *i, const struct cred *c, u32 flags, bool is_checked)
{
	const u32 guarded = FS_IMMUTABLE_FL | FS_APPEND_FL;
	int err = 0;

	down_write(&i->rwsem);
	if (!is_checked && ((i->attr_flags ^ flags) & guarded) &&
	    !cred_has_cap(c, CAP_LINUX_IMMUTABLE)) {
		err = -EPERM;
	} else {
		i->attr_flags = flags;
		inode_touch(i, ATTR_CTIME);
	}
	up_write(&i->rwsem);
	return err;
}

int vfs_set_flags(const struct path *p, const struct cred *c, u32 flags)
{
	struct inode *i = p->dentry->inode;
	struct dentry *d;
	u32 old;
	int err = vfs_get_flags(p, &old);

	if (!err)
		err = mount_want_write(p->mnt);
	if (err)
		return err;
	if (!inode_is_owner(i, c))
		return -EPERM;
	if (flags & ~(u32)KEPT_FLAGS)
		return -EOPNOTSUPP;
	d = store_of(p->dentry, true);
	if (!d || IS_ERR(d))
		return d ? (int)PTR_ERR(d) : -ENOTTY;
	err = apply_flags(i, c, flags, false);
	if (!err && d->inode != i)
		err = apply_flags(d->inode, c, flags, true);
	return err;
}
