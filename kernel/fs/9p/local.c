/*
 * 9p: FIFOs and sockets that the host's server does not make. They mean something to this kernel
 * alone, so they live here: in the directory's cached entries, until they are removed or the
 * machine ends. The host never sees them.
 */
#include "fs/9p/p9.h"
#include "lib/err.h"

/* Positions of theirs in a directory, behind those of the host: this, and a dir_pos. The host's are
 * hashes or counts; one in 2^31 would look like these. */
#define LOCAL_POS     0x7ffffffe00000000
#define IS_LOCAL(pos) ((pos) >> 32 == LOCAL_POS >> 32)
#define LOCAL_INO     0x50000000u

static const struct inode_ops local_iops;

bool p9_is_local(const struct inode *i)
{
	return i->ops == &local_iops;
}

static void enter(struct inode *dir, struct dentry *de)
{
	dentry_pin(de);
	p9_i(dir)->nr_local++;
	dir->version++;
	inode_touch(dir, ATTR_MTIME | ATTR_CTIME);
}

int p9_local_create(struct inode *dir, struct dentry *de, const struct new_node *n)
{
	struct inode *i =
		inode_new(dir->sb, n->mode, LOCAL_INO + atomic_add(&p9_s(dir)->nr_local_made, 1));

	if (!i)
		return -ENOMEM;
	i->ops = &local_iops;
	i->uid = n->uid;
	i->gid = n->gid;
	i->nlink = 1;
	dentry_set_inode(de, i);
	enter(dir, de);
	return 0;
}

void p9_local_link(struct inode *i, struct inode *dir, struct dentry *de)
{
	i->nlink++;
	inode_touch(i, ATTR_CTIME);
	dentry_set_inode(de, inode_get(i));
	enter(dir, de);
}

void p9_local_unlink(struct inode *dir, struct dentry *de)
{
	de->inode->nlink--;
	inode_touch(de->inode, ATTR_CTIME);
	inode_touch(dir, ATTR_MTIME | ATTR_CTIME);
	p9_i(dir)->nr_local--;
	dir->version++;
	dentry_unpin(de);
}

/* The entry itself is moved by the VFS; what was at its new place is gone. */
void p9_local_moved(struct inode *odir, struct inode *ndir)
{
	p9_i(odir)->nr_local--;
	p9_i(ndir)->nr_local++;
	inode_touch(odir, ATTR_MTIME | ATTR_CTIME);
	inode_touch(ndir, ATTR_MTIME | ATTR_CTIME);
}

s64 p9_local_start(const struct inode *dir, s64 end)
{
	return p9_i(dir)->nr_local ? LOCAL_POS : end;
}

bool p9_local_readdir(struct file *f, struct dir_context *ctx)
{
	if (!IS_LOCAL(ctx->pos))
		return false;
	for (;;) {
		struct dentry *d = dentry_next_pinned(f->path.dentry, (u32)ctx->pos);
		s64 next;
		bool ok;

		if (!d)
			return true;
		next = LOCAL_POS + (u32)d->dir_pos + 1;
		ok = ctx->emit(ctx, d->name, d->name_len, d->inode->ino,
			       (d->inode->mode & S_IFMT) >> 12, next);
		dentry_put(d);
		if (!ok)
			return true;
		ctx->pos = next;
	}
}

static const struct inode_ops local_iops = {.setattr = inode_setattr_simple};
