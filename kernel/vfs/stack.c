/* Operations on the entries of a file system that another stands on: vfs/stack.h. */
#include "vfs/stack.h"
#include "vfs/internal.h"

static struct dentry *positive_or_null(struct dentry *d)
{
	if (!d || IS_ERR(d) || d->inode)
		return d;
	dentry_put(d);
	return NULL;
}

struct dentry *stack_lookup(struct dentry *dir, const char *name, u32 len)
{
	struct qname q = qname_make(name, len);
	struct dentry *d = dentry_lookup(dir, &q);

	if (d || dir->sb->is_in_memory)
		return positive_or_null(d);
	down_read(&dir->inode->rwsem);
	d = lookup_locked(dir, &q);
	up_read(&dir->inode->rwsem);
	return positive_or_null(d);
}

/* The negative entry of a new name; the directory is locked. */
static struct dentry *new_entry(struct dentry *dir, const char *name, u32 len)
{
	struct qname q = qname_make(name, len);
	struct dentry *d;

	if (dir->flags & DE_UNLINKED)
		return ERR_PTR(-ENOENT);
	d = lookup_locked(dir, &q);
	if (!IS_ERR(d) && d->inode) {
		dentry_put(d);
		return ERR_PTR(-EEXIST);
	}
	return d;
}

static struct dentry *entered(struct dentry *d, int err)
{
	if (!err && d->inode)
		return dentry_hash_in(d);
	dentry_put(d);
	return ERR_PTR(err ? err : -EIO);
}

static int create(struct inode *dir, struct dentry *d, const struct new_node *n, const char *target)
{
	const struct inode_ops *ops = dir->ops;

	if (S_ISDIR(n->mode))
		return ops->mkdir ? ops->mkdir(dir, d, n) : -EPERM;
	if (S_ISLNK(n->mode))
		return ops->symlink ? ops->symlink(dir, d, target, n) : -EPERM;
	return ops->create ? ops->create(dir, d, n) : -EPERM;
}

struct dentry *stack_create(struct dentry *dir, const char *name, u32 len, const struct new_node *n,
			    const char *target)
{
	struct dentry *d;

	down_write(&dir->inode->rwsem);
	d = new_entry(dir, name, len);
	if (!IS_ERR(d))
		d = entered(d, create(dir->inode, d, n, target));
	up_write(&dir->inode->rwsem);
	return d;
}

struct dentry *stack_tmpfile(struct dentry *dir, const struct new_node *n)
{
	static const struct qname nameless = {"#", 1, 0};
	struct inode *i;
	struct dentry *d;
	int err;

	if (!dir->inode->ops->tmpfile)
		return ERR_PTR(-EOPNOTSUPP);
	err = dir->inode->ops->tmpfile(dir->inode, &i, n);
	if (err)
		return ERR_PTR(err);
	d = dentry_alloc(dir, &nameless);
	if (!d) {
		inode_put(i);
		return ERR_PTR(-ENOMEM);
	}
	dentry_set_inode(d, i);
	d->flags |= DE_UNLINKED | DE_TMPFILE;
	return d;
}

struct dentry *stack_link(struct dentry *old, struct dentry *dir, const char *name, u32 len)
{
	struct inode *i = old->inode;
	struct dentry *d;

	if (!dir->inode->ops->link)
		return ERR_PTR(-EPERM);
	down_write(&dir->inode->rwsem);
	d = new_entry(dir, name, len);
	if (!IS_ERR(d)) {
		int err;

		down_write(&i->rwsem);
		err = dir->inode->ops->link(i, dir->inode, d);
		up_write(&i->rwsem);
		d = entered(d, err);
	}
	up_write(&dir->inode->rwsem);
	return d;
}

int stack_remove(struct dentry *dir, struct dentry *victim)
{
	const struct inode_ops *ops = dir->inode->ops;
	struct inode *i = victim->inode;
	int (*remove)(struct inode *, struct dentry *) =
		S_ISDIR(i->mode) ? ops->rmdir : ops->unlink;
	int err = -EPERM;

	down_write(&dir->inode->rwsem);
	down_write(&i->rwsem);
	if (victim->parent != dir || (victim->flags & DE_UNLINKED))
		err = -ENOENT;
	else if (victim->flags & DE_MOUNTED)
		err = -EBUSY;
	else if (remove)
		err = remove(dir->inode, victim);
	if (!err)
		dentry_removed(victim);
	up_write(&i->rwsem);
	up_write(&dir->inode->rwsem);
	return err;
}

/* --- rename --- */

static void lock_two(struct dentry *a, struct dentry *b)
{
	if (a != b && (dentry_is_ancestor(b, a) || (!dentry_is_ancestor(a, b) && b < a))) {
		struct dentry *t = a;

		a = b;
		b = t;
	}
	down_write(&a->inode->rwsem);
	if (a != b)
		down_write(&b->inode->rwsem);
}

static int rename_entry(struct inode *odir, struct dentry *ode, struct inode *ndir,
			struct dentry *nde, unsigned flags)
{
	struct inode *target = nde->inode;
	char *name = NULL;
	int err;

	if ((ode->flags | nde->flags) & DE_MOUNTED)
		return -EBUSY;
	if (!(flags & RENAME_EXCHANGE)) {
		name = dentry_name_copy(nde);
		if (IS_ERR(name))
			return (int)PTR_ERR(name);
	}
	if (target)
		down_write(&target->rwsem);
	err = odir->ops->rename(odir, ode, ndir, nde, flags);
	if (target)
		up_write(&target->rwsem);
	if (err)
		kfree(name);
	else if (flags & RENAME_EXCHANGE)
		dentry_exchange(ode, nde);
	else
		dentry_move(ode, nde, name);
	return err;
}

int stack_rename(struct dentry *odir, struct dentry *ode, struct dentry *ndir, const char *name,
		 u32 len, unsigned flags)
{
	struct qname q = qname_make(name, len);
	struct dentry *nde;
	int err = 0;

	if (!odir->inode->ops->rename)
		return -EPERM;
	lock_two(odir, ndir);
	nde = lookup_locked(ndir, &q);
	if (IS_ERR(nde)) {
		err = (int)PTR_ERR(nde);
		goto out;
	}
	if (ode->parent != odir || (ode->flags & DE_UNLINKED) || dentry_is_ancestor(ode, ndir))
		err = -ESTALE;
	else if ((flags & RENAME_EXCHANGE) && !nde->inode)
		err = -ENOENT;
	else
		err = rename_entry(odir->inode, ode, ndir->inode, nde, flags);
	dentry_put(nde);
out:
	up_write(&odir->inode->rwsem);
	if (odir != ndir)
		up_write(&ndir->inode->rwsem);
	return err;
}

/* --- attributes --- */

int stack_setattr(struct inode *i, const struct iattr *a)
{
	int err;

	down_write(&i->rwsem);
	err = setattr_locked(i, a);
	up_write(&i->rwsem);
	return err;
}

int stack_getattr(struct inode *i, struct kstat *st)
{
	if (i->ops && i->ops->getattr)
		return i->ops->getattr(i, st);
	inode_stat_simple(i, st);
	return 0;
}

long stack_getxattr(struct inode *i, const char *name, void *buf, size_t size)
{
	long n;

	if (!i->ops || !i->ops->getxattr)
		return -EOPNOTSUPP;
	down_read(&i->rwsem);
	n = i->ops->getxattr(i, name, buf, size);
	up_read(&i->rwsem);
	return n;
}

int stack_setxattr(struct inode *i, const char *name, const void *value, size_t size, int flags)
{
	int err;

	if (!i->ops || !i->ops->setxattr)
		return -EOPNOTSUPP;
	down_write(&i->rwsem);
	err = i->ops->setxattr(i, name, value, size, flags);
	up_write(&i->rwsem);
	return err;
}

int stack_readdir(const struct path *dir, struct dir_context *ctx)
{
	struct file *f = stack_open(dir, O_RDONLY | O_DIRECTORY);
	s64 before;
	int err;

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	do {
		before = ctx->pos;
		down_read(&f->inode->rwsem);
		err = f->ops->readdir ? f->ops->readdir(f, ctx) : -ENOTDIR;
		up_read(&f->inode->rwsem);
	} while (!err && ctx->pos != before);
	file_put(f);
	return err;
}
