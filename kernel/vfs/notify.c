/*
 * Marks on inodes, and who is told what. Called through the inline functions of notify.h by
 * whatever opens, reads, writes or changes; next: inotify.c, dnotify.c.
 */
#include "vfs/notify.h"
#include "vfs/internal.h"

u32 notify_users;
spinlock_t notify_lock = SPINLOCK_INIT(RANK_NOTIFY, "notify");
static struct notify_mark *unhooked; /* notify_lock */
static u32 last_cookie;

u32 notify_cookie(void)
{
	return atomic_add(&last_cookie, 1);
}

/* --- marks --- */

void notify_mask_changed(struct inode *i)
{
	u32 mask = 0;

	for (struct notify_mark *m = i->marks; m; m = m->next)
		mask |= m->mask;
	WRITE_ONCE(i->notify_mask, mask);
}

/* Behind those that are there: who came first is told first. */
void notify_hook(struct notify_mark *m)
{
	struct notify_mark **end = &m->inode->marks;

	while (*end)
		end = &(*end)->next;
	m->next = NULL;
	*end = m;
	m->is_hooked = true;
	notify_mask_changed(m->inode);
	atomic_add(&m->inode->sb->nr_marks, 1);
	atomic_add(&notify_users, 1);
}

void notify_unhook(struct notify_mark *m)
{
	struct notify_mark **at = &m->inode->marks;

	if (!m->is_hooked)
		return;
	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	m->is_hooked = false;
	notify_mask_changed(m->inode);
	m->next = unhooked;
	unhooked = m;
}

void notify_unlock_marks(void)
{
	struct notify_mark *dead = unhooked, *next;

	unhooked = NULL;
	spin_unlock(&notify_lock);
	for (; dead; dead = next) {
		struct inode *i = dead->inode;

		next = dead->next;
		dead->ops->free(dead);
		/* The file system stays while it has marks: notify_umount_slow(). */
		atomic_sub(&notify_users, 1);
		atomic_sub(&i->sb->nr_marks, 1);
		inode_put(i);
	}
}

/* --- telling --- */

static void tell(struct inode *i, const struct notify_event *e)
{
	struct notify_mark *m, *next;

	if (!(READ_ONCE(i->notify_mask) & e->mask & NOTIFY_EVENTS))
		return;
	notify_lock_marks();
	for (m = i->marks; m; m = next) {
		next = m->next;
		if (m->mask & e->mask & NOTIFY_EVENTS)
			m->ops->event(m, e);
	}
	notify_unlock_marks();
}

static u32 dir_bit(const struct inode *i)
{
	return i && S_ISDIR(i->mode) ? IN_ISDIR : 0;
}

void notify_self_slow(struct inode *i, u32 mask, u32 cookie)
{
	struct notify_event e = {.mask = mask, .cookie = cookie};

	/* inotify(7): no IN_ISDIR where the object itself moved or went. */
	if (!(mask & (IN_MOVE_SELF | IN_DELETE_SELF)))
		e.mask |= dir_bit(i);
	tell(i, &e);
}

void notify_name_slow(struct inode *dir, const char *name, const struct inode *named, u32 mask,
		      u32 cookie)
{
	struct notify_event e = {.mask = mask | dir_bit(named), .cookie = cookie, .name = name};

	tell(dir, &e);
}

/* The directory of d when somebody there wants to hear of `mask`, referenced, and d's name. */
static struct dentry *watching_parent(struct dentry *d, u32 mask, char *name)
{
	struct dentry *parent = NULL;

	spin_lock(&dcache_lock);
	if (d->parent != d && (READ_ONCE(d->parent->inode->notify_mask) & mask)) {
		parent = d->parent;
		ref_get(&parent->ref);
		memcpy(name, d->name, d->name_len + 1);
	}
	spin_unlock(&dcache_lock);
	return parent;
}

void notify_dentry_slow(struct dentry *d, u32 mask)
{
	struct inode *i = d->inode;
	char name[NAME_MAX_LEN + 1];
	struct dentry *parent;
	struct notify_event e = {.mask = mask | dir_bit(i)};

	if (!i || !READ_ONCE(i->sb->nr_marks))
		return;
	e.is_unlinked = d->flags & DE_UNLINKED;
	parent = d->flags & DE_ANON ? NULL : watching_parent(d, mask, name);
	if (parent) {
		e.name = name;
		tell(parent->inode, &e);
		dentry_put(parent);
		e.name = NULL;
	}
	tell(i, &e);
}

void notify_file_slow(struct file *f, u32 mask)
{
	if (f->path.dentry && !(f->mode & FMODE_PATH))
		notify_dentry_slow(f->path.dentry, mask);
}

void notify_link_slow(struct inode *dir, const struct dentry *d, struct inode *inode)
{
	notify_self_slow(inode, IN_ATTRIB, 0);
	notify_name_slow(dir, d->name, inode, IN_CREATE, 0);
}

void notify_unlink_slow(struct inode *dir, struct dentry *d)
{
	struct inode *i = d->inode;

	if (!S_ISDIR(i->mode))
		notify_self_slow(i, IN_ATTRIB, 0);
	/* Nobody else has it: it goes now, not when our caller lets go of it. */
	if (i->marks && !i->nlink && ref_read(&d->ref) == 1)
		notify_last_dentry(i);
	notify_name_slow(dir, d->name, i, IN_DELETE, 0);
}

/* --- objects that go --- */

static void end_marks(struct inode *i)
{
	notify_lock_marks();
	while (i->marks) {
		struct notify_mark *m = i->marks;

		notify_unhook(m);
		m->ops->gone(m);
	}
	notify_unlock_marks();
}

void notify_last_dentry(struct inode *i)
{
	notify_self_slow(i, IN_DELETE_SELF, 0);
	end_marks(i);
}

static struct inode *next_marked(struct super_block *sb)
{
	struct inode *i, *found = NULL;

	spin_lock(&sb->lock);
	list_for_each_entry (i, &sb->inodes, sb_node) {
		if (READ_ONCE(i->marks) && ref_get_unless_zero(&i->ref)) {
			found = i;
			break;
		}
	}
	spin_unlock(&sb->lock);
	return found;
}

/* The file system goes, with all that is watched on it; nobody can add a mark any more. */
void notify_umount_slow(struct super_block *sb)
{
	while (READ_ONCE(sb->nr_marks)) {
		struct inode *i = next_marked(sb);

		if (!i) {
			cond_resched(); /* somebody else is freeing the last ones */
			continue;
		}
		tell(i, &(struct notify_event){.mask = IN_UNMOUNT});
		end_marks(i);
		inode_put(i);
	}
}
