/*
 * Advisory locks: fcntl(2) record locks (of a process: owner = descriptor table; OFD: owner = open
 * file) and flock(2). One spinlock for all of them; whoever must wait sleeps on the inode's queue
 * and tries again when a lock there was released or narrowed.
 */
#include "core/sched.h"
#include "core/wait.h"
#include "vfs/internal.h"

enum lock_kind { LOCK_POSIX, LOCK_FLOCK };

struct file_lock {
	struct list_head node;
	enum lock_kind kind;
	int type;	/* F_RDLCK, F_WRLCK */
	u64 start, end; /* inclusive */
	void *owner;
	int pid; /* -1: OFD */
	struct inode *inode;
};

struct inode_locks {
	struct list_head posix, flock; /* posix sorted by start within an owner's locks */
	struct waitq wait;
	u32 generation; /* counts releases */
};

/* One entry per sleeping F_SETLKW, for EDEADLK. */
struct blocked {
	struct list_head node;
	void *owner, *waits_for;
};

static spinlock_t locks_lock = SPINLOCK_INIT(RANK_FILELOCK, "file locks");
static struct list_head blocked_list = LIST_INIT(blocked_list);

#define OFFSET_MAX 0x7fffffffffffffffUL

static struct inode_locks *locks_of(struct inode *i)
{
	struct inode_locks *l = READ_ONCE(i->locks), *fresh;

	if (l)
		return l;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return NULL;
	list_init(&fresh->posix);
	list_init(&fresh->flock);
	waitq_init(&fresh->wait);
	spin_lock(&locks_lock);
	l = i->locks;
	if (!l)
		i->locks = l = fresh;
	spin_unlock(&locks_lock);
	if (l != fresh)
		kfree(fresh);
	return l;
}

void locks_free_inode(struct inode *i)
{
	kfree(i->locks); /* every file that held one is gone */
	i->locks = NULL;
}

static void released(struct inode_locks *l)
{
	atomic_add(&l->generation, 1);
	waitq_wake_all(&l->wait);
}

static bool overlaps(const struct file_lock *a, u64 start, u64 end)
{
	return a->start <= end && a->end >= start;
}

static struct file_lock *find_conflict(struct inode_locks *l, const struct file_lock *want)
{
	struct file_lock *o;

	list_for_each_entry (o, &l->posix, node) {
		if (o->owner != want->owner && overlaps(o, want->start, want->end) &&
		    (o->type == F_WRLCK || want->type == F_WRLCK))
			return o;
	}
	return NULL;
}

/* --- record locks: changing one owner's set --- */

/*
 * Make [want->start, want->end] of this owner be of want->type (F_UNLCK: free). `spare` are two
 * unused nodes; each used one is set to NULL. At most two are: one for the new lock, one for the
 * tail of a lock that is cut in two. Lock held; freed nodes go to *dead.
 */
static void apply(struct inode_locks *l, const struct file_lock *want, struct file_lock **spare,
		  struct list_head *dead)
{
	u64 start = want->start, end = want->end;
	struct file_lock *o, *next, *n;

	list_for_each_entry_safe (o, next, &l->posix, node) {
		if (o->owner != want->owner)
			continue;
		if (o->type == want->type) {
			/* touching or overlapping neighbours become part of the new lock */
			if ((end != OFFSET_MAX && o->start > end + 1) ||
			    (start && o->end < start - 1))
				continue;
			start = MIN(start, o->start);
			end = MAX(end, o->end);
			list_del(&o->node);
			list_add(&o->node, dead);
			continue;
		}
		if (!overlaps(o, start, end))
			continue;
		if (o->start < start && o->end > end) {
			n = spare[1];
			spare[1] = NULL;
			*n = *o;
			n->start = end + 1;
			list_insert(&n->node, &o->node, o->node.next);
			o->end = start - 1;
		} else if (o->start < start) {
			o->end = start - 1;
		} else if (o->end > end) {
			o->start = end + 1;
		} else {
			list_del(&o->node);
			list_add(&o->node, dead);
		}
	}
	if (want->type == F_UNLCK)
		return;
	n = spare[0];
	spare[0] = NULL;
	*n = *want;
	n->start = start;
	n->end = end;
	list_for_each_entry (o, &l->posix, node) {
		if (o->start >= start)
			break;
	}
	list_insert(&n->node, o->node.prev, &o->node);
}

static void free_list(struct list_head *dead)
{
	struct file_lock *o, *next;

	list_for_each_entry_safe (o, next, dead, node) {
		list_del(&o->node);
		kfree(o);
	}
}

/* Does waiting of `owner` for `other` close a circle? fcntl(2), EDEADLK. Lock held. */
static bool is_deadlock(void *owner, void *other)
{
	for (int depth = 0; depth < 10; depth++) {
		struct blocked *b;
		void *next = NULL;

		if (other == owner)
			return true;
		list_for_each_entry (b, &blocked_list, node) {
			if (b->owner == other) {
				next = b->waits_for;
				break;
			}
		}
		if (!next)
			return false;
		other = next;
	}
	return false;
}

/* Lock held on entry and exit; sleeps without it until something was released. */
static int wait_for_release(struct inode_locks *l, const struct file_lock *want, void *holder)
{
	struct blocked b = {.owner = want->owner, .waits_for = holder};
	u32 seen = atomic_load(&l->generation);
	bool is_ofd = want->pid == -1;
	int err;

	if (!is_ofd && is_deadlock(want->owner, holder))
		return -EDEADLK;
	list_init(&b.node);
	if (!is_ofd)
		list_add(&b.node, &blocked_list);
	spin_unlock(&locks_lock);
	err = wait_event_interruptible(&l->wait, atomic_load(&l->generation) != seen);
	spin_lock(&locks_lock);
	list_del(&b.node);
	return err;
}

static int set_posix(struct inode *i, struct file_lock *want, bool wait)
{
	struct inode_locks *l = locks_of(i);
	struct file_lock *spare[2], *o;
	struct list_head dead = LIST_INIT(dead);
	int err = 0;

	spare[0] = kzalloc(sizeof(*o), GFP_KERNEL);
	spare[1] = kzalloc(sizeof(*o), GFP_KERNEL);
	if (!l || !spare[0] || !spare[1]) {
		kfree(spare[0]);
		kfree(spare[1]);
		return -ENOLCK;
	}
	spin_lock(&locks_lock);
	while (want->type != F_UNLCK && (o = find_conflict(l, want))) {
		err = wait ? wait_for_release(l, want, o->owner) : -EAGAIN;
		if (err)
			break;
	}
	if (!err)
		apply(l, want, spare, &dead);
	spin_unlock(&locks_lock);
	if (!err)
		released(l); /* unlocked, or narrowed from write to read */
	kfree(spare[0]);
	kfree(spare[1]);
	free_list(&dead);
	return err;
}

static void get_posix(struct inode *i, const struct file_lock *want, struct flock64_k *fl)
{
	struct inode_locks *l = READ_ONCE(i->locks);
	struct file_lock *o = NULL;

	spin_lock(&locks_lock);
	if (l)
		o = find_conflict(l, want);
	if (!o) {
		fl->type = F_UNLCK;
	} else {
		fl->type = o->type;
		fl->whence = SEEK_SET;
		fl->start = (s64)o->start;
		fl->len = o->end == OFFSET_MAX ? 0 : (s64)(o->end - o->start + 1);
		fl->pid = o->pid;
	}
	spin_unlock(&locks_lock);
}

/* l_whence, l_start, l_len to an inclusive range; l_len 0 = to the end of all files. */
static int lock_range(const struct file *f, const struct flock64_k *fl, struct file_lock *want)
{
	s64 base, start, end;

	switch (fl->whence) {
	case SEEK_SET:
		base = 0;
		break;
	case SEEK_CUR:
		base = f->pos;
		break;
	case SEEK_END:
		base = (s64)f->inode->obj.size_bytes;
		break;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, fl->start, &start))
		return -EOVERFLOW;
	if (start < 0)
		return -EINVAL;
	end = (s64)OFFSET_MAX;
	if (fl->len > 0) {
		if (__builtin_add_overflow(start, fl->len - 1, &end))
			return -EOVERFLOW;
	} else if (fl->len < 0) {
		if (start + fl->len < 0)
			return -EINVAL;
		end = start - 1;
		start += fl->len;
	}
	want->start = (u64)start;
	want->end = (u64)end;
	return 0;
}

int vfs_lock_posix(struct file *f, void *owner, int owner_pid, struct flock64_k *fl, bool wait,
		   bool is_get)
{
	struct file_lock want = {
		.kind = LOCK_POSIX,
		.type = fl->type,
		.owner = owner,
		.pid = owner == f ? -1 : owner_pid,
		.inode = f->inode,
	};
	int err;

	if (is_get && fl->type != F_RDLCK && fl->type != F_WRLCK)
		return -EINVAL;
	err = lock_range(f, fl, &want);
	if (err)
		return err;
	if (is_get) {
		get_posix(f->inode, &want, fl);
		return 0;
	}
	switch (fl->type) {
	case F_RDLCK:
		if (!(f->mode & FMODE_READ))
			return -EBADF;
		break;
	case F_WRLCK:
		if (!(f->mode & FMODE_WRITE))
			return -EBADF;
		break;
	case F_UNLCK:
		break;
	default:
		return -EINVAL;
	}
	return set_posix(f->inode, &want, wait);
}

static void drop_owned(struct inode *i, struct list_head *list, const void *owner)
{
	struct list_head dead = LIST_INIT(dead);
	struct file_lock *o, *next;

	spin_lock(&locks_lock);
	list_for_each_entry_safe (o, next, list, node) {
		if (o->owner == owner) {
			list_del(&o->node);
			list_add(&o->node, &dead);
		}
	}
	spin_unlock(&locks_lock);
	if (list_empty(&dead))
		return;
	released(i->locks);
	free_list(&dead);
}

void vfs_unlock_posix_all(struct file *f, void *owner)
{
	struct inode_locks *l = f->inode->locks;

	if (l)
		drop_owned(f->inode, &l->posix, owner);
}

void locks_release_file(struct file *f)
{
	struct inode_locks *l = f->inode->locks;

	drop_owned(f->inode, &l->posix, f);
	drop_owned(f->inode, &l->flock, f);
}

/* --- flock(2) --- */

#define LOCK_SH_K 1
#define LOCK_EX_K 2
#define LOCK_NB_K 4
#define LOCK_UN_K 8

/* The lock of `f` itself, and whether another one is in the way. */
static bool flock_conflict(struct inode_locks *l, struct file *f, int type, struct file_lock **mine)
{
	struct file_lock *o;
	bool conflict = false;

	*mine = NULL;
	list_for_each_entry (o, &l->flock, node) {
		if (o->owner == f)
			*mine = o;
		else if (type == F_WRLCK || o->type == F_WRLCK)
			conflict = true;
	}
	return conflict;
}

/* Changing the kind of a lock is not atomic: the old one goes first (flock(2)). */
static int flock_set(struct file *f, struct inode_locks *l, int type, bool nonblock)
{
	struct file_lock *mine, *n = kzalloc(sizeof(*n), GFP_KERNEL);
	int err = 0;

	if (!n)
		return -ENOLCK;
	*n = (struct file_lock){.kind = LOCK_FLOCK,
				.type = type,
				.end = OFFSET_MAX,
				.owner = f,
				.pid = -1,
				.inode = f->inode};
	spin_lock(&locks_lock);
	flock_conflict(l, f, type, &mine);
	if (mine && mine->type != type) {
		list_del(&mine->node);
		spin_unlock(&locks_lock);
		kfree(mine);
		released(l);
		spin_lock(&locks_lock);
	} else if (mine) {
		spin_unlock(&locks_lock);
		kfree(n);
		return 0;
	}
	while (flock_conflict(l, f, type, &mine)) {
		err = nonblock ? -EAGAIN : wait_for_release(l, n, NULL);
		if (err)
			break;
	}
	if (!err) {
		list_add_tail(&n->node, &l->flock);
		n = NULL;
	}
	spin_unlock(&locks_lock);
	kfree(n);
	return err;
}

int vfs_flock(struct file *f, int op)
{
	struct inode_locks *l;
	int type;

	switch (op & ~LOCK_NB_K) {
	case LOCK_SH_K:
		type = F_RDLCK;
		break;
	case LOCK_EX_K:
		type = F_WRLCK;
		break;
	case LOCK_UN_K:
		type = F_UNLCK;
		break;
	default:
		return -EINVAL;
	}
	if (type != F_UNLCK && !(f->mode & (FMODE_READ | FMODE_WRITE)))
		return -EBADF;
	l = locks_of(f->inode);
	if (!l)
		return -ENOLCK;
	if (type != F_UNLCK)
		return flock_set(f, l, type, op & LOCK_NB_K);
	drop_owned(f->inode, &l->flock, f);
	return 0;
}

/* --- /proc/locks --- */

struct show {
	void (*emit)(void *arg, const char *line);
	void *arg;
	int nr;
};

static void show_list(struct show *s, struct list_head *list)
{
	struct file_lock *o;
	char line[160], end[24];

	list_for_each_entry (o, list, node) {
		const char *kind = o->kind == LOCK_FLOCK ? "FLOCK " : "POSIX ";

		if (o->kind == LOCK_POSIX && o->pid == -1)
			kind = "OFDLCK";
		if (o->end == OFFSET_MAX)
			str_copy(end, "EOF", sizeof(end));
		else
			snprintf(end, sizeof(end), "%lu", (unsigned long)o->end);
		snprintf(line, sizeof(line), "%d: %s ADVISORY  %s %d %02x:%02x:%lu %lu %s\n",
			 ++s->nr, kind, o->type == F_WRLCK ? "WRITE" : "READ ", o->pid,
			 DEV_MAJOR(o->inode->sb->dev), DEV_MINOR(o->inode->sb->dev),
			 (unsigned long)o->inode->ino, (unsigned long)o->start, end);
		s->emit(s->arg, line);
	}
}

/* `emit` is called with a spinlock held: it only stores the line. */
void vfs_show_locks(void (*emit)(void *arg, const char *line), void *arg)
{
	struct show s = {emit, arg, 0};
	struct mount *m;
	struct inode *i;

	mutex_lock(&mount_mutex);
	list_for_each_entry (m, &all_mounts, all_node) {
		if (m->root != m->sb->root)
			continue; /* a bind mount: shown with the original */
		spin_lock(&m->sb->lock);
		list_for_each_entry (i, &m->sb->inodes, sb_node) {
			struct inode_locks *l = i->locks;

			if (!l)
				continue;
			spin_lock(&locks_lock);
			show_list(&s, &l->posix);
			show_list(&s, &l->flock);
			spin_unlock(&locks_lock);
		}
		spin_unlock(&m->sb->lock);
	}
	mutex_unlock(&mount_mutex);
}
