/* overlay: making and removing names. The directory here is locked by the VFS, so what happens in
 * the upper layer in several steps is one step to those who look from here. */
#include "fs/overlay/overlay.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

/* --- whiteouts --- */

static const struct new_node whiteout_node = {.mode = S_IFCHR};

/* A whiteout under a name nobody uses, to be renamed to its place. */
struct dentry *ovl_put_temp_whiteout(struct super_block *sb, struct dentry *updir)
{
	struct ovl_fs *o = ovl_fs(sb);
	char name[32];
	struct dentry *d;

	do {
		u32 n = (u32)scnprintf(name, sizeof(name), "#ovl%u", atomic_add(&o->last_temp, 1));

		d = stack_create(updir, name, n, &whiteout_node, NULL);
	} while (PTR_ERR(d) == -EEXIST);
	return d;
}

int ovl_set_opaque(struct dentry *upper)
{
	return stack_setxattr(upper->inode, OVL_OPAQUE, "y", 1, 0);
}

struct whiteout_list {
	struct dir_context ctx;
	char *names; /* one after the other, each with its terminator */
	size_t used, room;
	int err;
};

static bool collect(struct dir_context *ctx, const char *name, size_t len, u64 ino, unsigned dtype,
		    s64 next_pos)
{
	struct whiteout_list *l = container_of(ctx, struct whiteout_list, ctx);

	(void)ino;
	(void)next_pos;
	if (dtype != S_IFCHR >> 12)
		return true;
	if (l->room - l->used <= len) {
		size_t room = MAX(2 * l->room, (size_t)4096);
		char *more = kmalloc(room, GFP_KERNEL);

		if (!more) {
			l->err = -ENOMEM;
			return false;
		}
		memcpy(more, l->names, l->used);
		kfree(l->names);
		l->names = more;
		l->room = room;
	}
	memcpy(l->names + l->used, name, len);
	l->names[l->used + len] = 0;
	l->used += len + 1;
	return true;
}

/* Nothing but whiteouts is in the upper directory `dir`, which is going away. */
int ovl_clear_whiteouts(struct super_block *sb, struct dentry *dir)
{
	struct path p = {ovl_fs(sb)->upper.path.mnt, dir};
	struct whiteout_list l = {.ctx = {.emit = collect}};
	int err = stack_readdir(&p, &l.ctx);

	if (!err)
		err = l.err;
	for (size_t at = 0; at < l.used && !err;) {
		size_t n = strlen(l.names + at);
		struct dentry *d = stack_lookup(dir, l.names + at, (u32)n);

		if (IS_ERR(d)) {
			err = (int)PTR_ERR(d);
		} else if (d) {
			if (ovl_is_whiteout(d->inode))
				err = stack_remove(dir, d);
			dentry_put(d);
		}
		at += n + 1;
	}
	kfree(l.names);
	return err;
}

/* A directory goes only when it is empty below, too. */
static int remove_upper(struct super_block *sb, struct dentry *updir, struct dentry *victim)
{
	int err = 0;

	if (S_ISDIR(victim->inode->mode) && ovl_i(sb->root->inode)->nr_lower)
		err = ovl_clear_whiteouts(sb, victim);
	return err ? err : stack_remove(updir, victim);
}

/* A whiteout in place of `victim`, or of nothing. */
static int put_whiteout(struct super_block *sb, struct dentry *updir, struct dentry *de,
			struct dentry *victim)
{
	struct dentry *w;
	int err;

	if (!victim) {
		w = stack_create(updir, de->name, de->name_len, &whiteout_node, NULL);
		if (IS_ERR(w))
			return (int)PTR_ERR(w);
		dentry_put(w);
		return 0;
	}
	w = ovl_put_temp_whiteout(sb, updir);
	if (IS_ERR(w))
		return (int)PTR_ERR(w);
	if (S_ISDIR(victim->inode->mode)) {
		err = stack_rename(updir, w, updir, de->name, de->name_len, RENAME_EXCHANGE);
		if (!err)
			err = remove_upper(sb, updir, victim);
	} else {
		err = stack_rename(updir, w, updir, de->name, de->name_len, 0);
		if (err)
			stack_remove(updir, w);
	}
	dentry_put(w);
	return err;
}

/* --- making --- */

/* What is made is under the entry's name now. */
static int enter(struct inode *dir, struct dentry *de, struct dentry *upper)
{
	struct inode *i = ovl_new_inode(dir->sb, upper, NULL, 0);

	ovl_copy_attributes(dir);
	if (IS_ERR(i))
		return (int)PTR_ERR(i);
	ovl_i(i)->alias = de;
	dentry_set_inode(de, i);
	return 0;
}

/* Takes the whiteout away, if there is one: *had. */
static int take_whiteout(struct dentry *updir, struct dentry *de, bool *had)
{
	struct dentry *d = stack_lookup(updir, de->name, de->name_len);
	int err = -EEXIST; /* somebody works in the layer directly */

	*had = false;
	if (!d || IS_ERR(d))
		return IS_ERR(d) ? (int)PTR_ERR(d) : 0;
	if (ovl_is_whiteout(d->inode)) {
		err = stack_remove(updir, d);
		*had = !err;
	}
	dentry_put(d);
	return err;
}

static int make(struct inode *dir, struct dentry *de, const struct new_node *n, const char *target)
{
	struct dentry *updir, *d;
	bool had_whiteout;
	int err = ovl_copy_up_inode(dir);

	if (err)
		return err;
	/* It would be taken for a whiteout. */
	if (S_ISCHR(n->mode) && !n->rdev)
		return -EPERM;
	updir = ovl_upper(dir);
	err = take_whiteout(updir, de, &had_whiteout);
	if (err)
		return err;
	d = stack_create(updir, de->name, de->name_len, n, target);
	if (IS_ERR(d)) {
		err = (int)PTR_ERR(d);
	} else if (had_whiteout && S_ISDIR(n->mode)) {
		err = ovl_set_opaque(d);
		if (err) {
			stack_remove(updir, d);
			dentry_put(d);
		}
	}
	if (err && had_whiteout)
		put_whiteout(dir->sb, updir, de, NULL);
	return err ? err : enter(dir, de, d);
}

int ovl_create(struct inode *dir, struct dentry *de, const struct new_node *n)
{
	return make(dir, de, n, NULL);
}

int ovl_symlink(struct inode *dir, struct dentry *de, const char *target, const struct new_node *n)
{
	return make(dir, de, n, target);
}

int ovl_link(struct inode *i, struct inode *dir, struct dentry *de)
{
	struct dentry *updir, *d;
	bool had_whiteout;
	int err = ovl_copy_up_inode(i);

	if (!err)
		err = ovl_copy_up_inode(dir);
	if (err)
		return err;
	updir = ovl_upper(dir);
	err = take_whiteout(updir, de, &had_whiteout);
	if (err)
		return err;
	d = stack_link(ovl_upper(i), updir, de->name, de->name_len);
	if (IS_ERR(d)) {
		if (had_whiteout)
			put_whiteout(dir->sb, updir, de, NULL);
		return (int)PTR_ERR(d);
	}
	dentry_put(d);
	ovl_copy_attributes(i);
	ovl_copy_attributes(dir);
	dentry_set_inode(de, inode_get(i));
	return 0;
}

int ovl_tmpfile(struct inode *dir, struct inode **out, const struct new_node *n)
{
	struct dentry *d;
	int err = ovl_copy_up_inode(dir);

	if (err)
		return err;
	d = stack_tmpfile(ovl_upper(dir), n);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	*out = ovl_new_inode(dir->sb, d, NULL, 0);
	return IS_ERR(*out) ? (int)PTR_ERR(*out) : 0;
}

/* --- removing --- */

static int remove(struct inode *dir, struct dentry *de)
{
	struct super_block *sb = dir->sb;
	struct dentry *updir, *victim;
	int err = ovl_copy_up_inode(dir), is_below;

	if (err)
		return err;
	updir = ovl_upper(dir);
	is_below = ovl_lower_has(dir, de->name, de->name_len);
	if (is_below < 0)
		return is_below;
	victim = stack_lookup(updir, de->name, de->name_len);
	if (IS_ERR(victim))
		return (int)PTR_ERR(victim);
	if (is_below)
		err = put_whiteout(sb, updir, de, victim);
	else
		err = victim ? remove_upper(sb, updir, victim) : -ENOENT;
	if (victim)
		dentry_put(victim);
	if (err)
		return err;
	if (ovl_upper(de->inode))
		ovl_copy_attributes(de->inode);
	else
		de->inode->nlink = 0;
	ovl_copy_attributes(dir);
	return 0;
}

int ovl_unlink(struct inode *dir, struct dentry *de)
{
	return remove(dir, de);
}

int ovl_rmdir(struct inode *dir, struct dentry *de)
{
	int err = ovl_check_empty(de->inode);

	return err ? err : remove(dir, de);
}
