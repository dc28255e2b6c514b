/* overlay: a file of a lower layer becomes one of the upper layer before it is changed. */
#include "core/sched.h"
#include "fs/overlay/overlay.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

#define COPY_BYTES (16 * PAGE_SIZE)

/* One copy: where from, where to. */
struct copy {
	struct super_block *sb;
	struct ovl_inode *oi;
	struct dentry *de;    /* here */
	struct dentry *updir; /* NULL: the file has no name any more */
	struct inode *from;
	struct new_node node;
	bool without_data;
};

/* --- content --- */

static bool is_zero(const u64 *p, size_t n)
{
	for (size_t k = 0; k < n / sizeof(*p); k++)
		if (p[k])
			return false;
	return n % sizeof(*p) == 0;
}

/* Blocks of zeroes stay holes. */
static long copy_bytes(struct file *in, struct file *out)
{
	char *buf = kmalloc(COPY_BYTES, GFP_KERNEL);
	s64 pos = 0;
	long n = buf ? 0 : -ENOMEM;

	while (!n) {
		long got = kernel_read(in, buf, COPY_BYTES, pos), put = 0;

		if (got <= 0) {
			n = got;
			break;
		}
		if (is_zero((const u64 *)buf, (size_t)got))
			put = got;
		while (put < got && n >= 0) {
			n = kernel_write(NULL, out, buf + put, (size_t)(got - put), pos + put);
			put += n > 0 ? n : 0;
			n = n ? n : -EIO;
		}
		n = MIN(n, 0L);
		pos += got;
		cond_resched();
	}
	kfree(buf);
	return n;
}

static int copy_data(const struct copy *c, struct dentry *to)
{
	struct ovl_fs *o = ovl_fs(c->sb);
	const struct ovl_lower *l = &c->oi->lower[0];
	struct path from = {o->lower[l->layer].path.mnt, l->dentry};
	struct path up = {o->upper.path.mnt, to};
	struct iattr size = {.valid = ATTR_SIZE, .size = c->from->obj.size_bytes};
	struct file *in, *out;
	long err;

	if (c->without_data || !c->from->obj.size_bytes)
		return 0;
	in = stack_open(&from, O_RDONLY | O_LARGEFILE);
	if (IS_ERR(in))
		return (int)PTR_ERR(in);
	out = stack_open(&up, O_WRONLY | O_LARGEFILE);
	if (IS_ERR(out)) {
		file_put(in);
		return (int)PTR_ERR(out);
	}
	size.size = c->from->obj.size_bytes; /* opening may have looked again */
	err = copy_bytes(in, out);
	file_put(out);
	file_put(in);
	if (!err && to->inode->obj.size_bytes != size.size)
		err = stack_setattr(to->inode, &size);
	return (int)err;
}

/* --- attributes --- */

static int copy_one_xattr(struct inode *from, struct inode *to, const char *name)
{
	long n = stack_getxattr(from, name, NULL, 0);
	void *value;
	int err;

	if (n < 0)
		return (int)n;
	value = kmalloc((size_t)n + 1, GFP_KERNEL);
	if (!value)
		return -ENOMEM;
	n = stack_getxattr(from, name, value, (size_t)n);
	err = n < 0 ? (int)n : stack_setxattr(to, name, value, (size_t)n, 0);
	kfree(value);
	return err;
}

static int copy_xattrs(struct inode *from, struct inode *to)
{
	long size = 0;
	char *names;
	int err = 0;

	if (from->ops && from->ops->listxattr)
		size = from->ops->listxattr(from, NULL, 0, true);
	if (size <= 0)
		return 0;
	names = kmalloc((size_t)size, GFP_KERNEL);
	if (!names)
		return -ENOMEM;
	size = from->ops->listxattr(from, names, (size_t)size, true);
	for (long at = 0; at < size && !err; at += (long)strlen(names + at) + 1)
		if (strncmp(names + at, OVL_PRIVATE, strlen(OVL_PRIVATE)) ||
		    !strncmp(names + at, OVL_ESCAPE, strlen(OVL_ESCAPE)))
			err = copy_one_xattr(from, to, names + at);
	kfree(names);
	return err == -EOPNOTSUPP ? 0 : err; /* a layer that keeps none */
}

/* Times, extended attributes, and the number the file goes by. */
static int copy_attributes(const struct copy *c, struct dentry *to)
{
	struct iattr times = {.valid = ATTR_ATIME | ATTR_MTIME,
			      .atime = c->from->atime,
			      .mtime = c->from->mtime};
	u64 ino = c->oi->inode->ino;
	int err = copy_xattrs(c->from, to->inode);

	if (!err && !S_ISDIR(c->node.mode)) {
		err = stack_setxattr(to->inode, OVL_ORIGIN, &ino, sizeof(ino), 0);
		if (err == -EOPNOTSUPP)
			err = 0;
	}
	return err ? err : stack_setattr(to->inode, &times);
}

/* --- by kind --- */

/* A regular file is complete before it gets its name. */
static struct dentry *copy_regular(const struct copy *c)
{
	struct ovl_fs *o = ovl_fs(c->sb);
	struct dentry *dir = c->updir ? c->updir : o->work.dentry, *d, *named;
	int err;

	d = stack_tmpfile(dir, &c->node);
	if (IS_ERR(d))
		return d;
	err = copy_data(c, d);
	if (!err)
		err = copy_attributes(c, d);
	if (err) {
		dentry_put(d);
		return ERR_PTR(err);
	}
	if (!c->updir)
		return d;
	named = stack_link(d, c->updir, c->de->name, c->de->name_len);
	if (PTR_ERR(named) == -EEXIST || PTR_ERR(named) == -ENOENT)
		return d; /* it was removed meanwhile */
	dentry_put(d);
	return named;
}

/* The same where files without a name cannot be made. */
static struct dentry *copy_by_temp_name(const struct copy *c)
{
	struct ovl_fs *o = ovl_fs(c->sb);
	char name[32];
	u32 len = (u32)scnprintf(name, sizeof(name), "#ovl%u", atomic_add(&o->last_temp, 1));
	struct dentry *d;
	int err;

	if (!c->updir)
		return ERR_PTR(-ENOENT);
	d = stack_create(c->updir, name, len, &c->node, NULL);
	if (IS_ERR(d))
		return d;
	err = copy_data(c, d);
	if (!err)
		err = copy_attributes(c, d);
	if (!err)
		err = stack_rename(c->updir, d, c->updir, c->de->name, c->de->name_len, 0);
	if (err) {
		stack_remove(c->updir, d);
		dentry_put(d);
		return ERR_PTR(err);
	}
	return d;
}

static struct dentry *copy_special(const struct copy *c)
{
	char *target = NULL;
	struct dentry *d;
	int err = 0;

	if (!c->updir)
		return ERR_PTR(-ENOENT);
	if (S_ISLNK(c->node.mode)) {
		target = kmalloc(PAGE_SIZE, GFP_KERNEL);
		if (!target)
			return ERR_PTR(-ENOMEM);
		err = c->from->ops->readlink(c->from, target, PAGE_SIZE);
	}
	d = err < 0 ? ERR_PTR(err)
		    : stack_create(c->updir, c->de->name, c->de->name_len, &c->node, target);
	kfree(target);
	if (IS_ERR(d))
		return PTR_ERR(d) == -EEXIST ? ERR_PTR(-ENOENT) : d;
	err = copy_attributes(c, d);
	if (err) {
		stack_remove(c->updir, d);
		dentry_put(d);
		return ERR_PTR(err);
	}
	return d;
}

static struct dentry *copy_any(const struct copy *c)
{
	struct dentry *d;

	if (!S_ISREG(c->node.mode))
		return copy_special(c);
	d = copy_regular(c);
	return PTR_ERR(d) == -EOPNOTSUPP ? copy_by_temp_name(c) : d;
}

/* --- the way there --- */

/* copy_lock held; the directory `de` is in is in the upper layer. */
static int copy_one(struct dentry *de, bool without_data)
{
	struct inode *i = de->inode;
	struct ovl_inode *oi = ovl_i(i);
	struct inode *from = oi->lower[0].dentry->inode;
	struct dentry *parent = dentry_get_parent(de), *d;
	struct copy c = {.sb = i->sb, .oi = oi, .de = de, .from = from};
	struct iattr keep = {.valid = ATTR_ATIME | ATTR_MTIME};

	c.node = (struct new_node){from->mode, from->uid, from->gid, from->rdev};
	c.without_data = without_data;
	if (!(de->flags & DE_UNLINKED)) {
		c.updir = ovl_upper(parent->inode);
		keep.atime = c.updir->inode->atime;
		keep.mtime = c.updir->inode->mtime;
	}
	d = copy_any(&c);
	if (!IS_ERR(d)) {
		__atomic_store_n(&oi->upper, d, __ATOMIC_RELEASE);
		ovl_hash_upper(i);
		ovl_copy_attributes(i);
		/* The directory looks as if nothing had happened. */
		if (c.updir)
			stack_setattr(c.updir->inode, &keep);
	}
	dentry_put(parent);
	return IS_ERR(d) ? (int)PTR_ERR(d) : 0;
}

/* The topmost entry on the way to `de` that is not in the upper layer, referenced. */
static struct dentry *next_to_copy(struct dentry *de)
{
	struct dentry *d = dentry_get(de);

	for (;;) {
		struct dentry *up = dentry_get_parent(d);

		if (up == d || ovl_upper(up->inode) || (d->flags & DE_UNLINKED)) {
			dentry_put(up);
			return d;
		}
		dentry_put(d);
		d = up;
	}
}

int ovl_copy_up(struct dentry *de, bool without_data)
{
	struct ovl_fs *o = ovl_fs(de->sb);
	int err = 0;

	if (ovl_upper(de->inode))
		return 0;
	if (!o->upper.path.dentry)
		return -EROFS;
	mutex_lock(&o->copy_lock);
	while (!err && !ovl_upper(de->inode)) {
		struct dentry *d = next_to_copy(de);

		err = copy_one(d, d == de && without_data);
		dentry_put(d);
	}
	mutex_unlock(&o->copy_lock);
	return err;
}
