/* Inodes, super blocks and the list of file-system types. */
#include "vfs/internal.h"
#include "vfs/user_ns.h"
#include "vfs/notify.h"

static struct kmem_cache *inode_cache;
static const struct vmobj_ops memory_ops;
static u64 last_ino;
static u32 last_anon_minor;
static struct fs_type *fs_types;
static spinlock_t types_lock = SPINLOCK_INIT(RANK_LEAF, "fs_types");

void inode_cache_init(void)
{
	inode_cache = kmem_cache_create("inode", sizeof(struct inode), 0);
	BUG_ON(!inode_cache);
}

/* mmap(2): the times of a file that is written through a mapping "will be updated at some point
 * after a write to the mapped region and before" msync(2). */
static void memory_mapped_write(struct vmobj *o)
{
	inode_touch(container_of(o, struct inode, obj), ATTR_MTIME | ATTR_CTIME);
}

/* Nothing behind the pages. */
static const struct vmobj_ops memory_ops = {.mapped_write = memory_mapped_write};

/* --- types --- */

void fs_register(struct fs_type *t)
{
	spin_lock(&types_lock);
	t->next = fs_types;
	fs_types = t;
	spin_unlock(&types_lock);
}

/* Types are never unregistered: the pointer stays good. */
struct fs_type *fs_find(const char *name)
{
	struct fs_type *t;

	spin_lock(&types_lock);
	for (t = fs_types; t && strcmp(t->name, name); t = t->next)
		;
	spin_unlock(&types_lock);
	return t;
}

void fs_for_each_type(void (*fn)(void *arg, const struct fs_type *t), void *arg)
{
	for (struct fs_type *t = fs_types; t; t = t->next)
		fn(arg, t);
}

/* --- super blocks --- */

struct super_block *super_new(struct fs_type *t, const struct super_ops *ops, u64 magic,
			      unsigned long flags)
{
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);

	if (!sb)
		return NULL;
	sb->type = t;
	sb->ops = ops;
	sb->magic = magic;
	sb->flags = flags & MS_RDONLY;
	sb->dev = MKDEV(0, atomic_add(&last_anon_minor, 1));
	ref_init(&sb->ref, 1);
	sb->rename_lock = &sb->own_rename_lock;
	mutex_init(sb->rename_lock, RANK_RENAME, "rename_lock");
	spin_init(&sb->lock, RANK_SB, "super_block");
	list_init(&sb->inodes);
	return sb;
}

void inode_free_private(struct inode *i)
{
	kfree(i->private);
	i->private = NULL;
}

void super_put(struct super_block *sb)
{
	if (!ref_put(&sb->ref))
		return;
	notify_umount(sb);
	inode_sync_all(sb);
	if (sb->root)
		dcache_drop_tree(sb->root);
	if (sb->ops->put_super)
		sb->ops->put_super(sb);
	if (sb->user_ns)
		user_ns_put(sb->user_ns);
	kfree(sb);
}

/* Write back every inode of sb. An inode is kept by a reference while its list position is needed.
 */
void inode_sync_all(struct super_block *sb)
{
	struct inode *i, *prev = NULL;
	struct list_head *p;

	spin_lock(&sb->lock);
	p = sb->inodes.next;
	while (p != &sb->inodes) {
		i = list_entry(p, struct inode, sb_node);
		if (!i->obj.ops || !i->obj.ops->writeback || !ref_get_unless_zero(&i->ref)) {
			p = p->next;
			continue;
		}
		spin_unlock(&sb->lock);
		vmobj_sync(&i->obj, 0, ~0UL);
		if (prev)
			inode_put(prev);
		prev = i;
		spin_lock(&sb->lock);
		p = i->sb_node.next;
	}
	spin_unlock(&sb->lock);
	if (prev)
		inode_put(prev);
}

/* --- inodes --- */

struct inode *inode_new(struct super_block *sb, u32 mode, u64 ino)
{
	struct inode *i = kmem_cache_alloc(inode_cache, GFP_KERNEL);

	if (!i)
		return NULL;
	memset(i, 0, sizeof(*i));
	i->sb = sb;
	ref_init(&i->ref, 1);
	i->mode = mode;
	i->nlink = 1;
	i->ino = ino;
	rwsem_init(&i->rwsem, RANK_INODE, "i_rwsem");
	vmobj_init(&i->obj, &memory_ops);
	i->atime = i->mtime = i->ctime = i->btime = ktime_now();
	spin_lock(&sb->lock);
	list_add_tail(&i->sb_node, &sb->inodes);
	spin_unlock(&sb->lock);
	return i;
}

u64 next_ino(struct super_block *sb)
{
	(void)sb;
	return atomic_add(&last_ino, 1);
}

static void inode_free(struct inode *i)
{
	struct super_block *sb = i->sb;

	if (i->nlink && i->obj.ops && i->obj.ops->writeback)
		vmobj_sync(&i->obj, 0, ~0UL);
	spin_lock(&sb->lock);
	list_del(&i->sb_node);
	spin_unlock(&sb->lock);
	if (sb->ops && sb->ops->evict_inode)
		sb->ops->evict_inode(i);
	vmobj_destroy(&i->obj);
	pipe_inode_free(i);
	locks_free_inode(i);
	xattrs_free_inode(i);
	kmem_cache_free(inode_cache, i);
}

void inode_put(struct inode *i)
{
	if (i && ref_put(&i->ref))
		inode_free(i);
}

struct ktime_ts ktime_now(void)
{
	u64 ns = now_real_ns();

	return (struct ktime_ts){.sec = (s64)(ns / NSEC_PER_SEC), .nsec = (u32)(ns % NSEC_PER_SEC)};
}

void inode_touch(struct inode *i, unsigned which)
{
	struct ktime_ts now = ktime_now();

	if (which & ATTR_ATIME)
		i->atime = now;
	if (which & ATTR_MTIME)
		i->mtime = now;
	if (which & ATTR_CTIME)
		i->ctime = now;
}

int inode_setattr_simple(struct inode *i, const struct iattr *a)
{
	if ((a->valid & ATTR_SIZE) && a->size != i->obj.size_bytes)
		vmobj_truncate(&i->obj, a->size);
	if (a->valid & ATTR_UID)
		i->uid = a->uid;
	if (a->valid & ATTR_GID)
		i->gid = a->gid;
	if (a->valid & ATTR_MODE)
		i->mode = (i->mode & S_IFMT) | (a->mode & 07777);
	if (a->valid & ATTR_ATIME)
		i->atime = a->atime;
	if (a->valid & ATTR_MTIME)
		i->mtime = a->mtime;
	if (a->valid & ATTR_CTIME)
		i->ctime = a->ctime;
	return 0;
}

void inode_stat_simple(struct inode *i, struct kstat *st)
{
	inode_stat_fields(i, st);
}

/* --- permission: path_resolution(7), capabilities(7) --- */

int inode_permission_mode(const struct inode *i, const struct cred *c, unsigned mask)
{
	u32 mode = i->mode;

	if (c->fsuid == i->uid)
		mode >>= 6;
	else if (((mode >> 3) ^ mode) & mask && cred_in_group(c, i->gid))
		mode >>= 3; /* asked only where group and others differ */
	if (!(mask & ~mode & 7))
		return 0;
	if (S_ISDIR(i->mode)) {
		if (!(mask & MAY_WRITE) && cred_capable_over(c, i, CAP_DAC_READ_SEARCH))
			return 0;
		return cred_capable_over(c, i, CAP_DAC_OVERRIDE) ? 0 : -EACCES;
	}
	if ((mask & 7) == MAY_READ && cred_capable_over(c, i, CAP_DAC_READ_SEARCH))
		return 0;
	/* Executing takes at least one x bit, whoever asks. */
	if ((!(mask & MAY_EXEC) || (i->mode & 0111)) && cred_capable_over(c, i, CAP_DAC_OVERRIDE))
		return 0;
	return -EACCES;
}

int inode_permission(struct inode *i, const struct cred *c, unsigned mask)
{
	if ((mask & MAY_WRITE) && (i->sb->flags & MS_RDONLY) &&
	    (S_ISREG(i->mode) || S_ISDIR(i->mode) || S_ISLNK(i->mode)))
		return -EROFS;
	if (unlikely(i->attr_flags & FS_IMMUTABLE_FL) && (mask & MAY_WRITE))
		return -EPERM;
	if (i->ops && i->ops->permission)
		return i->ops->permission(i, c, mask);
	return inode_permission_mode(i, c, mask);
}

bool inode_is_owner(const struct inode *i, const struct cred *c)
{
	return c->fsuid == i->uid ||
	       (cred_has_own_cap(c, CAP_FOWNER) && from_kuid(c->user_ns, i->uid) != NO_KID);
}

/* --- write_count --- */

static int count_away_from(int *count, int step)
{
	int n = __atomic_load_n(count, __ATOMIC_RELAXED);

	do {
		if (step > 0 ? n < 0 : n > 0)
			return -ETXTBSY;
	} while (!__atomic_compare_exchange_n(count, &n, n + step, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_RELAXED));
	return 0;
}

int inode_get_write(struct inode *i)
{
	return count_away_from(&i->write_count, 1);
}
void inode_put_write(struct inode *i)
{
	atomic_sub(&i->write_count, 1);
}
int inode_deny_write(struct inode *i)
{
	return count_away_from(&i->write_count, -1);
}
void inode_allow_write(struct inode *i)
{
	atomic_add(&i->write_count, 1);
}
