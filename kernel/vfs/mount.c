/*
 * The mount tree. mount_mutex serializes changes; dcache_lock guards what the path walk reads: the
 * hash from (mount, dentry) to the mount on it, and parent links. A mount lives as long
 * as the tree or a path refers to it; a child mount holds a reference on its parent.
 */
#include "vfs/internal.h"
#include "vfs/stack.h"

#define HASH_SIZE 64

struct mutex mount_mutex;
struct list_head all_mounts = LIST_INIT(all_mounts);
static struct list_head hash_table[HASH_SIZE];
static int last_id;
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

/* Consumes the reference on sb; takes one on root. NULL when out of memory (sb is put then). */
static struct mount *mount_new(struct super_block *sb, struct dentry *root, unsigned long flags)
{
	struct mount *m = kmem_cache_alloc(mount_cache, GFP_KERNEL);

	if (!m) {
		super_put(sb);
		return NULL;
	}
	memset(m, 0, sizeof(*m));
	ref_init(&m->ref, 1);
	m->id = atomic_add(&last_id, 1);
	m->flags = flags;
	m->sb = sb;
	m->root = dentry_get(root);
	list_init(&m->hash_node);
	list_init(&m->children);
	list_init(&m->sibling);
	list_init(&m->all_node);
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
	m->is_detached = true;
	*out = (struct path){m, dentry_get(p->dentry)};
	return 0;
}

/* --- attach and detach; mount_mutex held --- */

static void attach(struct mount *m, const struct path *at)
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

/* Out of its place in the tree; the references on the place are returned in *was_at. */
static void unhook(struct mount *m, struct path *was_at)
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
	unhook(m, &was_at);
	m->is_detached = true;
	path_put(&was_at);
	mount_put(m);
}

static void detach_tree(struct mount *m)
{
	while (!list_empty(&m->children))
		detach_tree(list_last_entry(&m->children, struct mount, sibling));
	detach(m);
}

/* The mount on top of a stack of mounts at `p`. */
static void to_top(struct path *p)
{
	while (p->dentry->flags & DE_MOUNTED) {
		struct mount *m = mount_lookup(p->mnt, p->dentry);

		if (!m)
			return;
		path_put(p);
		*p = (struct path){m, dentry_get(m->root)};
	}
}

/* --- mount(2) --- */

#define PER_MOUNT_FLAGS                                                                            \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME | \
	 MS_STRICTATIME | MS_NOSYMFOLLOW)

/* mount(2): relatime unless something else is asked for. */
static unsigned long mount_flags(unsigned long flags)
{
	unsigned long f = flags & PER_MOUNT_FLAGS;

	if (!(f & MS_NOATIME))
		f |= MS_RELATIME;
	if (f & MS_STRICTATIME)
		f &= ~(unsigned long)(MS_RELATIME | MS_NOATIME);
	return f;
}

static int graft(struct mount *m, struct path *at)
{
	int err = 0;

	to_top(at);
	if (S_ISDIR(m->root->inode->mode) != S_ISDIR(at->dentry->inode->mode))
		err = -ENOTDIR;
	else if (at->dentry->flags & DE_UNLINKED)
		err = -ENOENT;
	else if (at->mnt->is_detached)
		err = -EINVAL;
	if (!err)
		attach(m, at);
	return err;
}

static int mount_fs(const struct vfs_ctx *ctx, const char *source, struct path *at,
		    const char *type, unsigned long flags, const char *options)
{
	struct fs_type *t;
	struct super_block *sb;
	struct mount *m;
	int err;

	if (!type)
		return -EINVAL;
	t = fs_find(type);
	if (!t)
		return -ENODEV;
	sb = t->mount_at ? t->mount_at(ctx, t, flags, options ? options : "")
			 : t->mount(t, source, flags, options ? options : "");
	if (IS_ERR(sb))
		return (int)PTR_ERR(sb);
	if (!sb->source[0])
		str_copy(sb->source, source && *source ? source : "none", sizeof(sb->source));
	m = mount_new(sb, sb->root, mount_flags(flags));
	if (!m)
		return -ENOMEM;
	mutex_lock(&mount_mutex);
	to_top(at);
	/* The same file system twice on one place is refused. */
	if (at->mnt->sb == sb && at->dentry == at->mnt->root)
		err = -EBUSY;
	else
		err = graft(m, at);
	mutex_unlock(&mount_mutex);
	if (err)
		mount_put(m);
	return err;
}

/* The counterpart of `path` in a copy of its mount. */
static int copy_children(struct mount *from, struct mount *to, struct dentry *below)
{
	struct mount *c;

	list_for_each_entry (c, &from->children, sibling) {
		struct path at = {to, c->mountpoint};
		struct mount *copy;
		int err;

		if (!dentry_is_ancestor(below, c->mountpoint))
			continue;
		copy = mount_new(super_get(c->sb), c->root, c->flags);
		if (!copy)
			return -ENOMEM;
		attach(copy, &at);
		err = copy_children(c, copy, c->root);
		if (err)
			return err;
	}
	return 0;
}

static int mount_bind(const struct vfs_ctx *ctx, const char *source, struct path *at, bool rec)
{
	struct path from;
	struct mount *m;
	int err;

	if (!source || !*source)
		return -EINVAL;
	err = vfs_lookup(ctx, AT_FDCWD, source, LOOKUP_FOLLOW, &from);
	if (err)
		return err;
	mutex_lock(&mount_mutex);
	m = NULL;
	if (from.mnt->is_detached || from.mnt == anon_mount)
		err = -EINVAL;
	else
		m = mount_new(super_get(from.mnt->sb), from.dentry, from.mnt->flags);
	if (!err && !m)
		err = -ENOMEM;
	/* The children first: the copy must not find itself when it is bound below its source. */
	if (!err && rec)
		err = copy_children(from.mnt, m, from.dentry);
	if (!err)
		err = graft(m, at);
	if (err && m) {
		while (!list_empty(&m->children))
			detach_tree(list_last_entry(&m->children, struct mount, sibling));
		mount_put(m);
	}
	mutex_unlock(&mount_mutex);
	path_put(&from);
	return err;
}

static bool mount_is_below(const struct mount *m, const struct mount *top)
{
	for (; m; m = m->parent)
		if (m == top)
			return true;
	return false;
}

static int mount_move(const struct vfs_ctx *ctx, const char *source, struct path *at)
{
	struct path from, was_at;
	int err;

	if (!source || !*source)
		return -EINVAL;
	err = vfs_lookup(ctx, AT_FDCWD, source, LOOKUP_FOLLOW, &from);
	if (err)
		return err;
	mutex_lock(&mount_mutex);
	to_top(at);
	if (from.dentry != from.mnt->root || !from.mnt->parent || at->mnt->is_detached)
		err = -EINVAL;
	else if (S_ISDIR(from.dentry->inode->mode) != S_ISDIR(at->dentry->inode->mode))
		err = -EINVAL;
	else if (mount_is_below(at->mnt, from.mnt))
		err = -ELOOP;
	if (!err) {
		unhook(from.mnt, &was_at);
		attach(from.mnt, at);
		path_put(&was_at);
	}
	mutex_unlock(&mount_mutex);
	path_put(&from);
	return err;
}

/* Read-only means that no file is open for writing. */
static bool has_writers(struct super_block *sb)
{
	struct inode *i;
	bool found = false;

	spin_lock(&sb->lock);
	list_for_each_entry (i, &sb->inodes, sb_node) {
		if (READ_ONCE(i->write_count) > 0) {
			found = true;
			break;
		}
	}
	spin_unlock(&sb->lock);
	return found;
}

/* MS_REMOUNT, and with MS_BIND: flags of the mount alone. */
static int mount_again(struct path *at, unsigned long flags, const char *options)
{
	struct super_block *sb = at->mnt->sb;
	unsigned long want = mount_flags(flags);
	int err = 0;

	if (at->dentry != at->mnt->root)
		return -EINVAL;
	mutex_lock(&mount_mutex);
	if (!(flags & MS_BIND)) {
		if ((flags & MS_RDONLY) && !(sb->flags & MS_RDONLY) && has_writers(sb))
			err = -EBUSY;
		else if (sb->ops->remount)
			err = sb->ops->remount(sb, options ? options : "");
		if (!err)
			sb->flags = (sb->flags & ~(unsigned long)MS_RDONLY) | (flags & MS_RDONLY);
	}
	if (!err) {
		/* Without any atime flag the mount keeps its own (mount(2), MS_REMOUNT). */
		if (!(flags & (MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME)))
			want = (want & ~(unsigned long)MS_RELATIME) |
			       (at->mnt->flags &
				(MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME));
		WRITE_ONCE(at->mnt->flags, want);
	}
	mutex_unlock(&mount_mutex);
	return err;
}

/* Mounts propagate nowhere here: private is what they are, the rest would be a lie. */
static int change_propagation(struct path *at, unsigned long flags)
{
	unsigned long type = flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE);

	if (flags & ~(unsigned long)(type | MS_REC | MS_SILENT) || (type & (type - 1)))
		return -EINVAL;
	if (at->dentry != at->mnt->root)
		return -EINVAL;
	return type == MS_PRIVATE || type == MS_SLAVE ? 0 : -EINVAL;
}

int vfs_mount(const struct vfs_ctx *ctx, const char *source, const char *target, const char *type,
	      unsigned long flags, const char *options)
{
	struct path at;
	int err;

	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~(unsigned long)MS_MGC_MSK;
	err = vfs_lookup(ctx, AT_FDCWD, target, LOOKUP_FOLLOW, &at);
	if (err)
		return err;
	if (!cred_has_cap(ctx->cred, CAP_SYS_ADMIN))
		err = -EPERM;
	else if (flags & MS_NOUSER)
		err = -EINVAL;
	else if (flags & MS_REMOUNT)
		err = mount_again(&at, flags, options);
	else if (flags & MS_BIND)
		err = mount_bind(ctx, source, &at, flags & MS_REC);
	else if (flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))
		err = change_propagation(&at, flags);
	else if (flags & MS_MOVE)
		err = mount_move(ctx, source, &at);
	else
		err = mount_fs(ctx, source, &at, type, flags, options);
	path_put(&at);
	return err;
}

/* --- umount2(2) --- */

#define MNT_FORCE_K	  1
#define MNT_DETACH_K	  2
#define MNT_EXPIRE_K	  4
#define UMOUNT_NOFOLLOW_K 8

/* `busy` references: the tree's, and the caller's path. */
static int umount_locked(struct mount *m, int flags)
{
	bool in_use = ref_read(&m->ref) > 2 || !list_empty(&m->children);

	if (!m->parent)
		return flags & MNT_EXPIRE_K ? -EINVAL : -EBUSY;
	if (flags & MNT_DETACH_K) {
		detach_tree(m);
		return 0;
	}
	if (in_use)
		return -EBUSY;
	if ((flags & MNT_EXPIRE_K) && !m->expires) {
		m->expires = true;
		return -EAGAIN;
	}
	detach(m);
	return 0;
}

int vfs_umount(const struct vfs_ctx *ctx, const char *target, int flags)
{
	struct path p;
	struct mount *m;
	int err;

	if (flags & ~(MNT_FORCE_K | MNT_DETACH_K | MNT_EXPIRE_K | UMOUNT_NOFOLLOW_K))
		return -EINVAL;
	err = vfs_lookup(ctx, AT_FDCWD, target, flags & UMOUNT_NOFOLLOW_K ? 0 : LOOKUP_FOLLOW, &p);
	if (err)
		return err;
	m = p.mnt;
	if (!cred_has_cap(ctx->cred, CAP_SYS_ADMIN))
		err = -EPERM;
	else if (p.dentry != m->root)
		err = -EINVAL;
	else if ((flags & MNT_EXPIRE_K) && (flags & (MNT_FORCE_K | MNT_DETACH_K)))
		err = -EINVAL;
	dentry_put(p.dentry);
	if (!err) {
		mutex_lock(&mount_mutex);
		if (m->is_detached)
			err = -EINVAL;
		else if (m == ctx->fs->root.mnt && !(flags & MNT_DETACH_K))
			err = -EBUSY;
		else
			err = umount_locked(m, flags);
		mutex_unlock(&mount_mutex);
	}
	if (err == -EAGAIN) {
		/* the put below would count as a use */
		mount_put(m);
		m->expires = true;
		return err;
	}
	mount_put(m);
	return err;
}

/* --- start --- */

static int anon_statfs(struct super_block *sb, struct kstatfs *st)
{
	(void)sb;
	(void)st;
	return 0;
}
static const struct super_ops anon_super_ops = {.statfs = anon_statfs};
static struct fs_type anon_type = {.name = "anon_inodefs"};
static struct fs_type pipe_type = {.name = "pipefs"};
static struct fs_type sock_type = {.name = "sockfs"};
static struct fs_type shm_type = {.name = "tmpfs"};
struct super_block *pipe_sb;
static struct super_block *sock_sb;
struct mount *memfd_mount; /* programs may be executed from it */

struct mount *mount_internal(struct super_block *sb, unsigned long flags)
{
	return mount_new(sb, sb->root, flags);
}

static struct mount *kernel_mount(struct fs_type *t, u64 magic, unsigned long flags)
{
	struct super_block *sb = super_new(t, &anon_super_ops, magic, 0);
	struct inode *root;
	struct mount *m;

	BUG_ON(!sb);
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
	anon_mount = kernel_mount(&anon_type, ANON_INODE_FS_MAGIC, MS_NOEXEC | MS_NODEV);
	memfd_mount = kernel_mount(&shm_type, TMPFS_MAGIC, MS_NODEV);
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
	sb = t->mount(t, "rootfs", 0, "mode=755");
	if (IS_ERR(sb))
		return (int)PTR_ERR(sb);
	str_copy(sb->source, "rootfs", sizeof(sb->source));
	m = mount_new(sb, sb->root, MS_RELATIME);
	if (!m)
		return -ENOMEM;
	mutex_lock(&mount_mutex);
	list_add_tail(&m->all_node, &all_mounts);
	mutex_unlock(&mount_mutex);
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
