/* tmpfs(5): a memory file system with limits given as mount options. Also "ramfs", without. */
#include "fs/fs.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/memfs.h"
#include <linux/magic.h>

#define ID_MAX 0xfffffffeu

struct tmpfs_options {
	struct memfs_options fs;
	bool has_size, has_inodes;
};

static u64 total_pages(void)
{
	struct mem_stats s;

	mem_stats(&s);
	return s.total_pages;
}

/* A number with k, m, g, t; or, where allowed, a share of memory ("50%"). */
static bool parse_size(const char *s, bool allow_percent, u64 *out)
{
	const char *end;
	u64 n;
	unsigned shift = 0;

	if (!parse_u64(s, 0, &n, &end))
		return false;
	switch (*end) {
	case 'k':
	case 'K':
		shift = 10;
		break;
	case 'm':
	case 'M':
		shift = 20;
		break;
	case 'g':
	case 'G':
		shift = 30;
		break;
	case 't':
	case 'T':
		shift = 40;
		break;
	case '%':
		if (!allow_percent)
			return false;
		*out = n * (total_pages() << PAGE_SHIFT) / 100;
		return !end[1];
	case 0:
		*out = n;
		return true;
	default:
		return false;
	}
	*out = n << shift;
	return !end[1] && *out >> shift == n;
}

static int parse_option(struct tmpfs_options *o, const char *key, const char *value)
{
	u64 n;

	if (!strcmp(key, "size") && parse_size(value, true, &n)) {
		o->fs.max_pages = DIV_ROUND_UP(n, PAGE_SIZE);
		o->has_size = true;
	} else if (!strcmp(key, "nr_blocks") && parse_size(value, false, &n)) {
		o->fs.max_pages = n;
		o->has_size = true;
	} else if (!strcmp(key, "nr_inodes") && parse_size(value, false, &n)) {
		o->fs.max_inodes = n;
		o->has_inodes = true;
	} else if (!strcmp(key, "mode") && parse_u64(value, 8, &n, NULL)) {
		o->fs.mode = (u32)n & 07777;
	} else if (!strcmp(key, "uid") && parse_u64(value, 10, &n, NULL) && n <= ID_MAX) {
		o->fs.uid = (u32)n;
	} else if (!strcmp(key, "gid") && parse_u64(value, 10, &n, NULL) && n <= ID_MAX) {
		o->fs.gid = (u32)n;
	} else {
		return -EINVAL;
	}
	return 0;
}

/* "a=1,b=2"; the text is cut up. */
static int parse_options(struct tmpfs_options *o, char *s)
{
	while (s && *s) {
		char *next = strchr(s, ','), *value;
		int err;

		if (next)
			*next++ = 0;
		value = strchr(s, '=');
		if (value)
			*value++ = 0;
		err = *s ? parse_option(o, s, value ? value : "") : 0;
		if (err)
			return err;
		s = next;
	}
	return 0;
}

static int parse_copy(struct tmpfs_options *o, const char *options)
{
	char *copy = kstrdup(options, GFP_KERNEL);
	int err;

	if (!copy)
		return -ENOMEM;
	err = parse_options(o, copy);
	kfree(copy);
	return err;
}

static int tmpfs_remount(struct super_block *sb, const char *options)
{
	struct memfs *m = sb->private;
	struct tmpfs_options o = {.fs = m->opt};
	int err = parse_copy(&o, options);

	return err ? err : memfs_set_limits(sb, o.fs.max_pages, o.fs.max_inodes);
}

static int tmpfs_show_options(struct super_block *sb, char *buf, size_t size)
{
	const struct memfs *m = sb->private;
	int n = 0;

	buf[0] = 0;
	if (m->opt.max_pages)
		n += scnprintf(buf + n, size - (size_t)n, ",size=%luk",
			       (unsigned long)(m->opt.max_pages << (PAGE_SHIFT - 10)));
	if (m->opt.max_inodes)
		n += scnprintf(buf + n, size - (size_t)n, ",nr_inodes=%lu",
			       (unsigned long)m->opt.max_inodes);
	if (m->opt.mode != 01777)
		n += scnprintf(buf + n, size - (size_t)n, ",mode=%o", m->opt.mode);
	if (m->opt.uid)
		n += scnprintf(buf + n, size - (size_t)n, ",uid=%u", m->opt.uid);
	if (m->opt.gid)
		n += scnprintf(buf + n, size - (size_t)n, ",gid=%u", m->opt.gid);
	return n;
}

static const struct super_ops tmpfs_super_ops = {
	.statfs = memfs_statfs,
	.evict_inode = memfs_evict_inode,
	.put_super = memfs_put_super,
	.remount = tmpfs_remount,
	.show_options = tmpfs_show_options,
};

/* tmpfs(5): half of memory unless size= says otherwise. */
static struct super_block *tmpfs_mount(struct fs_type *t, const char *source, unsigned long flags,
				       const char *options)
{
	struct tmpfs_options o = {.fs = {.mode = 01777}};
	struct super_block *sb;
	int err = parse_copy(&o, options);

	(void)source;
	if (err)
		return ERR_PTR(err);
	if (!o.has_size)
		o.fs.max_pages = total_pages() / 2;
	if (!o.has_inodes)
		o.fs.max_inodes = total_pages() / 2;
	sb = memfs_super(t, TMPFS_MAGIC, flags, &o.fs);
	if (!IS_ERR(sb))
		sb->ops = &tmpfs_super_ops;
	return sb;
}

/* ramfs ignores what it does not know, and has no limits. */
static struct super_block *ramfs_mount(struct fs_type *t, const char *source, unsigned long flags,
				       const char *options)
{
	struct memfs_options o = {.mode = 0755};

	(void)source;
	(void)options;
	return memfs_super(t, RAMFS_MAGIC, flags, &o);
}

static int tmpfs_check_option(const char *key, const char *value)
{
	struct tmpfs_options scratch = {.has_size = false};

	return parse_option(&scratch, key, value);
}

static struct fs_type tmpfs_type = {.name = "tmpfs",
				    .is_for_users = true,
				    .mount = tmpfs_mount,
				    .check_option = tmpfs_check_option};
static struct fs_type ramfs_type = {.name = "ramfs", .is_for_users = true, .mount = ramfs_mount};

int tmpfs_init(void)
{
	fs_register(&ramfs_type);
	fs_register(&tmpfs_type);
	return 0;
}
