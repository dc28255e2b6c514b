/* inotify(7): sys/inotify.c has the calls. */
#ifndef VFS_INOTIFY_H
#define VFS_INOTIFY_H

#include "vfs/file.h"

/* /proc/sys/fs/inotify/: limits per user, and of events that wait in one file. */
extern int inotify_max_user_instances, inotify_max_user_watches, inotify_max_queued_events;

/* o_flags: O_NONBLOCK or 0; uid: whom it counts for. ERR_PTR(-EMFILE, -ENOMEM). */
struct file *inotify_file(u32 uid, u32 o_flags);
bool file_is_inotify(const struct file *f);
/* inotify_add_watch(2) on an object that was looked up and may be read; the watch's number,
 * -EEXIST -ENOSPC -ENOMEM. */
long inotify_add(struct file *f, struct inode *inode, u32 mask);
/* inotify_rm_watch(2): 0, -EINVAL. */
long inotify_remove(struct file *f, int wd);

#endif
