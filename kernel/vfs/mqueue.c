/*
 * The file system "mqueue": one directory for each IPC namespace, made when it is first used and
 * the same wherever it is mounted, of files that are message queues. Their messages: mqueue_msg.c.
 * Called by sys/mqueue.c, and through inode_ops.
 */
#include "vfs/mqueue.h"
#include "vfs/internal.h"
#include "vfs/mqueue_internal.h"
#include "vfs/notify.h"
#include "vfs/user_ns.h"

#define MQUEUE_MAGIC   0x19800202
#define FILE_SIZE      80 /* what stat(2) shows */
#define ENTRY_BYTES    20
#define NODE_BYTES     48 /* Linux's overhead, per message and per priority, in RLIMIT_MSGQUEUE */
#define MSG_MAX_LEGACY 10

/* What a user's queues may hold, altogether. */
struct mqueue_user {
	struct list_head node;
	u32 uid;
	u64 bytes;
};

static spinlock_t users_lock = SPINLOCK_INIT(RANK_LEAF, "mqueue users");
static struct list_head users = LIST_INIT(users); /* users_lock */
static const struct inode_ops dir_iops, file_iops;

/* --- the namespace of a directory: its super block may outlive it where programs mounted it --- */

static const struct mqueue_limits usual_limits = {
	.queues_max = 256,
	.msg_max = MSG_MAX_LEGACY,
	.msgsize_max = 8192,
	.msg_default = 10,
	.msgsize_default = 8192,
};

void mqueue_init_ns(struct ipc_ns *ns)
{
	ns->mq.limits = usual_limits;
}

void mqueue_exit_ns(struct ipc_ns *ns)
{
	struct mount *m = ns->mq.mount;

	if (!m)
		return;
	spin_lock(&users_lock);
	m->sb->private = NULL;
	spin_unlock(&users_lock);
	mount_put(m);
}

/* False: it is no more. */
static bool limits_of(const struct super_block *sb, struct mqueue_limits *l)
{
	const struct ipc_ns *ns;

	spin_lock(&users_lock);
	ns = sb->private;
	if (ns)
		*l = ns->mq.limits;
	spin_unlock(&users_lock);
	return ns != NULL;
}

/* --- accounts --- */

static u64 bytes_of(const struct mq_attr *a)
{
	u64 most = (u64)a->mq_maxmsg;

	return most * ((u64)a->mq_msgsize + NODE_BYTES) + MIN(most, MQ_PRIO_MAX) * NODE_BYTES;
}

static struct mqueue_user *find_user(u32 uid)
{
	struct mqueue_user *u;

	list_for_each_entry (u, &users, node)
		if (u->uid == uid)
			return u;
	return NULL;
}

static int charge(const struct super_block *sb, u32 uid, u64 bytes, u64 limit, bool may_exceed)
{
	struct mqueue_user *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL), *u;
	struct ipc_ns *ns;
	int err = 0;

	if (!fresh)
		return -ENOMEM;
	spin_lock(&users_lock);
	ns = sb->private;
	u = find_user(uid);
	if (!ns) {
		err = -EACCES;
	} else if (ns->mq.nr_queues >= ns->mq.limits.queues_max && !may_exceed) {
		err = -ENOSPC;
	} else if (bytes > limit || (u ? u->bytes : 0) > limit - bytes) {
		err = -EMFILE;
	} else {
		if (!u) {
			u = fresh;
			fresh = NULL;
			u->uid = uid;
			list_add(&u->node, &users);
		}
		u->bytes += bytes;
		ns->mq.nr_queues++;
	}
	spin_unlock(&users_lock);
	kfree(fresh);
	return err;
}

static void uncharge(const struct super_block *sb, u32 uid, u64 bytes)
{
	struct ipc_ns *ns;
	struct mqueue_user *u;

	spin_lock(&users_lock);
	ns = sb->private;
	if (ns)
		ns->mq.nr_queues--;
	u = find_user(uid);
	u->bytes -= bytes;
	if (!u->bytes)
		list_del(&u->node);
	else
		u = NULL;
	spin_unlock(&users_lock);
	kfree(u);
}

/* mq_open(3): EINVAL. */
static int check_attr(const struct mqueue_limits *l, const struct mq_attr *a, bool may_exceed)
{
	if (a->mq_maxmsg <= 0 || a->mq_msgsize <= 0)
		return -EINVAL;
	if (a->mq_maxmsg > (may_exceed ? HARD_MSGMAX : l->msg_max) ||
	    a->mq_msgsize > (may_exceed ? HARD_MSGSIZEMAX : l->msgsize_max))
		return -EINVAL;
	return 0;
}

/* --- queues --- */

static void queue_free(const struct super_block *sb, struct mqueue *q)
{
	mqueue_drop_messages(q);
	uncharge(sb, q->uid, bytes_of(&q->attr));
	kfree(q);
}

static void evict(struct inode *i)
{
	if (i->private)
		queue_free(i->sb, i->private);
}

struct make {
	const struct cred *cred;
	const struct mq_attr *attr;
	u64 limit_bytes;
};

static struct mqueue *queue_new(const struct super_block *sb, const struct make *m)
{
	bool may_exceed = cred_has_cap(m->cred, CAP_SYS_RESOURCE);
	struct mqueue_limits l;
	struct mqueue *q;
	struct mq_attr a;
	int err = 0;

	if (!limits_of(sb, &l))
		return ERR_PTR(-EACCES);
	a = (struct mq_attr){
		.mq_maxmsg = MIN(l.msg_max, l.msg_default),
		.mq_msgsize = MIN(l.msgsize_max, l.msgsize_default),
	};

	if (m->attr) {
		err = check_attr(&l, m->attr, may_exceed);
		a.mq_maxmsg = m->attr->mq_maxmsg;
		a.mq_msgsize = m->attr->mq_msgsize;
	}
	if (!err)
		err = charge(sb, m->cred->uid, bytes_of(&a), m->limit_bytes, may_exceed);
	if (err)
		return ERR_PTR(err);
	q = kzalloc(sizeof(*q), GFP_KERNEL);
	if (!q) {
		uncharge(sb, m->cred->uid, bytes_of(&a));
		return ERR_PTR(-ENOMEM);
	}
	q->attr = a;
	q->uid = m->cred->uid;
	mqueue_init(q);
	return q;
}

/* The directory's i_rwsem is held; de is negative. */
static int make_queue(struct inode *dir, struct dentry *de, const struct new_node *n,
		      const struct make *m)
{
	struct mqueue *q = queue_new(dir->sb, m);
	struct inode *i;

	if (IS_ERR(q))
		return (int)PTR_ERR(q);
	i = inode_new(dir->sb, n->mode, next_ino(dir->sb));
	if (!i) {
		queue_free(dir->sb, q);
		return -ENOMEM;
	}
	i->uid = n->uid;
	i->gid = n->gid;
	i->ops = &file_iops;
	i->fops = &mqueue_fops;
	i->obj.size_bytes = FILE_SIZE;
	i->private = q;
	dentry_set_inode(de, i);
	dentry_pin(de);
	dir->obj.size_bytes += ENTRY_BYTES;
	inode_touch(dir, ATTR_ATIME | ATTR_MTIME | ATTR_CTIME);
	return 0;
}

/* open(2) with O_CREAT in the directory: a queue with the default attributes. */
static int dir_create(struct inode *dir, struct dentry *de, const struct new_node *n)
{
	const struct cred owner = {.uid = n->uid};
	struct make m = {.cred = &owner, .limit_bytes = MQ_BYTES_MAX};

	if (!S_ISREG(n->mode))
		return -EPERM;
	return make_queue(dir, de, n, &m);
}

static int dir_unlink(struct inode *dir, struct dentry *de)
{
	de->inode->nlink--;
	inode_touch(de->inode, ATTR_CTIME);
	dentry_unpin(de);
	dir->obj.size_bytes -= ENTRY_BYTES;
	inode_touch(dir, ATTR_ATIME | ATTR_MTIME | ATTR_CTIME);
	return 0;
}

static int dir_lookup(struct inode *dir, struct dentry *de)
{
	(void)dir;
	(void)de;
	return 0; /* all that exists is in the dentry cache */
}

/* Truncating means nothing: the size is what reading gives. */
static int file_setattr(struct inode *i, const struct iattr *a)
{
	struct iattr b = *a;

	b.valid &= ~(u32)ATTR_SIZE;
	return inode_setattr_simple(i, &b);
}

static const struct inode_ops dir_iops = {.lookup = dir_lookup,
					  .create = dir_create,
					  .unlink = dir_unlink};
static const struct inode_ops file_iops = {.setattr = file_setattr};
static const struct file_ops dir_fops = {.readdir = dcache_readdir, .llseek = generic_llseek};
static const struct super_ops mqueue_sops = {.evict_inode = evict};

/* --- the directory --- */

static struct super_block *super_make(struct fs_type *t)
{
	struct super_block *sb = super_new(t, &mqueue_sops, MQUEUE_MAGIC, 0);
	struct inode *root;

	if (!sb)
		return NULL;
	root = inode_new(sb, S_IFDIR | S_ISVTX | 0777, next_ino(sb));
	if (root) {
		root->ops = &dir_iops;
		root->fops = &dir_fops;
		root->nlink = 2;
		root->obj.size_bytes = 2 * ENTRY_BYTES;
		sb->root = dentry_make_root(sb, root);
	}
	if (!sb->root) {
		super_put(sb);
		return NULL;
	}
	str_copy(sb->source, "mqueue", sizeof(sb->source));
	return sb;
}

static struct super_block *mount_at(const struct vfs_ctx *ctx, struct fs_type *t,
				    unsigned long flags, const char *options);
static struct fs_type mqueue_type = {.name = "mqueue", .is_for_users = true, .mount_at = mount_at};

static struct ipc_ns *callers(const struct vfs_ctx *ctx)
{
	return container_of(ctx->ns->ns[NS_IPC], struct ipc_ns, ns);
}

/* The kernel's own mount, which keeps the file system as long as the namespace; NULL. */
static struct mount *own_mount(const struct vfs_ctx *ctx)
{
	struct ipc_ns *ns = callers(ctx);
	struct mount *m = __atomic_load_n(&ns->mq.mount, __ATOMIC_ACQUIRE);
	struct super_block *sb;

	if (m)
		return m;
	sb = super_make(&mqueue_type);
	if (!sb)
		return NULL;
	sb->private = ns;
	sb->user_ns = user_ns_get(ns->ns.owner);
	m = mount_internal(sb, MS_NODEV | MS_NOEXEC | MS_NOSUID);
	if (!m)
		return NULL;
	if (!atomic_cmpxchg(&ns->mq.mount, NULL, m))
		mount_put(m); /* somebody was quicker */
	return ns->mq.mount;
}

static struct super_block *mount_at(const struct vfs_ctx *ctx, struct fs_type *t,
				    unsigned long flags, const char *options)
{
	struct mount *m = own_mount(ctx);

	(void)t;
	(void)flags;
	(void)options;
	return m ? super_get(m->sb) : ERR_PTR(-ENOMEM);
}

void mqueue_fs_init(void)
{
	fs_register(&mqueue_type);
}

/* --- by name --- */

static int get_name(struct qname *q, const char *name)
{
	size_t len = strlen(name);

	if (!len)
		return -ENOENT;
	if (len > NAME_MAX_LEN)
		return -ENAMETOOLONG;
	if (strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EACCES;
	*q = (struct qname){name, (u32)len, 0};
	for (const char *p = name; *p; p++)
		q->hash = name_hash_step(q->hash, (unsigned char)*p);
	return 0;
}

/* d exists: may it be opened so? */
static int may_open(const struct vfs_ctx *ctx, const struct mqueue_open *o, struct inode *i)
{
	static const u8 wanted[] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE};

	if ((o->o_flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return -EEXIST;
	if ((o->o_flags & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	return inode_permission(i, ctx->cred, wanted[o->o_flags & O_ACCMODE]);
}

static int create(const struct vfs_ctx *ctx, const struct mqueue_open *o, struct dentry *root,
		  struct dentry *d)
{
	struct make m = {.cred = ctx->cred, .attr = o->attr, .limit_bytes = o->limit_bytes};
	struct new_node n;
	int err;

	if (!(o->o_flags & O_CREAT))
		return -ENOENT;
	err = may_create(root, ctx->cred);
	if (err)
		return err;
	new_node_init(&n, ctx, root->inode, S_IFREG | (o->mode & 07777), 0);
	return make_queue(root->inode, d, &n, &m);
}

struct file *mqueue_open(const struct vfs_ctx *ctx, const struct mqueue_open *o)
{
	struct mount *mnt = own_mount(ctx);
	struct dentry *root, *d;
	struct qname q;
	struct path p;
	int err = get_name(&q, o->name);

	if (!mnt)
		return ERR_PTR(-ENOMEM);
	if (err)
		return ERR_PTR(err);
	root = mnt->root;
	down_write(&root->inode->rwsem);
	d = lookup_locked(root, &q);
	err = (int)PTR_ERR(d);
	if (!IS_ERR(d)) {
		if (d->inode) {
			err = may_open(ctx, o, d->inode);
		} else {
			err = create(ctx, o, root, d);
			if (!err) {
				d = dentry_hash_in(d);
				notify_create(root->inode, d);
			}
		}
		if (err)
			dentry_put(d);
	}
	up_write(&root->inode->rwsem);
	if (err)
		return ERR_PTR(err);
	p = (struct path){mount_get(mnt), d};
	return file_from_path(&p, o->o_flags);
}

int mqueue_unlink(const struct vfs_ctx *ctx, const char *name)
{
	struct mount *mnt = own_mount(ctx);
	struct dentry *root, *d;
	struct qname q;
	int err = get_name(&q, name);

	if (!mnt)
		return -ENOMEM;
	if (err)
		return err;
	root = mnt->root;
	down_write(&root->inode->rwsem);
	d = lookup_locked(root, &q);
	err = (int)PTR_ERR(d);
	if (!IS_ERR(d)) {
		err = d->inode ? may_delete(root, d, ctx->cred, false) : -ENOENT;
		if (!err) {
			dir_unlink(root->inode, d);
			dentry_removed(d);
			notify_unlink(root->inode, d);
		}
		dentry_put(d);
	}
	up_write(&root->inode->rwsem);
	return err;
}
