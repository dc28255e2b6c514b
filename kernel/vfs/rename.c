/* rename(2), renameat2(2). */
#include "lib/printf.h"
#include "vfs/internal.h"
#include "vfs/notify.h"

struct rename {
	struct walk from, to;
	struct dentry *ode, *nde;
	unsigned flags;
	bool is_cross_dir;
};

/* Two directories: under rename_lock no directory moves, so "above" stays true. Above first. */
static void lock_dirs(struct rename *r)
{
	struct dentry *a = r->from.path.dentry, *b = r->to.path.dentry;

	r->is_cross_dir = a != b;
	if (!r->is_cross_dir) {
		down_write(&a->inode->rwsem);
		return;
	}
	mutex_lock(a->sb->rename_lock);
	if (dentry_is_ancestor(b, a) || (!dentry_is_ancestor(a, b) && b < a)) {
		struct dentry *t = a;

		a = b;
		b = t;
	}
	down_write(&a->inode->rwsem);
	down_write(&b->inode->rwsem);
}

static void unlock_dirs(struct rename *r)
{
	struct dentry *a = r->from.path.dentry, *b = r->to.path.dentry;

	up_write(&a->inode->rwsem);
	if (r->is_cross_dir) {
		up_write(&b->inode->rwsem);
		mutex_unlock(a->sb->rename_lock);
	}
}

static int find_entries(struct rename *r)
{
	r->ode = lookup_locked(r->from.path.dentry, &r->from.last);
	if (IS_ERR(r->ode))
		return (int)PTR_ERR(r->ode);
	if (!r->ode->inode)
		return -ENOENT;
	r->nde = lookup_locked(r->to.path.dentry, &r->to.last);
	if (IS_ERR(r->nde))
		return (int)PTR_ERR(r->nde);
	return 0;
}

static int check_shape(struct rename *r)
{
	bool is_dir = S_ISDIR(r->ode->inode->mode);
	bool exchange = r->flags & RENAME_EXCHANGE;

	if ((r->flags & RENAME_NOREPLACE) && r->nde->inode)
		return -EEXIST;
	if (exchange) {
		if (!r->nde->inode)
			return -ENOENT;
		if (!S_ISDIR(r->nde->inode->mode) && r->to.has_trailing_slash)
			return -ENOTDIR;
	}
	if (!is_dir) {
		if (r->from.has_trailing_slash)
			return -ENOTDIR;
		if (!exchange && r->to.has_trailing_slash)
			return -ENOTDIR;
	}
	/* A directory cannot go below itself. */
	if (dentry_is_ancestor(r->ode, r->to.path.dentry))
		return -EINVAL;
	if (dentry_is_ancestor(r->nde, r->from.path.dentry))
		return exchange ? -EINVAL : -ENOTEMPTY;
	return 0;
}

static int check_permission(struct rename *r, const struct cred *c)
{
	bool is_dir = S_ISDIR(r->ode->inode->mode);
	int err = may_delete(r->from.path.dentry, r->ode, c, is_dir);

	if (err)
		return err;
	if (!r->nde->inode)
		err = may_create(r->to.path.dentry, c);
	else if (r->flags & RENAME_EXCHANGE)
		err = may_delete(r->to.path.dentry, r->nde, c, S_ISDIR(r->nde->inode->mode));
	else
		err = may_delete(r->to.path.dentry, r->nde, c, is_dir);
	if (err)
		return err;
	if (!r->from.path.dentry->inode->ops->rename)
		return -EPERM;
	if (!r->is_cross_dir)
		return 0;
	/* ".." of a moved directory changes: that takes write permission on it. */
	if (is_dir)
		err = inode_permission(r->ode->inode, c, MAY_WRITE);
	if (!err && (r->flags & RENAME_EXCHANGE) && S_ISDIR(r->nde->inode->mode))
		err = inode_permission(r->nde->inode, c, MAY_WRITE);
	return err;
}

/* inotify(7): both halves of a move have one cookie. Before the entries change their names. */
static void tell_move(struct inode *odir, const struct dentry *from, struct inode *ndir,
		      const struct dentry *to)
{
	u32 cookie = notify_cookie();

	notify_name_slow(odir, from->name, from->inode, IN_MOVED_FROM, cookie);
	notify_name_slow(ndir, to->name, from->inode, IN_MOVED_TO, cookie);
}

static void tell_rename(const struct rename *r, struct inode *odir, struct inode *ndir)
{
	bool exchange = r->flags & RENAME_EXCHANGE;

	tell_move(odir, r->ode, ndir, r->nde);
	if (!exchange && r->nde->inode && !S_ISDIR(r->nde->inode->mode))
		notify_self_slow(r->nde->inode, IN_ATTRIB, 0);
	notify_self_slow(r->ode->inode, IN_MOVE_SELF, 0);
	if (!exchange)
		return;
	tell_move(ndir, r->nde, odir, r->ode);
	notify_self_slow(r->nde->inode, IN_MOVE_SELF, 0);
}

/* RENAME_WHITEOUT: a character device 0/0 under a name of its own, in the old directory. It is made
 * before and put in place afterwards, when nothing can fail any more for lack of room. */
static struct dentry *make_whiteout(struct dentry *dir)
{
	static u32 last;
	const struct new_node n = {.mode = S_IFCHR};
	struct dentry *d;
	char name[32];
	int err;

	/* "EINVAL ... the filesystem does not support one of the flags" */
	if (!dir->sb->is_in_memory || !dir->inode->ops->create)
		return ERR_PTR(-EINVAL);
	do {
		struct qname q = {name, 0, 0};

		q.len = (u32)scnprintf(name, sizeof(name), "#whiteout%u", atomic_add(&last, 1));
		for (const char *c = name; *c; c++)
			q.hash = name_hash_step(q.hash, (unsigned char)*c);
		d = lookup_locked(dir, &q);
		if (IS_ERR(d) || !d->inode)
			break;
		dentry_put(d);
	} while (true);
	if (IS_ERR(d))
		return d;
	err = dir->inode->ops->create(dir->inode, d, &n);
	if (!err)
		return dentry_hash_in(d);
	dentry_put(d);
	return ERR_PTR(err);
}

static int place_whiteout(struct rename *r, struct dentry *w)
{
	struct dentry *dir = r->from.path.dentry, *at = lookup_locked(dir, &r->from.last);
	char *name;
	int err;

	if (IS_ERR(at))
		return (int)PTR_ERR(at);
	name = dentry_name_copy(at);
	err = IS_ERR(name) ? (int)PTR_ERR(name)
			   : dir->inode->ops->rename(dir->inode, w, dir->inode, at, 0);
	if (!err)
		dentry_move(w, at, name);
	else if (!IS_ERR(name))
		kfree(name);
	dentry_put(at);
	return err;
}

static void drop_whiteout(struct dentry *dir, struct dentry *w)
{
	if (!dir->inode->ops->unlink(dir->inode, w))
		dentry_removed(w);
}

static int do_rename(struct rename *r);

static int rename_leaving_whiteout(struct rename *r)
{
	struct dentry *dir = r->from.path.dentry, *w = make_whiteout(dir);
	int err;

	if (IS_ERR(w))
		return (int)PTR_ERR(w);
	r->flags &= ~(unsigned)RENAME_WHITEOUT;
	err = do_rename(r);
	if (err)
		drop_whiteout(dir, w);
	else
		err = place_whiteout(r, w);
	dentry_put(w);
	return err;
}

static int do_rename(struct rename *r)
{
	struct inode *odir = r->from.path.dentry->inode, *ndir = r->to.path.dentry->inode;
	struct inode *target = r->nde->inode;
	char *name = NULL;
	int err;

	if ((r->ode->flags | r->nde->flags) & DE_MOUNTED)
		return -EBUSY;
	if (!(r->flags & RENAME_EXCHANGE)) {
		name = dentry_name_copy(r->nde);
		if (IS_ERR(name))
			return (int)PTR_ERR(name);
	}
	if (target)
		down_write(&target->rwsem);
	err = odir->ops->rename(odir, r->ode, ndir, r->nde, r->flags);
	if (target)
		up_write(&target->rwsem);
	if (!err && notify_is_on())
		tell_rename(r, odir, ndir);
	if (err)
		kfree(name);
	else if (r->flags & RENAME_EXCHANGE)
		dentry_exchange(r->ode, r->nde);
	else
		dentry_move(r->ode, r->nde, name);
	return err;
}

static int rename_locked(struct rename *r, const struct vfs_ctx *ctx)
{
	int err = find_entries(r);

	if (!err)
		err = check_shape(r);
	if (err)
		return err;
	/* Two names of one file: nothing to do (rename(2)). */
	if (r->ode->inode == r->nde->inode)
		return 0;
	err = check_permission(r, ctx->cred);
	if (err)
		return err;
	return r->flags & RENAME_WHITEOUT ? rename_leaving_whiteout(r) : do_rename(r);
}

static int rename_walked(struct rename *r, const struct vfs_ctx *ctx)
{
	int err;

	if (r->from.path.mnt != r->to.path.mnt)
		return -EXDEV;
	if (r->from.last_type != LAST_NORM)
		return -EBUSY;
	if (r->to.last_type != LAST_NORM)
		return r->flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	err = mount_want_write(r->from.path.mnt);
	if (err)
		return err;
	lock_dirs(r);
	err = rename_locked(r, ctx);
	unlock_dirs(r);
	if (r->ode && !IS_ERR(r->ode))
		dentry_put(r->ode);
	if (r->nde && !IS_ERR(r->nde))
		dentry_put(r->nde);
	return err;
}

int vfs_rename(const struct vfs_ctx *ctx, int odfd, const char *oname, int ndfd, const char *nname,
	       unsigned flags)
{
	struct rename r = {.flags = flags};
	int err;

	if (flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT))
		return -EINVAL;
	if ((flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) && (flags & RENAME_EXCHANGE))
		return -EINVAL;
	err = walk_parent(&r.from, ctx, odfd, oname, 0);
	if (err)
		return err;
	err = walk_parent(&r.to, ctx, ndfd, nname, 0);
	if (!err) {
		err = rename_walked(&r, ctx);
		walk_end(&r.to);
	}
	walk_end(&r.from);
	return err;
}
