/* overlay: inodes, look-up, attributes. */
#include "fs/overlay/overlay.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/limits.h>

static struct list_head *bucket(struct ovl_fs *o, const struct inode *upper)
{
	return &o->hash[((unsigned long)upper >> 7) % OVL_HASH];
}

static struct inode *find_by_upper(struct ovl_fs *o, const struct inode *upper)
{
	struct ovl_inode *oi;
	struct inode *found = NULL;

	spin_lock(&o->hash_lock);
	list_for_each_entry (oi, bucket(o, upper), hash_node) {
		if (oi->upper->inode == upper && ref_get_unless_zero(&oi->inode->ref)) {
			found = oi->inode;
			break;
		}
	}
	spin_unlock(&o->hash_lock);
	return found;
}

void ovl_hash_upper(struct inode *i)
{
	struct ovl_fs *o = ovl_fs(i->sb);
	struct ovl_inode *oi = ovl_i(i);

	if (S_ISDIR(i->mode))
		return;
	spin_lock(&o->hash_lock);
	list_add(&oi->hash_node, bucket(o, oi->upper->inode));
	spin_unlock(&o->hash_lock);
}

/* The number a file of the upper layer goes by: the one it had before it was copied. */
u64 ovl_upper_ino(const struct ovl_fs *o, struct dentry *upper)
{
	u64 origin;

	if (upper->inode->xattrs &&
	    stack_getxattr(upper->inode, OVL_ORIGIN, &origin, sizeof(origin)) == sizeof(origin))
		return origin;
	return upper->inode->ino + o->upper.ino_bias;
}

bool ovl_is_opaque(struct dentry *d)
{
	char y = 0;

	return stack_getxattr(d->inode, OVL_OPAQUE, &y, 1) == 1 && y == 'y';
}

void ovl_copy_attributes(struct inode *i)
{
	const struct inode *real = ovl_real(i);

	i->mode = real->mode;
	i->uid = real->uid;
	i->gid = real->gid;
	i->rdev = real->rdev;
	i->atime = real->atime;
	i->mtime = real->mtime;
	i->ctime = real->ctime;
	i->btime = real->btime;
	i->nlink = real->nlink;
	i->has_caps = real->has_caps;
	i->attr_flags = real->attr_flags;
	WRITE_ONCE(i->obj.size_bytes, real->obj.size_bytes);
}

static void set_operations(struct inode *i)
{
	switch (i->mode & S_IFMT) {
	case S_IFDIR:
		i->ops = &ovl_dir_iops;
		i->fops = &ovl_dir_fops;
		break;
	case S_IFLNK:
		i->ops = &ovl_link_iops;
		break;
	case S_IFREG:
		i->fops = &ovl_file_fops;
		/* fall through */
	default:
		i->ops = &ovl_file_iops;
	}
}

static void put_lowers(const struct ovl_lower *lower, unsigned nr)
{
	while (nr)
		dentry_put(lower[--nr].dentry);
}

struct inode *ovl_new_inode(struct super_block *sb, struct dentry *upper,
			    const struct ovl_lower *lower, unsigned nr_lower)
{
	struct ovl_fs *o = ovl_fs(sb);
	struct dentry *real = upper ? upper : lower[0].dentry;
	struct ovl_inode *oi = kzalloc(sizeof(*oi) + nr_lower * sizeof(*lower), GFP_KERNEL);
	struct inode *i = NULL;
	u64 ino;

	if (nr_lower)
		ino = lower[0].dentry->inode->ino + o->lower[lower[0].layer].ino_bias;
	else
		ino = ovl_upper_ino(o, upper);
	if (oi)
		i = inode_new(sb, real->inode->mode, ino);
	if (!i) {
		kfree(oi);
		put_lowers(lower, nr_lower);
		if (upper)
			dentry_put(upper);
		return ERR_PTR(-ENOMEM);
	}
	oi->inode = i;
	oi->upper = upper;
	oi->nr_lower = nr_lower;
	memcpy(oi->lower, lower, nr_lower * sizeof(*lower));
	list_init(&oi->hash_node);
	i->private = oi;
	ovl_copy_attributes(i);
	set_operations(i);
	if (upper)
		ovl_hash_upper(i);
	return i;
}

/* super_ops.evict_inode */
void ovl_evict(struct inode *i)
{
	struct ovl_fs *o = ovl_fs(i->sb);
	struct ovl_inode *oi = ovl_i(i);

	if (!oi)
		return;
	spin_lock(&o->hash_lock);
	list_del(&oi->hash_node);
	spin_unlock(&o->hash_lock);
	put_lowers(oi->lower, oi->nr_lower);
	if (oi->upper)
		dentry_put(oi->upper);
	kfree(oi);
	i->private = NULL;
}

/* --- look-up --- */

/* What one look-up collects. */
struct found {
	struct dentry *upper;
	struct ovl_lower lower[OVL_LOWER_MAX];
	unsigned nr_lower;
};

/* In the upper layer. 1: go on below, 0: this is all, or an error. */
static int find_upper(struct inode *dir, struct dentry *de, struct found *f)
{
	struct dentry *up = ovl_upper(dir), *d;

	if (!up)
		return 1;
	d = stack_lookup(up, de->name, de->name_len);
	if (!d)
		return 1;
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	if (ovl_is_whiteout(d->inode)) {
		dentry_put(d);
		return 0;
	}
	f->upper = d;
	return S_ISDIR(d->inode->mode) && !ovl_is_opaque(d);
}

/* In one layer below. 1: go on, 0: enough, or an error. */
static int find_lower(const struct ovl_lower *dir, const char *name, u32 len, struct found *f)
{
	bool wants_dir = f->upper || f->nr_lower;
	struct dentry *d = stack_lookup(dir->dentry, name, len);
	bool is_dir;

	if (!d)
		return 1;
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	is_dir = S_ISDIR(d->inode->mode);
	if (ovl_is_whiteout(d->inode) || (wants_dir && !is_dir)) {
		dentry_put(d);
		return 0;
	}
	f->lower[f->nr_lower++] = (struct ovl_lower){d, dir->layer};
	return is_dir && !ovl_is_opaque(d);
}

static int find_lowers(struct inode *dir, const char *name, u32 len, struct found *f)
{
	const struct ovl_inode *oi = ovl_i(dir);
	int ret = 1;

	for (unsigned k = 0; k < oi->nr_lower && ret > 0; k++)
		ret = find_lower(&oi->lower[k], name, len, f);
	return ret < 0 ? ret : 0;
}

static void found_put(struct found *f)
{
	if (f->upper)
		dentry_put(f->upper);
	put_lowers(f->lower, f->nr_lower);
}

int ovl_lower_has(struct inode *dir, const char *name, u32 len)
{
	struct found *f;
	int ret;

	if (!ovl_i(dir)->nr_lower)
		return 0;
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	ret = find_lowers(dir, name, len, f);
	if (!ret)
		ret = f->nr_lower > 0;
	found_put(f);
	kfree(f);
	return ret;
}

/* Names of one file of the upper layer share the inode. */
static struct inode *get_inode(struct super_block *sb, struct found *f)
{
	struct inode *i;

	if (f->upper && !S_ISDIR(f->upper->inode->mode) && f->upper->inode->nlink > 1) {
		i = find_by_upper(ovl_fs(sb), f->upper->inode);
		if (i) {
			found_put(f);
			return i;
		}
	}
	return ovl_new_inode(sb, f->upper, f->lower, f->nr_lower);
}

int ovl_lookup(struct inode *dir, struct dentry *de)
{
	struct found f;
	struct inode *i;
	int ret;

	f.upper = NULL;
	f.nr_lower = 0;
	ret = find_upper(dir, de, &f);
	if (ret > 0)
		ret = find_lowers(dir, de->name, de->name_len, &f);
	if (ret < 0) {
		found_put(&f);
		return ret;
	}
	if (!f.upper && !f.nr_lower)
		return 0;
	i = get_inode(dir->sb, &f);
	if (IS_ERR(i))
		return (int)PTR_ERR(i);
	if (!ovl_upper(i))
		ovl_i(i)->alias = de;
	dentry_set_inode(de, i);
	return 0;
}

/* --- attributes --- */

static bool is_later(const struct ktime_ts *a, const struct ktime_ts *b)
{
	return a->sec > b->sec || (a->sec == b->sec && a->nsec > b->nsec);
}

/* As Linux answers: whoever counts sub-directories by links is to look instead. The size is that
 * of what is below, so that it does not change with the first file that is copied up. */
static int merged_dir_getattr(const struct ovl_inode *oi, struct kstat *st)
{
	struct kstat below;
	int err = stack_getattr(oi->lower[0].dentry->inode, &below);

	st->nlink = 1;
	st->size = below.size;
	st->blocks = below.blocks;
	st->blksize = below.blksize;
	return err;
}

int ovl_getattr(struct inode *i, struct kstat *st)
{
	const struct ovl_inode *oi = ovl_i(i);
	int err = stack_getattr(ovl_real(i), st);

	if (err)
		return err;
	st->dev = i->sb->dev;
	st->ino = i->ino;
	/* Reads here are noted here only while the file is below. */
	if (!i->nlink)
		st->nlink = 0;
	if (is_later(&i->atime, &st->atime))
		st->atime = i->atime;
	if (S_ISDIR(i->mode) && oi->nr_lower && (oi->upper || oi->nr_lower > 1))
		return merged_dir_getattr(oi, st);
	return 0;
}

int ovl_setattr(struct inode *i, const struct iattr *a)
{
	bool cuts_all = (a->valid & ATTR_SIZE) && !a->size;
	int err = ovl_upper(i) ? 0 : ovl_copy_up(ovl_i(i)->alias, cuts_all);

	if (err)
		return err;
	err = stack_setattr(ovl_real(i), a);
	ovl_copy_attributes(i);
	return err;
}

static int ovl_readlink(struct inode *i, char *buf, size_t size)
{
	struct inode *real = ovl_real(i);

	return real->ops->readlink ? real->ops->readlink(real, buf, size) : -EINVAL;
}

/* --- extended attributes --- */

static bool is_private(const char *name)
{
	return !strncmp(name, OVL_PRIVATE, strlen(OVL_PRIVATE));
}

static bool is_escaped(const char *name)
{
	return !strncmp(name, OVL_ESCAPE, strlen(OVL_ESCAPE));
}

/* This file system's own are not shown; those of an overlay above are kept with "overlay." once
 * more. */
static const char *stored_name(const char *name, char buf[XATTR_NAME_MAX + 1])
{
	if (!is_private(name))
		return name;
	if (strlen(name) + strlen(OVL_ESCAPE) - strlen(OVL_PRIVATE) > XATTR_NAME_MAX)
		return NULL;
	snprintf(buf, XATTR_NAME_MAX + 1, "%s%s", OVL_ESCAPE, name + strlen(OVL_PRIVATE));
	return buf;
}

long ovl_getxattr(struct inode *i, const char *name, void *buf, size_t size)
{
	char room[XATTR_NAME_MAX + 1];

	name = stored_name(name, room);
	return name ? stack_getxattr(ovl_real(i), name, buf, size) : -EOPNOTSUPP;
}

int ovl_setxattr(struct inode *i, const char *name, const void *value, size_t size, int flags)
{
	char room[XATTR_NAME_MAX + 1];
	int err;

	name = stored_name(name, room);
	if (!name)
		return -EOPNOTSUPP;
	/* Nothing is copied to find that there is nothing to remove. */
	if (!value) {
		long n = stack_getxattr(ovl_real(i), name, NULL, 0);

		if (n < 0)
			return (int)n;
	}
	err = ovl_copy_up_inode(i);
	if (!err)
		err = stack_setxattr(ovl_real(i), name, value, size, flags);
	ovl_copy_attributes(i);
	return err;
}

/* The names as they are shown, moved together. */
static size_t show_names(char *buf, size_t used)
{
	const size_t extra = strlen(OVL_ESCAPE) - strlen(OVL_PRIVATE);
	size_t kept = 0;

	for (size_t at = 0; at < used;) {
		size_t n = strlen(buf + at) + 1, skip = 0, prefix = strlen(OVL_PRIVATE);

		if (is_escaped(buf + at))
			skip = extra;
		else if (is_private(buf + at))
			skip = n;
		if (skip < n) {
			prefix = MIN(prefix, n - skip);
			memmove(buf + kept, buf + at, prefix);
			memmove(buf + kept + prefix, buf + at + prefix + skip, n - skip - prefix);
			kept += n - skip;
		}
		at += n;
	}
	return kept;
}

long ovl_listxattr(struct inode *i, char *buf, size_t size, bool with_trusted)
{
	struct inode *real = ovl_real(i);
	char *all;
	long n;

	if (!real->ops || !real->ops->listxattr)
		return 0;
	down_read(&real->rwsem);
	n = real->ops->listxattr(real, NULL, 0, with_trusted);
	all = n > 0 ? kmalloc((size_t)n, GFP_KERNEL) : NULL;
	if (all)
		n = real->ops->listxattr(real, all, (size_t)n, with_trusted);
	else if (n > 0)
		n = -ENOMEM;
	up_read(&real->rwsem);
	if (n > 0)
		n = (long)show_names(all, (size_t)n);
	if (n > 0 && size) {
		if ((size_t)n > size)
			n = -ERANGE;
		else
			memcpy(buf, all, (size_t)n);
	}
	kfree(all);
	return n;
}

#define XATTR_OPS .getxattr = ovl_getxattr, .setxattr = ovl_setxattr, .listxattr = ovl_listxattr

const struct inode_ops ovl_dir_iops = {
	.lookup = ovl_lookup,
	.create = ovl_create,
	.mkdir = ovl_create,
	.symlink = ovl_symlink,
	.link = ovl_link,
	.unlink = ovl_unlink,
	.rmdir = ovl_rmdir,
	.rename = ovl_rename,
	.tmpfile = ovl_tmpfile,
	.getattr = ovl_getattr,
	.setattr = ovl_setattr,
	XATTR_OPS,
};
const struct inode_ops ovl_file_iops = {
	.getattr = ovl_getattr,
	.setattr = ovl_setattr,
	XATTR_OPS,
};
const struct inode_ops ovl_link_iops = {
	.readlink = ovl_readlink,
	.getattr = ovl_getattr,
	.setattr = ovl_setattr,
	XATTR_OPS,
};
