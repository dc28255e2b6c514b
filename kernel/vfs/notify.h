/*
 * What happens to files, for those who watch: inotify(7) and dnotify (fcntl(2), F_NOTIFY). The VFS
 * announces each event here; with no watch in the whole system that costs one test of
 * notify_users. Events are named by their IN_* bits; IN_ISDIR says what the object is.
 */
#ifndef VFS_NOTIFY_H
#define VFS_NOTIFY_H

#include "vfs/file.h"
#include <linux/inotify.h>

/* The bits of a mask that are events. */
#define NOTIFY_RENAME 0x10000000u /* a name became another one of the same directory: dnotify */
#define NOTIFY_EVENTS ((u32)(IN_ALL_EVENTS | IN_UNMOUNT) | NOTIFY_RENAME)

struct notify_event {
	u32 mask, cookie;
	const char *name; /* in the watched directory; NULL: the watched object itself */
	bool is_unlinked; /* by way of an open file whose name is gone */
};

struct notify_mark;
struct notify_mark_ops {
	/* notify_lock held: neither sleeps nor takes a mutex. May end the mark by notify_unhook().
	 */
	void (*event)(struct notify_mark *m, const struct notify_event *e);
	/* notify_lock held; the mark was unhooked because its object is gone. */
	void (*gone)(struct notify_mark *m);
	void (*free)(struct notify_mark *m); /* nothing held */
};

/* Somebody's interest in an inode. notify_lock, but for ops. */
struct notify_mark {
	const struct notify_mark_ops *ops;
	struct inode *inode;	  /* reference, until the mark is freed */
	struct notify_mark *next; /* of the inode, or of those to be freed */
	u32 mask;
	bool is_hooked;
};

extern u32 notify_users; /* marks that are hooked in; atomic */
extern spinlock_t notify_lock;

/* notify_lock held. Hook m, which has its inode's reference, in; out again: then it is freed at
 * notify_unlock(). */
void notify_hook(struct notify_mark *m);
void notify_unhook(struct notify_mark *m);
void notify_mask_changed(struct inode *i);
static inline void notify_lock_marks(void)
{
	spin_lock(&notify_lock);
}
/* ... and free what was unhooked meanwhile; may sleep. */
void notify_unlock_marks(void);

void notify_file_slow(struct file *f, u32 mask);
void notify_dentry_slow(struct dentry *d, u32 mask);
void notify_self_slow(struct inode *i, u32 mask, u32 cookie);
/* `named` is what is called so in dir. */
void notify_name_slow(struct inode *dir, const char *name, const struct inode *named, u32 mask,
		      u32 cookie);
void notify_unlink_slow(struct inode *dir, struct dentry *d);
void notify_link_slow(struct inode *dir, const struct dentry *d, struct inode *inode);
void notify_last_dentry(struct inode *i);
void notify_umount_slow(struct super_block *sb);
u32 notify_cookie(void);

static inline bool notify_is_on(void)
{
	return unlikely(READ_ONCE(notify_users));
}
/* To who watches the object, and by its name to who watches the directory: a use of an open file;
 * a change by path. */
static inline void notify_file(struct file *f, u32 mask)
{
	if (notify_is_on())
		notify_file_slow(f, mask);
}
static inline void notify_dentry(struct dentry *d, u32 mask)
{
	if (notify_is_on())
		notify_dentry_slow(d, mask);
}
/* To who watches the directory: a name came (IN_CREATE). */
static inline void notify_create(struct inode *dir, const struct dentry *d)
{
	if (notify_is_on())
		notify_name_slow(dir, d->name, d->inode, IN_CREATE, 0);
}
static inline void notify_link(struct inode *dir, const struct dentry *d, struct inode *inode)
{
	if (notify_is_on())
		notify_link_slow(dir, d, inode);
}
/* A name went; the caller has a reference on d. */
static inline void notify_unlink(struct inode *dir, struct dentry *d)
{
	if (notify_is_on())
		notify_unlink_slow(dir, d);
}
/* An entry is freed: was it the last way to a file without a name? */
static inline void notify_dentry_gone(const struct dentry *d)
{
	if (notify_is_on() && d->inode && d->inode->marks && !d->inode->nlink)
		notify_last_dentry(d->inode);
}
static inline void notify_umount(struct super_block *sb)
{
	if (unlikely(READ_ONCE(sb->nr_marks)))
		notify_umount_slow(sb);
}

#endif
