/* Who is told by a signal about an open file: F_SETOWN and F_SETSIG of fcntl(2). */
#ifndef VFS_FOWN_H
#define VFS_FOWN_H

#include "vfs/file.h"

#define FOWN_URG 0 /* a reason: SIGURG, socket(7) */

/* The signal of f's owner, with `fd` and a POLL_* reason when F_SETSIG asked for that. Never
 * sleeps. Registered by proc/; called by leases, dnotify and sockets. */
extern void (*fown_send)(const struct file *f, int fd, int reason);
/* The owner, unless there is one: what F_SETLEASE and F_NOTIFY do. A negative number is a group's.
 */
void fown_set_default(struct file *f, int pid, const struct cred *c);

#endif
