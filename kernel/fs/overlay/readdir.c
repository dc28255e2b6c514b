/*
 * overlay: reading directories. What lies in one lower layer alone is read there as it comes.
 * Anything else becomes a list first: names of the upper layer, then of those below without those
 * named before.
 */
#include "fs/overlay/overlay.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

struct name {
	struct name *next_hash;
	u64 ino;
	u16 layer; /* 0: upper, else the number of the lower one + 1 */
	u8 dtype;
	bool is_hidden; /* a whiteout, or not there after all */
	u32 len;
	char text[];
};

#define HASH_SIZE 256

struct list {
	struct dir_context ctx;
	struct name **names;
	u32 nr, room;
	unsigned layer;
	bool is_last; /* no layer comes after this one: whom it hides is of no matter */
	int err;
	struct name *hash[HASH_SIZE];
};

/* An open directory: f->private. */
struct open_dir {
	struct file *real; /* read as it comes */
	struct list *list; /* or from here */
};

static unsigned hash_of(const char *s, size_t len)
{
	u32 h = 0;

	for (size_t k = 0; k < len; k++)
		h = (h ^ (u8)s[k]) * 0x01000193u;
	return (h ^ h >> 16) % HASH_SIZE;
}

static bool is_known(const struct list *l, const char *s, size_t len, unsigned h)
{
	for (const struct name *n = l->hash[h]; n; n = n->next_hash)
		if (n->len == len && !memcmp(n->text, s, len))
			return true;
	return false;
}

static bool make_room(struct list *l)
{
	u32 room = MAX(2 * l->room, 64u);
	struct name **more;

	if (l->nr < l->room)
		return true;
	more = kmalloc(room * sizeof(*more), GFP_KERNEL);
	if (!more)
		return false;
	memcpy(more, l->names, l->nr * sizeof(*more));
	kfree(l->names);
	l->names = more;
	l->room = room;
	return true;
}

static bool collect(struct dir_context *ctx, const char *s, size_t len, u64 ino, unsigned dtype,
		    s64 next_pos)
{
	struct list *l = container_of(ctx, struct list, ctx);
	unsigned h;
	struct name *n;

	ctx->pos = next_pos;
	if (s[0] == '.' && (len == 1 || (len == 2 && s[1] == '.')))
		return true;
	h = hash_of(s, len);
	if (is_known(l, s, len, h))
		return true;
	n = make_room(l) ? kmalloc(sizeof(*n) + len + 1, GFP_KERNEL) : NULL;
	if (!n) {
		l->err = -ENOMEM;
		return false;
	}
	*n = (struct name){.ino = ino, .layer = (u16)l->layer, .dtype = (u8)dtype, .len = (u32)len};
	memcpy(n->text, s, len);
	n->text[len] = 0;
	l->names[l->nr++] = n;
	if (!l->is_last) {
		n->next_hash = l->hash[h];
		l->hash[h] = n;
	}
	return true;
}

static void list_free(struct list *l)
{
	if (!l)
		return;
	for (u32 k = 0; k < l->nr; k++)
		kfree(l->names[k]);
	kfree(l->names);
	kfree(l);
}

/* --- what the names stand for --- */

/* A directory of the upper layer goes by the number of the one it is merged with. */
static void merged_ino(struct inode *dir, struct name *n)
{
	const struct ovl_inode *oi = ovl_i(dir);

	for (unsigned k = 0; k < oi->nr_lower; k++) {
		const struct ovl_lower *l = &oi->lower[k];
		struct dentry *d = stack_lookup(l->dentry, n->text, n->len);

		if (!d)
			continue;
		if (!IS_ERR(d)) {
			if (S_ISDIR(d->inode->mode))
				n->ino = d->inode->ino + ovl_fs(dir->sb)->lower[l->layer].ino_bias;
			dentry_put(d);
		}
		return;
	}
}

/* The upper layer is asked for the number a file goes by, and any for what a device is. */
static int look_at(struct inode *dir, struct name *n)
{
	struct ovl_fs *o = ovl_fs(dir->sb);
	const struct ovl_inode *oi = ovl_i(dir);
	struct dentry *at = ovl_upper(dir), *d;

	if (n->layer) {
		const struct ovl_lower *l = &oi->lower[n->layer - 1];

		n->ino += o->lower[l->layer].ino_bias;
		if (n->dtype != S_IFCHR >> 12)
			return 0;
		at = l->dentry;
	}
	d = stack_lookup(at, n->text, n->len);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	n->is_hidden = !d || ovl_is_whiteout(d->inode);
	if (d && !n->layer) {
		n->ino = ovl_upper_ino(o, d);
		if (S_ISDIR(d->inode->mode) && !ovl_is_opaque(d))
			merged_ino(dir, n);
	}
	if (d)
		dentry_put(d);
	return 0;
}

static int read_layers(struct inode *dir, struct list *l)
{
	struct ovl_fs *o = ovl_fs(dir->sb);
	const struct ovl_inode *oi = ovl_i(dir);
	struct dentry *up = ovl_upper(dir);
	int err = 0;

	if (up) {
		struct path p = {o->upper.path.mnt, up};

		l->is_last = !oi->nr_lower;
		err = stack_readdir(&p, &l->ctx);
	}
	for (unsigned k = 0; k < oi->nr_lower && !err && !l->err; k++) {
		const struct ovl_lower *low = &oi->lower[k];
		struct path p = {o->lower[low->layer].path.mnt, low->dentry};

		l->layer = k + 1;
		l->is_last = k + 1 == oi->nr_lower;
		l->ctx.pos = 0;
		err = stack_readdir(&p, &l->ctx);
	}
	return err ? err : l->err;
}

static struct list *list_make(struct inode *dir)
{
	struct list *l = kzalloc(sizeof(*l), GFP_KERNEL);
	int err;

	if (!l)
		return ERR_PTR(-ENOMEM);
	l->ctx.emit = collect;
	err = read_layers(dir, l);
	for (u32 k = 0; k < l->nr && !err; k++)
		err = look_at(dir, l->names[k]);
	if (!err)
		return l;
	list_free(l);
	return ERR_PTR(err);
}

int ovl_check_empty(struct inode *dir)
{
	struct list *l = list_make(dir);
	int err = 0;

	if (IS_ERR(l))
		return (int)PTR_ERR(l);
	for (u32 k = 0; k < l->nr && !err; k++)
		if (!l->names[k]->is_hidden)
			err = -ENOTEMPTY;
	list_free(l);
	return err;
}

/* --- open directories --- */

static void forget(struct open_dir *d)
{
	if (d->real)
		file_put(d->real);
	list_free(d->list);
	d->real = NULL;
	d->list = NULL;
}

/* Read as it comes: one lower directory, of the layer whose numbers are not changed. */
static int start(struct inode *dir, struct open_dir *d)
{
	struct ovl_fs *o = ovl_fs(dir->sb);
	const struct ovl_inode *oi = ovl_i(dir);
	const struct ovl_layer *l;
	struct path p;

	forget(d);
	if (!ovl_upper(dir) && oi->nr_lower == 1 && oi->lower[0].layer == o->nr_lower - 1) {
		l = &o->lower[oi->lower[0].layer];
		p = (struct path){l->path.mnt, oi->lower[0].dentry};
		d->real = stack_open(&p, O_RDONLY | O_DIRECTORY);
		if (!IS_ERR(d->real))
			return 0;
		p.mnt = (void *)d->real;
		d->real = NULL;
		return (int)PTR_ERR(p.mnt);
	}
	d->list = list_make(dir);
	if (!IS_ERR(d->list))
		return 0;
	p.mnt = (void *)d->list;
	d->list = NULL;
	return (int)PTR_ERR(p.mnt);
}

static int ovl_dir_open(struct inode *i, struct file *f)
{
	struct open_dir *d = kzalloc(sizeof(*d), GFP_KERNEL);
	struct ovl_fs *o = ovl_fs(i->sb);
	struct path p = {o->upper.path.mnt, ovl_upper(i)};
	int err = 0;

	if (!d)
		return -ENOMEM;
	/* Whether it may be opened, the layer says now, and not the first read. */
	if (!p.dentry) {
		p = (struct path){o->lower[ovl_i(i)->lower[0].layer].path.mnt,
				  ovl_i(i)->lower[0].dentry};
		d->real = stack_open(&p, O_RDONLY | O_DIRECTORY);
		if (IS_ERR(d->real)) {
			err = (int)PTR_ERR(d->real);
			kfree(d);
			return err;
		}
	}
	f->private = d;
	return 0;
}

static void ovl_dir_release(struct file *f)
{
	struct open_dir *d = f->private;

	if (!d)
		return;
	forget(d);
	kfree(d);
}

static int emit_list(struct file *f, struct list *l, struct dir_context *ctx)
{
	struct inode *dir = f->inode;

	if (ctx->pos == 0) {
		if (!ctx->emit(ctx, ".", 1, dir->ino, S_IFDIR >> 12, 1))
			return 0;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		struct dentry *up = dentry_get_parent(f->path.dentry);
		bool ok = ctx->emit(ctx, "..", 2, up->inode->ino, S_IFDIR >> 12, 2);

		dentry_put(up);
		if (!ok)
			return 0;
		ctx->pos = 2;
	}
	while (ctx->pos - 2 < l->nr) {
		const struct name *n = l->names[ctx->pos - 2];

		if (!n->is_hidden &&
		    !ctx->emit(ctx, n->text, n->len, n->ino, n->dtype, ctx->pos + 1))
			return 0;
		ctx->pos++;
	}
	return 0;
}

static int ovl_readdir(struct file *f, struct dir_context *ctx)
{
	struct open_dir *d = f->private;
	int err = 0;

	/* From the start: as it is now. The directory may have been copied up meanwhile. */
	if (ctx->pos == 0 || (!d->real && !d->list))
		err = start(f->inode, d);
	if (err)
		return err;
	if (d->list)
		return emit_list(f, d->list, ctx);
	down_read(&d->real->inode->rwsem);
	err = d->real->ops->readdir ? d->real->ops->readdir(d->real, ctx) : -ENOTDIR;
	up_read(&d->real->inode->rwsem);
	return err;
}

/* Any position is good: it was one that an entry came with. */
static s64 ovl_dir_llseek(struct file *f, s64 off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (off < 0)
		return -EINVAL;
	f->pos = off;
	return off;
}

static int ovl_dir_fsync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

const struct file_ops ovl_dir_fops = {
	.open = ovl_dir_open,
	.release = ovl_dir_release,
	.readdir = ovl_readdir,
	.llseek = ovl_dir_llseek,
	.fsync = ovl_dir_fsync,
};
