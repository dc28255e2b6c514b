/*
 * Mount trees and file systems behind descriptors: open_tree(2) move_mount(2) mount_setattr(2),
 * fsopen(2) fsconfig(2) fsmount(2) fspick(2). A tree that is not attached anywhere is "loose": it
 * goes with the descriptor it was made for, unless move_mount(2) attaches it before.
 */
#include "vfs/mount_api.h"
#include "lib/printf.h"
#include "vfs/internal.h"
#include "vfs/mount_impl.h"
#include "vfs/stack.h"

/* --- loose trees --- */

static struct file *loose_file(struct mount *m)
{
	struct path p = {m, m->root};
	struct file *f;

	m->is_loose = true;
	f = stack_open(&p, O_PATH);
	if (IS_ERR(f)) {
		mutex_lock(&mount_mutex);
		mount_detach_tree(m);
		mutex_unlock(&mount_mutex);
		return f;
	}
	f->mode |= FMODE_LOOSE;
	return f;
}

void mount_dissolve(struct mount *m)
{
	mutex_lock(&mount_mutex);
	if (m->is_loose) {
		m->is_loose = false;
		mount_detach_tree(m);
	}
	mutex_unlock(&mount_mutex);
}

struct file *vfs_open_tree(const struct vfs_ctx *ctx, const struct path *p, bool is_recursive)
{
	struct mount *m;

	mutex_lock(&mount_mutex);
	if (mount_may_bind(ctx, p) && (is_recursive || !mount_has_locked(p->mnt, p->dentry)))
		m = mount_copy_tree(p->mnt, p->dentry, is_recursive ? COPY_CHILDREN : 0);
	else
		m = ERR_PTR(-EINVAL);
	mutex_unlock(&mount_mutex);
	return IS_ERR(m) ? (void *)m : loose_file(m);
}

int vfs_move_mount(const struct vfs_ctx *ctx, const struct path *from, struct path *to,
		   bool beneath)
{
	int err;

	mutex_lock(&mount_mutex);
	err = mount_move(ctx, from, to, beneath);
	mutex_unlock(&mount_mutex);
	return err;
}

/* move_mount(2), MOVE_MOUNT_SET_GROUP: `to` joins the propagation of `from`. */
int vfs_mount_set_group(const struct vfs_ctx *ctx, const struct path *from, const struct path *to)
{
	int err = 0;

	mutex_lock(&mount_mutex);
	if (from->dentry != from->mnt->root || to->dentry != to->mnt->root)
		err = -EINVAL;
	else if (!mount_is_mine(ctx, from->mnt) || !mount_is_mine(ctx, to->mnt))
		err = -EINVAL;
	else if (from->mnt->sb != to->mnt->sb || to->mnt->group_id || to->mnt->master)
		err = -EINVAL;
	else if (!dentry_is_ancestor(from->mnt->root, to->mnt->root))
		err = -EINVAL;
	else if (!from->mnt->group_id && !from->mnt->master)
		err = -EINVAL;
	else
		mount_join_groups(to->mnt, from->mnt);
	mutex_unlock(&mount_mutex);
	return err;
}

/* --- mount_setattr(2) --- */

static bool is_in_loose_tree(const struct mount *m)
{
	while (m->parent)
		m = m->parent;
	return m->is_loose;
}

/* MOUNT_ATTR_* as MS_*. */
static unsigned long ms_flags(u64 attr)
{
	static const struct {
		u64 attr;
		unsigned long flag;
	} pairs[] = {
		{MOUNT_ATTR_RDONLY, MS_RDONLY},		{MOUNT_ATTR_NOSUID, MS_NOSUID},
		{MOUNT_ATTR_NODEV, MS_NODEV},		{MOUNT_ATTR_NOEXEC, MS_NOEXEC},
		{MOUNT_ATTR_NODIRATIME, MS_NODIRATIME}, {MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW},
	};
	unsigned long flags = 0;

	for (size_t k = 0; k < ARRAY_SIZE(pairs); k++)
		if (attr & pairs[k].attr)
			flags |= pairs[k].flag;
	return flags;
}

/* The access times' three values: relative, none, strict. */
static unsigned long atime_flags(u64 attr)
{
	switch (attr & MOUNT_ATTR__ATIME) {
	case MOUNT_ATTR_NOATIME:
		return MS_NOATIME;
	case MOUNT_ATTR_STRICTATIME:
		return MS_STRICTATIME;
	default:
		return MS_RELATIME;
	}
}

unsigned long mount_flags_of_attr(u64 attr)
{
	return ms_flags(attr) | atime_flags(attr);
}

u64 mount_attr_of_flags(unsigned long flags)
{
	u64 attr = 0;

	for (u64 bit = 1; bit <= MOUNT_ATTR_NOSYMFOLLOW; bit <<= 1)
		if (!(bit & MOUNT_ATTR__ATIME) && (ms_flags(bit) & flags))
			attr |= bit;
	if (flags & MS_NOATIME)
		attr |= MOUNT_ATTR_NOATIME;
	else if (!(flags & MS_RELATIME))
		attr |= MOUNT_ATTR_STRICTATIME;
	return attr;
}

static unsigned long changed_flags(const struct mount *m, const struct mount_change *c)
{
	unsigned long flags = (m->flags & ~ms_flags(c->clear)) | ms_flags(c->set);

	if (c->clear & MOUNT_ATTR__ATIME)
		flags = (flags & ~(unsigned long)(MS_NOATIME | MS_RELATIME | MS_STRICTATIME)) |
			atime_flags(c->set);
	return flags;
}

/* Read-only is for what nobody writes through: counted per file system here. */
static int check_change(struct mount *top, const struct mount_change *c, bool is_recursive)
{
	for (struct mount *m = top; m; m = is_recursive ? mount_tree_next(m, top) : NULL)
		if (!mount_may_have_flags(m, changed_flags(m, c)))
			return -EPERM;
		else if ((changed_flags(m, c) & ~m->flags & MS_RDONLY) && super_has_writers(m->sb))
			return -EBUSY;
	return 0;
}

int vfs_mount_setattr(const struct vfs_ctx *ctx, const struct path *p, const struct mount_change *c,
		      bool is_recursive)
{
	struct mount *top = p->mnt, *m;
	int err = 0;

	mutex_lock(&mount_mutex);
	if (p->dentry != top->root || (!mount_is_mine(ctx, top) && !is_in_loose_tree(top)))
		err = -EINVAL;
	if (!err)
		err = check_change(top, c, is_recursive);
	for (m = err ? NULL : top; m; m = is_recursive ? mount_tree_next(m, top) : NULL) {
		WRITE_ONCE(m->flags, changed_flags(m, c));
		if (c->propagation)
			mount_set_propagation(m, c->propagation);
	}
	mutex_unlock(&mount_mutex);
	return err;
}

/* --- file-system contexts --- */

enum phase { PHASE_PARAMS, PHASE_MOUNTABLE, PHASE_DONE, PHASE_RECONFIGURE, PHASE_FAILED };

struct fs_context {
	struct fs_type *type;
	struct mutex lock; /* RANK_FSCONTEXT: of all that follows */
	enum phase phase;
	char *source, *options; /* options: a page at most */
	size_t used;
	unsigned long flags, flags_mask; /* MS_*: values, and which were given */
	struct super_block *sb;
	struct path picked;
	const char *message; /* why the last step failed; NULL */
};

#define OPTIONS_SIZE PAGE_SIZE

static void context_release(struct file *f)
{
	struct fs_context *fc = f->private;

	if (!fc)
		return;
	if (fc->sb)
		super_put(fc->sb);
	path_put(&fc->picked);
	kfree(fc->source);
	kfree(fc->options);
	kfree(fc);
}

/* fsopen(2), "Retrieving error messages": one message a read. */
static long context_read(struct file *f, struct iter *it, s64 *pos)
{
	struct fs_context *fc = f->private;
	char text[128];
	long n = -ENODATA;

	(void)pos;
	mutex_lock(&fc->lock);
	if (fc->message) {
		size_t len = (size_t)scnprintf(text, sizeof(text), "e %s: %s\n", fc->type->name,
					       fc->message);

		if (len > it->count) {
			n = -EMSGSIZE;
		} else {
			n = iter_put(it, text, len) < len ? -EFAULT : (long)len;
			fc->message = NULL;
		}
	}
	mutex_unlock(&fc->lock);
	return n;
}

static const struct file_ops context_fops = {.read = context_read, .release = context_release};

static struct file *context_file(struct fs_type *t, enum phase phase)
{
	struct fs_context *fc = kzalloc(sizeof(*fc), GFP_KERNEL);
	struct inode *i = fc ? inode_new_anon(0600) : NULL;
	struct file *f;

	if (!i) {
		kfree(fc);
		return ERR_PTR(-ENOMEM);
	}
	fc->type = t;
	mutex_init(&fc->lock, RANK_FSCONTEXT, "fs_context");
	fc->phase = phase;
	f = file_anon(i, &context_fops, O_RDWR, "anon_inode:[fscontext]");
	if (IS_ERR(f)) {
		kfree(fc);
		return f;
	}
	f->private = fc;
	f->mode |= FMODE_STREAM;
	return f;
}

struct file *vfs_fsopen(const char *type)
{
	struct fs_type *t = fs_find(type);

	return t ? context_file(t, PHASE_PARAMS) : ERR_PTR(-ENODEV);
}

struct file *vfs_fspick(const struct vfs_ctx *ctx, const struct path *p)
{
	struct fs_context *fc;
	struct file *f;

	if (p->dentry != p->mnt->root || !mount_is_mine(ctx, p->mnt))
		return ERR_PTR(-EINVAL);
	f = context_file(p->mnt->sb->type, PHASE_RECONFIGURE);
	if (IS_ERR(f))
		return f;
	fc = f->private;
	fc->picked = *p;
	path_get(p);
	fc->flags = p->mnt->sb->flags;
	return f;
}

bool file_is_context(const struct file *f)
{
	return f->ops == &context_fops;
}

static int refuse(struct fs_context *fc, int err, const char *why)
{
	fc->message = why;
	return err;
}

/* Words of every file system (mount(8), "FILESYSTEM-INDEPENDENT MOUNT OPTIONS"). */
static bool set_flag(struct fs_context *fc, const char *key)
{
	static const struct {
		const char *key;
		unsigned long flag;
		bool is_set;
	} words[] = {
		{"ro", MS_RDONLY, true},
		{"rw", MS_RDONLY, false},
		{"sync", MS_SYNCHRONOUS, true},
		{"async", MS_SYNCHRONOUS, false},
		{"dirsync", MS_DIRSYNC, true},
		{"lazytime", MS_LAZYTIME, true},
		{"nolazytime", MS_LAZYTIME, false},
	};

	for (size_t k = 0; k < ARRAY_SIZE(words); k++) {
		if (strcmp(words[k].key, key))
			continue;
		fc->flags &= ~words[k].flag;
		fc->flags |= words[k].is_set ? words[k].flag : 0;
		fc->flags_mask |= words[k].flag;
		return true;
	}
	return false;
}

static int add_option(struct fs_context *fc, const char *key, const char *value)
{
	size_t need = strlen(key) + (value ? strlen(value) + 1 : 0) + 2;

	if (strchr(key, ',') || (value && strchr(value, ',') && strcmp(fc->type->name, "overlay")))
		return refuse(fc, -EINVAL, "a comma in an option");
	if (fc->type->check_option && fc->type->check_option(key, value ? value : ""))
		return refuse(fc, -EINVAL, "unknown parameter or bad value");
	if (!fc->options)
		fc->options = kzalloc(OPTIONS_SIZE, GFP_KERNEL);
	if (!fc->options)
		return -ENOMEM;
	if (need > OPTIONS_SIZE - fc->used)
		return refuse(fc, -EINVAL, "too many options");
	fc->used +=
		(size_t)scnprintf(fc->options + fc->used, OPTIONS_SIZE - fc->used, "%s%s%s%s",
				  fc->used ? "," : "", key, value ? "=" : "", value ? value : "");
	return 0;
}

static int set_param(struct fs_context *fc, const char *key, const char *value)
{
	if (fc->phase != PHASE_PARAMS && fc->phase != PHASE_RECONFIGURE)
		return -EBUSY;
	if (!value && set_flag(fc, key))
		return 0;
	if (strcmp(key, "source"))
		return add_option(fc, key, value);
	if (!value)
		return refuse(fc, -EINVAL, "source is a string");
	if (fc->source)
		return refuse(fc, -EINVAL, "more than one source");
	fc->source = kstrdup(value, GFP_KERNEL);
	return fc->source ? 0 : -ENOMEM;
}

static int create(const struct vfs_ctx *ctx, struct fs_context *fc)
{
	struct super_block *sb;

	if (fc->phase != PHASE_PARAMS)
		return -EBUSY;
	sb = super_make(ctx, fc->type, fc->source, fc->flags, fc->options);
	if (IS_ERR(sb)) {
		fc->phase = PHASE_FAILED;
		return refuse(fc, (int)PTR_ERR(sb), "cannot be made with these options");
	}
	fc->sb = sb;
	fc->phase = PHASE_MOUNTABLE;
	return 0;
}

static int reconfigure(const struct vfs_ctx *ctx, struct fs_context *fc)
{
	struct super_block *sb = fc->picked.mnt ? fc->picked.mnt->sb : NULL;
	int err;

	if (fc->phase != PHASE_RECONFIGURE || !sb)
		return -EBUSY;
	mutex_lock(&mount_mutex);
	err = super_reconfigure(ctx, sb, fc->flags, fc->options);
	mutex_unlock(&mount_mutex);
	if (fc->options)
		fc->options[0] = 0;
	fc->used = 0;
	return err;
}

int vfs_fsconfig(const struct vfs_ctx *ctx, struct file *f, unsigned cmd, const char *key,
		 const char *value)
{
	struct fs_context *fc = f->private;
	int err;

	mutex_lock(&fc->lock);
	switch (cmd) {
	case FSCONFIG_SET_FLAG:
		err = set_param(fc, key, NULL);
		break;
	case FSCONFIG_SET_STRING:
		err = set_param(fc, key, value);
		break;
	case FSCONFIG_CMD_CREATE:
	case FSCONFIG_CMD_CREATE_EXCL_K:
		err = create(ctx, fc);
		break;
	case FSCONFIG_CMD_RECONFIGURE:
		err = reconfigure(ctx, fc);
		break;
	default:
		err = refuse(fc, -EINVAL, "no parameter of this kind");
	}
	mutex_unlock(&fc->lock);
	return err;
}

struct file *vfs_fsmount(struct file *context, u64 attr)
{
	struct fs_context *fc = context->private;
	struct mount *m = NULL;
	int err = 0;

	mutex_lock(&fc->lock);
	if (!fc->sb)
		err = fc->phase == PHASE_DONE ? -EBUSY : -EINVAL;
	if (!err) {
		m = mount_new(fc->sb, fc->sb->root, mount_flags_of_attr(attr));
		fc->sb = NULL; /* the mount's now, or gone */
		fc->phase = PHASE_DONE;
		err = m ? 0 : -ENOMEM;
	}
	mutex_unlock(&fc->lock);
	return err ? ERR_PTR(err) : loose_file(m);
}

/* --- statmount(2), listmount(2) --- */

static bool is_visible(const struct vfs_ctx *ctx, const struct mount *m, const struct path *root)
{
	return mount_is_mine(ctx, m) && mount_place_is_below(m, m->root, root);
}

static struct mount *by_id(u64 id)
{
	struct mount *m;

	list_for_each_entry (m, &all_mounts, all_node) {
		if (m->unique_id == id)
			return m;
	}
	return NULL;
}

int vfs_statmount(const struct vfs_ctx *ctx, u64 id, struct mount_info *out)
{
	struct path root;
	struct mount *m;
	int err = -ENOENT;

	fs_get_root(ctx->fs, &root);
	mutex_lock(&mount_mutex);
	m = by_id(id);
	if (m && mount_is_mine(ctx, m) && (is_visible(ctx, m, &root) || vfs_may_mount(ctx)))
		err = mount_describe(m, &root, out);
	else if (m && mount_is_mine(ctx, m))
		err = -EPERM;
	mutex_unlock(&mount_mutex);
	path_put(&root);
	return err;
}

/* Ids grow with time; the list is in the order of attachment. */
static u64 next_id(const struct vfs_ctx *ctx, const struct mount *top, const struct path *root,
		   u64 after, bool is_reverse)
{
	struct mount *m;
	u64 best = 0;

	list_for_each_entry (m, &all_mounts, all_node) {
		const struct mount *up = m->parent;
		bool is_next = is_reverse ? !after || m->unique_id < after : m->unique_id > after;
		bool is_better = !best || (is_reverse ? m->unique_id > best : m->unique_id < best);

		if (!is_next || !is_better || m == top || !is_visible(ctx, m, root))
			continue;
		while (up && up != top)
			up = up->parent;
		if (up)
			best = m->unique_id;
	}
	return best;
}

long vfs_listmount(const struct vfs_ctx *ctx, u64 id, u64 last, u64 *ids, size_t nr,
		   bool is_reverse)
{
	struct path root;
	struct mount *top;
	size_t n = 0;
	long err = 0;

	fs_get_root(ctx->fs, &root);
	mutex_lock(&mount_mutex);
	top = id == ~0ull ? root.mnt : by_id(id);
	if (!top || !mount_is_mine(ctx, top))
		err = -ENOENT;
	else if (!is_visible(ctx, top, &root) && !vfs_may_mount(ctx))
		err = -EPERM;
	for (; !err && n < nr; n++) {
		last = next_id(ctx, top, &root, last, is_reverse);
		if (!last)
			break;
		ids[n] = last;
	}
	mutex_unlock(&mount_mutex);
	path_put(&root);
	return err ? err : (long)n;
}
