/* Directory notification, fcntl(2) F_NOTIFY: a signal for what happens in a directory, once or,
 * with DN_MULTISHOT, each time. Called by sys/fcntl.c, vfs/fdtable.c, and notify.c with each event.
 */
#include "vfs/dnotify.h"
#include "vfs/fown.h"
#include "vfs/internal.h"
#include "vfs/notify.h"
#include <asm/siginfo.h>

struct dnotify {
	struct notify_mark mark;
	struct file *file; /* not counted: ended at its close */
	void *owner;
	int fd;
	u32 once; /* IN_* bits of which the next event is the last */
};

static struct dnotify *dnotify_of(struct notify_mark *m)
{
	return container_of(m, struct dnotify, mark);
}

static void on_event(struct notify_mark *m, const struct notify_event *e)
{
	struct dnotify *d = dnotify_of(m);
	u32 happened = e->mask & m->mask & NOTIFY_EVENTS;

	if (fown_send)
		fown_send(d->file, d->fd, POLL_MSG);
	if (!(happened & d->once))
		return;
	m->mask = 0;
	notify_unhook(m);
}

static void on_gone(struct notify_mark *m)
{
	(void)m;
}

static void on_free(struct notify_mark *m)
{
	kfree(dnotify_of(m));
}

static const struct notify_mark_ops dnotify_ops = {.event = on_event,
						   .gone = on_gone,
						   .free = on_free};

static u32 events_of(unsigned long arg)
{
	u32 mask = 0;

	if (arg & DN_ACCESS)
		mask |= IN_ACCESS;
	if (arg & DN_MODIFY)
		mask |= IN_MODIFY;
	if (arg & DN_CREATE)
		mask |= IN_CREATE | IN_MOVED_TO;
	if (arg & DN_DELETE)
		mask |= IN_DELETE | IN_MOVED_FROM;
	if (arg & DN_RENAME)
		mask |= NOTIFY_RENAME;
	if (arg & DN_ATTRIB)
		mask |= IN_ATTRIB;
	return mask;
}

/* notify_lock held. */
static struct dnotify *find(const struct file *f, const void *owner)
{
	for (struct notify_mark *m = f->inode->marks; m; m = m->next)
		if (m->ops == &dnotify_ops && dnotify_of(m)->file == f &&
		    dnotify_of(m)->owner == owner)
			return dnotify_of(m);
	return NULL;
}

void dnotify_close(struct file *f, void *owner)
{
	struct dnotify *d;

	notify_lock_marks();
	d = find(f, owner);
	if (d)
		notify_unhook(&d->mark);
	notify_unlock_marks();
}

int dnotify_set(struct file *f, int fd, void *owner, unsigned long arg)
{
	u32 mask = events_of(arg);
	struct dnotify *fresh, *d;

	if (!(arg & ~(unsigned long)DN_MULTISHOT)) {
		dnotify_close(f, owner);
		return 0;
	}
	if (!S_ISDIR(f->inode->mode))
		return -ENOTDIR;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	fresh->mark.ops = &dnotify_ops;
	fresh->mark.inode = f->inode;
	fresh->file = f;
	fresh->owner = owner;
	notify_lock_marks();
	d = find(f, owner);
	if (!d) {
		d = fresh;
		fresh = NULL;
		inode_get(f->inode);
		notify_hook(&d->mark);
	}
	d->fd = fd;
	d->mark.mask |= mask;
	if (arg & DN_MULTISHOT)
		d->once &= ~mask;
	else
		d->once |= mask;
	notify_mask_changed(f->inode);
	notify_unlock_marks();
	kfree(fresh);
	return 0;
}
