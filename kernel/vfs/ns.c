/* What all kinds of namespaces share: references, counts per user, files, and sets of them. */
#include "vfs/ns.h"
#include "lib/printf.h"
#include "vfs/cred.h"
#include "vfs/internal.h"
#include "vfs/mount_impl.h"
#include "vfs/user_ns.h"
#include <linux/sched.h>

#define FIRST_NEW_INO (NS_FIRST_INO + 300)

struct nsproxy init_nsproxy = {.ref = {1}};
struct mount *ns_mount; /* of the files that stand for namespaces */
static u64 served_flags;

/* --- counts: user_namespaces(7), /proc/sys/user. A namespace counts for its maker, and, as the
 * maker's user namespace does, for the makers of all user namespaces above. --- */

struct ns_count {
	struct list_head node;
	struct user_ns *user_ns;
	u32 uid, total;
	u32 nr[NR_NS_KINDS];
};
static spinlock_t counts_lock = SPINLOCK_INIT(RANK_LEAF, "namespace counts");
static struct list_head counts = LIST_INIT(counts); /* counts_lock */

static struct ns_count *find_count(const struct user_ns *u, u32 uid)
{
	struct ns_count *n;

	list_for_each_entry (n, &counts, node)
		if (n->user_ns == u && n->uid == uid)
			return n;
	return NULL;
}

/* counts_lock held; those from `n` up to but not including `end`. What counts nothing any more goes
 * to `gone`. */
static void uncharge_up_to(struct ns_count *n, const struct ns_count *end, enum ns_kind kind,
			   struct list_head *gone)
{
	while (n != end) {
		struct ns_count *up = n->user_ns->ns.count;

		n->nr[kind]--;
		if (!--n->total) {
			list_del(&n->node);
			list_add(&n->node, gone);
		}
		n = up;
	}
}

static void free_counts(struct list_head *gone)
{
	struct ns_count *n, *next;

	list_for_each_entry_safe (n, next, gone, node)
		kfree(n);
}

static struct ns_count *charge(struct user_ns *u, u32 uid, enum ns_kind kind)
{
	struct ns_count *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL), *first, *n;
	struct list_head gone = LIST_INIT(gone);

	if (!fresh)
		return ERR_PTR(-ENOMEM);
	spin_lock(&counts_lock);
	first = find_count(u, uid);
	if (!first) {
		first = fresh;
		fresh = NULL;
		first->user_ns = u;
		first->uid = uid;
		list_add(&first->node, &counts);
	}
	for (n = first; n; n = n->user_ns->ns.count) {
		if (n->nr[kind] >= n->user_ns->max_ns[kind])
			break;
		n->nr[kind]++;
		n->total++;
	}
	if (n) {
		uncharge_up_to(first, n, kind, &gone);
		if (n == first && !n->total) {
			list_del(&n->node);
			list_add(&n->node, &gone);
		}
		first = ERR_PTR(-ENOSPC);
	}
	spin_unlock(&counts_lock);
	kfree(fresh);
	free_counts(&gone);
	return first;
}

static void uncharge(struct ns_count *n, enum ns_kind kind)
{
	struct list_head gone = LIST_INIT(gone);

	spin_lock(&counts_lock);
	uncharge_up_to(n, NULL, kind, &gone);
	spin_unlock(&counts_lock);
	free_counts(&gone);
}

/* --- references --- */

int ns_init(struct ns_common *ns, const struct ns_type *t, const struct cred *maker)
{
	static u32 last_ino = FIRST_NEW_INO;
	static u64 last_id = 1;
	struct ns_count *n = charge(maker->user_ns, maker->euid, t->kind);

	if (IS_ERR(n))
		return (int)PTR_ERR(n);
	ref_init(&ns->ref, 1);
	ns->type = t;
	ns->ino = atomic_add(&last_ino, 1);
	ns->id = atomic_add(&last_id, 1);
	ns->owner = user_ns_get(maker->user_ns);
	ns->count = n;
	return 0;
}

struct ns_common *ns_new(size_t bytes, const struct ns_type *t, const struct cred *maker)
{
	struct ns_common *ns = kzalloc(bytes, GFP_KERNEL);
	int err = ns ? ns_init(ns, t, maker) : -ENOMEM;

	if (!err)
		return ns;
	kfree(ns);
	return ERR_PTR(err);
}

void ns_put(struct ns_common *ns)
{
	while (ns && ref_put(&ns->ref)) {
		struct user_ns *owner = ns->owner;

		if (ns->count)
			uncharge(ns->count, ns->type->kind);
		ns->type->free(ns);
		ns = owner ? &owner->ns : NULL;
	}
}

/* --- files --- */

/* Their requests, ioctl_ns(2), need to know the caller: sys/ns_ioctl.c. */
static const struct file_ops ns_fops;

static void ns_evict(struct inode *i)
{
	ns_put(i->private);
	i->private = NULL;
}

const struct super_ops ns_super_ops = {.evict_inode = ns_evict};

int ns_path(struct ns_common *ns, struct path *out)
{
	struct inode *i = inode_new(ns_mount->sb, S_IFREG | 0444, ns->ino);
	struct dentry *d;
	char name[32];

	if (!i) {
		ns_put(ns);
		return -ENOMEM;
	}
	i->private = ns;
	i->fops = &ns_fops;
	snprintf(name, sizeof(name), "%s:[%u]", ns->type->name, ns->ino);
	d = dentry_alloc_anon(i->sb, name);
	if (!d) {
		inode_put(i);
		return -ENOMEM;
	}
	d->inode = i;
	*out = (struct path){mount_get(ns_mount), d};
	return 0;
}

struct ns_common *inode_ns(const struct inode *i)
{
	return i && i->fops == &ns_fops ? i->private : NULL;
}

struct ns_common *file_ns(const struct file *f)
{
	return inode_ns(f->inode);
}

/* --- sets --- */

void ns_register(struct ns_common *first)
{
	init_nsproxy.ns[first->type->kind] = first;
	if (first->type->copy)
		served_flags |= (u64)(u32)first->type->flag;
}

u64 ns_flags_served(void)
{
	return served_flags | CLONE_NEWNS | CLONE_NEWUSER;
}

struct nsproxy *nsproxy_copy(struct nsproxy *old, u64 flags, const struct cred *maker)
{
	struct nsproxy *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return ERR_PTR(-ENOMEM);
	ref_init(&p->ref, 1);
	for (unsigned i = 0; i < NR_NS_IN_SET; i++) {
		struct ns_common *ns = old->ns[i];

		if (!ns)
			continue;
		ns = flags & (u64)(u32)ns->type->flag ? ns->type->copy(ns, maker) : ns_get(ns);
		if (IS_ERR(ns)) {
			nsproxy_put(p);
			return (struct nsproxy *)ns;
		}
		p->ns[i] = ns;
	}
	return p;
}

void nsproxy_put(struct nsproxy *p)
{
	if (!p || !ref_put(&p->ref))
		return;
	for (unsigned i = 0; i < NR_NS_IN_SET; i++)
		ns_put(p->ns[i]);
	kfree(p);
}
