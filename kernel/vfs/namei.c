/*
 * The path walk: path_resolution(7). A walk holds references on the mount and dentry it stands on.
 * A symbolic link replaces the rest of the name by "target rest", so there is no recursion.
 */
#include "vfs/internal.h"

#define WALK_RESTART 1

void path_get(const struct path *p)
{
	if (p->mnt)
		ref_get(&p->mnt->ref);
	if (p->dentry)
		ref_get(&p->dentry->ref);
}

void path_put(const struct path *p)
{
	if (p->dentry)
		dentry_put(p->dentry);
	if (p->mnt)
		mount_put(p->mnt);
}

/* --- one directory --- */

static bool is_valid(struct dentry *parent, struct dentry *d)
{
	const struct inode_ops *ops = parent->inode->ops;

	return likely(!ops->revalidate) || (d->flags & DE_MOUNTED) || ops->revalidate(d);
}

static struct dentry *lookup_cached(struct dentry *parent, const struct qname *n)
{
	struct dentry *d = dentry_lookup(parent, n);

	if (d && unlikely(!is_valid(parent, d))) {
		dentry_drop(d);
		dentry_put(d);
		d = NULL;
	}
	return d;
}

struct dentry *lookup_locked(struct dentry *parent, const struct qname *n)
{
	struct inode *dir = parent->inode;
	struct dentry *d;
	int err;

	d = lookup_cached(parent, n);
	if (d)
		return d;
	if (!dir->ops->lookup)
		return ERR_PTR(-ENOTDIR);
	d = dentry_alloc(parent, n);
	if (!d)
		return ERR_PTR(-ENOMEM);
	err = dir->ops->lookup(dir, d);
	if (!err)
		return dentry_hash_in(d);
	if (err == -ENOENT && !d->inode)
		return d; /* there is none, and the file system does not want that remembered */
	dentry_put(d);
	return ERR_PTR(err);
}

static struct dentry *lookup_unlocked(struct dentry *parent, const struct qname *n)
{
	struct dentry *d = lookup_cached(parent, n);

	if (likely(d != NULL))
		return d;
	down_read(&parent->inode->rwsem);
	d = lookup_locked(parent, n);
	up_read(&parent->inode->rwsem);
	return d;
}

/* openat2(2), RESOLVE_CACHED. */
static struct dentry *lookup_only_cached(struct dentry *parent, const struct qname *n)
{
	struct dentry *d = NULL;

	if (!parent->inode->ops->revalidate)
		d = dentry_lookup(parent, n);
	if (!d && parent->sb->is_in_memory && parent->inode->ops->lookup)
		return ERR_PTR(-ENOENT);
	return d ? d : ERR_PTR(-EAGAIN);
}

/* --- moving --- */

void walk_hold(struct walk *w)
{
	if (!w->path_held)
		path_get(&w->path);
	w->path_held = true;
}

/* The references come along. */
static void set_path(struct walk *w, struct mount *m, struct dentry *d)
{
	if (w->path_held)
		path_put(&w->path);
	w->path = (struct path){m, d};
	w->path_held = true;
}

/* Go down through whatever is mounted on `*p` (references move along). */
static int cross_mounts(struct walk *w, struct path *p)
{
	while (unlikely(p->dentry->flags & DE_MOUNTED)) {
		struct mount *m = mount_lookup(p->mnt, p->dentry);

		if (!m)
			break;
		if (w->flags & LOOKUP_NO_XDEV) {
			mount_put(m);
			return -EXDEV;
		}
		path_put(p);
		*p = (struct path){m, dentry_get(m->root)};
	}
	return 0;
}

/* From the root of a mount to the place it is mounted on; false at the top. */
static bool climb_mount(struct path *p)
{
	struct path up = {NULL, NULL};

	spin_lock(&dcache_lock);
	if (p->mnt->parent) {
		up = (struct path){p->mnt->parent, p->mnt->mountpoint};
		path_get(&up);
	}
	spin_unlock(&dcache_lock);
	if (!up.mnt)
		return false;
	path_put(p);
	*p = up;
	return true;
}

static int walk_up(struct walk *w)
{
	struct path *p = &w->path;

	walk_hold(w);
	for (;;) {
		struct dentry *parent;

		if (p->dentry == w->root.dentry && p->mnt == w->root.mnt)
			return w->flags & LOOKUP_BENEATH ? -EXDEV : 0;
		if (p->dentry != p->mnt->root) {
			parent = dentry_get_parent(p->dentry);
			dentry_put(p->dentry);
			p->dentry = parent;
			return cross_mounts(w, p);
		}
		if (w->flags & LOOKUP_NO_XDEV && p->mnt->parent)
			return -EXDEV;
		if (!climb_mount(p))
			return 0;
	}
}

static void jump_to_root(struct walk *w)
{
	path_get(&w->root);
	set_path(w, w->root.mnt, w->root.dentry);
}

/* --- symbolic links --- */

/* procfs's links lead to an object, not to a name. */
static int follow_magic(struct walk *w, struct inode *link)
{
	struct path to;
	int err;

	if (w->flags & (LOOKUP_NO_MAGICLINKS | LOOKUP_NO_SYMLINKS))
		return -ELOOP;
	if (w->flags & (LOOKUP_BENEATH | LOOKUP_IN_ROOT))
		return -EXDEV;
	err = link->ops->follow(link, &to);
	if (err)
		return err;
	if ((w->flags & LOOKUP_NO_XDEV) && to.mnt != w->path.mnt) {
		path_put(&to);
		return -EXDEV;
	}
	set_path(w, to.mnt, to.dentry);
	return 0;
}

static int push_link(struct walk *w, struct inode *link)
{
	size_t rest_len = strlen(w->rest);
	char *buf = kmalloc(PATH_MAX_LEN + rest_len + 2, GFP_KERNEL);
	int len;

	if (!buf)
		return -ENOMEM;
	len = link->ops->readlink ? link->ops->readlink(link, buf, PATH_MAX_LEN) : -EINVAL;
	if (len <= 0) {
		kfree(buf);
		return len ? len : -ENOENT;
	}
	if (rest_len && w->rest[0] != '/')
		buf[len++] = '/';
	memcpy(buf + len, w->rest, rest_len + 1);
	kfree(w->link_buf);
	w->link_buf = buf;
	w->rest = buf;
	if (buf[0] == '/') {
		if (w->flags & LOOKUP_BENEATH)
			return -EXDEV;
		if ((w->flags & LOOKUP_NO_XDEV) && w->path.mnt != w->root.mnt)
			return -EXDEV;
		jump_to_root(w);
	}
	return WALK_RESTART;
}

int vfs_protected_symlinks, vfs_protected_hardlinks;

/* proc(5), protected_symlinks: the last link of a path, in a sticky directory where everybody may
 * write, is followed only by its owner or when the directory's owner made it. */
static bool may_follow(const struct walk *w, const struct inode *link)
{
	const struct inode *dir = w->path.dentry->inode;
	const char *rest = w->rest;

	if (likely(!vfs_protected_symlinks))
		return true;
	while (*rest == '/')
		rest++;
	return *rest || (~dir->mode & (S_ISVTX | S_IWOTH)) || link->uid == dir->uid ||
	       link->uid == w->ctx->cred->fsuid;
}

/* Consumes `link`. w->path is the directory it is in. */
static int follow_link(struct walk *w, struct path *link)
{
	struct inode *inode = link->dentry->inode;
	int err;

	if (++w->nr_links > MAX_SYMLINKS || (w->flags & LOOKUP_NO_SYMLINKS) ||
	    (link->mnt->flags & MS_NOSYMFOLLOW))
		err = -ELOOP;
	else if (!may_follow(w, inode))
		err = -EACCES;
	else if (inode->ops->follow)
		err = follow_magic(w, inode);
	else
		err = push_link(w, inode);
	path_put(link);
	return err;
}

int walk_step(struct walk *w, struct dentry *d, bool follow)
{
	struct path next = {w->path.mnt, d};
	int err;

	if (!d->inode) {
		dentry_put(d);
		return -ENOENT;
	}
	if (unlikely(d->flags & DE_MOUNTED)) {
		mount_get(next.mnt);
		err = cross_mounts(w, &next);
		if (err) {
			path_put(&next);
			return err;
		}
		set_path(w, next.mnt, next.dentry);
		return 0;
	}
	if (unlikely(S_ISLNK(d->inode->mode)) && follow) {
		mount_get(next.mnt);
		return follow_link(w, &next);
	}
	walk_hold(w);
	dentry_put(w->path.dentry);
	w->path.dentry = d;
	return 0;
}

static int walk_component(struct walk *w, bool follow)
{
	struct dentry *d;

	if (w->last_type == LAST_DOT)
		return 0;
	if (w->last_type == LAST_DOTDOT)
		return walk_up(w);
	if (unlikely(w->flags & LOOKUP_CACHED))
		d = lookup_only_cached(w->path.dentry, &w->last);
	else
		d = lookup_unlocked(w->path.dentry, &w->last);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	return walk_step(w, d, follow);
}

/* --- the name --- */

/* Search permission of the directory we stand on. The common case is decided by the mode alone. */
static inline int may_search(const struct walk *w)
{
	struct inode *i = w->path.dentry->inode;

	if (unlikely(!S_ISDIR(i->mode)))
		return -ENOTDIR;
	if (likely((i->mode & 0111) == 0111 && !i->ops->permission))
		return 0;
	return inode_permission(i, w->ctx->cred, MAY_EXEC);
}

/* The end of the component at s, and its hash. One compare per byte decides for all but the rare
 * ones that sort before '/'. */
static inline const char *scan_name(const char *s, u32 *hash)
{
	u32 h = 0;

	for (;; s++) {
		unsigned char c = (unsigned char)*s;

		if (unlikely(c <= '/') && (c == '/' || !c))
			break;
		h = name_hash_step(h, c);
	}
	*hash = h;
	return s;
}

/* Cut the next component off w->rest into w->last. */
static int next_component(struct walk *w)
{
	const char *s = w->rest, *p;
	u32 hash;

	p = scan_name(s, &hash);
	w->last = (struct qname){s, (u32)(p - s), hash};
	w->last_type = LAST_NORM;
	if (unlikely(s[0] == '.')) {
		if (w->last.len == 1)
			w->last_type = LAST_DOT;
		else if (w->last.len == 2 && s[1] == '.')
			w->last_type = LAST_DOTDOT;
	}
	w->has_trailing_slash = *p == '/';
	while (*p == '/')
		p++;
	w->rest = p;
	return w->last.len > NAME_MAX_LEN ? -ENAMETOOLONG : 0;
}

/* The mount on top of *d, within *m. dcache_lock held; nothing is counted. */
static inline void cross_cached(struct mount **m, struct dentry **d)
{
	while ((*d)->flags & DE_MOUNTED) {
		struct mount *up = mount_find(*m, *d);

		if (!up)
			return;
		*m = up;
		*d = up->root;
	}
}

/* Directories whose file system wants to be asked, or who are not open to all, go the long way. */
static inline bool is_plain_dir(const struct inode *i)
{
	return (i->mode & (S_IFMT | 0111)) == (S_IFDIR | 0111) && !i->ops->permission &&
	       !i->ops->revalidate;
}

/* Where a cached walk is. Nothing is counted: dcache_lock keeps it all in place. */
struct cursor {
	struct mount *m;
	struct dentry *d;
	const char *rest;
	bool is_missing;
};

/* Over one component; false: not a case for the cached walk, or certainly not there. */
static inline __attribute__((always_inline)) bool step_cached(struct cursor *c, unsigned flags,
							      bool whole, bool follow)
{
	const char *s = c->rest, *p;
	struct mount *m = c->m;
	struct dentry *d;
	struct qname n;
	u32 hash;

	if (!is_plain_dir(c->d->inode))
		return false;
	p = scan_name(s, &hash);
	n = (struct qname){s, (u32)(p - s), hash};
	if (unlikely(*s == '.' && (n.len == 1 || (n.len == 2 && s[1] == '.'))))
		return false;
	for (s = p; *s == '/'; s++)
		;
	if (!*s && (!whole || *p)) /* the last one is the caller's, or has a slash behind it */
		return false;
	d = dentry_find(c->d, &n);
	if (!d)
		return false;
	if (!d->inode) {
		c->is_missing = true;
		return false;
	}
	if (unlikely(d->flags & DE_MOUNTED)) {
		if (flags & LOOKUP_NO_XDEV)
			return false;
		cross_cached(&m, &d);
	}
	if (unlikely(S_ISLNK(d->inode->mode)) && (*s || follow))
		return false;
	c->d = d;
	c->m = m;
	c->rest = s;
	return true;
}

int walk_cached(struct walk *w, bool whole, bool follow)
{
	struct cursor c = {w->path.mnt, w->path.dentry, w->rest, false};
	bool has_moved;

	while (*c.rest == '/')
		c.rest++;
	spin_lock(&dcache_lock);
	while (*c.rest && step_cached(&c, w->flags, whole, follow))
		;
	has_moved = c.d != w->path.dentry || c.m != w->path.mnt;
	if (likely(has_moved && !c.is_missing)) {
		ref_get(&c.m->ref);
		ref_get(&c.d->ref);
	}
	spin_unlock(&dcache_lock);
	if (unlikely(c.is_missing))
		return -ENOENT;
	w->rest = c.rest;
	if (has_moved)
		set_path(w, c.m, c.d);
	return 0;
}

int walk_to_last(struct walk *w)
{
	int err;

	while (*w->rest == '/')
		w->rest++;
	if (!*w->rest) {
		w->last_type = LAST_ROOT;
		w->last = (struct qname){w->rest, 0, 0};
		return 0;
	}
	for (;;) {
		err = may_search(w);
		if (!err)
			err = next_component(w);
		if (err)
			return err;
		if (!*w->rest)
			return 0;
		err = walk_component(w, true);
		if (err < 0)
			return err;
		while (*w->rest == '/')
			w->rest++;
		if (!*w->rest) {
			/* a link's target was all slashes, with none of the name left */
			w->last_type = LAST_ROOT;
			return 0;
		}
	}
}

int walk_last(struct walk *w, bool follow)
{
	if (w->last_type == LAST_ROOT)
		return 0;
	/* "a/" means the directory a leads to: path_resolution(7), final component. Put the slash
	 * back for the link's target. */
	if (w->has_trailing_slash) {
		follow = true;
		w->rest = "/";
	}
	return walk_component(w, follow);
}

/* --- start and end --- */

static int start_at_fd(struct walk *w, int dfd)
{
	w->start_ref = fd_get_any(w->ctx->files, (unsigned)dfd);
	if (!w->start_ref.file)
		return -EBADF;
	if (*w->rest && !S_ISDIR(w->start_ref.file->inode->mode))
		return -ENOTDIR;
	w->path = w->start_ref.file->path;
	return 0;
}

/* Nobody else can change the root and the current directory of an unshared fs_struct meanwhile. */
static void start_at(struct walk *w, const struct path *from,
		     void (*get)(struct fs_struct *fs, struct path *out))
{
	if (likely(ref_read(&w->ctx->fs->ref) == 1)) {
		w->path = *from;
	} else {
		get(w->ctx->fs, &w->path);
		w->path_held = true;
	}
}

static void get_root(struct walk *w)
{
	struct fs_struct *fs = w->ctx->fs;

	if (unlikely(w->flags & (LOOKUP_BENEATH | LOOKUP_IN_ROOT))) {
		w->root = w->path; /* the starting point is the root */
		path_get(&w->root);
		w->root_held = true;
	} else if (likely(ref_read(&fs->ref) == 1)) {
		w->root = fs->root;
		w->root_held = false;
	} else {
		fs_get_root(fs, &w->root);
		w->root_held = true;
	}
}

int walk_start(struct walk *w, const struct vfs_ctx *ctx, int dfd, const struct path *base,
	       const char *name, unsigned flags)
{
	int err = 0;

	w->ctx = ctx;
	w->flags = flags;
	w->nr_links = 0;
	w->rest = name;
	w->link_buf = NULL;
	w->has_trailing_slash = w->path_held = w->root_held = false;
	w->start_ref = (struct fdref){NULL, false};
	w->last_type = LAST_ROOT;
	if (!*name && !(flags & LOOKUP_EMPTY))
		return -ENOENT;
	if (*name == '/' && !(flags & (LOOKUP_IN_ROOT | LOOKUP_BENEATH)))
		start_at(w, &ctx->fs->root, fs_get_root);
	else if (*name == '/' && (flags & LOOKUP_BENEATH))
		err = -EXDEV;
	else if (base)
		w->path = *base;
	else if (dfd == AT_FDCWD)
		start_at(w, &ctx->fs->cwd, fs_get_cwd);
	else
		err = start_at_fd(w, dfd);
	if (err)
		fd_put(w->start_ref);
	else
		get_root(w);
	return err;
}

void walk_end(struct walk *w)
{
	if (w->path_held)
		path_put(&w->path);
	if (unlikely(w->root_held))
		path_put(&w->root);
	if (unlikely(w->link_buf))
		kfree(w->link_buf);
	if (unlikely(w->start_ref.must_put))
		fd_put(w->start_ref);
}

int walk_parent(struct walk *w, const struct vfs_ctx *ctx, int dfd, const char *name,
		unsigned flags)
{
	int err = walk_start(w, ctx, dfd, NULL, name, flags);

	if (err)
		return err;
	err = walk_cached(w, false, true);
	if (!err)
		err = walk_to_last(w);
	if (err)
		walk_end(w);
	return err;
}

static int lookup_walk(struct walk *w, bool follow)
{
	bool wants_dir = w->flags & LOOKUP_DIRECTORY;
	int err;

	do {
		err = walk_cached(w, true, follow);
		if (err)
			return err;
		if (!*w->rest)
			break;
		err = walk_to_last(w);
		wants_dir |= w->has_trailing_slash;
		if (!err)
			err = walk_last(w, follow);
	} while (err == WALK_RESTART);
	if (!err && wants_dir && !S_ISDIR(w->path.dentry->inode->mode))
		err = -ENOTDIR;
	return err;
}

static int lookup(const struct vfs_ctx *ctx, int dfd, const struct path *base, const char *name,
		  unsigned flags, struct path *out)
{
	struct walk w;
	int err = walk_start(&w, ctx, dfd, base, name, flags);

	if (err)
		return err;
	err = lookup_walk(&w, flags & LOOKUP_FOLLOW);
	if (!err) {
		walk_hold(&w);
		*out = w.path;
		w.path_held = false; /* handed over */
	}
	walk_end(&w);
	return err;
}

int vfs_lookup(const struct vfs_ctx *ctx, int dfd, const char *name, unsigned flags,
	       struct path *out)
{
	return lookup(ctx, dfd, NULL, name, flags, out);
}

int vfs_lookup_at(const struct vfs_ctx *ctx, const struct path *base, const char *name,
		  unsigned flags, struct path *out)
{
	return lookup(ctx, AT_FDCWD, base, name, flags, out);
}
