/*
 * sysfs: /sys. An inode stands for a path; core/sysfs.c says what is there. The text of a file is
 * made for each read, and fits a page, as on Linux.
 */
#include "core/sysfs.h"
#include "fs/fs.h"
#include "fs/sysfs/sysfs.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/file.h"
#include <linux/fs.h>
#include <linux/magic.h>

#define ROOT_INO     1
#define MAX_CHILDREN 100000 /* a position beyond is nobody's */

struct sysfs_inode {
	const struct sysfs_entry *entry; /* NULL: a directory made by what lies in it */
	struct sysfs_at at;
	char path[]; /* below /sys; "" is the root */
};

/* A file's text, while one read needs it. */
struct sysfs_text {
	size_t len;
	char data[PAGE_SIZE - sizeof(size_t)];
};

static const struct inode_ops dir_iops, file_iops, link_iops;
static const struct file_ops dir_fops, file_fops;

static struct sysfs_inode *sysfs_i(const struct inode *i)
{
	return i->private;
}

/* --- inodes --- */

/* FNV-1a of the path: the same file keeps its number. */
static u64 path_ino(const char *path)
{
	u64 h = 0xcbf29ce484222325ul;

	if (!*path)
		return ROOT_INO;
	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 0x100000001b3ul;
	return (h >> 32 ^ h) & 0xffffffff;
}

static u32 count_subdirectories(const char *path)
{
	char name[SYSFS_PATH_MAX];
	u32 mode, count = 0;

	for (unsigned n = 0; sysfs_child(path, n, name, sizeof(name), &mode); n++)
		count += S_ISDIR(mode);
	return count;
}

static struct inode *make_inode(struct super_block *sb, const char *path, enum sysfs_match match,
				const struct sysfs_entry *entry, const struct sysfs_at *at)
{
	u32 mode = match == SYSFS_EXACT ? entry->mode : S_IFDIR | 0755;
	struct sysfs_inode *si = kzalloc(sizeof(*si) + strlen(path) + 1, GFP_KERNEL);
	struct inode *i = si ? inode_new(sb, mode, path_ino(path)) : NULL;

	if (!i) {
		kfree(si);
		return NULL;
	}
	si->entry = match == SYSFS_EXACT ? entry : NULL;
	si->at = *at;
	memcpy(si->path, path, strlen(path) + 1);
	i->private = si;
	if (S_ISDIR(mode)) {
		i->ops = &dir_iops;
		i->fops = &dir_fops;
		i->nlink = 2 + count_subdirectories(path);
	} else if (S_ISLNK(mode)) {
		i->ops = &link_iops;
	} else {
		i->ops = &file_iops;
		i->fops = &file_fops;
		i->obj.size_bytes = PAGE_SIZE;
	}
	return i;
}

static int sysfs_lookup(struct inode *dir, struct dentry *de)
{
	const char *parent = sysfs_i(dir)->path;
	const struct sysfs_entry *entry = NULL;
	char path[SYSFS_PATH_MAX];
	struct sysfs_at at = {0};
	enum sysfs_match match;
	struct inode *i;
	size_t n = strlen(parent);

	if (n + 1 + de->name_len >= sizeof(path))
		return -ENOENT;
	memcpy(path, parent, n);
	if (n)
		path[n++] = '/';
	memcpy(path + n, de->name, de->name_len);
	path[n + de->name_len] = 0;
	match = sysfs_find(path, &entry, &at);
	if (match == SYSFS_NONE) /* not remembered as absent: tables come and go */
		return -ENOENT;
	i = make_inode(dir->sb, path, match, entry, &at);
	if (!i)
		return -ENOMEM;
	dentry_set_inode(de, i);
	return 0;
}

/* What was unregistered is gone from the cache, too. */
static bool sysfs_revalidate(struct dentry *de)
{
	const struct sysfs_entry *entry = NULL;
	struct sysfs_inode *si = de->inode ? sysfs_i(de->inode) : NULL;
	struct sysfs_at at;

	if (!si || sysfs_find(si->path, &entry, &at) == SYSFS_NONE)
		return false;
	return !si->entry || (si->entry == entry && si->at.arg == at.arg);
}

static int sysfs_readlink(struct inode *i, char *buf, size_t size)
{
	struct sysfs_inode *si = sysfs_i(i);

	return sysfs_link_text(si->entry, &si->at, buf, size);
}

static int sysfs_setattr(struct inode *i, const struct iattr *a)
{
	/* open(O_TRUNC) of a writable file means nothing here, as on Linux. */
	return a->valid & ~(ATTR_SIZE | ATTR_MTIME | ATTR_CTIME | ATTR_MTIME_NOW) ? -EPERM : 0;
}

static const struct inode_ops dir_iops = {.lookup = sysfs_lookup,
					  .revalidate = sysfs_revalidate,
					  .setattr = sysfs_setattr};
static const struct inode_ops file_iops = {.setattr = sysfs_setattr};
static const struct inode_ops link_iops = {.readlink = sysfs_readlink, .setattr = sysfs_setattr};

/* --- directories: positions 0 ".", 1 "..", then the children --- */

static u64 child_ino(const char *parent, const char *name)
{
	char path[2 * SYSFS_PATH_MAX];
	size_t n = strlen(parent);

	memcpy(path, parent, n);
	if (n)
		path[n++] = '/';
	str_copy(path + n, name, sizeof(path) - n);
	return path_ino(path);
}

static u64 parent_ino(const char *path)
{
	char parent[SYSFS_PATH_MAX];
	char *slash;

	str_copy(parent, path, sizeof(parent));
	slash = strrchr(parent, '/');
	*(slash ? slash : parent) = 0;
	return path_ino(parent);
}

static int sysfs_readdir(struct file *f, struct dir_context *ctx)
{
	const char *path = sysfs_i(f->inode)->path;
	char name[SYSFS_PATH_MAX];
	u32 mode;

	if (ctx->pos == 0) {
		if (!ctx->emit(ctx, ".", 1, f->inode->ino, 4, 1))
			return 0;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		if (!ctx->emit(ctx, "..", 2, parent_ino(path), 4, 2))
			return 0;
		ctx->pos = 2;
	}
	for (; ctx->pos >= 2 && ctx->pos < MAX_CHILDREN; ctx->pos++) {
		if (!sysfs_child(path, (unsigned)(ctx->pos - 2), name, sizeof(name), &mode))
			return 0;
		if (!ctx->emit(ctx, name, strlen(name), child_ino(path, name), mode >> 12 & 15,
			       ctx->pos + 1))
			return 0;
	}
	return 0;
}

static s64 sysfs_llseek(struct file *f, s64 off, int whence)
{
	s64 pos = whence == SEEK_CUR   ? f->pos + off
		  : whence == SEEK_END ? (s64)PAGE_SIZE + off
				       : off;

	if (whence > SEEK_END || pos < 0 || (whence == SEEK_END && S_ISDIR(f->inode->mode)))
		return -EINVAL;
	f->pos = pos;
	return pos;
}

static const struct file_ops dir_fops = {.readdir = sysfs_readdir, .llseek = sysfs_llseek};

/* --- files --- */

/* Root passes the mode bits; what the entry cannot do is refused all the same. */
static int sysfs_open(struct inode *i, struct file *f)
{
	const struct sysfs_entry *e = sysfs_i(i)->entry;

	if (((f->mode & FMODE_WRITE) && !e->store) || ((f->mode & FMODE_READ) && !e->show))
		return -EACCES;
	return 0;
}

static struct sysfs_text *make_text(struct sysfs_inode *si)
{
	struct sysfs_text *t = kmalloc(sizeof(*t), GFP_KERNEL);
	int n;

	if (!t)
		return ERR_PTR(-ENOMEM);
	n = si->entry->show(&si->at, t->data, sizeof(t->data));
	if (n < 0) {
		kfree(t);
		return ERR_PTR(n);
	}
	t->len = MIN((size_t)n, sizeof(t->data));
	return t;
}

static long sysfs_read(struct file *f, struct iter *it, s64 *pos)
{
	struct sysfs_text *t;
	size_t n = 0;

	if (*pos < 0 || !it->count)
		return 0;
	t = make_text(sysfs_i(f->inode));
	if (IS_ERR(t))
		return PTR_ERR(t);
	if ((size_t)*pos < t->len) {
		n = iter_put(it, t->data + *pos, MIN(it->count, t->len - (size_t)*pos));
		if (!n) {
			kfree(t);
			return -EFAULT;
		}
	}
	kfree(t);
	*pos += (s64)n;
	return (long)n;
}

static long sysfs_write(struct file *f, struct iter *it, s64 *pos)
{
	struct sysfs_inode *si = sysfs_i(f->inode);
	size_t n = MIN(it->count, (size_t)PAGE_SIZE - 1);
	char *text;
	long ret;

	if (!n)
		return 0;
	text = iter_get_text(it, n);
	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = si->entry->store(&si->at, text, n);
	kfree(text);
	if (ret > 0)
		*pos += ret;
	return ret;
}

static const struct file_ops file_fops = {.open = sysfs_open,
					  .read = sysfs_read,
					  .write = sysfs_write,
					  .llseek = sysfs_llseek};

/* --- the mount --- */

static const struct super_ops sysfs_sops = {.evict_inode = inode_free_private};

static struct super_block *sysfs_mount(struct fs_type *t, const char *source, unsigned long flags,
				       const char *options)
{
	struct super_block *sb = super_new(t, &sysfs_sops, SYSFS_MAGIC, flags);
	struct inode *root;

	if (!sb)
		return ERR_PTR(-ENOMEM);
	root = make_inode(sb, "", SYSFS_BELOW, NULL, &(struct sysfs_at){0});
	sb->root = root ? dentry_make_root(sb, root) : NULL;
	if (!sb->root) {
		super_put(sb);
		return ERR_PTR(-ENOMEM);
	}
	return sb;
}

static struct fs_type sysfs_type = {.name = "sysfs", .mount = sysfs_mount};

int sysfs_init(void)
{
	sysfs_system_init();
	sysfs_cpu_init();
	sysfs_node_init();
	fs_register(&sysfs_type);
	return 0;
}
