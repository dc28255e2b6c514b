/* inotify(7): a file from which events of watched objects are read. Called by sys/inotify.c,
 * through file_ops, and by notify.c with each event. */
#include "vfs/inotify.h"
#include "vfs/internal.h"
#include "vfs/notify.h"
#include "vfs/poll.h"
#include <asm/ioctls.h>

int inotify_max_user_instances = 128, inotify_max_user_watches = 65536,
    inotify_max_queued_events = 16384;

struct queued {
	struct list_head node;
	struct inotify_event head; /* and the name: with its NULs a multiple of the header's size */
};

/* What one user has of the limited things; notify_lock. */
struct inotify_user {
	struct list_head node;
	u32 uid;
	int nr_instances, nr_watches;
};

struct inotify {
	struct list_head watches; /* notify_lock, by number ascending */
	int last_wd;
	struct list_head events;
	int nr_events, max_events;
	size_t bytes;		 /* that reading all events would give */
	bool has_overflow;	 /* its event is queued */
	struct queued *overflow; /* made beforehand */
	struct inotify_user *user;
	struct waitq wait;
};

struct watch {
	struct notify_mark mark;
	struct list_head node;
	struct inotify *owner;
	int wd;
	u32 options; /* IN_ONESHOT, IN_EXCL_UNLINK */
};

static const struct file_ops inotify_ops;
static struct list_head users = LIST_INIT(users);

bool file_is_inotify(const struct file *f)
{
	return f->ops == &inotify_ops;
}

/* --- events --- */

static struct queued *queued_new(int wd, const struct notify_event *e, unsigned gfp)
{
	size_t len = e->name ? strlen(e->name) + 1 : 0;
	size_t size = ALIGN_UP(len, sizeof(struct inotify_event));
	struct queued *q = kmalloc(sizeof(*q) + size, gfp);

	if (!q)
		return NULL;
	q->head = (struct inotify_event){.wd = wd,
					 .mask = e->mask,
					 .cookie = e->cookie,
					 .len = (u32)size};
	memset(q->head.name, 0, size);
	memcpy(q->head.name, e->name, len);
	return q;
}

static void append(struct inotify *n, struct queued *q)
{
	list_add_tail(&q->node, &n->events);
	n->nr_events++;
	n->bytes += sizeof(q->head) + q->head.len;
	waitq_wake_key(&n->wait, ~0u, EPOLLIN);
}

static void overflow(struct inotify *n)
{
	if (!n->has_overflow) {
		n->has_overflow = true;
		append(n, n->overflow);
	}
}

/* inotify(7): "If successive output inotify events ... are identical ... they are coalesced". */
static bool is_repetition(const struct inotify *n, int wd, const struct notify_event *e)
{
	const struct queued *last;

	if (list_empty(&n->events) || (e->mask & IN_IGNORED))
		return false;
	last = list_entry(n->events.prev, struct queued, node);
	if (last->head.wd != wd || last->head.mask != e->mask)
		return false;
	return e->name ? last->head.len && !strcmp(last->head.name, e->name) : !last->head.len;
}

static void queue_event(struct inotify *n, int wd, const struct notify_event *e)
{
	struct queued *q;

	if (is_repetition(n, wd, e))
		return;
	q = n->nr_events < n->max_events ? queued_new(wd, e, GFP_ATOMIC) : NULL;
	if (q)
		append(n, q);
	else
		overflow(n);
}

/* --- watches; notify_lock held --- */

static struct watch *watch_of(struct notify_mark *m)
{
	return container_of(m, struct watch, mark);
}

/* The watch ended otherwise than with its file. */
static void ended(struct watch *w)
{
	list_del(&w->node);
	w->owner->user->nr_watches--;
	queue_event(w->owner, w->wd, &(struct notify_event){.mask = IN_IGNORED});
}

static void watch_event(struct notify_mark *m, const struct notify_event *e)
{
	struct watch *w = watch_of(m);

	if ((w->options & IN_EXCL_UNLINK) && e->is_unlinked && e->name)
		return;
	queue_event(w->owner, w->wd, e);
	if (w->options & IN_ONESHOT) {
		notify_unhook(m);
		ended(w);
	}
}

static void watch_gone(struct notify_mark *m)
{
	ended(watch_of(m));
}

static void watch_free(struct notify_mark *m)
{
	kfree(watch_of(m));
}

static const struct notify_mark_ops watch_ops = {.event = watch_event,
						 .gone = watch_gone,
						 .free = watch_free};

static struct watch *find_watch(struct inotify *n, const struct inode *inode)
{
	for (struct notify_mark *m = inode->marks; m; m = m->next)
		if (m->ops == &watch_ops && watch_of(m)->owner == n)
			return watch_of(m);
	return NULL;
}

static long change_watch(struct watch *w, u32 mask)
{
	u32 events = mask & IN_ALL_EVENTS, options = mask & (IN_ONESHOT | IN_EXCL_UNLINK);

	if (mask & IN_MASK_CREATE)
		return -EEXIST;
	if (mask & IN_MASK_ADD) {
		w->mark.mask |= events;
		w->options |= options;
	} else {
		w->mark.mask = events | IN_UNMOUNT;
		w->options = options;
	}
	notify_mask_changed(w->mark.inode);
	return w->wd;
}

/* Numbers go on and do not come back until they have all been used. */
static int next_wd(struct inotify *n)
{
	struct watch *w;
	bool is_taken;

	do {
		n->last_wd = n->last_wd == 0x7fffffff ? 1 : n->last_wd + 1;
		is_taken = false;
		if (list_empty(&n->watches) ||
		    list_entry(n->watches.prev, struct watch, node)->wd < n->last_wd)
			break;
		list_for_each_entry (w, &n->watches, node)
			is_taken |= w->wd == n->last_wd;
	} while (is_taken);
	return n->last_wd;
}

long inotify_add(struct file *f, struct inode *inode, u32 mask)
{
	struct inotify *n = f->private;
	struct watch *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL), *w;
	long ret;

	if (!fresh)
		return -ENOMEM;
	fresh->mark.ops = &watch_ops;
	fresh->mark.inode = inode;
	fresh->mark.mask = (mask & IN_ALL_EVENTS) | IN_UNMOUNT;
	fresh->options = mask & (IN_ONESHOT | IN_EXCL_UNLINK);
	fresh->owner = n;
	notify_lock_marks();
	w = find_watch(n, inode);
	if (w) {
		ret = change_watch(w, mask);
	} else if (n->user->nr_watches >= inotify_max_user_watches) {
		ret = -ENOSPC;
	} else {
		n->user->nr_watches++;
		ret = fresh->wd = next_wd(n);
		list_add_tail(&fresh->node, &n->watches);
		inode_get(inode);
		notify_hook(&fresh->mark);
		fresh = NULL;
	}
	notify_unlock_marks();
	kfree(fresh);
	return ret;
}

long inotify_remove(struct file *f, int wd)
{
	struct inotify *n = f->private;
	struct watch *w;
	long ret = -EINVAL;

	notify_lock_marks();
	list_for_each_entry (w, &n->watches, node) {
		if (w->wd == wd) {
			notify_unhook(&w->mark);
			ended(w);
			ret = 0;
			break;
		}
	}
	notify_unlock_marks();
	return ret;
}

/* --- the file --- */

/* The first event, if it fits into `room` bytes, taken off; NULL: there is none; ERR_PTR(-EINVAL):
 * it does not fit. */
static struct queued *take(struct inotify *n, size_t room)
{
	struct queued *q = NULL;

	notify_lock_marks();
	if (!list_empty(&n->events)) {
		q = list_first_entry(&n->events, struct queued, node);
		if (sizeof(q->head) + q->head.len > room) {
			q = ERR_PTR(-EINVAL);
		} else {
			list_del(&q->node);
			n->nr_events--;
			n->bytes -= sizeof(q->head) + q->head.len;
		}
	}
	notify_unlock_marks();
	return q;
}

static long put_event(struct inotify *n, struct queued *q, struct iter *it)
{
	size_t size = sizeof(q->head) + q->head.len;
	bool is_overflow = q == n->overflow, ok = iter_put(it, &q->head, size) == size;

	if (is_overflow)
		n->has_overflow = false;
	else
		kfree(q);
	return ok ? (long)size : -EFAULT;
}

static long inotify_read(struct file *f, struct iter *it, s64 *pos)
{
	struct inotify *n = f->private;
	long done = 0, ret;

	(void)pos;
	for (;;) {
		struct queued *q = take(n, it->count);

		if (q && !IS_ERR(q)) {
			ret = put_event(n, q, it);
			if (ret < 0)
				return ret;
			done += ret;
			continue;
		}
		if (done)
			return done;
		if (q)
			return PTR_ERR(q);
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(&n->wait, READ_ONCE(n->nr_events));
		if (ret)
			return ret;
	}
}

static unsigned inotify_poll(struct file *f, struct poll_table *pt)
{
	struct inotify *n = f->private;

	poll_wait(pt, &n->wait);
	return READ_ONCE(n->nr_events) ? (unsigned)(EPOLLIN | EPOLLRDNORM) : 0;
}

static long inotify_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	struct inotify *n = f->private;

	(void)value;
	if (cmd != FIONREAD)
		return -ENOTTY;
	*(int *)arg = (int)READ_ONCE(n->bytes);
	return 0;
}

static s64 no_position(struct file *f, s64 off, int whence)
{
	(void)off;
	(void)whence;
	return f->pos;
}

static void free_events(struct inotify *n)
{
	struct queued *q, *next;

	list_for_each_entry_safe (q, next, &n->events, node)
		if (q != n->overflow)
			kfree(q);
	kfree(n->overflow);
}

static void inotify_release(struct file *f)
{
	struct inotify *n = f->private;
	struct watch *w, *next;

	notify_lock_marks();
	list_for_each_entry_safe (w, next, &n->watches, node) {
		list_del(&w->node);
		n->user->nr_watches--;
		notify_unhook(&w->mark);
	}
	if (!--n->user->nr_instances)
		list_del(&n->user->node);
	else
		n->user = NULL;
	notify_unlock_marks();
	kfree(n->user);
	free_events(n);
	kfree(n);
}

static void inotify_show(struct file *f, void (*emit)(void *arg, const char *line), void *arg)
{
	struct inotify *n = f->private;
	struct watch *w;
	char line[128];

	/* emit() may sleep: one watch after the other, by number. */
	for (int last = 0;;) {
		struct watch *found = NULL;

		notify_lock_marks();
		list_for_each_entry (w, &n->watches, node) {
			if (w->wd > last) {
				found = w;
				break;
			}
		}
		if (found) {
			const struct inode *i = w->mark.inode;

			last = w->wd;
			scnprintf(line, sizeof(line),
				  "inotify wd:%x ino:%lx sdev:%x mask:%x ignored_mask:0 \n", w->wd,
				  (unsigned long)i->ino,
				  DEV_MAJOR(i->sb->dev) << 20 | DEV_MINOR(i->sb->dev),
				  (w->mark.mask & IN_ALL_EVENTS) | w->options);
		}
		notify_unlock_marks();
		if (!found)
			return;
		emit(arg, line);
	}
}

static const struct file_ops inotify_ops = {
	.read = inotify_read,
	.poll = inotify_poll,
	.ioctl = inotify_ioctl,
	.llseek = no_position,
	.release = inotify_release,
	.show_fdinfo = inotify_show,
};

/* One more instance of the user; ERR_PTR. */
static struct inotify_user *user_get(u32 uid)
{
	struct inotify_user *u, *found = NULL, *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);

	if (!fresh)
		return ERR_PTR(-ENOMEM);
	notify_lock_marks();
	list_for_each_entry (u, &users, node)
		if (u->uid == uid)
			found = u;
	if (!found) {
		found = fresh;
		fresh = NULL;
		found->uid = uid;
		list_add(&found->node, &users);
	}
	if (found->nr_instances >= inotify_max_user_instances) {
		if (!found->nr_instances) {
			list_del(&found->node);
			fresh = found;
		}
		found = ERR_PTR(-EMFILE);
	} else {
		found->nr_instances++;
	}
	notify_unlock_marks();
	kfree(fresh);
	return found;
}

static void user_put(struct inotify_user *u)
{
	bool is_last;

	notify_lock_marks();
	is_last = !--u->nr_instances;
	if (is_last)
		list_del(&u->node);
	notify_unlock_marks();
	if (is_last)
		kfree(u);
}

static struct inotify *inotify_new(u32 uid)
{
	const struct notify_event full = {.mask = IN_Q_OVERFLOW};
	struct inotify *n = kzalloc(sizeof(*n), GFP_KERNEL);
	struct inotify_user *u;

	if (!n)
		return ERR_PTR(-ENOMEM);
	list_init(&n->watches);
	list_init(&n->events);
	waitq_init(&n->wait);
	n->overflow = queued_new(-1, &full, GFP_KERNEL);
	u = n->overflow ? user_get(uid) : ERR_PTR(-ENOMEM);
	if (IS_ERR(u)) {
		kfree(n->overflow);
		kfree(n);
		return ERR_PTR(PTR_ERR(u));
	}
	n->user = u;
	n->max_events = inotify_max_queued_events;
	return n;
}

struct file *inotify_file(u32 uid, u32 o_flags)
{
	struct inotify *n = inotify_new(uid);
	struct inode *inode;
	struct file *f;

	if (IS_ERR(n))
		return ERR_PTR(PTR_ERR(n));
	inode = inode_new_anon(S_IRUSR | S_IWUSR);
	f = inode ? file_anon(inode, &inotify_ops, O_RDONLY | o_flags, "anon_inode:inotify")
		  : ERR_PTR(-ENOMEM);
	if (IS_ERR(f)) {
		user_put(n->user);
		kfree(n->overflow);
		kfree(n);
		return f;
	}
	f->private = n;
	f->mode |= FMODE_STREAM;
	return f;
}
