/* What is read off the tree of dentries: directories of memory file systems, and path names. */
#include "vfs/internal.h"

#define READDIR_BATCH 16

/* The first linked entries at or after `pos` in list order, starting behind `after` when given;
 * each referenced. How many. Who goes on in a large directory finds his place by the hint. */
static unsigned next_children(struct dentry *dir, struct dentry *after, u64 pos,
			      struct dentry **found)
{
	struct dentry *hint;
	struct list_head *p;
	unsigned n = 0;

	spin_lock(&dcache_lock);
	hint = dir->dir_hint;
	if (after)
		p = after->sibling.next;
	else
		p = hint && hint->dir_pos <= pos ? &hint->sibling : dir->children.next;
	for (; p != &dir->children && n < READDIR_BATCH; p = p->next) {
		struct dentry *d = list_entry(p, struct dentry, sibling);

		if (d->inode && (d->flags & DE_HASHED) && d->dir_pos >= pos) {
			ref_get(&d->ref);
			found[n++] = d;
		}
	}
	if (n)
		dir->dir_hint = found[0];
	spin_unlock(&dcache_lock);
	return n;
}

struct dentry *dentry_next_pinned(struct dentry *dir, u64 pos)
{
	struct dentry *d, *found = NULL;

	spin_lock(&dcache_lock);
	list_for_each_entry (d, &dir->children, sibling) {
		if ((d->flags & DE_PINNED) && d->dir_pos >= pos) {
			found = dentry_get(d);
			break;
		}
	}
	spin_unlock(&dcache_lock);
	return found;
}

static bool emit_dots(struct dentry *dir, struct dir_context *ctx)
{
	if (ctx->pos == 0) {
		if (!ctx->emit(ctx, ".", 1, dir->inode->ino, S_IFDIR >> 12, 1))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		struct dentry *up = dentry_get_parent(dir);
		bool ok = ctx->emit(ctx, "..", 2, up->inode->ino, S_IFDIR >> 12, 2);

		dentry_put(up);
		if (!ok)
			return false;
		ctx->pos = 2;
	}
	return true;
}

/*
 * Called with the directory's i_rwsem shared: entries with an inode neither come nor go meanwhile.
 * A position is the dir_pos of the entry to show next, so it stays good while others are removed.
 */
int dcache_readdir(struct file *f, struct dir_context *ctx)
{
	struct dentry *dir = f->path.dentry, *batch[READDIR_BATCH], *last = NULL;
	bool has_room = emit_dots(dir, ctx);
	unsigned n;

	while (has_room && (n = next_children(dir, last, (u64)ctx->pos, batch))) {
		if (last)
			dentry_put(last);
		last = batch[n - 1];
		for (unsigned i = 0; i < n; i++) {
			struct dentry *d = batch[i];
			s64 next_pos = (s64)d->dir_pos + 1;

			if (has_room) {
				has_room = ctx->emit(ctx, d->name, d->name_len, d->inode->ino,
						     (d->inode->mode & S_IFMT) >> 12, next_pos);
				if (has_room)
					ctx->pos = next_pos;
			}
			if (d != last)
				dentry_put(d);
		}
	}
	if (last)
		dentry_put(last);
	return 0;
}

/* --- path names --- */

static bool prepend(char *buf, char **p, const char *s, size_t len)
{
	if ((size_t)(*p - buf) < len)
		return false;
	*p -= len;
	memcpy(*p, s, len);
	return true;
}

/* dcache_lock held. */
static bool prepend_path(const struct path *from, const struct path *root, char *buf, char **p,
			 bool *reachable)
{
	struct mount *m = from->mnt;
	struct dentry *d = from->dentry;

	*reachable = true;
	while (d != root->dentry || m != root->mnt) {
		if (m && d == m->root) {
			if (!m->parent) {
				*reachable = false;
				break;
			}
			d = m->mountpoint;
			m = m->parent;
			continue;
		}
		if (d->parent == d) {
			*reachable = false;
			break;
		}
		if (!prepend(buf, p, d->name, d->name_len) || !prepend(buf, p, "/", 1))
			return false;
		d = d->parent;
	}
	return true;
}

char *path_name(const struct path *path, const struct path *root, char *buf, size_t size,
		bool *reachable)
{
	char *end = buf + size, *p = end, *start;
	bool is_reachable = true, ok;
	struct dentry *d = path->dentry;

	if (!size)
		return ERR_PTR(-ENAMETOOLONG);
	ok = prepend(buf, &p, "", 1);
	spin_lock(&dcache_lock);
	if ((d->flags & DE_ANON) && !(path->mnt && path->mnt->parent)) {
		ok = ok && prepend(buf, &p, d->name, d->name_len);
	} else {
		if (d->flags & DE_UNLINKED)
			ok = ok && prepend(buf, &p, " (deleted)", 10);
		start = p;
		ok = ok && prepend_path(path, root, buf, &p, &is_reachable);
		if (ok && p == start)
			ok = prepend(buf, &p, "/", 1);
	}
	spin_unlock(&dcache_lock);
	if (reachable)
		*reachable = is_reachable;
	return ok ? p : ERR_PTR(-ENAMETOOLONG);
}
