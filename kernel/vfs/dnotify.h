/* Directory notification: F_NOTIFY of fcntl(2). */
#ifndef VFS_DNOTIFY_H
#define VFS_DNOTIFY_H

#include "vfs/file.h"

/* arg: DN_* bits; none but DN_MULTISHOT ends it. `owner`: the descriptor table. -ENOTDIR -ENOMEM.
 */
int dnotify_set(struct file *f, int fd, void *owner, unsigned long arg);
void dnotify_close(struct file *f, void *owner); /* a descriptor of f in that table is closed */

#endif
