/*
 * devfs: the nodes that drivers announced with devnode_add(), in one memory file system that every
 * mount of the type shows ("devtmpfs" is the same under Linux's name). Programs may add to it.
 */
#include "core/log.h"
#include "fs/fs.h"
#include "lib/err.h"
#include "lib/string.h"
#include "vfs/memfs.h"
#include "vfs/vfs.h"
#include <linux/magic.h>

static struct super_block *devfs_sb;

static struct super_block *devfs_mount(struct fs_type *t, const char *source, unsigned long flags,
				       const char *options)
{
	(void)t;
	(void)source;
	(void)flags;
	(void)options;
	return super_get(devfs_sb);
}

/* The cached entry `name` of `dir`, made as a directory when it is not there; referenced. */
static struct dentry *sub_directory(struct dentry *dir, const char *name)
{
	struct new_node n = {.mode = S_IFDIR | 0755};
	int err = memfs_add(dir, name, &n, NULL);

	if (err && err != -EEXIST)
		return ERR_PTR(err);
	return memfs_find(dir, name);
}

/* A node's name may have directories in it: "input/event0". */
static void add_node(const struct devnode *node)
{
	struct new_node n = {.mode = node->mode, .rdev = node->rdev};
	struct dentry *dir = dentry_get(devfs_sb->root), *next;
	const char *name = node->name, *slash;
	char part[64];
	int err;

	while ((slash = strchr(name, '/')) && (size_t)(slash - name) < sizeof(part)) {
		memcpy(part, name, (size_t)(slash - name));
		part[slash - name] = 0;
		name = slash + 1;
		next = sub_directory(dir, part);
		dentry_put(dir);
		if (IS_ERR(next)) {
			log_err("devfs: no directory for %s: %ld", node->name, PTR_ERR(next));
			return;
		}
		dir = next;
	}
	err = memfs_add(dir, name, &n, NULL);
	dentry_put(dir);
	if (err)
		log_err("devfs: no node for %s: %d", node->name, err);
}

static int add_fixed(void)
{
	static const struct {
		const char *name, *target;
	} links[] = {
		{"fd", "/proc/self/fd"},
		{"stdin", "/proc/self/fd/0"},
		{"stdout", "/proc/self/fd/1"},
		{"stderr", "/proc/self/fd/2"},
	};
	static const struct {
		const char *name;
		u32 mode;
	} dirs[] = {{"pts", 0755}, {"shm", 01777}, {"mqueue", 01777}};
	struct new_node n = {.mode = S_IFLNK | 0777};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(links) && !err; i++)
		err = memfs_add(devfs_sb->root, links[i].name, &n, links[i].target);
	for (size_t i = 0; i < ARRAY_SIZE(dirs) && !err; i++) {
		n.mode = S_IFDIR | dirs[i].mode;
		err = memfs_add(devfs_sb->root, dirs[i].name, &n, NULL);
	}
	return err;
}

static struct fs_type devfs_type = {.name = "devfs", .mount = devfs_mount};
static struct fs_type devtmpfs_type = {.name = "devtmpfs", .mount = devfs_mount};

int devfs_init(void)
{
	struct memfs_options o = {.mode = 0755};
	int err;

	devfs_sb = memfs_super(&devfs_type, TMPFS_MAGIC, 0, &o);
	if (IS_ERR(devfs_sb))
		return (int)PTR_ERR(devfs_sb);
	str_copy(devfs_sb->source, "devfs", sizeof(devfs_sb->source));
	err = add_fixed();
	if (err)
		return err;
	devnode_listen(add_node);
	fs_register(&devtmpfs_type);
	fs_register(&devfs_type);
	return 0;
}
