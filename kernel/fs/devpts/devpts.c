/*
 * devpts: the names of pseudo-terminals, and ptmx, which makes them. One set of names, shown by
 * every mount. What is in it comes and goes with the terminals: programs cannot make or remove
 * names.
 */
#include "fs/fs.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/memfs.h"
#include "vfs/tty.h"
#include "vfs/vfs.h"
#include <linux/magic.h>

static struct devpts_options {
	u32 uid, gid, mode, ptmxmode;
	bool has_uid, has_gid;
	int max;
} options = {.mode = 0600};
static struct super_block *devpts_sb; /* of the first mount; stays */

/* --- names --- */

static int pts_add(unsigned index, u32 uid, u32 gid)
{
	struct new_node n = {
		.mode = S_IFCHR | options.mode,
		.uid = options.has_uid ? options.uid : uid,
		.gid = options.has_gid ? options.gid : gid,
		.rdev = MKDEV(PTS_MAJOR, index),
	};
	char name[12];

	if (!devpts_sb)
		return -ENODEV;
	snprintf(name, sizeof(name), "%u", index);
	return memfs_add(devpts_sb->root, name, &n, NULL);
}

static void pts_remove(unsigned index)
{
	char name[12];

	snprintf(name, sizeof(name), "%u", index);
	memfs_remove(devpts_sb->root, name);
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

static void set_options(struct super_block *sb, const struct devpts_options *o)
{
	struct dentry *ptmx = memfs_find(sb->root, "ptmx");

	options = *o;
	if (!IS_ERR(ptmx)) {
		ptmx->inode->mode = S_IFCHR | o->ptmxmode;
		dentry_put(ptmx);
	}
}

static int devpts_remount(struct super_block *sb, const char *text)
{
	struct devpts_options o = options;
	int err = parse_options(&o, text);

	if (!err)
		set_options(sb, &o);
	return err;
}

static int devpts_show_options(struct super_block *sb, char *buf, size_t size)
{
	int n = 0;

	if (options.has_uid)
		n += scnprintf(buf, size, ",uid=%u", options.uid);
	if (options.has_gid)
		n += scnprintf(buf + n, size - (size_t)n, ",gid=%u", options.gid);
	n += scnprintf(buf + n, size - (size_t)n, ",mode=%03o,ptmxmode=%03o", options.mode,
		       options.ptmxmode);
	return n;
}

static const struct super_ops devpts_sops = {.statfs = memfs_statfs,
					     .evict_inode = memfs_evict_inode,
					     .put_super = memfs_put_super,
					     .remount = devpts_remount,
					     .show_options = devpts_show_options};

static struct super_block *devpts_mount(struct fs_type *t, const char *source, unsigned long flags,
					const char *text)
{
	struct memfs_options root = {.mode = 0755};
	struct new_node ptmx = {.mode = S_IFCHR, .rdev = PTMX_DEVICE};
	struct devpts_options o = options;
	struct super_block *sb;
	int err = parse_options(&o, text);

	(void)source;
	if (err)
		return ERR_PTR(err);
	if (devpts_sb) {
		set_options(devpts_sb, &o);
		return super_get(devpts_sb);
	}
	sb = memfs_super(t, DEVPTS_SUPER_MAGIC, flags, &root);
	if (IS_ERR(sb))
		return sb;
	sb->ops = &devpts_sops;
	sb->root->inode->ops = &devpts_dir_iops;
	str_copy(sb->source, "devpts", sizeof(sb->source));
	err = memfs_add(sb->root, "ptmx", &ptmx, NULL);
	if (err) {
		super_put(sb);
		return ERR_PTR(err);
	}
	set_options(sb, &o);
	devpts_sb = super_get(sb);
	return sb;
}

static struct fs_type devpts_type = {.name = "devpts", .mount = devpts_mount};

int devpts_init(void)
{
	pts_ops = &ops;
	fs_register(&devpts_type);
	return 0;
}
