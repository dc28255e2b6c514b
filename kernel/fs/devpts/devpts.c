/*
 * devpts: the names of pseudo-terminals, and ptmx, which makes them. One set of names, shown by
 * every mount of the first user namespace; each mount of another one has a set of its own, with
 * numbers out of the same row. What is in a set comes and goes with the terminals: programs cannot
 * make or remove names.
 */
#include "fs/fs.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/memfs.h"
#include "vfs/tty.h"
#include "vfs/user_ns.h"
#include "vfs/vfs.h"
#include <linux/magic.h>

struct devpts_options {
	u32 uid, gid, mode, ptmxmode;
	bool has_uid, has_gid;
	int max;
};
struct names {
	struct list_head node; /* names_lock */
	struct super_block *sb;
	struct devpts_options options;
};
static struct names first = {.options = {.mode = 0600}}; /* of the first mount; stays */
static struct list_head others = LIST_INIT(others);	 /* names_lock */
static spinlock_t names_lock = SPINLOCK_INIT(RANK_LEAF, "devpts");

/* Of a super block; one that is no devpts's: the first. */
static struct names *names_of(const struct super_block *sb)
{
	struct names *n, *found = &first;

	spin_lock(&names_lock);
	list_for_each_entry (n, &others, node)
		if (n->sb == sb)
			found = n;
	spin_unlock(&names_lock);
	return found;
}

/* --- names --- */

static int pts_add(const struct inode *ptmx, unsigned index, u32 uid, u32 gid,
		   struct super_block **names)
{
	const struct names *at = names_of(ptmx->sb);
	const struct devpts_options *o = &at->options;
	struct new_node n = {
		.mode = S_IFCHR | o->mode,
		.uid = o->has_uid ? o->uid : uid,
		.gid = o->has_gid ? o->gid : gid,
		.rdev = MKDEV(PTS_MAJOR, index),
	};
	char name[12];
	int err;

	if (!at->sb)
		return -ENODEV;
	snprintf(name, sizeof(name), "%u", index);
	err = memfs_add(at->sb->root, name, &n, NULL);
	if (!err)
		*names = super_get(at->sb);
	return err;
}

static void pts_remove(struct super_block *names, unsigned index)
{
	char name[12];

	snprintf(name, sizeof(name), "%u", index);
	memfs_remove(names->root, name);
	super_put(names);
}

static const struct pts_ops ops = {.add = pts_add, .remove = pts_remove};

static int nothing_there(struct inode *dir, struct dentry *de)
{
	(void)dir;
	(void)de;
	return -ENOENT;
}

static const struct inode_ops devpts_dir_iops = {.lookup = nothing_there};

/* --- options: mount(8) --- */

static int parse_option(struct devpts_options *o, const char *text)
{
	static const struct {
		const char *name;
		unsigned base;
	} names[] = {{"uid=", 10}, {"gid=", 10}, {"mode=", 8}, {"ptmxmode=", 8}, {"max=", 10}};
	u64 value;
	unsigned i;

	if (!strcmp(text, "newinstance"))
		return 0;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(text, names[i].name, strlen(names[i].name)))
			break;
	if (i == ARRAY_SIZE(names) ||
	    !parse_u64(text + strlen(names[i].name), names[i].base, &value, NULL) ||
	    value > 0xffffffff)
		return -EINVAL;
	switch (i) {
	case 0:
		o->uid = (u32)value;
		o->has_uid = true;
		break;
	case 1:
		o->gid = (u32)value;
		o->has_gid = true;
		break;
	case 2:
		o->mode = (u32)value & 0777;
		break;
	case 3:
		o->ptmxmode = (u32)value & 0777;
		break;
	default:
		o->max = (int)value;
	}
	return 0;
}

static int parse_options(struct devpts_options *o, const char *text)
{
	char one[64];
	int err = 0;

	while (*text && !err) {
		const char *end = strchr(text, ',');
		size_t n = end ? (size_t)(end - text) : strlen(text);

		if (n >= sizeof(one))
			return -EINVAL;
		memcpy(one, text, n);
		one[n] = 0;
		if (n)
			err = parse_option(o, one);
		text += n + (end ? 1 : 0);
	}
	return err;
}

static void set_options(struct names *n, const struct devpts_options *o)
{
	struct dentry *ptmx = memfs_find(n->sb->root, "ptmx");

	n->options = *o;
	if (!IS_ERR(ptmx)) {
		ptmx->inode->mode = S_IFCHR | o->ptmxmode;
		dentry_put(ptmx);
	}
}

static int devpts_remount(struct super_block *sb, const char *text)
{
	struct names *n = names_of(sb);
	struct devpts_options o = n->options;
	int err = parse_options(&o, text);

	if (!err)
		set_options(n, &o);
	return err;
}

static int devpts_show_options(struct super_block *sb, char *buf, size_t size)
{
	const struct devpts_options *o = &names_of(sb)->options;
	int n = 0;

	if (o->has_uid)
		n += scnprintf(buf, size, ",uid=%u", o->uid);
	if (o->has_gid)
		n += scnprintf(buf + n, size - (size_t)n, ",gid=%u", o->gid);
	n += scnprintf(buf + n, size - (size_t)n, ",mode=%03o,ptmxmode=%03o", o->mode, o->ptmxmode);
	return n;
}

static void devpts_put_super(struct super_block *sb)
{
	struct names *n = names_of(sb);

	if (n != &first) {
		spin_lock(&names_lock);
		list_del(&n->node);
		spin_unlock(&names_lock);
		kfree(n);
	}
	memfs_put_super(sb);
}

static const struct super_ops devpts_sops = {.statfs = memfs_statfs,
					     .evict_inode = memfs_evict_inode,
					     .put_super = devpts_put_super,
					     .remount = devpts_remount,
					     .show_options = devpts_show_options};

static struct super_block *make_super(struct fs_type *t, unsigned long flags)
{
	struct memfs_options root = {.mode = 0755};
	struct new_node ptmx = {.mode = S_IFCHR, .rdev = PTMX_DEVICE};
	struct super_block *sb = memfs_super(t, DEVPTS_SUPER_MAGIC, flags, &root);
	int err;

	if (IS_ERR(sb))
		return sb;
	sb->ops = &devpts_sops;
	sb->root->inode->ops = &devpts_dir_iops;
	str_copy(sb->source, "devpts", sizeof(sb->source));
	err = memfs_add(sb->root, "ptmx", &ptmx, NULL);
	if (!err)
		return sb;
	super_put(sb);
	return ERR_PTR(err);
}

/* The ids that options name are the mounter's. */
static int own_ids(const struct cred *c, struct devpts_options *o)
{
	if (o->has_uid)
		o->uid = make_kuid(c->user_ns, o->uid);
	if (o->has_gid)
		o->gid = make_kgid(c->user_ns, o->gid);
	return (o->has_uid && o->uid == NO_KID) || (o->has_gid && o->gid == NO_KID) ? -EINVAL : 0;
}

static struct super_block *mount_own(const struct vfs_ctx *ctx, struct fs_type *t,
				     unsigned long flags, const char *text)
{
	struct names *n = kzalloc(sizeof(*n), GFP_KERNEL);
	struct devpts_options o = {.mode = 0600};
	int err = n ? parse_options(&o, text) : -ENOMEM;

	if (!err)
		err = own_ids(ctx->cred, &o);
	if (!err) {
		n->sb = make_super(t, flags);
		err = IS_ERR(n->sb) ? (int)PTR_ERR(n->sb) : 0;
	}
	if (err) {
		kfree(n);
		return ERR_PTR(err);
	}
	set_options(n, &o);
	spin_lock(&names_lock);
	list_add(&n->node, &others);
	spin_unlock(&names_lock);
	return n->sb;
}

static struct super_block *devpts_mount(const struct vfs_ctx *ctx, struct fs_type *t,
					unsigned long flags, const char *text)
{
	struct devpts_options o = first.options;
	struct super_block *sb;
	int err;

	if (ctx->cred->user_ns != &init_user_ns)
		return mount_own(ctx, t, flags, text);
	err = parse_options(&o, text);
	if (err)
		return ERR_PTR(err);
	if (!first.sb) {
		sb = make_super(t, flags);
		if (IS_ERR(sb))
			return sb;
		sb->user_ns = user_ns_get(&init_user_ns);
		first.sb = sb; /* its reference stays */
	}
	set_options(&first, &o);
	return super_get(first.sb);
}

static struct fs_type devpts_type = {
	.name = "devpts",
	.is_for_users = true,
	.mount_at = devpts_mount,
};

int devpts_init(void)
{
	pts_ops = &ops;
	fs_register(&devpts_type);
	return 0;
}
