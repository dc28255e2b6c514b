/* overlay: mounting, and the super block. */
#include "fs/overlay/overlay.h"
#include "core/log.h"
#include "fs/fs.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/magic.h>

/* Linux's FILESYSTEM_MAX_STACK_DEPTH. */
#define STACK_MAX 2
/* Numbers of the upper layer begin here when it is another file system than what is below. They
 * stay in 32 bits for the sake of 32-bit programs. */
#define UPPER_BIAS    0x60000000u
#define LAYER_BIAS(k) ((u64)(k) << 48)

/* --- options --- */

struct options {
	char *lower, *upper, *work; /* inside the text that is parsed */
};

/* What else Linux knows, as far as it asks for what is done here. */
static bool is_accepted(const char *key, const char *value)
{
	static const struct {
		const char *key, *values;
	} known[] = {
		{"redirect_dir", "off nofollow"},
		{"index", "off"},
		{"metacopy", "off"},
		{"nfs_export", "off"},
		{"xino", "off auto on"},
		{"uuid", "off null auto on"},
		{"verity", "off"},
		{"volatile", ""},
	};

	for (size_t k = 0; k < ARRAY_SIZE(known); k++) {
		const char *at = known[k].values;
		size_t n = strlen(value);

		if (strcmp(key, known[k].key))
			continue;
		if (!n)
			return !*at;
		while (*at) {
			if (!strncmp(at, value, n) && (at[n] == ' ' || !at[n]))
				return true;
			while (*at && *at++ != ' ')
				;
		}
	}
	return false;
}

/* The next option of "a=b,c": commas behind a backslash belong to it. */
static char *next_option(char **at)
{
	char *start = *at, *s = start;

	if (!*start)
		return NULL;
	while (*s && *s != ',')
		s += s[0] == '\\' && s[1] ? 2 : 1;
	*at = s;
	if (*s) {
		*s = 0;
		*at = s + 1;
	}
	return start;
}

static int parse(struct options *o, char *text)
{
	char *word;

	while ((word = next_option(&text))) {
		char *value = strchr(word, '=');

		if (!*word)
			continue;
		if (value)
			*value++ = 0;
		if (value && !strcmp(word, "lowerdir"))
			o->lower = value;
		else if (value && !strcmp(word, "upperdir"))
			o->upper = value;
		else if (value && !strcmp(word, "workdir"))
			o->work = value;
		else if (!is_accepted(word, value ? value : ""))
			return fail(EINVAL, "an overlay option that is not known");
	}
	if (!o->lower || !*o->lower || (o->upper && !*o->upper) || (o->work && !*o->work))
		return -EINVAL;
	return o->upper && !o->work ? fail(EINVAL, "an upperdir needs a workdir") : 0;
}

/* A backslash takes the meaning from what follows it. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; *to++ = *s++)
		if (s[0] == '\\' && s[1])
			s++;
	*to = 0;
}

/* --- layers --- */

static int open_layer(const struct vfs_ctx *ctx, struct super_block *sb, char *name,
		      struct path *out)
{
	struct path p;
	int err;

	unescape(name);
	err = vfs_lookup(ctx, AT_FDCWD, name, LOOKUP_FOLLOW, &p);
	if (err)
		return err;
	if (!S_ISDIR(p.dentry->inode->mode))
		err = fail(EINVAL, "a layer that is no directory");
	if (!err)
		err = mount_private(&p, out);
	if (!err)
		sb->stack_depth = MAX(sb->stack_depth, p.dentry->sb->stack_depth + 1);
	path_put(&p);
	return err;
}

static bool is_below(struct dentry *d, const struct dentry *top)
{
	bool found = false;

	dentry_get(d);
	for (;;) {
		struct dentry *up = dentry_get_parent(d);
		bool is_root = up == d;

		found = d == top;
		dentry_put(d);
		d = up;
		if (found || is_root)
			break;
	}
	dentry_put(d);
	return found;
}

static int open_upper(const struct vfs_ctx *ctx, struct super_block *sb, struct options *opt)
{
	struct ovl_fs *o = ovl_fs(sb);
	const struct inode *i;
	int err = open_layer(ctx, sb, opt->upper, &o->upper.path);

	if (err)
		return err;
	i = o->upper.path.dentry->inode;
	if ((o->upper.path.mnt->flags | i->sb->flags) & MS_RDONLY)
		return fail(EINVAL, "the upper layer is read-only");
	if (i->sb->type == sb->type)
		return fail(EINVAL, "an overlay cannot be the upper layer of another");
	err = open_layer(ctx, sb, opt->work, &o->work);
	if (err)
		return err;
	if (o->work.dentry->sb != i->sb || is_below(o->work.dentry, o->upper.path.dentry) ||
	    is_below(o->upper.path.dentry, o->work.dentry))
		return fail(EINVAL, "workdir and upperdir are to be apart, on one file system");
	sb->rename_lock = i->sb->rename_lock;
	return 0;
}

/* The end of the first directory of "a:b". */
static char *layer_end(char *s)
{
	while (*s && *s != ':')
		s += s[0] == '\\' && s[1] ? 2 : 1;
	return s;
}

static int open_lowers(const struct vfs_ctx *ctx, struct super_block *sb, char *names)
{
	struct ovl_fs *o = ovl_fs(sb);
	unsigned nr = 0;
	char *s = names;
	int err = 0;

	for (;;) {
		s = layer_end(s);
		nr++;
		if (!*s)
			break;
		s++;
	}
	if (nr > OVL_LOWER_MAX)
		return fail(EINVAL, "too many layers");
	o->lower = kzalloc(nr * sizeof(*o->lower), GFP_KERNEL);
	if (!o->lower)
		return -ENOMEM;
	for (s = names; o->nr_lower < nr && !err;) {
		char *end = layer_end(s);

		*end = 0;
		err = *s ? open_layer(ctx, sb, s, &o->lower[o->nr_lower].path) : -EINVAL;
		if (!err)
			o->nr_lower++;
		s = end + 1;
	}
	return err;
}

/* Files of two file systems must not have one number: those of the lowest keep theirs. */
static void set_biases(struct ovl_fs *o)
{
	const struct super_block *lowest = o->lower[o->nr_lower - 1].path.dentry->sb;

	for (unsigned k = 0; k < o->nr_lower; k++) {
		const struct super_block *sb = o->lower[k].path.dentry->sb;
		unsigned first = o->nr_lower - 1;

		while (o->lower[first].path.dentry->sb != sb)
			first--;
		o->lower[k].ino_bias = LAYER_BIAS(o->nr_lower - 1 - first);
	}
	if (!o->upper.path.dentry || o->upper.path.dentry->sb == lowest)
		return;
	o->upper.ino_bias = UPPER_BIAS;
	for (unsigned k = 0; k < o->nr_lower; k++)
		if (o->lower[k].path.dentry->sb == o->upper.path.dentry->sb)
			o->upper.ino_bias = o->lower[k].ino_bias;
}

static int make_root(struct super_block *sb)
{
	struct ovl_fs *o = ovl_fs(sb);
	struct ovl_lower *lower = kzalloc(o->nr_lower * sizeof(*lower), GFP_KERNEL);
	struct dentry *upper = o->upper.path.dentry;
	struct inode *i;

	if (!lower)
		return -ENOMEM;
	for (unsigned k = 0; k < o->nr_lower; k++)
		lower[k] = (struct ovl_lower){dentry_get(o->lower[k].path.dentry), k};
	i = ovl_new_inode(sb, upper ? dentry_get(upper) : NULL, lower, o->nr_lower);
	kfree(lower);
	if (IS_ERR(i))
		return (int)PTR_ERR(i);
	sb->root = dentry_make_root(sb, i);
	if (!sb->root)
		return -ENOMEM;
	ovl_i(i)->alias = sb->root;
	return 0;
}

/* --- operations --- */

static int ovl_statfs(struct super_block *sb, struct kstatfs *st)
{
	struct ovl_fs *o = ovl_fs(sb);
	struct super_block *real =
		o->upper.path.dentry ? o->upper.path.dentry->sb : o->lower[0].path.dentry->sb;
	int err = real->ops->statfs ? real->ops->statfs(real, st) : 0;

	st->type = OVERLAYFS_SUPER_MAGIC;
	st->fsid = sb->dev;
	return err;
}

static int ovl_sync(struct super_block *sb)
{
	struct ovl_fs *o = ovl_fs(sb);

	return o->upper.path.dentry ? vfs_sync_super(o->upper.path.dentry->sb) : 0;
}

static int ovl_show_options(struct super_block *sb, char *buf, size_t size)
{
	return scnprintf(buf, size, ",%s", ovl_fs(sb)->options);
}

static int ovl_remount(struct super_block *sb, const char *options)
{
	(void)sb;
	return *options ? -EINVAL : 0;
}

static void ovl_put_super(struct super_block *sb)
{
	struct ovl_fs *o = ovl_fs(sb);

	if (!o)
		return;
	for (unsigned k = 0; k < o->nr_lower; k++)
		path_put(&o->lower[k].path);
	path_put(&o->work);
	path_put(&o->upper.path);
	kfree(o->lower);
	kfree(o->options);
	kfree(o);
}

static struct dentry *real_of(struct dentry *d, bool copy)
{
	int err = copy ? ovl_copy_up(d, false) : 0;

	return err ? ERR_PTR(err) : ovl_real_dentry(d->inode);
}

static const struct path *upper_root(struct super_block *sb)
{
	return &ovl_fs(sb)->upper.path;
}

static const struct super_ops ovl_super_ops = {
	.real = real_of,
	.upper_root = upper_root,
	.statfs = ovl_statfs,
	.sync = ovl_sync,
	.evict_inode = ovl_evict,
	.put_super = ovl_put_super,
	.remount = ovl_remount,
	.show_options = ovl_show_options,
};

static struct ovl_fs *fs_new(const char *options)
{
	struct ovl_fs *o = kzalloc(sizeof(*o), GFP_KERNEL);

	if (!o)
		return NULL;
	o->options = kstrdup(options, GFP_KERNEL);
	if (!o->options) {
		kfree(o);
		return NULL;
	}
	mutex_init(&o->copy_lock, RANK_INODE, "overlay copy");
	spin_init(&o->hash_lock, RANK_ICACHE, "overlay inodes");
	for (unsigned k = 0; k < OVL_HASH; k++)
		list_init(&o->hash[k]);
	return o;
}

static int fill_super(const struct vfs_ctx *ctx, struct super_block *sb, char *text)
{
	struct options opt = {NULL, NULL, NULL};
	int err = parse(&opt, text);

	if (!err)
		err = open_lowers(ctx, sb, opt.lower);
	if (!err && opt.upper)
		err = open_upper(ctx, sb, &opt);
	if (!err && sb->stack_depth > STACK_MAX)
		err = fail(EINVAL, "too many file systems on top of each other");
	if (err)
		return err;
	if (!opt.upper)
		sb->flags |= MS_RDONLY;
	set_biases(ovl_fs(sb));
	return make_root(sb);
}

static struct super_block *ovl_mount(const struct vfs_ctx *ctx, struct fs_type *t,
				     unsigned long flags, const char *options)
{
	struct super_block *sb = super_new(t, &ovl_super_ops, OVERLAYFS_SUPER_MAGIC, flags);
	char *text = kstrdup(options, GFP_KERNEL);
	int err = -ENOMEM;

	if (sb && text)
		sb->private = fs_new(options);
	if (sb && sb->private)
		err = fill_super(ctx, sb, text);
	kfree(text);
	if (err && sb)
		super_put(sb);
	return err ? ERR_PTR(err) : sb;
}

static struct fs_type overlay_type = {.name = "overlay", .mount_at = ovl_mount};

int overlay_init(void)
{
	fs_register(&overlay_type);
	return 0;
}
