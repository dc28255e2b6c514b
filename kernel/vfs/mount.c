/*
 * The mount tree. mount_mutex serializes changes; dcache_lock guards what the path walk reads: the
 * hash from (mount, dentry) to the mount on it, and parent links. A mount lives as long
 * as the tree or a path refers to it; a child mount holds a reference on its parent.
 */
#include "vfs/internal.h"
#include "vfs/mount_impl.h"
#include "vfs/stack.h"

#define HASH_SIZE 64

struct mutex mount_mutex;
struct list_head all_mounts = LIST_INIT(all_mounts);
static struct list_head hash_table[HASH_SIZE];
static int last_id;

/* statx(2), STATX_MNT_ID_UNIQUE: never one of the small numbers, and never used again. */
#define UNIQUE_ID_FIRST (1ull << 31)

static struct kmem_cache *mount_cache;
struct mount *anon_mount;
struct path vfs_root;

static struct list_head *bucket(const struct mount *m, const struct dentry *d)
{
	return &hash_table[(((unsigned long)m >> 6) ^ ((unsigned long)d >> 7)) % HASH_SIZE];
}

struct mount *mount_find(struct mount *parent, struct dentry *d)
{
	struct mount *m;

	list_for_each_entry (m, bucket(parent, d), hash_node) {
		if (m->parent == parent && m->mountpoint == d)
			return m;
	}
	return NULL;
}

struct mount *mount_lookup(struct mount *parent, struct dentry *d)
{
	struct mount *m;

	spin_lock(&dcache_lock);
	m = mount_find(parent, d);
	if (m)
		mount_get(m);
	spin_unlock(&dcache_lock);
	return m;
}

struct mount *mount_new(struct super_block *sb, struct dentry *root, unsigned long flags)
{
	struct mount *m = kmem_cache_alloc(mount_cache, GFP_KERNEL);

	if (!m) {
		super_put(sb);
		return NULL;
	}
	memset(m, 0, sizeof(*m));
	ref_init(&m->ref, 1);
	m->id = atomic_add(&last_id, 1);
	m->unique_id = UNIQUE_ID_FIRST + (u64)m->id;
	m->flags = flags;
	m->sb = sb;
	m->root = dentry_get(root);
	list_init(&m->hash_node);
	list_init(&m->children);
	list_init(&m->sibling);
	list_init(&m->all_node);
	list_init(&m->peers);
	list_init(&m->slaves);
	list_init(&m->slave_node);
	return m;
}

void mount_put(struct mount *m)
{
	struct super_block *sb;

	m->expires = false;
	if (!ref_put(&m->ref))
		return;
	sb = m->sb;
	dentry_put(m->root);
	kmem_cache_free(mount_cache, m);
	super_put(sb);
}

/* A mount of what `p` shows that is in no tree: for a file system that stands on others. */
int mount_private(const struct path *p, struct path *out)
{
	struct mount *m = mount_new(super_get(p->mnt->sb), p->dentry, p->mnt->flags);

	if (!m)
		return -ENOMEM;
	*out = (struct path){m, dentry_get(p->dentry)};
	return 0;
}

/* --- attach and detach; mount_mutex held --- */

void mount_attach(struct mount *m, const struct path *at)
{
	mount_get(at->mnt);
	dentry_get(at->dentry);
	spin_lock(&dcache_lock);
	m->parent = at->mnt;
	m->mountpoint = at->dentry;
	at->dentry->flags |= DE_MOUNTED;
	list_add_tail(&m->hash_node, bucket(m->parent, m->mountpoint));
	list_add_tail(&m->sibling, &at->mnt->children);
	spin_unlock(&dcache_lock);
	if (list_empty(&m->all_node))
		list_add_tail(&m->all_node, &all_mounts);
	mount_tree_set_ns(m, at->mnt->ns);
}

/* The next mount of the tree of `top`, each before its children; NULL after the last. */
struct mount *mount_tree_next(struct mount *m, struct mount *top)
{
	if (!list_empty(&m->children))
		return list_first_entry(&m->children, struct mount, sibling);
	while (m != top) {
		if (m->sibling.next != &m->parent->children)
			return list_entry(m->sibling.next, struct mount, sibling);
		m = m->parent;
	}
	return NULL;
}

void mount_tree_set_ns(struct mount *top, struct mnt_ns *ns)
{
	for (struct mount *m = top; m; m = mount_tree_next(m, top))
		WRITE_ONCE(m->ns, ns);
}

static bool is_mountpoint(const struct dentry *d)
{
	struct mount *m;

	list_for_each_entry (m, &all_mounts, all_node) {
		if (m->mountpoint == d)
			return true;
	}
	return false;
}

void mount_unhook(struct mount *m, struct path *was_at)
{
	spin_lock(&dcache_lock);
	*was_at = (struct path){m->parent, m->mountpoint};
	m->parent = NULL;
	m->mountpoint = NULL;
	list_del(&m->hash_node);
	list_del(&m->sibling);
	if (!is_mountpoint(was_at->dentry)) {
		was_at->dentry->flags &= ~(u32)DE_MOUNTED;
	}
	spin_unlock(&dcache_lock);
}

static void detach(struct mount *m)
{
	struct path was_at;

	list_del(&m->all_node);
	mount_leave_groups(m);
	WRITE_ONCE(m->ns, NULL);
	if (m->parent) {
		mount_unhook(m, &was_at);
		path_put(&was_at);
	}
	mount_put(m);
}

/* The deepest first; a tree of any depth takes no stack. */
void mount_detach_tree(struct mount *top)
{
	struct mount *m = top;

	for (;;) {
		struct mount *parent;

		while (!list_empty(&m->children))
			m = list_last_entry(&m->children, struct mount, sibling);
		parent = m->parent;
		detach(m);
		if (m == top)
			break;
		m = parent;
	}
}

void mount_to_top(struct path *p)
{
	while (p->dentry->flags & DE_MOUNTED) {
		struct mount *m = mount_lookup(p->mnt, p->dentry);

		if (!m)
			return;
		path_put(p);
		*p = (struct path){m, dentry_get(m->root)};
	}
}

/* --- start --- */

static const struct super_ops anon_super_ops;
static struct fs_type anon_type = {.name = "anon_inodefs"};
static struct fs_type pipe_type = {.name = "pipefs"};
static struct fs_type sock_type = {.name = "sockfs"};
static struct fs_type ns_type = {.name = "nsfs"};
static struct fs_type shm_type = {.name = "tmpfs"};
struct super_block *pipe_sb;
static struct super_block *sock_sb;
struct mount *memfd_mount; /* programs may be executed from it */

struct mount *mount_internal(struct super_block *sb, unsigned long flags)
{
	return mount_new(sb, sb->root, flags);
}

static struct mount *kernel_mount(struct fs_type *t, const struct super_ops *ops, u64 magic,
				  unsigned long flags)
{
	struct super_block *sb = super_new(t, ops, magic, 0);
	struct inode *root;
	struct mount *m;

	BUG_ON(!sb);
	str_copy(sb->source, t->name, sizeof(sb->source));
	root = inode_new(sb, S_IFDIR | 0555, next_ino(sb));
	BUG_ON(!root);
	sb->root = dentry_make_root(sb, root);
	BUG_ON(!sb->root);
	m = mount_new(sb, sb->root, flags);
	BUG_ON(!m);
	return m;
}

void mount_init(void)
{
	mount_cache = kmem_cache_create("mount", sizeof(struct mount), 0);
	BUG_ON(!mount_cache);
	mutex_init(&mount_mutex, RANK_MOUNT, "mount_mutex");
	for (unsigned i = 0; i < HASH_SIZE; i++)
		list_init(&hash_table[i]);
	pipe_sb = super_new(&pipe_type, &anon_super_ops, PIPEFS_MAGIC, 0);
	sock_sb = super_new(&sock_type, &anon_super_ops, SOCKFS_MAGIC, 0);
	BUG_ON(!pipe_sb || !sock_sb);
	anon_mount = kernel_mount(&anon_type, &anon_super_ops, ANON_INODE_FS_MAGIC,
				  MS_NOEXEC | MS_NODEV);
	ns_mount = kernel_mount(&ns_type, &ns_super_ops, NSFS_MAGIC, 0);
	memfd_mount = kernel_mount(&shm_type, &anon_super_ops, TMPFS_MAGIC, MS_NODEV);
	mqueue_fs_init();
}

struct inode *inode_new_anon(u32 mode)
{
	struct super_block *sb = anon_mount->sb;

	if (S_ISFIFO(mode))
		sb = pipe_sb;
	else if (S_ISSOCK(mode))
		sb = sock_sb;
	else if (S_ISREG(mode))
		sb = memfd_mount->sb;
	return inode_new(sb, mode, next_ino(sb));
}

int vfs_mount_root(void)
{
	struct fs_type *t = fs_find("tmpfs");
	struct super_block *sb;
	struct mount *m;

	if (!t)
		return -ENODEV;
	sb = t->mount(t, "rootfs", 0, "mode=755,size=0,nr_inodes=0");
	if (IS_ERR(sb))
		return (int)PTR_ERR(sb);
	str_copy(sb->source, "rootfs", sizeof(sb->source));
	m = mount_new(sb, sb->root, MS_RELATIME);
	if (!m)
		return -ENOMEM;
	mutex_lock(&mount_mutex);
	list_add_tail(&m->all_node, &all_mounts);
	mutex_unlock(&mount_mutex);
	first_ns.root = mount_get(m);
	m->ns = &first_ns;
	vfs_root = (struct path){m, dentry_get(m->root)};
	return 0;
}

void vfs_init(void)
{
	inode_cache_init();
	dcache_init();
	file_cache_init();
	epoll_init();
	mount_init();
}
