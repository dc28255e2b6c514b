/* Names of AF_UNIX sockets: files, abstract names, and the look-up of both. unix(7). */
#include "net/unix.h"
#include "lib/printf.h"

#define NR_BUCKETS    64u
#define AUTOBIND_LAST 0xfffffu

static spinlock_t names_lock = SPINLOCK_INIT(RANK_LEAF, "unix names");
/* names_lock: abstract names by their hash, files by their inode; all sockets */
static struct list_head buckets[NR_BUCKETS];
static struct list_head all_sockets = LIST_INIT(all_sockets);
static u32 autobind_next;

static struct list_head *bucket(u64 hash)
{
	return &buckets[hash % NR_BUCKETS];
}
static u64 inode_hash(const struct inode *i)
{
	return (unsigned long)i / 64;
}

void unix_addr_put(struct unix_addr *a)
{
	if (ref_put(&a->ref))
		kfree(a);
}

int unix_addr_copy(const struct unix_addr *a, void *to)
{
	__kernel_sa_family_t family = AF_UNIX;

	if (!a) {
		memcpy(to, &family, sizeof(family));
		return (int)sizeof(family);
	}
	/* A path of full length is followed by the NUL that the caller's did not have. */
	memcpy(to, &a->name, MIN((size_t)a->len, sizeof(a->name)));
	if (a->len > (int)sizeof(a->name))
		((char *)to)[sizeof(a->name)] = '\0';
	return a->len;
}

static u32 hash_of(const void *name, int len)
{
	u32 h = 0x811c9dc5u;

	for (int i = 0; i < len; i++)
		h = (h ^ ((const u8 *)name)[i]) * 0x01000193u;
	return h;
}

int unix_check_addr(const void *addr, int len)
{
	const struct sockaddr_un *un = addr;

	if (len <= UNIX_PATH_OFFSET || len > (int)sizeof(*un) || un->sun_family != AF_UNIX)
		return -EINVAL;
	return 0;
}

/* A path ends with its first NUL, an abstract name is all of it. */
static void addr_fill(struct unix_addr *a, const void *name, int len)
{
	memset(a, 0, sizeof(*a));
	ref_init(&a->ref, 1);
	memcpy(&a->name, name, (size_t)len);
	if (a->name.sun_path[0])
		len = UNIX_PATH_OFFSET + (int)strnlen(a->name.sun_path, UNIX_PATH_MAX) + 1;
	a->len = len;
	a->hash = hash_of(&a->name, MIN(len, (int)sizeof(a->name)));
}

static struct unix_addr *addr_new(const void *name, int len)
{
	struct unix_addr *a = kmalloc(sizeof(*a), GFP_KERNEL);

	if (a)
		addr_fill(a, name, len);
	return a;
}

/* --- lists; names_lock --- */

static void buckets_init(void)
{
	if (buckets[0].next)
		return;
	for (unsigned i = 0; i < NR_BUCKETS; i++)
		list_init(&buckets[i]);
}

void unix_list_add(struct unix_sock *u)
{
	spin_lock(&names_lock);
	net_unix_count++;
	buckets_init();
	list_add_tail(&u->all_node, &all_sockets);
	spin_unlock(&names_lock);
}

void unix_list_del(struct unix_sock *u)
{
	spin_lock(&names_lock);
	net_unix_count--;
	list_del(&u->all_node);
	list_del(&u->name_node);
	spin_unlock(&names_lock);
}

struct unix_sock *unix_list_next(struct unix_sock *u)
{
	struct list_head *n;
	struct unix_sock *next = NULL;

	spin_lock(&names_lock);
	/* Closed meanwhile: it is in no list any more, and the walk ends. */
	n = u ? u->all_node.next : all_sockets.next;
	while (n != &all_sockets && (!u || n != &u->all_node)) {
		next = list_entry(n, struct unix_sock, all_node);
		if (ref_get_unless_zero(&next->s.ref))
			break;
		next = NULL;
		n = n->next;
	}
	spin_unlock(&names_lock);
	return next;
}

static struct unix_sock *find_abstract(const struct ns_common *ns, const struct unix_addr *a,
				       int type)
{
	struct unix_sock *u;

	list_for_each_entry (u, bucket(a->hash), name_node) {
		if (u->addr && !u->path.dentry && u->s.type == type && u->s.ns == ns &&
		    u->addr->len == a->len && !memcmp(&u->addr->name, &a->name, (size_t)a->len))
			return u;
	}
	return NULL;
}

static struct unix_sock *find_file(const struct inode *i)
{
	struct unix_sock *u;

	list_for_each_entry (u, bucket(inode_hash(i)), name_node) {
		if (u->path.dentry && u->path.dentry->inode == i)
			return u;
	}
	return NULL;
}

/* Make u findable under the name; `path` for files, whose reference is consumed. */
static int publish(struct unix_sock *u, struct unix_addr *a, const struct path *path)
{
	int err = 0;

	spin_lock(&names_lock);
	if (!path && find_abstract(u->s.ns, a, u->s.type)) {
		err = -EADDRINUSE;
	} else {
		if (path)
			u->path = *path;
		atomic_store_release(&u->addr, a);
		list_add(&u->name_node, bucket(path ? inode_hash(path->dentry->inode) : a->hash));
	}
	spin_unlock(&names_lock);
	return err;
}

/* --- bind(2) --- */

/* unix(7): "Linux ... autobind ... a null byte followed by 5 bytes in the character set [0-9a-f]"
 * u->lock held. */
static int autobind_locked(struct unix_sock *u)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct unix_addr *a;

	if (u->addr)
		return 0;
	for (u32 tries = 0; tries <= AUTOBIND_LAST; tries++) {
		u32 nr = atomic_add(&autobind_next, 1) & AUTOBIND_LAST;
		int err;

		snprintf(un.sun_path + 1, 6, "%05x", nr);
		a = addr_new(&un, UNIX_PATH_OFFSET + 6);
		if (!a)
			return -ENOMEM;
		err = publish(u, a, NULL);
		if (!err)
			return 0;
		unix_addr_put(a);
		cond_resched();
	}
	return -ENOSPC;
}

int unix_autobind(struct unix_sock *u)
{
	int err;

	mutex_lock(&u->lock);
	err = autobind_locked(u);
	mutex_unlock(&u->lock);
	return err;
}

static int bind_abstract(struct unix_sock *u, struct unix_addr *a)
{
	return u->addr ? -EINVAL : publish(u, a, NULL);
}

static int bind_file(struct unix_sock *u, const struct vfs_ctx *ctx, struct unix_addr *a)
{
	u32 mode = S_IFSOCK | (u->s.file ? u->s.file->inode->mode & 0777 : 0777);
	struct path path;
	int err;

	/* Linux makes the file first and looks at the socket then; what it made goes again. */
	if (u->addr)
		return -EINVAL;
	err = vfs_mknod_path(ctx, AT_FDCWD, a->name.sun_path, mode, 0, &path);
	if (err)
		return err == -EEXIST ? -EADDRINUSE : err;
	return publish(u, a, &path);
}

int unix_bind(struct socket *s, const struct vfs_ctx *ctx, const void *addr, int len)
{
	const struct sockaddr_un *un = addr;
	struct unix_sock *u = unix_sk(s);
	struct unix_addr *a;
	int err;

	if (len == UNIX_PATH_OFFSET && un->sun_family == AF_UNIX)
		return unix_autobind(u);
	err = unix_check_addr(addr, len);
	if (err)
		return err;
	a = addr_new(addr, len);
	if (!a)
		return -ENOMEM;
	mutex_lock(&u->lock);
	err = a->name.sun_path[0] ? bind_file(u, ctx, a) : bind_abstract(u, a);
	mutex_unlock(&u->lock);
	if (err)
		unix_addr_put(a);
	return err;
}

/* --- look-up --- */

static struct unix_sock *find_by_path(const struct vfs_ctx *ctx, const char *name, int type)
{
	struct unix_sock *u = NULL;
	struct path p;
	int err = vfs_lookup(ctx, AT_FDCWD, name, LOOKUP_FOLLOW, &p);

	if (err)
		return ERR_PTR(err);
	err = vfs_permission(&p, ctx->cred, MAY_WRITE);
	if (!err && !S_ISSOCK(p.dentry->inode->mode))
		err = -ECONNREFUSED;
	if (!err) {
		spin_lock(&names_lock);
		buckets_init();
		u = find_file(p.dentry->inode);
		if (u && !ref_get_unless_zero(&u->s.ref))
			u = NULL;
		spin_unlock(&names_lock);
		if (!u)
			err = -ECONNREFUSED;
	}
	if (!err && u->s.type != type) {
		unix_put(u);
		err = -EPROTOTYPE;
	}
	path_put(&p);
	return err ? ERR_PTR(err) : u;
}

struct unix_sock *unix_find(const struct unix_sock *from, const struct vfs_ctx *ctx,
			    const void *addr, int len)
{
	struct unix_sock *u;
	struct unix_addr a;

	addr_fill(&a, addr, len);
	if (a.name.sun_path[0])
		return find_by_path(ctx, a.name.sun_path, from->s.type);
	spin_lock(&names_lock);
	buckets_init();
	u = find_abstract(from->s.ns, &a, from->s.type);
	if (u && !ref_get_unless_zero(&u->s.ref))
		u = NULL;
	spin_unlock(&names_lock);
	return u ? u : ERR_PTR(-ECONNREFUSED);
}
