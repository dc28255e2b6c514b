/*
 * Propagation of mounts, mount_namespaces(7), "SHARED SUBTREES": peers see each other's mounts,
 * slaves their master's. A walk over all that an event reaches queues them by fields of the mounts
 * themselves, so that no chain of slaves takes stack or memory.
 */
#include "vfs/internal.h"
#include "vfs/mount_impl.h"

static int last_group;
static u64 last_walk;

/* --- groups --- */

static bool is_shared(const struct mount *m)
{
	return m->group_id;
}

static void become_slave(struct mount *m, struct mount *master)
{
	list_del(&m->slave_node);
	list_init(&m->slave_node);
	m->master = master;
	if (master)
		list_add_tail(&m->slave_node, &master->slaves);
}

/* Leave the group; slaves go to a peer, and where there is none to the master. Returns the peer. */
static struct mount *leave_peers(struct mount *m)
{
	struct mount *peer = NULL, *s, *next;

	if (!list_empty(&m->peers))
		peer = list_entry(m->peers.next, struct mount, peers);
	list_for_each_entry_safe (s, next, &m->slaves, slave_node) {
		become_slave(s, peer ? peer : m->master);
	}
	list_del(&m->peers);
	list_init(&m->peers);
	m->group_id = 0;
	return peer;
}

void mount_leave_groups(struct mount *m)
{
	leave_peers(m);
	become_slave(m, NULL);
}

void mount_join_groups(struct mount *m, struct mount *from)
{
	if (from->group_id) {
		m->group_id = from->group_id;
		list_add(&m->peers, &from->peers);
	}
	if (from->master)
		become_slave(m, from->master);
}

static void set_shared(struct mount *m)
{
	if (!is_shared(m))
		m->group_id = ++last_group;
	m->is_unbindable = false;
}

void mount_set_propagation(struct mount *m, unsigned long type)
{
	struct mount *peer;

	if (type == MS_SHARED) {
		set_shared(m);
		return;
	}
	peer = is_shared(m) ? leave_peers(m) : NULL;
	if (type == MS_SLAVE) {
		if (peer)
			become_slave(m, peer);
		m->is_unbindable = false;
		return;
	}
	become_slave(m, NULL);
	m->is_unbindable = type == MS_UNBINDABLE;
}

int mount_dominating_group(const struct mount *m, const struct mount *root)
{
	for (const struct mount *up = m->master; up; up = up->master) {
		const struct list_head *p = &up->peers;

		do {
			const struct mount *peer = list_entry(p, struct mount, peers);

			if (peer->ns && peer->ns == root->ns)
				return peer->group_id;
			p = p->next;
		} while (p != &up->peers);
	}
	return 0;
}

/* --- copies --- */

static struct mount *copy_one(struct mount *old, struct dentry *root, unsigned how)
{
	struct mount *m = mount_new(super_get(old->sb), root, old->flags);

	if (!m)
		return NULL;
	old->copy = m;
	m->locked_flags = old->locked_flags;
	m->is_locked = old->is_locked && root == old->root;
	if (how & COPY_UNBINDABLE)
		m->is_unbindable = old->is_unbindable;
	if ((how & COPY_SLAVE) || ((how & COPY_TO_SLAVE) && is_shared(old))) {
		become_slave(m, old);
	} else if (!(how & COPY_PRIVATE)) {
		mount_join_groups(m, old);
	}
	return m;
}

static void drop_copy(struct mount *top)
{
	mount_detach_tree(top);
}

struct mount *mount_copy_tree(struct mount *from, struct dentry *root, unsigned how)
{
	struct mount *top, *m = from;

	if (from->is_unbindable && !(how & COPY_UNBINDABLE))
		return ERR_PTR(-EINVAL);
	top = copy_one(from, root, how);
	if (!top)
		return ERR_PTR(-ENOMEM);
	top->is_locked = false;
	if (!(how & COPY_CHILDREN))
		return top;
	for (m = mount_tree_next(m, from); m;) {
		bool is_outside = m->parent == from && !dentry_is_ancestor(root, m->mountpoint);
		struct path at = {m->parent->copy, m->mountpoint};
		struct mount *c;

		if (is_outside || (m->is_unbindable && !(how & COPY_UNBINDABLE)) ||
		    ((how & COPY_UNBINDABLE) && mount_shows_mounts(m))) {
			/* Neither it nor what is on it. */
			while (m != from && m->sibling.next == &m->parent->children)
				m = m->parent;
			m = m == from ? NULL : list_entry(m->sibling.next, struct mount, sibling);
			continue;
		}
		c = copy_one(m, m->root, how);
		if (!c) {
			drop_copy(top);
			return ERR_PTR(-ENOMEM);
		}
		mount_attach(c, &at);
		m = mount_tree_next(m, from);
	}
	return top;
}

/* --- whom an event reaches --- */

/* The queue: each is entered once, with the mount it was reached from. */
struct walk_queue {
	struct mount *last;
	u64 mark;
};

static void enter(struct walk_queue *q, struct mount *m, struct mount *from, bool as_slave)
{
	if (m->walk_mark == q->mark)
		return;
	m->walk_mark = q->mark;
	m->walk_from = from;
	m->walk_as_slave = as_slave;
	m->walk_next = NULL;
	q->last->walk_next = m;
	q->last = m;
}

static void enter_peers(struct walk_queue *q, struct mount *m)
{
	struct list_head *p;

	if (is_shared(m))
		for (p = m->peers.next; p != &m->peers; p = p->next)
			enter(q, list_entry(p, struct mount, peers), m, false);
}

/* Queue all that events at `m` reach, in an order in which whom it was reached from comes first.
 * The list starts behind `m`. A group is complete before its slaves come. */
static void find_receivers(struct mount *m)
{
	struct walk_queue q = {m, ++last_walk};
	struct mount *s;

	m->walk_mark = q.mark;
	m->walk_next = m->walk_from = NULL;
	enter_peers(&q, m);
	for (struct mount *at = m; at; at = at->walk_next) {
		list_for_each_entry (s, &at->slaves, slave_node) {
			enter(&q, s, at, true);
			enter_peers(&q, s);
		}
	}
}

static bool can_receive(const struct mount *m, const struct path *at)
{
	return m->ns && m->sb == at->mnt->sb && dentry_is_ancestor(m->root, at->dentry);
}

/* A copy of `tree` for the receiver `m`: a peer of what the mount it was reached from got, or a
 * slave of it. */
static int copy_for(struct mount *m)
{
	struct mount *source = m->walk_from->walk_copy, *c, *t;

	c = mount_copy_tree(source, source->root,
			    COPY_CHILDREN | COPY_UNBINDABLE | (m->walk_as_slave ? COPY_SLAVE : 0));
	if (IS_ERR(c))
		return (int)PTR_ERR(c);
	if (m->walk_as_slave && is_shared(m))
		for (t = c; t; t = mount_tree_next(t, c))
			set_shared(t);
	m->walk_copy = c;
	m->has_copy = true;
	return 0;
}

static int make_copies(struct mount *first, const struct path *at)
{
	for (struct mount *m = first; m; m = m->walk_next) {
		int err;

		if (can_receive(m, at)) {
			err = copy_for(m);
			if (err)
				return err;
			continue;
		}
		/* It gets none, but who comes behind it may. */
		m->walk_copy = m->walk_from->walk_copy;
		m->walk_as_slave |= !m->walk_from->has_copy && m->walk_from->walk_as_slave;
	}
	return 0;
}

static void drop_copies(struct mount *first)
{
	for (struct mount *m = first; m; m = m->walk_next)
		if (m->has_copy) {
			drop_copy(m->walk_copy);
			m->has_copy = false;
		}
}

static void attach_copies(struct mount *from, struct mount *first, struct dentry *mountpoint)
{
	for (struct mount *m = first; m; m = m->walk_next) {
		struct path at = {m, mountpoint};

		if (!m->has_copy)
			continue;
		m->has_copy = false;
		path_get(&at);
		mount_to_top(&at);
		mount_attach(m->walk_copy, &at);
		if (m->ns->ns.owner != from->ns->ns.owner)
			mount_lock_tree(m->walk_copy);
		path_put(&at);
	}
}

int mount_graft_tree(struct mount *tree, const struct path *at)
{
	struct mount *m, *first;
	int err;

	if (!is_shared(at->mnt)) {
		mount_attach(tree, at);
		return 0;
	}
	/* What is mounted on something shared is shared. */
	for (m = tree; m; m = mount_tree_next(m, tree))
		set_shared(m);
	find_receivers(at->mnt);
	first = at->mnt->walk_next;
	at->mnt->walk_copy = tree;
	for (m = first; m; m = m->walk_next)
		m->has_copy = false;
	at->mnt->has_copy = true;
	err = make_copies(first, at);
	at->mnt->has_copy = false;
	if (err) {
		drop_copies(first);
		return err;
	}
	mount_attach(tree, at);
	attach_copies(at->mnt, first, at->dentry);
	return 0;
}

void mount_propagate_umount(struct mount *m, bool is_lazy)
{
	struct mount *at;

	if (!m->parent)
		return;
	find_receivers(m->parent);
	for (at = m->parent->walk_next; at; at = at->walk_next) {
		struct mount *c;

		spin_lock(&dcache_lock);
		c = mount_find(at, m->mountpoint);
		spin_unlock(&dcache_lock);
		if (c && c != m && (is_lazy || list_empty(&c->children)))
			mount_detach_tree(c);
	}
}
